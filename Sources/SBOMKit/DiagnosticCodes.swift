internal import ByteStreams

/// The codes of notices about documents.
extension Diagnostic.Code {
    /// Something unusual in a document.
    static let document = Self(rawValue: "document")
    /// An attached SBOM that cannot be read, beside one that can.
    static let unreadableAttachment = Self(rawValue: "unreadable-attachment")
}
