import ByteStreams
import ContainerImages
import TestSupport

/// An entry of a layer that a test makes.
struct Entry: Sendable, CustomStringConvertible {
    var type: Character
    var path: String
    var link = ""
    var contents = ""
    /// The size of a sparse file that is a hole and nothing else.
    var hole = 0

    static func file(_ path: String, _ contents: String = "") -> Entry {
        Entry(type: "0", path: path, contents: contents)
    }
    static func folder(_ path: String) -> Entry { Entry(type: "5", path: path + "/") }
    static func link(_ path: String, to target: String) -> Entry { Entry(type: "2", path: path, link: target) }
    static func hardLink(_ path: String, to target: String) -> Entry { Entry(type: "1", path: path, link: target) }
    static func hole(_ path: String, _ size: Int) -> Entry { Entry(type: "S", path: path, hole: size) }
    static func pipe(_ path: String) -> Entry { Entry(type: "6", path: path) }
    static func whiteout(_ path: String) -> Entry {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        parts[parts.count - 1] = ".wh." + parts[parts.count - 1]
        return Entry(type: "0", path: parts.joined(separator: "/"))
    }
    static func opaque(_ folder: String) -> Entry {
        Entry(type: "0", path: folder.isEmpty ? ".wh..wh..opq" : folder + "/.wh..wh..opq")
    }

    var description: String {
        "\(type) \(path)\(link.isEmpty ? "" : " -> " + link)\(contents.isEmpty ? "" : "=" + contents)"
    }
}

/// The tar archive of those entries, with GNU's long names where a name does not fit.
func tar(_ entries: [Entry]) -> [UInt8] {
    var result: [UInt8] = []
    for entry in entries {
        if entry.link.utf8.count > 100 { append(Entry(type: "K", path: "long", contents: entry.link)) }
        if entry.path.utf8.count > 100 { append(Entry(type: "L", path: "long", contents: entry.path)) }
        append(entry)
    }
    func append(_ entry: Entry) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int, _ size: Int) {
            for (number, byte) in text.utf8.prefix(size).enumerated() { header[place + number] = byte }
        }
        func octal(_ number: Int, _ digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let contents = Array(entry.contents.utf8)
        put(entry.path, at: 0, 100)
        put(entry.type == "5" ? "0000755" : "0000644", at: 100, 8)
        put("0000000", at: 108, 8)
        put("0000000", at: 116, 8)
        put(octal(contents.count, 11), at: 124, 12)
        put("00000000000", at: 136, 12)
        put("        ", at: 148, 8)
        put(String(entry.type), at: 156, 1)
        put(entry.link, at: 157, 100)
        put("ustar  ", at: 257, 8)
        if entry.type == "S" {
            // tar.h, struct oldgnu_header: a piece of no bytes at the end, then the real size.
            put(octal(entry.hole, 11), at: 386, 12)
            put(octal(0, 11), at: 398, 12)
            put(octal(entry.hole, 11), at: 483, 12)
        }
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148, 8)
        result += header
        result += contents
        result += [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }
    return result + [UInt8](repeating: 0, count: 1024)
}

/// A folder of its own for `body`, which may wait, taken away afterwards.
func inTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = try shell("mktemp -d").text.split(separator: "\n").joined()
    do {
        let result = try await body(folder)
        _ = try shell("rm -rf '\(folder)'")
        return result
    } catch {
        _ = try shell("rm -rf '\(folder)'")
        throw error
    }
}

/// What those layers make together, through a layout that is written to memory and read again.
func merged(
    _ layers: [[Entry]], keeping paths: [String]? = nil, probe: (any FileProbe)? = nil, recordsDigests: Bool = false,
    limits: Limits = Limits()
) async throws -> Image.Files {
    let store = try MemoryBlobStore { builder in
        try builder.write(index: [try builder.image(layers.map(tar))])
    }
    let image = try ImageLayout(store, limits: limits).image(.any, platform: nil)
    let all = Set(layers.joined().flatMap { [$0.path, $0.link] }.map { normalised($0) }).filter { !$0.isEmpty }
    return try await image.rootFileSystem(
        of: PathPatterns(paths ?? Array(all)), probe: probe, recordsDigests: recordsDigests)
}

/// A path by its words, without a slash at either end.
func normalised(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
}

extension RootFileSystem {
    /// The text of the file that the path leads to; nil where there is none, a word where nobody kept its bytes.
    func text(_ path: String) -> String? {
        switch file(path) {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .notCaptured: "not captured"
        case nil: nil
        }
    }

    /// All that is no directory, sorted.
    var list: [String] {
        var result: [String] = []
        forEachFile { path, _ in result.append(String(decoding: path, as: UTF8.self)) }
        return result.sorted()
    }
}
