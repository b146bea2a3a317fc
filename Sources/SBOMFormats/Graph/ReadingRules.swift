internal import ByteStreams
internal import StructuredText

/// How a document that breaks a rule of its format is read.
///
/// Every command uses ``standard``. Outlines in the style of bom use ``bom``, because they must equal the output of bom
/// byte by byte.
package struct ReadingRules: Sendable {
    /// Whether the case of ASCII letters in the names of members is ignored.
    var foldsNames = false
    /// Whether the last of several package URLs counts instead of the first.
    var usesLastPackageURL = false
    /// Whether an identifier that several elements have refers to the last of them instead of the first.
    var usesLastDuplicate = false
    /// Whether an element that has the identifier of the document can be the end of a relationship.
    var admitsDocumentID = false
    /// Whether relationships without a type are read.
    var admitsUntyped = false
    /// Whether a package without a name in tag-value gives what it states to the package before it.
    var foldsUnnamedPackages = false
    /// Whether every JSON object that mentions `"spdxVersion"` is a document, such as a JSON schema of SPDX.
    var admitsAnyMention = false

    /// The rules of SPDX and CycloneDX.
    ///
    /// The first of several elements with the same identifier counts, and the first of several package URLs.
    package static let standard = ReadingRules()

    /// The behavior of bom 0.7.1.
    package static let bom = ReadingRules(
        foldsNames: true, usesLastPackageURL: true, usesLastDuplicate: true, admitsDocumentID: true,
        admitsUntyped: true, foldsUnnamedPackages: true, admitsAnyMention: true)

    /// The entry of `names` that equals the name of a member apart from case, or else the name itself.
    func name(_ name: String, in names: [String]) -> String {
        guard foldsNames else { return name }
        return names.first(where: name.isFolded) ?? name
    }

    /// The object with its text members renamed to the entries of `names` that they equal apart from case.
    func canonical(_ object: JSONObject, _ names: [String]) -> JSONObject {
        guard foldsNames else { return object }
        var object = object
        for place in object.members.indices {
            guard case .string = object.members[place].value,
                let name = names.first(where: object.members[place].name.isFolded)
            else { continue }
            object.members[place].name = name
        }
        return object
    }

    /// The package URL that bom sees: the last one in the exact words of the specification.
    static func lastPackageURL(_ object: JSONObject) -> String {
        var found = ""
        for case .object(let reference) in object["externalRefs"]?.arrayContent ?? [] {
            guard reference.text("referenceType") == "purl",
                let category = reference.text("referenceCategory"),
                category == "PACKAGE-MANAGER" || category == "PACKAGE_MANAGER"
            else { continue }
            if let locator = reference.text("referenceLocator") { found = locator }
        }
        return found
    }
}

extension String {
    /// Whether both are equal apart from the case of ASCII letters.
    fileprivate func isFolded(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { one, other in
            one == other || (one ^ other == 0x20 && one.isASCIILetter)
        }
    }
}

extension DocumentGraph {
    /// The graph of any JSON object that contains the text `"spdxVersion"` anywhere; nil for anything else.
    ///
    /// bom reads such an object as an SPDX document without elements. An example is the JSON schema of SPDX.
    init?(mentioningSPDX bytes: [UInt8], _ rules: ReadingRules, limits: Limits) throws(DocumentError) {
        let mark = Array("\"spdxVersion\"".utf8)
        let isMentioned = bytes.indices.contains { place in
            bytes[place] == mark[0] && bytes[place...].starts(with: mark)
        }
        // Text that does not parse is not a document.
        guard isMentioned, let document = try? JSONDocument(parsing: bytes, limits: limits),
            case .object(let content) = document.root
        else { return nil }
        try limits.admit(objects: document.objectCount, inBytes: bytes.count)
        self.init(format: .spdx, version: "", syntax: .json, notices: [])
        try read(spdx: content, rules, size: bytes.count, limits)
        elements.finish()
    }

    /// Removes packages without a name: each gives its identifier, version and package URL to the package before it.
    ///
    /// That is their effect in tag-value if a line without a value is ignored, as bom does.
    mutating func foldUnnamedPackages() {
        var folded = ElementColumns()
        var places: [Int32] = []
        for element in 0..<Int32(elements.count) {
            let isFile = elements.isFile(element)
            if !isFile, elements.names[Int(element)].isEmpty, folded.count > 0 {
                folded.fold(intoLast: elements.row(element))
            } else {
                folded.append(elements.row(element), isFile: isFile)
            }
            places.append(Int32(folded.count - 1))
        }
        folded.finish()
        var numbers: [ExactString: Int32] = [:]
        for (element, id) in folded.ids.enumerated() { numbers[ExactString(id)] = Int32(element) }
        duplicates = Set(folded.ids.indices.map(Int32.init).filter { numbers[ExactString(folded.ids[Int($0)])] != $0 })
        elements = folded
        edges = edges.map { edge in
            Edge(
                source: edge.source < 0 ? edge.source : places[Int(edge.source)],
                target: edge.target < 0 ? edge.target : places[Int(edge.target)], kind: edge.kind,
                isOfDocument: edge.isOfDocument)
        }
        contained = contained.map { (places[Int($0.outer)], places[Int($0.inner)]) }
        describes = describes.map { places[Int($0)] }
    }
}
