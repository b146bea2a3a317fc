package import ByteStreams
internal import StructuredText

extension ParsedDocument {
    /// Reads a document of any format, be it by itself or in an attestation: an in-toto statement about it, bare or in an
    /// envelope (in-toto attestation v1, DSSE v1), and that in a bundle (sigstore's bundle 0.1 to 0.3).
    ///
    /// Signatures are not looked at.
    package init(opening bytes: [UInt8], limits: Limits) throws(DocumentError) {
        do throws(DocumentError) {
            self = try ParsedDocument(parsing: bytes, limits: limits)
        } catch {
            guard let inner = try Attestation.document(in: bytes, limits) else { throw error }
            self = try ParsedDocument(parsing: inner, limits: limits)
            // Places are those of the document as it was taken out.
            notices = notices.map { Notice(place: nil, message: $0.message) }
        }
    }
}

/// What is signed about something, with a document in it.
package enum Attestation {
    /// The document in a statement, envelope or bundle; nil if the bytes are neither.
    package static func document(in bytes: [UInt8], _ limits: Limits) throws(DocumentError) -> [UInt8]? {
        guard case .object(var root)? = try object(bytes, limits) else { return nil }
        if root["payloadType"] == nil, let envelope = root["dsseEnvelope"]?.objectContent { root = envelope }
        if root["payloadType"] != nil, let payload = root.text("payload") {
            guard let opened = Base64.decoded(payload) else {
                throw DocumentError(.unknownFormat, reason: "the payload of the DSSE envelope is not in Base64")
            }
            guard case .object(let statement)? = try object(opened, limits) else {
                throw DocumentError(.unknownFormat, reason: "the payload of the DSSE envelope is no in-toto statement")
            }
            root = statement
        }
        guard let type = root.text("predicateType"), let predicate = root["predicate"] else { return nil }
        // cosign puts documents that are not JSON, and in its first versions all, into a member.
        let content = predicate.objectContent.flatMap { $0.count <= 2 ? $0["Data"] : nil } ?? predicate
        switch content {
        case .string(let text): return Array(text.utf8)
        case .object(var object):
            if type.hasPrefix("https://spdx.dev/Document"), object["spdxVersion"] == nil {
                object.append("spdxVersion", "SPDX-2.3")
            }
            if type.hasPrefix("https://cyclonedx.org/"), object["bomFormat"] == nil {
                object.append("bomFormat", "CycloneDX")
            }
            if object["spdxVersion"] == nil, object["bomFormat"] == nil {
                throw DocumentError(.unknownFormat, reason: "expected an SBOM in the in-toto statement, found \(type)")
            }
            return JSONWriter.bytes(of: .object(object), .pretty)
        case .null, .bool, .number, .array:
            throw DocumentError(
                .unknownFormat, reason: "expected an SBOM in the in-toto statement, found \(content.kind)")
        }
    }

    /// The root object of JSON; nil if the bytes do not parse, which the reader of documents reports.
    ///
    /// The document in it is written again with line breaks, so its objects are bounded by the size that they have here.
    private static func object(_ bytes: [UInt8], _ limits: Limits) throws(DocumentError) -> JSONValue? {
        guard let document = try? JSONDocument(parsing: bytes, limits: limits) else { return nil }
        try limits.admit(objects: document.objectCount, inBytes: bytes.count)
        return document.root
    }
}
