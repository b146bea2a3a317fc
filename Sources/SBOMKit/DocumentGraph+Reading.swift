internal import ByteStreams
internal import SBOMFormats

extension DocumentGraph {
    /// Reads a document of any format.
    ///
    /// - Throws: ``SBOMError`` if the format is unknown, or the document is damaged or exceeds a limit.
    init(reading bytes: [UInt8], _ rules: ReadingRules = .standard, limits: Limits) throws(SBOMError) {
        try limits.admit(document: bytes)
        do throws(DocumentError) {
            self = try DocumentGraph(parsing: bytes, rules, limits: limits)
        } catch {
            throw SBOMError(error)
        }
    }
}
