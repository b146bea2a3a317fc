internal import ByteStreams
internal import StructuredText

/// Recognizes what is no document that can be read, so that the error names it and says what helps.
enum UnsupportedDocument {
    /// What a text is that is neither JSON nor XML nor tag-value.
    static func reason(of bytes: [UInt8]) -> String {
        let expected = "expected an SPDX or CycloneDX document"
        if TextSyntax(detecting: bytes) == nil { return "\(expected), found nothing: the input is empty" }
        switch Compression(startingWith: bytes) {
        case .gzip: return "\(expected), found data compressed with gzip; expand it first, with gzip -dc"
        case .zstd: return "\(expected), found data compressed with zstd; expand it first, with zstd -dc"
        case .xz: return "\(expected), found data compressed with xz; expand it first, with xz -dc"
        case .bzip2: return "\(expected), found data compressed with bzip2; expand it first, with bzip2 -dc"
        case .none: break
        }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            return "\(expected), found a zip archive; take the document out of it first"
        }
        if bytes.dropFirst(257).starts(with: "ustar".utf8) {
            return "\(expected), found a tar archive"
        }
        // Only the first lines: a text of any length may say something like this anywhere.
        let first = bytes.prefix(4_096).split { $0 == 0x0A || $0 == 0x0D }
        if first.contains(where: { $0.starts(with: "spdxVersion:".utf8) || $0.starts(with: "SPDXID: \"".utf8) }) {
            return "expected SPDX in JSON or tag-value, found YAML, which is not read; "
                + "most tools that write it write JSON too"
        }
        return "expected JSON, XML or SPDX tag-value with a line \"SPDXVersion:\""
    }

    /// What a JSON object is that is neither SPDX nor CycloneDX; nil if that is not known.
    static func reason(of root: JSONObject) -> String? {
        let expected = "expected SPDX or CycloneDX"
        let program = root["descriptor"]?.objectContent?.text("name")
        let schema = root["schema"]?.objectContent?.text("url") ?? ""
        if root["artifacts"] != nil, program == "syft" || schema.contains("anchore/syft") {
            return "\(expected), found syft's own JSON, which is not read; "
                + "`syft convert FILE -o spdx-json` makes SPDX of it"
        }
        if root["matches"] != nil, program == "grype" {
            return "\(expected), found a report of grype; grype -o cyclonedx-json writes CycloneDX"
        }
        if root["SchemaVersion"] != nil, root["Results"] != nil || root["ArtifactName"] != nil {
            return "\(expected), found trivy's own JSON, which is not read; "
                + "`trivy convert --format spdx-json FILE` makes SPDX of it"
        }
        if root["schemaVersion"] != nil, root["layers"] != nil || root["manifests"] != nil {
            return "\(expected), found the manifest of an image"
        }
        return nil
    }

    /// What an XML document is that is not CycloneDX; nil if that is not known.
    static func reason(ofXML root: String) -> String? {
        switch root {
        case "rdf:RDF":
            "expected CycloneDX, found RDF; SPDX is read in JSON and tag-value, which the tool that wrote it can write too"
        case "html": "expected an SPDX or CycloneDX document, found a web page"
        default: nil
        }
    }

    /// Why a version is not read; nil if it is, or if the text does not begin with two numbers.
    ///
    /// A text that is no version is reported by `validate`, and does not keep a document from being read.
    static func reason(ofVersion text: String, _ family: DocumentFamily) -> String? {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).prefix(2).map { part in
            part.utf8.count <= 4 && part.utf8.allSatisfy(\.isASCIIDigit) ? Int(part) : nil
        }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        let version = "\(major).\(minor)"
        switch family {
        case .spdx:
            guard SPDXVersion(rawValue: version) == nil else { return nil }
            let known = SPDXVersion.allCases.map(\.rawValue).joined(separator: " or ")
            return "expected SPDX \(known), found SPDX \(version), which is not read; "
                + "most tools that write it write \(SPDXVersion.allCases.last?.rawValue ?? "") too"
        case .cycloneDX:
            guard CycloneDXVersion(rawValue: version) == nil else { return nil }
            let expected = "expected CycloneDX \(CycloneDXVersion.span), found CycloneDX \(version)"
            if (major, minor) < (1, 2) {
                return "\(expected), which is not read; "
                    + "`cyclonedx convert --output-version v1_6` of cyclonedx-cli makes a newer document of it"
            }
            return "\(expected), which is newer than this program; "
                + "a newer one may read it, and the tool that wrote it can write an older version"
        }
    }
}
