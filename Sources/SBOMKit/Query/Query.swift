internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// A query for packages and files of a document, in the language of `bom document query` with additions.
///
/// ```swift
/// let matches = try Query("all license:GPL-*").matches(in: bytes)
/// print(matches.json([.name, .version], namesArePurls: false))
/// ```
///
/// A query is a list of words `label:value`, separated by blanks. A value that contains blanks must be in double
/// quotes. The words are applied in turn to a set of elements. At first the set is the top of the document: the
/// elements that the document describes, and those that cannot be reached from them.
public struct Query: Sendable {
    private enum Word: Sendable {
        case all
        case depth(Int)
        case name(SearchPattern, isEmpty: Bool)
        case purl(PackageURL)
        case license(LicenseSearch)
        case form(isFile: Bool)
        /// Packages apart from images and operating systems.
        case packages
        case relationship(String)
        /// What elements with a name need, or what needs them, over a number of steps at most.
        case needs(name: String, depth: Int?, isReversed: Bool)
    }

    private static let labels = ["name", "purl", "depth", "license", "type", "needs", "needed-by"]

    private let words: [Word]

    /// Parses a query.
    ///
    /// - Throws: ``SBOMError`` that names the word that is not understood.
    public init(_ text: String) throws(SBOMError) {
        var words: [Word] = []
        for word in try Self.split(text) { words.append(try Self.word(word)) }
        self.words = words
    }

    /// Splits a query at the blanks outside of quotes.
    private static func split(_ text: String) throws(SBOMError) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { isQuoted.toggle() }
            if scalar.properties.isWhitespace, !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.unicodeScalars.append(scalar)
            }
        }
        guard !isQuoted else { throw SBOMError(.usage, "the query has a quote that does not end") }
        return word.isEmpty ? words : words + [word]
    }

    private static func word(_ text: String) throws(SBOMError) -> Word {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let label = String(parts[0])
        guard parts.count == 2 else {
            if label == "all" { return .all }
            if label == "packages" { return .packages }
            var question = Spelling.question(label, in: Self.labels + ["all", "packages"])
            if question.isEmpty { question = "; did you mean \"name:\(label)\"?" }
            throw SBOMError(.usage, "\(text): expected \"all\", \"packages\" or a word such as name:curl\(question)")
        }
        var value = String(parts[1])
        if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") {
            value = String(value.dropFirst().dropLast())
        }
        switch label {
        case "all": return .all
        case "packages": return .packages
        case "depth":
            guard let depth = Int(value), (0...Limits.queryDepth).contains(depth) else {
                throw SBOMError(.usage, "\(text): expected a number from 0 to \(Limits.queryDepth)")
            }
            return .depth(depth)
        case "name":
            do throws(PatternError) {
                return .name(try SearchPattern(value), isEmpty: value.isEmpty)
            } catch {
                throw SBOMError(.usage, "\(text): the regular expression \(error)")
            }
        case "purl":
            // `*` is not allowed as the type of a package URL.
            let isOfAnyType = value.hasPrefix("pkg:*")
            let spelled = isOfAnyType ? "pkg:any" + value.dropFirst("pkg:*".count) : value
            guard var purl = PackageURL(parsing: spelled) ?? PackageURL(parsing: spelled + "/*") else {
                throw SBOMError(.usage, "\(text): expected a package URL such as pkg:deb/debian/*@*")
            }
            if isOfAnyType { purl.type = "*" }
            return .purl(purl.normalized)
        case "licence", "license": return .license(LicenseSearch(value))
        case "type":
            switch value.lowercased() {
            case "package": return .form(isFile: false)
            case "file": return .form(isFile: true)
            default:
                guard !value.isEmpty else {
                    throw SBOMError(.usage, "\(text): expected package, file or a type of relationship")
                }
                return .relationship(value)
            }
        case "needs", "needed-by": return try need(value, of: text, isReversed: label == "needed-by")
        default:
            throw SBOMError(
                .usage,
                "\(text): expected one of the labels \(Self.labels.joined(separator: ", ")), or one of the words \"all\" and \"packages\""
                    + Spelling.question(label, in: Self.labels + ["all", "packages"]))
        }
    }

    /// Parses `NAME` or `NAME/DEPTH`.
    private static func need(_ value: String, of text: String, isReversed: Bool) throws(SBOMError) -> Word {
        var (name, depth) = (value[...], Int?.none)
        if let slash = value.lastIndex(of: "/") {
            let digits = value[value.index(after: slash)...]
            if !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit) {
                guard let number = Int(digits), (1...Limits.queryDepth).contains(number) else {
                    throw SBOMError(.usage, "\(text): expected a number from 1 to \(Limits.queryDepth) after the /")
                }
                (name, depth) = (value[..<slash], number)
            }
        }
        guard !name.isEmpty else { throw SBOMError(.usage, "\(text): expected the name of a package") }
        return .needs(name: String(name), depth: depth, isReversed: isReversed)
    }

    // MARK: Answering

    /// Finds the elements of a document that match the query.
    ///
    /// - Parameter bytes: The whole document.
    /// - Returns: The matching elements.
    /// - Throws: ``SBOMError`` if the format is unknown, or the document is damaged or exceeds a limit; or if a type of
    ///   relationships in the query is neither in the document nor in SPDX.
    public func matches(in bytes: [UInt8]) throws(SBOMError) -> QueryMatches {
        try matches(in: try DocumentGraph(reading: bytes, limits: Limits()))
    }

    /// Finds the elements of the document of an image that match the query.
    ///
    /// - Throws: ``SBOMError`` if the image has more packages than a document may have.
    public func matches(in image: ImageInventory) throws(SBOMError) -> QueryMatches {
        try matches(in: try image.graph())
    }

    private func matches(in graph: DocumentGraph) throws(SBOMError) -> QueryMatches {
        let traversal = GraphTraversal(graph)
        var set = traversal.top
        var remarks: [Notice] = []
        for word in words { set = try Self.apply(word, to: set, in: traversal, &remarks) }
        return QueryMatches(traversal.graph, set, remarks)
    }

    /// Finds the elements of a file that match the query.
    ///
    /// - Parameter path: The file; `-` for standard input; or an image, for the only SBOM attached to it.
    /// - Returns: The matching elements.
    /// - Throws: ``SBOMError`` if the file does not exist, or is not a document that can be read.
    public func matches(inFile path: String) throws(SBOMError) -> QueryMatches {
        try InputDocument(at: path).parsed { bytes throws(SBOMError) in try matches(in: bytes) }
    }

    private static func apply(
        _ word: Word, to set: [Int32], in traversal: GraphTraversal, _ remarks: inout [Notice]
    ) throws(SBOMError) -> [Int32] {
        let elements = traversal.graph.elements
        switch word {
        case .all: return traversal.reachable(from: set)
        case .depth(let depth): return traversal.steps(depth, from: set)
        case .name(let pattern, let isEmpty):
            return isEmpty ? set : traversal.first(from: set) { pattern.isFound(in: elements.names[Int($0)]) }
        case .purl(let wanted):
            return traversal.first(from: set) { element in
                PackageURL(parsing: elements.packageURLs[Int(element)]).map { fits($0, wanted) } ?? false
            }
        case .packages: return traversal.packages(from: set)
        case .license(let wanted):
            let found = traversal.reachable(from: set).filter { wanted.match($0, in: traversal.graph) }
            remarks += Self.remarks(about: wanted, found: !found.isEmpty, in: traversal, set)
            return found
        case .form(let isFile): return traversal.reachable(from: set).filter { elements.isFile($0) == isFile }
        case .relationship(let kind): return traversal.related(by: try traversal.graph.relationshipType(kind), to: set)
        case .needs(let name, let depth, let isReversed):
            let named = Self.elements(named: name, of: elements)
            if named.isEmpty {
                let question = Spelling.question(name, in: elements.names)
                remarks.append(
                    Notice(.warning, code: .unknownName, at: .document, "no element has the name \(name)\(question)"))
            }
            return traversal.needs(of: named, depth: depth, isReversed: isReversed, in: set)
        }
    }

    /// Remarks about the result of a search for a license.
    private static func remarks(
        about wanted: LicenseSearch, found: Bool, in traversal: GraphTraversal, _ set: [Int32]
    ) -> [Notice] {
        var remarks: [Notice] = []
        if !found, let question = wanted.question {
            remarks.append(Notice(.warning, code: .unknownLicense, at: .document, question))
        }
        guard !wanted.isForUnstated else { return remarks }
        let elements = traversal.graph.elements
        let count = traversal.packages(from: set).count { elements.license($0).isEmpty }
        if count > 0 {
            let packages = count == 1 ? "1 package states" : "\(count) packages state"
            remarks.append(
                Notice(
                    .note, code: .unstatedLicense, at: .document,
                    "\(packages) no license; the query \"packages license:NOASSERTION\" lists them"))
        }
        return remarks
    }

    /// The elements with a name, alone or with the version: `curl`, `curl@8.5`, `libssl*`.
    private static func elements(named name: String, of elements: ElementColumns) -> [Int32] {
        let pattern = WildcardText(name)
        return (0..<Int32(elements.count)).filter { element in
            pattern.matches(elements.names[Int(element)]) || pattern.matches(elements.label(element))
        }
    }

    /// Whether a package URL has the parts of a pattern; `*` matches any part.
    private static func fits(_ purl: PackageURL, _ wanted: PackageURL) -> Bool {
        let purl = purl.normalized
        func fits(_ part: String, _ wanted: String) -> Bool { WildcardText(wanted).matches(part) }
        guard fits(purl.type, wanted.type), fits(purl.name, wanted.name),
            wanted.namespace.isEmpty
                || fits(purl.namespace.joined(separator: "/"), wanted.namespace.joined(separator: "/")),
            fits(purl.version ?? "", wanted.version ?? "*"),
            fits(purl.subpath.joined(separator: "/"), wanted.subpath.joined(separator: "/"))
        else { return false }
        return wanted.qualifiers.allSatisfy { key, value in purl.qualifiers[key].map { fits($0, value) } ?? false }
    }
}
