package import ByteStreams
internal import StructuredText

extension ParsedDocument {
    /// Reads a document of any format, which may be in an attestation.
    ///
    /// An attestation is an in-toto statement with the document as its predicate (in-toto attestation v1). It can be in
    /// a DSSE envelope (DSSE v1), and the envelope in a Sigstore bundle (versions 0.1 to 0.3). Signatures are not
    /// verified.
    package init(opening bytes: [UInt8], limits: Limits, admitsAnyVersion: Bool = false) throws(DocumentError) {
        do throws(DocumentError) {
            self = try ParsedDocument(parsing: bytes, limits: limits, admitsAnyVersion: admitsAnyVersion)
        } catch {
            guard error.code != .unknownVersion, let inner = try Attestation.document(in: bytes, limits) else {
                throw error
            }
            self = try ParsedDocument(parsing: inner, limits: limits, admitsAnyVersion: admitsAnyVersion)
            // The places are in the extracted document, which the user does not have.
            notices = notices.map { Notice(place: nil, message: $0.message) }
        }
    }
}

/// A signed statement that contains a document.
package enum Attestation {
    /// The document in a statement, envelope or bundle; nil if the bytes are none of these.
    package static func document(in bytes: [UInt8], _ limits: Limits) throws(DocumentError) -> [UInt8]? {
        guard case .object(var root)? = try object(bytes, limits) else { return nil }
        if root["payloadType"] == nil, let envelope = root["dsseEnvelope"]?.objectContent { root = envelope }
        if root["payloadType"] != nil, let payload = root.text("payload") {
            guard let opened = Base64.decoded(payload) else {
                throw DocumentError(.unknownFormat, reason: "the payload of the DSSE envelope is not in Base64")
            }
            guard case .object(let statement)? = try object(opened, limits) else {
                throw DocumentError(
                    .unknownFormat, reason: "the payload of the DSSE envelope is not an in-toto statement")
            }
            root = statement
        }
        guard let type = root.text("predicateType"), let predicate = root["predicate"] else { return nil }
        // cosign stores a document that is not JSON as a string in the member `Data`; its first versions stored every
        // document there.
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

    /// The root value of JSON; nil if the bytes do not parse, which the reader of documents reports.
    ///
    /// The number of objects is checked here, against the size of the given bytes. The document is passed on in a
    /// longer form, with line breaks, so that a check of that form would allow more objects.
    private static func object(_ bytes: [UInt8], _ limits: Limits) throws(DocumentError) -> JSONValue? {
        guard let document = try? JSONDocument(parsing: bytes, limits: limits) else { return nil }
        try limits.admit(objects: document.objectCount, inBytes: bytes.count)
        return document.root
    }
}
