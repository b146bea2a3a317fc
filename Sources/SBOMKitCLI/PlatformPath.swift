/// The name of a file with `{os}`, `{arch}` and `{variant}` in it.
struct PlatformPath {
    private let path: String

    init(_ path: String) { self.path = path }

    var hasPlaceholder: Bool { ["{os}", "{arch}", "{variant}"].contains { path.contains($0) } }

    /// The path for a platform, `os/architecture[/variant]`.
    func resolved(for platform: String?) -> String {
        var parts = (platform ?? "").split(separator: "/", maxSplits: 2).map { Self.word(String($0)) }
        if parts.count < 2 { parts = ["unknown", "unknown"] }
        return path.replacing("{os}", with: parts[0]).replacing("{arch}", with: parts[1])
            .replacing("{variant}", with: parts.count > 2 ? parts[2] : "")
    }

    /// The path of the document that relates those of the platforms.
    var ofIndex: String {
        guard let start = path.firstIndex(of: "{"), let end = path.lastIndex(of: "}"), start < end else { return path }
        return path[..<start] + "index" + path[path.index(after: end)...]
    }

    /// A part of a platform as a part of a name: an image must not choose the folder.
    private static func word(_ text: String) -> String {
        let kept = text.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": Character(scalar)
            default: "-"
            }
        }
        let word = String(kept.prefix(64))
        return word.allSatisfy { $0 == "." } ? "unknown" : word
    }
}
