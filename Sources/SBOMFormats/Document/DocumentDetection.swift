package import StructuredText

/// Detects the syntax of a document.
package enum DocumentDetection {
    /// Detects the syntax from the first significant byte, or tag-value from its line with the version.
    package static func syntax(of bytes: [UInt8]) throws(DocumentError) -> DocumentSyntax {
        switch TextSyntax(detecting: bytes) {
        case .json: return .json
        case .xml: return .xml
        case .other, nil:
            guard SPDXTagValue.isTagValue(bytes) else {
                throw DocumentError(.unknownFormat, reason: UnsupportedDocument.reason(of: bytes))
            }
            return .tagValue
        }
    }
}

/// The family and version that a JSON document states.
package struct DocumentIdentity {
    package let family: DocumentFamily
    /// The version as the document states it, such as `2.3` or `1.6`; empty if it states none.
    package let version: String
    /// Whether an SPDX document is wrapped in `{"Document": …}`, as the first SPDX 2.2 documents were.
    package let isWrapped: Bool

    /// Detects the family from the members of the root.
    package init(_ root: JSONValue) throws(DocumentError) {
        guard case .object(let root) = root else {
            throw DocumentError(.unknownFormat, reason: "expected an SPDX or CycloneDX document, found \(root.kind)")
        }
        if root["spdxVersion"] == nil, let inner = root["Document"]?.objectContent, inner["spdxVersion"] != nil {
            self.init(family: .spdx, version: Self.spdxVersion(inner), isWrapped: true)
        } else if root["spdxVersion"] != nil || root["SPDXID"] != nil && root["packages"] != nil {
            self.init(family: .spdx, version: Self.spdxVersion(root), isWrapped: false)
        } else if root["bomFormat"] != nil || root.text("$schema")?.hasPrefix(CycloneDXVersion.schemaBase) == true
            || root["specVersion"] != nil && (root["components"] != nil || root["metadata"] != nil)
        {
            self.init(family: .cycloneDX, version: Self.cycloneDXVersion(root), isWrapped: false)
        } else if Self.isSPDX3(root) {
            throw DocumentError(
                .unknownVersion,
                reason: "expected SPDX 2.2 or 2.3, found SPDX 3 (JSON-LD), which is not read; "
                    + "most tools that write it write 2.3 too")
        } else {
            throw DocumentError(
                .unknownFormat,
                reason: UnsupportedDocument.reason(of: root)
                    ?? "expected a member \"spdxVersion\", or \"bomFormat\" and \"specVersion\"")
        }
    }

    /// Refuses a version that is older or newer than those that are read.
    package func admitVersion() throws(DocumentError) {
        if let reason = UnsupportedDocument.reason(ofVersion: version, family) {
            throw DocumentError(.unknownVersion, reason: reason)
        }
    }

    /// The identity of a document that is not JSON.
    init(_ family: DocumentFamily, version: String) {
        self.init(family: family, version: version, isWrapped: false)
    }

    private init(family: DocumentFamily, version: String, isWrapped: Bool) {
        self.family = family
        self.version = version
        self.isWrapped = isWrapped
    }

    private static func spdxVersion(_ document: JSONObject) -> String {
        let text = document.text("spdxVersion") ?? ""
        return text.dropping(prefix: "SPDX-").map { String($0) } ?? text
    }

    private static func cycloneDXVersion(_ document: JSONObject) -> String {
        if let version = document.text("specVersion") { return version }
        // `http://cyclonedx.org/schema/bom-1.5.schema.json`
        let address = document.text("$schema")?.dropping(prefix: CycloneDXVersion.schemaBase) ?? ""
        let version = address.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        return String(version.hasSuffix(".") ? version.dropLast() : version)
    }

    /// Whether a document is JSON-LD with the context of SPDX 3 (SPDX 3.0.1, "Serialization"), or a JSON-LD graph with
    /// another context.
    private static func isSPDX3(_ root: JSONObject) -> Bool {
        guard let context = root["@context"] else { return false }
        let addresses =
            switch context {
            case .string(let address): [address]
            case .array(let items): items.compactMap(\.textContent)
            case .null, .bool, .number, .object: [String]()
            }
        return root["@graph"] != nil || addresses.contains { $0.contains("spdx.org/rdf/3") }
    }
}
