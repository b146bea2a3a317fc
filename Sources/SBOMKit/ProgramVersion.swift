internal import ByteStreams
internal import SBOMModel
internal import StructuredText

/// The version of the program, and those of what it is made of.
public enum ProgramVersion {
    private static var parts: [(name: String, version: String)] {
        LibraryVersions.all.map { ($0.name, $0.version.split(separator: ",").first.map(String.init) ?? $0.version) }
            + [("SPDX License List", LicenseList.version)]
    }

    /// The version of the program, then the name and version of each library.
    public static var lines: [String] { [Generator.version] + parts.map { "\($0.name) \($0.version)" } }

    /// The same as a JSON object.
    public static var json: String {
        let libraries = parts.map { JSONObject.Member(name: $0.name, value: .string($0.version)) }
        let value = JSONObject([
            .init(name: "sbomkit", value: .string(Generator.version)),
            .init(name: "libraries", value: .object(JSONObject(libraries))),
        ])
        return String(decoding: JSONWriter.bytes(of: .object(value), .compact), as: UTF8.self)
    }
}
