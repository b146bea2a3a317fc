internal import ByteStreams

extension PackageURL {
    /// What a package URL violates.
    package enum Flaw: Sendable, Hashable {
        /// The text does not parse (ECMA-427 §5.6).
        case syntax
        /// The key of a qualifier has capitals (ECMA-427 §5.6.6).
        case keyInCapitals(String)
        /// A segment of the namespace or of the subpath has an encoded slash (ECMA-427 §5.6.3, §5.6.7).
        case slashInSegment(String)
        /// The definition of the type demands something else.
        case type(TypeFlaw)
        /// The type is not registered (ECMA-427 §5.7); this is no error.
        case unregisteredType
    }

    /// What a package URL violates in the definition of its type, which has the last word (ECMA-427 §5.7).
    package enum TypeFlaw: Sendable, Hashable {
        case missingNamespace
        case prohibitedNamespace
        /// The namespace has more segments than that.
        case longNamespace(Int)
        /// The namespace has small letters.
        case namespaceInSmallLetters
        case missingQualifier(String)
        /// The name does not have the form that is described.
        case name(String)
        /// The version does not have the form that is described.
        case version(String)
    }

    /// The first requirement of the specification that a text violates; nil if it is a package URL of a registered type.
    ///
    /// Readers accept more: a text with a flaw may still parse.
    package static func flaw(in text: String) -> Flaw? {
        guard let purl = PackageURL(parsing: text) else { return .syntax }
        if let key = keyInCapitals(text) { return .keyInCapitals(key) }
        for segments in [purl.namespace, purl.subpath] {
            for segment in segments where segment.utf8.contains(UInt8(ascii: "/")) { return .slashInSegment(segment) }
        }
        guard let rules = registeredRules(for: purl.type) else { return .unregisteredType }
        return purl.flaw(by: rules).map { .type($0) }
    }

    /// The first key of a qualifier with a capital letter; the text parses.
    private static func keyInCapitals(_ text: String) -> String? {
        guard text.utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return nil }
        let end = text.utf8.lastIndex(of: UInt8(ascii: "#")) ?? text.endIndex
        guard let mark = text.utf8[..<end].lastIndex(of: UInt8(ascii: "?")) else { return nil }
        for pair in text[..<end].utf8[mark...].dropFirst().split(separator: UInt8(ascii: "&")) {
            let key = pair.prefix { $0 != UInt8(ascii: "=") }
            if key.contains(where: { (0x41...0x5A).contains($0) }) { return String(Substring(key)) }
        }
        return nil
    }

    private func flaw(by rules: TypeRules) -> TypeFlaw? {
        switch rules.namespace {
        // The standard library of Go has no path; scanners know it by this package URL.
        case .required where namespace.isEmpty && !(type == "golang" && name == "stdlib"): return .missingNamespace
        case .prohibited where !namespace.isEmpty: return .prohibitedNamespace
        case .required, .prohibited, .optional: break
        }
        if let key = rules.requiredQualifier, qualifiers[key] == nil { return .missingQualifier(key) }
        switch type {
        case "chrome-extension":
            let letters = UInt8(ascii: "a")...UInt8(ascii: "p")
            if name.utf8.count != 32 || !name.utf8.allSatisfy({ letters.contains($0 | 0x20) }) {
                return .name("of 32 letters from a to p")
            }
            if let version, !Self.isChromeVersion(version) {
                return .version("of one to four numbers with periods between")
            }
        case "cocoapods":
            let isSpaced = name.unicodeScalars.contains { $0 == "+" || $0.properties.isWhitespace }
            if isSpaced || name.hasPrefix(".") {
                return .name("without white space, without \"+\" and without a period at its beginning")
            }
        case "cpan":
            if name.contains("::") { return .name("of a distribution, without \"::\"") }
            if namespace.contains(where: { $0 != $0.uppercased() }) { return .namespaceInSmallLetters }
        case "swid":
            if namespace.count > 2 { return .longNamespace(2) }
        default: break
        }
        return nil
    }

    private static func isChromeVersion(_ text: String) -> Bool {
        let numbers = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count <= 4 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
    }
}
