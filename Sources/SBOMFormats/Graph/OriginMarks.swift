internal import SBOMModel
internal import StructuredText

/// What a package was built from and where it was found, from the fields in which tools state it.
///
/// The source package is `sourceInfo` in the words that trivy reads. The place is `packageFileName`, `syft:location:0:path`, `aquasecurity:trivy:FilePath`, or the path in syft's
/// `sourceInfo`: `acquired package info from DPKG DB: /var/lib/dpkg/status`.
struct OriginMarks {
    /// `NAME@VERSION`; empty if the document does not state it.
    let source: String
    /// A path; empty if the document does not state one.
    let path: String

    init(sourceInfo: String?, fileName: String?, properties: JSONValue? = nil) {
        let stated = sourceInfo.flatMap(SourcePackage.init(statement:))
        source = stated.map { "\($0.name)@\($0.fullVersion)" } ?? ""
        path = fileName ?? Self.path(in: properties) ?? sourceInfo.flatMap(Self.path(inSourceInfo:)) ?? ""
    }

    private static func path(in properties: JSONValue?) -> String? {
        guard case .array(let items)? = properties else { return nil }
        for case .object(let property) in items {
            switch property.text("name") {
            case "syft:location:0:path", "aquasecurity:trivy:FilePath":
                if let value = property.text("value"), !value.isEmpty { return value }
            default: continue
            }
        }
        return nil
    }

    private static func path(inSourceInfo text: String) -> String? {
        guard text.hasPrefix("acquired package info from "), let colon = text.firstRange(of: ": ") else { return nil }
        let first = text[colon.upperBound...].prefix { $0 != "," }
        return first.hasPrefix("/") ? String(first) : nil
    }
}
