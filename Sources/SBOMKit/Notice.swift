internal import ByteStreams
internal import SBOMFormats

/// Something unusual in an input that did not stop the reading of it.
public struct Notice: Sendable, Hashable {
    /// How much a notice matters.
    public enum Severity: Sendable, Hashable {
        /// Nothing is missing because of it.
        case note
        /// Something is unusual, damaged or left out.
        case warning
        /// Something that is present could not be read, or belongs to no package, so the document is incomplete.
        case blind
    }

    /// Where in the input something was found.
    public enum Place: Sendable, Hashable, CustomStringConvertible {
        /// The document as a whole.
        case document
        /// A position in the text of the document.
        case position(TextPosition)
        /// A path in the image, with a line or record number if there is one; or the digest of a layer.
        case image(String)

        /// `document`, `LINE:COLUMN`, or the path or digest.
        public var description: String {
            switch self {
            case .document: "document"
            case .position(let position): position.description
            case .image(let place): place
            }
        }
    }

    /// How much it matters.
    public let severity: Severity
    /// What it is about: a word with hyphens, the same for all notices of a kind.
    public let code: String
    /// Where it was found.
    public let place: Place
    /// What was found: one line of text, parts of which may come from the input, control characters included.
    public let message: String

    init(_ severity: Severity, code: Diagnostic.Code, at place: Place, _ message: String) {
        self.severity = severity
        self.code = code.rawValue
        self.place = place
        self.message = message
    }

    init(_ diagnostic: Diagnostic) {
        let severity: Severity =
            switch diagnostic.severity {
            case .note: .note
            case .warning: .warning
            case .blind: .blind
            }
        self.init(severity, code: diagnostic.code, at: .image(diagnostic.place), diagnostic.message)
    }

    init(_ notice: ParsedDocument.Notice) {
        let place = notice.place.map { Place.position(TextPosition($0)) }
        self.init(.warning, code: .document, at: place ?? .document, notice.message)
    }
}

extension Diagnostic.Code {
    /// Something unusual in a document.
    static let document = Self(rawValue: "document")
    /// An image was read itself, because no SBOM is attached to it.
    static let generated = Self(rawValue: "generated")
    /// A name in a query that no element has.
    static let unknownName = Self(rawValue: "unknown-name")
    static let unknownLicense = Self(rawValue: "unknown-license")
    static let unstatedLicense = Self(rawValue: "unstated-license")
    /// An attached SBOM that cannot be read, beside one that can.
    static let unreadableAttachment = Self(rawValue: "unreadable-attachment")
}
