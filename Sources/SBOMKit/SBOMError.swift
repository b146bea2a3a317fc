internal import ByteStreams
internal import ContainerImages
internal import SBOMFormats
package import SBOMValidation
internal import StructuredText

/// Why there is no result.
public struct SBOMError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of an error.
    public enum Code: Sendable, Hashable {
        /// The caller asked for something that is not possible.
        case usage
        /// Nothing exists at the place that was named.
        case noInput
        /// The input is damaged, is not what it should be, exceeds a limit, or matches several images or none.
        case badInput
        /// A document is larger than the caller allows.
        case tooLarge
        /// A fault of this library. The input may be good.
        case `internal`
    }

    /// What the caller can do about an error, for programs that explain it in their own terms.
    public enum Remedy: Sendable, Hashable {
        /// Select an image by tag, digest or platform.
        case selectImage
        /// Select a platform.
        case selectPlatform
        /// State who asks the registry: it is private, or it does not exist.
        case logIn
        /// Ask the registry without encryption.
        case usePlainHTTP
        /// Trust the authority of the registry's certificate.
        case trustAuthority
        /// Select an attached SBOM by number, format, predicate type or digest.
        case selectAttachment
        /// Generate a document of the image: no SBOM is attached to it.
        case generate
        /// Name an image instead of a document: only images have attached SBOMs to select from.
        case nameImage
        /// Use a build with the package trait `LibRPM`.
        case buildWithLibRPM
    }

    /// The kind of the error.
    public let code: Code
    /// Where it happened and what was expected: one line of text.
    ///
    /// Parts of it may come from the input, control characters included.
    public let message: String
    /// What can be selected, one line of text each.
    public let choices: [String]
    /// What the caller can do about it; nil if nothing.
    public let remedy: Remedy?
    /// The position in the document; nil if the error is not about one position.
    public let position: TextPosition?

    init(
        _ code: Code, _ message: String, at position: TextPosition? = nil, choices: [String] = [], remedy: Remedy? = nil
    ) {
        self.code = code
        self.message = message
        self.choices = choices
        self.remedy = remedy
        self.position = position
    }

    /// The message, and what can be selected.
    public var description: String {
        choices.isEmpty ? message : "\(message); there is: \(choices.joined(separator: "; "))"
    }

    /// The same error with the path of the document in front of its message.
    func of(_ path: String) -> SBOMError {
        SBOMError(
            code, "\(path)\(position.map { ":\($0)" } ?? ""): \(message)", at: position, choices: choices,
            remedy: remedy)
    }
}

// MARK: Errors of the modules below

extension SBOMError {
    /// The error of an image that cannot be read.
    init(_ error: ImageError) {
        let remedy: Remedy? =
            switch error.remedy {
            case .selectImage: .selectImage
            case .selectPlatform: .selectPlatform
            case .logIn: .logIn
            case .usePlainHTTP: .usePlainHTTP
            case .trustAuthority: .trustAuthority
            case nil: nil
            }
        self.init(
            error.code == .missing ? .noInput : .badInput, "\(error.place): \(error.message)", choices: error.choices,
            remedy: remedy)
    }

    /// The error of a document that cannot be read.
    init(_ error: DocumentError) {
        guard error.code != .internalFailure else {
            self.init(fault: error)
            return
        }
        self.init(.badInput, error.description, at: error.place.map(TextPosition.init))
    }

    /// The error of a document that cannot be validated.
    package init(_ error: ValidationError) {
        switch error.code {
        case .json, .tagValue, .xml, .unknownFormat, .unknownVersion: self.init(.badInput, error.description)
        case .schema: self.init(fault: error)
        }
    }

    /// The error of a document that was read and cannot be written.
    ///
    /// What is written is parsed again, so the document may exceed a limit in its new form. Every other error is a fault
    /// of ours.
    package init(writing error: any Error) {
        switch error {
        case let error as XMLError where error.isLimit:
            self.init(.badInput, "cannot be written as XML: \(error.problem)")
        case let error as SPDXTagValueError where error.isLimit:
            self.init(.badInput, "cannot be written as tag-value: \(error.description)")
        case let error as DocumentError where error.code != .internalFailure:
            self.init(.badInput, error.description)
        default: self.init(fault: error)
        }
    }

    /// The error of something that is always possible, unless this library has a fault.
    package init(fault error: any Error) {
        self.init(.internal, "internal error, please report it: \(error)")
    }
}

extension XMLError {
    fileprivate var isLimit: Bool {
        switch kind {
        case .depth, .tooLong, .tooMany: true
        default: false
        }
    }
}

extension SPDXTagValueError {
    fileprivate var isLimit: Bool {
        if case .limit = kind { true } else { false }
    }
}

// MARK: Opening documents

extension Limits {
    /// Refuses a document that exceeds ``documentSize``.
    func admit(document bytes: [UInt8]) throws(SBOMError) {
        guard bytes.count <= documentSize else {
            throw SBOMError(.badInput, "larger than the limit documentSize of \(documentSize) bytes")
        }
    }
}

extension ParsedDocument {
    /// Reads a document within the limits, also one in an in-toto statement or a DSSE envelope.
    init(admitting bytes: [UInt8], limits: Limits) throws(SBOMError) {
        try limits.admit(document: bytes)
        do throws(DocumentError) {
            self = try ParsedDocument(opening: bytes, limits: limits)
        } catch {
            throw SBOMError(error)
        }
    }
}
