internal import SBOMModel
internal import StructuredText

/// The fields in which tools state what a package was built from and where it was found.
///
/// The source package is `sourceInfo` in the words that trivy reads: `built package from: NAME VERSION`. The place is
/// `packageFileName`, `syft:location:0:path`, `aquasecurity:trivy:FilePath`, or the path in syft's `sourceInfo`:
/// `acquired package info from DPKG DB: /var/lib/dpkg/status`.
enum OriginMarks {
    fileprivate static let builtFrom = "built package from: "
    fileprivate static let acquiredFrom = "acquired package info from "

    /// Whether a text is one of the two that are understood.
    static func isOrigin(_ sourceInfo: String) -> Bool {
        sourceInfo.utf8.starts(with: builtFrom.utf8) || sourceInfo.utf8.starts(with: acquiredFrom.utf8)
    }

    /// The path in the properties of a component of CycloneDX.
    static func path(in properties: JSONValue?) -> String? {
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
}

// These are taken apart when they are asked for, so that reading a document costs nothing.
extension ElementColumns {
    /// The package that a package was built from, `NAME@VERSION`, if the document states it apart from the package URL; else
    /// empty.
    package func sourcePackage(_ element: Int32) -> String {
        let source = SourcePackage(statement: sourceInfo(element))
        return source.map { "\($0.name)@\($0.fullVersion)" } ?? ""
    }

    /// The path of a package in the image, or of the database that lists it; empty if the document does not state it.
    package func path(_ element: Int32) -> String {
        let stated = statedPath(element)
        let text = sourceInfo(element)
        guard stated.isEmpty, text.hasPrefix(OriginMarks.acquiredFrom), let colon = text.firstRange(of: ": ") else {
            return stated
        }
        let first = text[colon.upperBound...].prefix { $0 != "," }
        return first.hasPrefix("/") ? String(first) : ""
    }
}
