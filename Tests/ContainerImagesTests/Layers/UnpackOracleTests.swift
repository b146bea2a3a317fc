import ByteStreams
import ContainerImages
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Random stacks of layers, merged by us and unpacked by umoci, which shares no code with us.
///
/// Left out is what umoci does otherwise than the specification, or not at all:
/// - A whiteout or opaque marker hides lower layers only, wherever it stands (layer.md); umoci 0.4.7 follows the order of
///   the entries where something of the layer stands in the way. So here they come before what replaces the hidden.
/// - What lies behind a lower layer's link that a later entry of the same layer replaces, and a directory that a layer
///   removes after something in it: we read a layer without those below it, and no engine writes such a layer.
/// - A link whose target is a directory only because the same layer removes what was there (three of 600 stacks).
/// - An entry below something that is no directory stops umoci, and so does a hard link to what is not there. We go on.
@Suite(.needs(have("umoci", "python3") && getuid() == 0, "umoci, python3, and root, as which umoci unpacks"))
struct UnpackOracleTests {
    /// What Python sees inside the unpacked tree: all entries, and where `names` lead.
    private static let look = #"""
        import os, sys
        os.chroot(sys.argv[1])
        os.chdir("/")
        for folder, folders, files in os.walk("/"):
            for name in folders + files:
                path = os.path.join(folder, name)
                kind = "l" if os.path.islink(path) else "d" if os.path.isdir(path) else "f"
                print(kind, path[1:], open(path).read() if kind == "f" else "", sep="\t")
        for name in sys.argv[2].split():
            folder, last = os.path.split("/" + name)
            if os.path.isdir(folder):
                contents = open("/" + name).read() if os.path.isfile("/" + name) else ""
                print("p", name, os.path.join(os.path.realpath(folder), last)[1:], contents, sep="\t")
        """#

    @Test(arguments: 0..<48)
    func `a stack of layers is what umoci unpacks`(seed: UInt64) async throws {
        var generator = StackGenerator(seed: seed)
        let layers = generator.stack()
        let said = Comment(rawValue: "seed \(seed): \(layers)")
        try await inTemporaryFolder { folder in
            let builder = try LayoutBuilder(folder + "/layout")
            try builder.write(index: [try builder.image(layers.map(tar), LayoutBuilder.tag("latest"))])
            let result = try shell("umoci raw unpack --image \(folder)/layout:latest \(folder)/root")
            try #require(result.code == 0, "\(result.errors) \(said)")
            let seen = try shell(
                "python3 -c '\(Self.look)' \(folder)/root '\(generator.names.joined(separator: " "))'")
            try #require(seen.code == 0, "\(seen.errors)")
            let rows = seen.text.split(separator: "\n").map {
                $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            }
            let all = rows.filter { $0[0] != "p" }

            let image = try ImageLayout(folder: folder + "/layout", limits: Limits()).image(.any, platform: nil)
            let interest = PathPatterns(all.map { $0[1] } + generator.names)
            let files = try await image.rootFileSystem(of: interest).files
            #expect(files.list == all.filter { $0[0] != "d" }.map { $0[1] }.sorted(), said)
            for row in all where row[0] == "f" { #expect(files.text(row[1]) == row[2], "\(row[1]) \(said)") }
            for folder in [""] + all.filter({ $0[0] == "d" }).map({ $0[1] }) {
                let inside = all.map { $0[1].split(separator: "/") }
                    .filter { $0.dropLast().joined(separator: "/") == folder }.compactMap { $0.last.map(String.init) }
                #expect(files.names(in: folder) == inside.sorted(), "\(folder) \(said)")
            }
            let changes = files.changes(of: interest)
            for count in 2...files.layerCount where !changes.contains(count) {
                let states = [count - 1, count].map { files.after(layers: $0).origins(of: interest) }
                #expect(states[0] == states[1], "layer \(count) \(said)")
            }
            for row in rows where row[0] == "p" {
                #expect(files.canonical(row[1]) == row[2], "\(row[1]) \(said)")
                #expect(files.text(row[1]) ?? "" == row[3], "\(row[1]) \(said)")
            }
        }
    }
}

/// Makes stacks of layers that are unpacked without an error.
///
/// Keeps account of what is where, in a model of its own, so that it adds only what an engine can add.
struct StackGenerator {
    private var random: SeededGenerator
    /// What is at each path: `d`, `f`, or `l` and the target.
    private var state: [String: String] = [:]
    private var count = 0
    /// The links that the current layer's entries lie behind, and where those entries really are.
    private var crossed: Set<String> = []
    let names: [String]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let letters = ["a", "b", "c"]
        names =
            letters + letters.flatMap { first in letters.map { "\(first)/\($0)" } }
            + ["a/b/c", "b/a/c", "c/c/c", "a/a/a/a", "b/c/a/b"]
    }

    mutating func stack() -> [[Entry]] {
        (0..<Int.random(in: 2...5, using: &random)).map { _ in layer() }
    }

    /// The real place of a path whose last component is not followed; nil if something on the way is no directory.
    private mutating func place(_ path: String, depth: Int = 0) -> String? {
        guard depth < 20 else { return nil }
        var here = ""
        let parts = path.split(separator: "/").map(String.init)
        for (number, part) in parts.enumerated() {
            if part == ".." {
                here = here.split(separator: "/").dropLast().joined(separator: "/")
                continue
            }
            let inside = here.isEmpty ? part : here + "/" + part
            let isLast = number == parts.count - 1
            switch state[inside]?.first {
            case "l" where !isLast:
                let target = String(state[inside]?.dropFirst() ?? "")
                crossed.insert(inside)
                let rest = parts[(number + 1)...].joined(separator: "/")
                return place((target.hasPrefix("/") ? "" : here + "/") + target + "/" + rest, depth: depth + 1)
            case "f" where !isLast: return nil
            default: here = inside
            }
        }
        return here
    }

    private mutating func layer() -> [Entry] {
        var entries: [Entry] = []
        var marked: [String] = []
        crossed = []
        // Whiteouts first, of what is below.
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            guard let path = state.keys.sorted().randomElement(using: &random), place(path) == path,
                !marked.contains(where: { $0 == path || $0.hasPrefix(path + "/") })
            else { continue }
            marked.append(path)
            if state[path] == "d", Bool.random(using: &random) {
                entries.append(.opaque(path))
                remove(below: path)
            } else {
                entries.append(.whiteout(path))
                remove(below: path)
                state[path] = nil
            }
        }
        for _ in 0..<Int.random(in: 1...7, using: &random) {
            guard let name = names.randomElement(using: &random), let path = place(name), !path.isEmpty,
                !crossed.contains(where: { $0 == path || $0.hasPrefix(path + "/") })
            else {
                continue
            }
            if path != name { crossed.insert(path + "/") }
            count += 1
            let kind = Int.random(in: 0..<10, using: &random)
            switch kind {
            case 0..<5:
                entries.append(.file(name, "contents \(count)"))
                put("f", at: path)
            case 5, 6:
                entries.append(.folder(name))
                if state[path] != "d" { put("d", at: path) }
            case 7, 8:
                let target = ["a", "/b", "../c", "/a/b", "../../b/a", "c/a"].randomElement(using: &random) ?? "a"
                entries.append(.link(name, to: target))
                put("l" + target, at: path)
            default:
                guard let target = state.keys.sorted().filter({ state[$0] == "f" }).randomElement(using: &random),
                    target != path, !target.hasPrefix(path + "/")
                else { continue }
                entries.append(.hardLink(name, to: target))
                put("f", at: path)
            }
        }
        return entries
    }

    private mutating func remove(below path: String) {
        for key in state.keys where key.hasPrefix(path + "/") { state[key] = nil }
    }

    private mutating func put(_ what: String, at path: String) {
        remove(below: path)
        state[path] = what
        var above = path.split(separator: "/").dropLast()
        while !above.isEmpty {
            if state[above.joined(separator: "/")] == nil { state[above.joined(separator: "/")] = "d" }
            above = above.dropLast()
        }
    }
}
