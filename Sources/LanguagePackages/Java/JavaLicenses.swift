internal import ByteStreams
internal import PackageDatabases
internal import SBOMModel

/// The licenses that Maven and OSGi state, as names in words or as addresses.
enum JavaLicenses {
    /// The license that a `pom.xml` states; nil if it states none.
    ///
    /// Of several licenses a user may choose one (POM reference, "Licenses").
    ///
    /// - Parameters:
    ///   - licenses: The entries.
    ///   - path: The path of the archive.
    /// - Returns: The finding.
    static func finding(_ licenses: [MavenModel.License], at path: String) -> LicenseFinding? {
        finding(licenses.prefix(Limits.licenseParts).map { ($0.name, $0.url) }, path)
    }

    /// The license that the attribute `Bundle-License` states (OSGi Core 8, 3.2.1.11); nil if it states none, or several.
    static func finding(bundleLicense text: String?, at path: String) -> LicenseFinding? {
        guard let text, text != "<<EXTERNAL>>" else { return nil }
        // The value may be a list of names and addresses with attributes. Whether all licenses of a list apply or one is not
        // stated.
        let name = text.split(separator: ";", omittingEmptySubsequences: false)[0]
        if name.utf8.count == text.utf8.count, license(text) == nil, text.utf8.contains(UInt8(ascii: ",")) {
            return nil
        }
        guard !text.dropFirst(name.count).hasList else { return nil }
        let trimmed = statedText(String(name))
        return finding([(trimmed, trimmed)], path)
    }

    private static func finding(_ licenses: [(name: String?, url: String?)], _ path: String) -> LicenseFinding? {
        var nodes: [LicenseExpression.Node] = []
        var texts: [LicenseFinding.Text] = []
        var words: [String] = []
        for (name, url) in licenses {
            guard let stated = name ?? url, stated.utf8.count <= Limits.licenseExpressionLength else { continue }
            var node = name.flatMap { license($0) } ?? url.flatMap { license(at: $0) }
            if node == nil {
                var reference = LicenseExpression.reference(named: stated)
                let base = reference
                var number = 2
                while texts.contains(where: { $0.reference == reference && $0.name != stated }) {
                    reference = "\(base)-\(number)"
                    number += 1
                }
                node = .reference(reference, document: nil)
                if !texts.contains(where: { $0.reference == reference }) {
                    texts.append(LicenseFinding.Text(reference, name: stated, text: nil))
                }
            }
            if let node, !nodes.contains(node) { nodes.append(node) }
            words.append(stated)
        }
        guard let first = nodes.first else { return nil }
        let expression = LicenseExpression(nodes.count == 1 ? first : .any(nodes))
        var finding = LicenseFinding(.packageMetadata, at: path)
        finding.declared = expression
        finding.texts = texts
        let tag = words.joined(separator: ", ")
        if expression.description != tag { finding.tag = tag }
        return finding
    }

    /// The license of a name in words; nil if it is not the name of one license.
    private static func license(_ name: String) -> LicenseExpression.Node? {
        if let expression = LicenseExpression(parsing: name) { return expression.root }
        if let known = LegacyLicenseNames.license(name) { return known }
        // "The Apache Software License, Version 2.0" is the Apache License 2.0.
        var words = name.lowercased().split { $0 == " " || $0 == "," }.map(String.init)
        if words.first == "the" { words.removeFirst() }
        if words.starts(with: ["apache", "software", "license"]) { words.remove(at: 1) }
        words = words.filter { $0 != "version" && $0 != "-" && $0 != "v" && $0 != "v." }.map { word in
            word.hasPrefix("v") && word.utf8.dropFirst().first?.isASCIIDigit == true ? String(word.dropFirst()) : word
        }
        return LegacyLicenseNames.license(words.joined(separator: " "))
    }

    /// The license that an address identifies; nil if it is not known to identify one.
    private static func license(at url: String) -> LicenseExpression.Node? {
        var rest = url.lowercased()[...]
        for scheme in ["http://", "https://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        if rest.hasPrefix("www.") { rest = rest.dropFirst(4) }
        for ending in ["/", ".txt", ".html", ".php"] where rest.hasSuffix(ending) { rest = rest.dropLast(ending.count) }
        if let id = addresses[String(rest)] { return .license(id, orLater: false) }
        for prefix in ["opensource.org/licenses/", "spdx.org/licenses/", "opensource.org/license/"]
        where rest.hasPrefix(prefix) {
            return LicenseList.license(rest.dropFirst(prefix.count)).map { .license($0, orLater: false) }
        }
        return nil
    }

    private static let addresses = [
        "apache.org/licenses/license-2.0": "Apache-2.0",
        "eclipse.org/legal/epl-v10": "EPL-1.0",
        "eclipse.org/legal/epl-v20": "EPL-2.0",
        "eclipse.org/legal/epl-2.0": "EPL-2.0",
        "eclipse.org/org/documents/epl-v10": "EPL-1.0",
        "eclipse.org/org/documents/epl-2.0": "EPL-2.0",
        "opensource.org/licenses/mit-license": "MIT",
        "mozilla.org/mpl/2.0": "MPL-2.0",
        "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    ]
}

extension Substring {
    /// Whether there is a comma outside of quotation marks.
    fileprivate var hasList: Bool {
        var isQuoted = false
        for byte in utf8 {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted { return true }
        }
        return false
    }
}
