internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// A document as standards for SBOMs see it: what it states about itself and about each component, in fields that SPDX and
/// CycloneDX have in common.
///
/// Other than the codecs it distinguishes what a document leaves out from what it states to be unknown, because standards do.
struct AssessedDocument {
    /// What a document says in a field.
    enum Stated<Value: Sendable>: Sendable {
        /// Nothing.
        case absent
        /// That it is unknown: NOASSERTION.
        case unknown
        case value(Value)

        /// The value; nil if there is none, or if it is unknown.
        var value: Value? { if case .value(let value) = self { value } else { nil } }

        /// Whether there is a value, or the statement that it is unknown.
        var isSaid: Bool { if case .absent = self { false } else { true } }
    }

    /// A person or an organization.
    struct Party: Sendable {
        var kind: Actor.Kind?
        var name = ""
        var email: String?
        var url: String?

        /// Whether a program can reach it: there is an e-mail address or a URL.
        var isReachable: Bool { (email?.contains("@") ?? false) || (url?.contains("://") ?? false) }
    }

    /// A package (SPDX) or a component (CycloneDX).
    struct Component: Sendable {
        /// `SPDXID`, `bom-ref`.
        var id = ""
        var name = ""
        var version = Stated<String>.absent
        /// `primaryPackagePurpose` (SPDX), `type` (CycloneDX).
        var purpose: Element.Purpose?
        var supplier = Stated<Party>.absent
        /// Who made it: `originator` (SPDX), `manufacturer`, `authors`, `author` or `publisher` (CycloneDX).
        var producer = Stated<Party>.absent
        var hasPackageURL = false
        /// Whether there is a package URL, CPE name, SWID tag, SWHID or gitoid.
        var hasIdentifier = false
        /// The algorithms of the digests that have as many digits as the algorithm gives, as SPDX names them.
        var digests: Set<String> = []
        /// Whether there is a code that verifies the installed files (SPDX 2.3 §7.9).
        var hasVerificationCode = false
        var declared = Stated<String>.absent
        var concluded = Stated<String>.absent
        var copyright = Stated<String>.absent
        /// Where to download it.
        var location = Stated<String>.absent
        /// Whether there is an address of its source code.
        var hasSourceAddress = false
        /// Whether the file at ``location`` has a SHA-512 digest (CycloneDX).
        var hasDistributionDigest = false
        /// The values of BSI's properties, by the last word of their names: `filename`.
        var properties: [String: [String]] = [:]
        /// The fields that the document states to be unknown, in the words of `Unknown`.
        var unknowns: Set<String> = []
        /// Whether `dependencies` has an entry for it (CycloneDX).
        var isInGraph = false
        /// Whether `compositions` states how complete its dependencies or its parts are (CycloneDX).
        var hasCompleteness = false
        /// Whether relationships lead to it from what the document describes.
        var isConnected = false

        /// `NAME VERSION`.
        var label: String {
            let words = [name.isEmpty ? id : name, version.value ?? ""]
            return words.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// What makes the document invalid in its format.
    ///
    /// A package URL that its type forbids is not among it: it is what the document says, and programs can read that.
    struct Errors: Sendable {
        let count: Int
        /// Whether there may be more.
        let isTruncated: Bool

        init(_ report: Validator.Report) {
            count = report.violations.count { $0.isError && !$0.name.hasPrefix("package-url") }
            isTruncated = report.isTruncated
        }
    }

    let family: DocumentFamily
    let syntax: DocumentSyntax
    let version: String
    let errors: Errors
    /// The persons and organizations that created the document.
    var authors: [Party] = []
    var tools: [Tool] = []
    var timestamp = ""
    /// The phases of the software's life that the document was made in, as it states them.
    var context = ""
    /// What tells this document from every other, and from its own earlier versions: `documentNamespace`, or `serialNumber` and
    /// `version`.
    var identity: String?
    /// Whether the document has a signature in itself.
    var isSigned = false
    var hasVulnerabilities = false
    /// Whether the document states what it is about.
    var hasRoot = false
    /// Whether what it is about needs or contains something.
    var hasTopLevel = false
    var components: [Component] = []

    init(_ document: borrowing ParsedDocument, errors: Errors) {
        family = document.family
        syntax = document.syntax
        version = document.version
        self.errors = errors
        switch family {
        case .spdx: read(spdx: document.content)
        case .cycloneDX: read(cycloneDX: document.content)
        }
    }

    /// What a text says: nothing if it is blank, and that something is unknown if it is one of the words for that.
    static func stated(_ text: String?) -> Stated<String> {
        guard let text, let word = text.nonEmpty else { return .absent }
        return isUnknown(word) ? .unknown : .value(word)
    }

    /// Whether a text is a word for something unknown.
    static func isUnknown(_ text: String) -> Bool {
        let word = text.uppercased()
        return word == Element.noAssertion || word == "UNKNOWN"
    }

    /// Adds the algorithm of a digest, if the digest has as many hexadecimal digits as the algorithm gives.
    static func add(_ algorithm: String, _ value: String, to digests: inout Set<String>) {
        guard value.utf8.allSatisfy(\.isASCIIHexDigit), value.utf8.count >= 8 else { return }
        if let bits = Int(algorithm.split(separator: "-").last.map(String.init)?.filter(\.isNumber) ?? ""), bits >= 224
        {
            guard value.utf8.count * 4 == bits else { return }
        }
        digests.insert(algorithm)
    }

    /// The words of a statement of what is unknown: `hash, license`.
    static func unknowns(_ text: some StringProtocol) -> [String] {
        text.split(separator: ",").map { String($0).split(separator: " ").joined() }
    }
}
