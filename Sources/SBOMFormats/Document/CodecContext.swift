internal import ByteStreams

/// What the codecs of elements need to know of the document: when and by what it was made, and its licenses.
struct CodecContext {
    /// When the document was made, as SPDX writes it.
    var created: String
    /// The first tool that made it: `Tool: name-version`.
    var tool: String
    /// The licenses that are on no list.
    var licenses: ExtractedLicenses
    /// What JSON inside of texts may ask for.
    var limits = Limits()
}

/// What a codec decodes an element for.
enum CodecUse: Sendable {
    /// To write the element in another format: everything that the model holds.
    case conversion
    /// To show or compare it: what a ``DocumentGraph`` holds.
    case reading
}
