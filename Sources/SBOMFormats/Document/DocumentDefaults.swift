internal import ByteStreams
package import SBOMModel
package import StructuredText
internal import Synchronization

/// The values that a converted document gets where the source states none and the target format requires one.
package struct DocumentDefaults: Sendable {
    /// The time at which the document was created.
    package var created: Timestamp
    /// The UUID of the document, in lower case.
    ///
    /// It is the one that the source states. If the source states none, it is derived from the content, so that
    /// different documents have different UUIDs and the same document always has the same one.
    package var uuid: String

    package init(created: Timestamp, uuid: String) {
        self.created = created
        self.uuid = uuid
    }

    /// The defaults for one document, in the shape of its family's JSON.
    package init(for content: JSONObject, _ family: DocumentFamily, created: Timestamp) {
        self.created = created
        uuid = Self.statedUUID(of: content, family) ?? NameUUID(of: content).description
    }

    private static func statedUUID(of content: JSONObject, _ family: DocumentFamily) -> String? {
        switch family {
        case .spdx: content.text("documentNamespace").flatMap { NameUUID.uuid(ofNamespace: $0) }
        case .cycloneDX: content.text("serialNumber").flatMap { NameUUID.uuid(ofSerialNumber: $0) }
        }
    }
}

extension NameUUID {
    /// The UUID of a document without an identifier: the name is the SHA-256 of its compact JSON.
    init(of content: JSONObject) {
        let hash = Mutex(RunningHash(.sha256))
        // The sink does not throw.
        try? JSONWriter.write(.object(content), .compact) { piece in hash.withLock { $0.update(piece.span) } }
        self.init(inURLs: "sha256:\(hexadecimal(hash.withLock { $0.finish() }))")
    }

    /// The UUID at the end of an SPDX namespace, or else one derived from the namespace; nil for an empty namespace.
    static func uuid(ofNamespace namespace: String) -> String? {
        guard !namespace.isEmpty else { return nil }
        let end = String(decoding: namespace.utf8.suffix(36), as: UTF8.self)
        return isUUID(end) ? end : NameUUID(inURLs: namespace).description
    }

    /// The UUID of a CycloneDX serial number, `urn:uuid:…` in lower case; nil if the text is not one.
    static func uuid(ofSerialNumber serial: String) -> String? {
        guard let uuid = serial.dropping(prefix: "urn:uuid:").map(String.init), isUUID(uuid) else { return nil }
        return uuid
    }

    /// Whether the text is a UUID in lower case (RFC 9562 §4).
    static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.indices.allSatisfy { index in
            [8, 13, 18, 23].contains(index)
                ? bytes[index] == UInt8(ascii: "-")
                : bytes[index].isASCIILowercaseHexDigit
        }
    }
}
