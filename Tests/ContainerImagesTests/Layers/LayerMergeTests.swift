import ByteStreams
import ContainerImages
import TestSupport
import Testing

/// Layers, and what is where once they are merged: a text, or nil for nothing.
struct MergeCase: Sendable, CustomTestStringConvertible {
    let name: String
    let layers: [[Entry]]
    let files: [String: String?]
    var list: [String]?

    init(_ name: String, _ layers: [[Entry]], _ files: [String: String?], list: [String]? = nil) {
        self.name = name
        self.layers = layers
        self.files = files
        self.list = list
    }

    var testDescription: String { name }
}

@Suite struct LayerMergeTests {
    /// OCI image-spec, layer.md, "Applying Changesets" and "Whiteouts".
    static let whiteouts = [
        MergeCase(
            "a whiteout hides the file below", [[.file("a", "1"), .file("b", "1")], [.whiteout("a")]],
            ["a": nil, "b": "1"], list: ["b"]),
        MergeCase(
            "a whiteout hides a directory with all in it", [[.file("d/x", "1")], [.whiteout("d")]], ["d/x": nil],
            list: []),
        MergeCase(
            "a whiteout and what is new by the same name", [[.file("d/x", "1")], [.whiteout("d"), .file("d/y", "2")]],
            ["d/x": nil, "d/y": "2"]),
        MergeCase(
            "the same in the other order", [[.file("d/x", "1")], [.folder("d"), .file("d/y", "2"), .whiteout("d")]],
            ["d/x": nil, "d/y": "2"]),
        MergeCase(
            "a whiteout and a file by the same name", [[.file("a", "1")], [.file("a", "2"), .whiteout("a")]], ["a": "2"]
        ),
        MergeCase("a whiteout hides nothing of its own layer", [[.file("a", "1"), .whiteout("a")]], ["a": "1"]),
        MergeCase(
            "what a whiteout hid comes back", [[.file("a", "1")], [.whiteout("a")], [.file("a", "3")]], ["a": "3"]),
        MergeCase(
            "a directory that came back is empty", [[.file("d/x", "1")], [.whiteout("d")], [.folder("d")]],
            ["d/x": nil], list: []),
        MergeCase(
            "an opaque directory, marker first",
            [[.file("d/x", "1")], [.folder("d"), .opaque("d"), .file("d/y", "2")]], ["d/x": nil, "d/y": "2"]),
        MergeCase(
            "an opaque directory, marker last", [[.file("d/x", "1")], [.file("d/y", "2"), .opaque("d")]],
            ["d/x": nil, "d/y": "2"]),
        MergeCase("an opaque directory, marker alone", [[.file("d/x", "1")], [.opaque("d")]], ["d/x": nil], list: []),
        MergeCase(
            "opaque reaches down", [[.file("d/e/x", "1")], [.opaque("d"), .file("d/e/y", "2")]],
            ["d/e/x": nil, "d/e/y": "2"]),
        MergeCase(
            "an opaque root", [[.file("a", "1"), .file("d/x", "1")], [.opaque(""), .file("d/y", "2")]],
            ["a": nil, "d/x": nil, "d/y": "2"], list: ["d/y"]),
        MergeCase(
            "opaque, then more on top", [[.file("d/x", "1")], [.opaque("d")], [.file("d/z", "3")]],
            ["d/x": nil, "d/z": "3"]),
        MergeCase(
            "whiteouts of nothing and of no name",
            [[.whiteout("a"), Entry(type: "0", path: "d/.wh."), Entry(type: "0", path: ".wh..")]], ["a": nil], list: []),
        MergeCase(
            "what AUFS keeps for itself is not in the tree, what shares it is",
            [
                [
                    .folder(".wh..wh.plnk"), .file(".wh..wh.plnk/12.34", "x"), .hardLink("a", to: ".wh..wh.plnk/12.34"),
                    .file(".wh..wh.aufs"),
                ]
            ],
            ["a": "x", ".wh..wh.plnk/12.34": nil], list: ["a"]),
    ]

    static let hardLinks = [
        MergeCase("to a file before it", [[.file("a", "1"), .hardLink("b", to: "a")]], ["b": "1"]),
        MergeCase(
            "with names of other forms", [[.file("./a", "1"), .hardLink("/b", to: "/a"), .hardLink("c", to: "./a")]],
            ["b": "1", "c": "1"]),
        MergeCase("to a file of a lower layer", [[.file("a", "1")], [.hardLink("b", to: "a")]], ["b": "1"]),
        MergeCase(
            "to a file of a lower layer that is removed too",
            [[.file("a", "1")], [.hardLink("b", to: "a"), .whiteout("a")]], ["a": nil, "b": "1"]),
        MergeCase(
            "to a file that a later entry replaces", [[.file("a", "1"), .hardLink("b", to: "a"), .file("a", "2")]],
            ["a": "2", "b": "1"]),
        MergeCase(
            "to a lower file that a later entry replaces",
            [[.file("a", "1")], [.hardLink("b", to: "a"), .file("a", "2")]], ["a": "2", "b": "1"]),
        MergeCase(
            "to a file that a later layer replaces", [[.file("a", "1"), .hardLink("b", to: "a")], [.file("a", "2")]],
            ["a": "2", "b": "1"]),
        MergeCase(
            "to a file that a later layer removes", [[.file("a", "1"), .hardLink("b", to: "a")], [.whiteout("a")]],
            ["a": nil, "b": "1"]),
        MergeCase(
            "to a link to a link",
            [[.file("a", "1")], [.hardLink("b", to: "a")], [.hardLink("c", to: "b"), .whiteout("a"), .whiteout("b")]],
            ["c": "1", "a": nil]),
        MergeCase(
            "through a symbolic link to its directory",
            [[.file("d/a", "1"), .link("l", to: "d"), .hardLink("b", to: "l/a")]], ["b": "1"]),
        MergeCase(
            "to a symbolic link, which is not followed",
            [[.file("d/x", "1"), .link("l", to: "d"), .hardLink("m", to: "l")]], ["m/x": "1"]),
        MergeCase(
            "to a symbolic link of a lower layer",
            [[.file("d/x", "1"), .link("l", to: "d")], [.hardLink("m", to: "l"), .whiteout("l")]],
            ["m/x": "1", "l/x": nil]),
        MergeCase(
            "to nothing, to itself, to a directory",
            [[.folder("d"), .hardLink("a", to: "none"), .hardLink("b", to: "b"), .hardLink("c", to: "d")]],
            ["a": nil, "b": nil, "c": nil]),
        MergeCase("to itself, where it was", [[.file("a", "1"), .hardLink("a", to: "a")]], ["a": "1"]),
        MergeCase(
            "in place of the directory of its target", [[.file("d/a", "1"), .hardLink("d", to: "d/a")]], ["d": "1"]),
    ]

    static let links = [
        MergeCase(
            "relative, absolute and above the root",
            [
                [
                    .file("d/a", "1"), .link("e/r", to: "../d/a"), .link("e/s", to: "/d/a"),
                    .link("e/t", to: "../../../d/a"),
                ]
            ], ["e/r": "1", "e/s": "1", "e/t": "1"]),
        MergeCase(
            "in the middle of a path",
            [[.file("usr/lib/a", "1"), .link("lib", to: "usr/lib"), .link("x", to: "/lib")]],
            ["lib/a": "1", "x/a": "1", "x/../a": nil, "x/../lib/a": "1"]),
        MergeCase(
            "loops lead nowhere", [[.link("a", to: "b"), .link("b", to: "a"), .link("c", to: "c/d")]],
            ["a": nil, "c": nil, "c/x": nil]),
        MergeCase(
            "forty are followed, one more is not",
            [[.file("0", "1")] + (1...41).map { .link("\($0)", to: "\($0 - 1)") }], ["40": "1", "41": nil]),
        MergeCase(
            "of a lower layer, to a file of an upper one", [[.link("a", to: "b")], [.file("b", "2")]], ["a": "2"]),
        MergeCase(
            "replaced by a file", [[.file("t", "1"), .link("a", to: "t")], [.file("a", "2")]], ["a": "2", "t": "1"]),
        MergeCase(
            "entries behind a link of their own layer", [[.link("lib", to: "usr/lib"), .file("lib/a", "1")]],
            ["usr/lib/a": "1", "lib/a": "1"], list: ["lib", "usr/lib/a"]),
        MergeCase("a file is no directory", [[.file("a", "1")]], ["a/b": nil, "a/..": nil, "a/../a": nil]),
        MergeCase("a pipe is no file", [[.pipe("p"), .link("l", to: "p")]], ["p": nil, "l": nil], list: ["l", "p"]),
    ]

    static let names = [
        MergeCase(
            "dots and slashes",
            [
                [
                    .folder("."), .folder("/"), .file("./a", "1"), .file("/b", "2"), .file("c//d/./e", "3"),
                    .file("c/x/../f", "4"),
                ]
            ], ["a": "1", "b": "2", "c/d/e": "3", "c/f": "4"]),
        MergeCase(
            "names that lead out stay in the root", [[.file("../../etc/passwd", "1"), .file("/../x", "2")]],
            ["etc/passwd": "1", "x": "2"], list: ["etc/passwd", "x"]),
        MergeCase("the last of several wins", [[.file("a", "1"), .file("./a", "2"), .file("a", "3")]], ["a": "3"]),
        MergeCase(
            "long names", [[.file(String(repeating: "long/", count: 60) + "a", "1")]],
            [String(repeating: "long/", count: 60) + "a": "1"]),
        MergeCase(
            "names that begin alike",
            [
                [.file("var/lib/dpkg/status", "1"), .file("var/lib/dpkg/status-old", "2")],
                [.whiteout("var/lib/dpkg/status-old")],
            ], ["var/lib/dpkg/status": "1", "var/lib/dpkg/status-old": nil]),
    ]

    static let replacements = [
        MergeCase(
            "a directory by a file in the same layer", [[.file("d/x", "1"), .file("d", "2")]], ["d": "2", "d/x": nil],
            list: ["d"]),
        MergeCase(
            "a directory by a file, implied ones in it",
            [[.file("d/e/x", "1"), .file("d", "2")], [.file("e/y", "3")]], ["d": "2", "d/e/x": nil, "e/y": "3"]),
        MergeCase(
            "a directory by a link in the same layer", [[.file("d/x", "1"), .file("t/x", "2"), .link("d", to: "t")]],
            ["d/x": "2"], list: ["d", "t/x"]),
        MergeCase(
            "a directory by a file and back", [[.file("d/x", "1"), .file("d", "2"), .folder("d"), .file("d/y", "3")]],
            ["d/x": nil, "d/y": "3"], list: ["d/y"]),
        MergeCase(
            "a directory by a file and back, over a lower one",
            [[.file("d/x", "1")], [.file("d", "2"), .folder("d"), .file("d/y", "3")]], ["d/x": nil, "d/y": "3"],
            list: ["d/y"]),
        MergeCase(
            "a directory by a link and back, over a lower one",
            [[.file("d/x", "1")], [.link("d", to: "t"), .folder("d")]], ["d/x": nil], list: []),
        MergeCase(
            "a directory by a file, across layers",
            [[.file("d/x", "1")], [.file("d", "2")], [.folder("d"), .file("d/y", "3")]], ["d/x": nil, "d/y": "3"]),
        MergeCase(
            "a directory by a link, across layers",
            [[.file("d/x", "1"), .file("t/x", "2")], [.link("d", to: "t")], [.folder("d")]], ["d/x": nil, "t/x": "2"]),
        MergeCase(
            "a file by a directory", [[.file("f", "1")], [.folder("f"), .file("f/x", "2")]], ["f": nil, "f/x": "2"]),
        MergeCase(
            "a link by a directory", [[.file("t/x", "1"), .link("d", to: "t")], [.folder("d"), .file("d/y", "2")]],
            ["d/x": nil, "d/y": "2", "t/x": "1", "t/y": nil]),
        MergeCase(
            "a directory keeps what is below it",
            [[.file("d/x", "1"), .folder("d"), .file("d/y", "2")], [.folder("d")]], ["d/x": "1", "d/y": "2"]),
        MergeCase(
            "an opaque directory by a file and back",
            [[.file("d/x", "1")], [.opaque("d"), .file("d", "2")], [.folder("d"), .file("d/z", "3")]],
            ["d/x": nil, "d/z": "3"]),
    ]

    /// Entries whose directory their layer does not name, where a lower layer has a link: extracted one after the other,
    /// as layer.md has it and as umoci and containerd's plain snapshotters do, the link is followed. (An engine that
    /// unpacks each layer alone for overlayfs makes a directory that hides the link.)
    static let grafts = [
        MergeCase(
            "behind a link of a lower layer",
            [[.folder("usr/lib"), .link("lib", to: "usr/lib")], [.file("lib/a", "2")]],
            ["usr/lib/a": "2", "lib/a": "2"], list: ["lib", "usr/lib/a"]),
        MergeCase(
            "behind two of them",
            [
                [.folder("opt/x"), .folder("usr/lib"), .link("lib", to: "usr/lib"), .link("usr/lib/x", to: "/opt/x")],
                [.file("lib/x/a", "2")],
            ], ["opt/x/a": "2", "lib/x/a": "2", "usr/lib/x/a": "2"], list: ["lib", "opt/x/a", "usr/lib/x"]),
        MergeCase(
            "a whiteout behind a link",
            [[.file("usr/lib/a", "1"), .file("usr/lib/b", "1"), .link("lib", to: "usr/lib")], [.whiteout("lib/a")]],
            ["usr/lib/a": nil, "lib/b": "1"]),
        MergeCase(
            "an opaque marker behind a link",
            [[.file("usr/lib/a", "1"), .link("lib", to: "usr/lib")], [.opaque("lib"), .file("lib/b", "2")]],
            ["usr/lib/a": nil, "usr/lib/b": "2", "lib/b": "2"]),
        MergeCase(
            "behind a link that leads nowhere", [[.link("lib", to: "usr/lib")], [.file("lib/a", "2")]],
            ["usr/lib/a": "2", "lib/a": "2"]),
        MergeCase(
            "the link is gone", [[.file("t/x", "1"), .link("d", to: "t")], [.whiteout("d"), .file("d/y", "2")]],
            ["d/y": "2", "t/y": nil]),
        MergeCase(
            "the directory of the link is replaced",
            [[.folder("opt/b"), .link("a", to: "opt")], [.folder("a"), .file("a/b/f", "2")]],
            ["a/b/f": "2", "opt/b/f": nil]),
        MergeCase(
            "the directory of the link is opaque",
            [[.folder("opt"), .link("a/b", to: "/opt")], [.folder("a"), .opaque("a"), .file("a/b/f", "2")]],
            ["a/b/f": "2", "opt/f": nil]),
        MergeCase(
            "the directory of the link is whited out",
            [[.folder("opt"), .link("a/b", to: "/opt")], [.whiteout("a"), .file("a/b/f", "2")]],
            ["a/b/f": "2", "opt/f": nil]),
        MergeCase(
            "the directory of the link is named",
            [[.folder("opt"), .link("a/b", to: "/opt")], [.folder("a"), .file("a/b/f", "2")]],
            ["a/b/f": "2", "opt/f": "2"]),
        MergeCase(
            "a named directory goes along",
            [[.folder("usr/lib"), .link("lib", to: "usr/lib")], [.folder("lib/s"), .file("lib/s/a", "2")]],
            ["usr/lib/s/a": "2"]),
        MergeCase(
            "what is there already",
            [
                [.folder("usr/lib"), .link("lib", to: "usr/lib")],
                [.file("usr/lib/a", "2"), .file("lib/a", "3"), .file("lib/b", "3"), .file("usr/lib/b", "4")],
            ], ["usr/lib/a": "3", "usr/lib/b": "4"]),
        MergeCase(
            "a file of the layer is in the way",
            [[.folder("t"), .link("d", to: "t")], [.file("d/x", "2"), .file("t", "3")]],
            ["t": "3"], list: ["d", "t"]),
        MergeCase(
            "a link of the layer leads back",
            [[.link("a/b", to: "/b")], [.folder("a/b/c"), .link("b", to: "/a/b")]], [:], list: ["a/b", "b"]),
        MergeCase("a loop", [[.link("a", to: "b"), .link("b", to: "a")], [.file("a/x", "2")]], ["b": nil]),
        MergeCase(
            "to the root", [[.file("x", "1"), .link("a", to: "/")], [.file("a/y", "2")]], ["y": "2", "a/x": "1"]),
        MergeCase("a link into itself", [[.link("a", to: "a/b")], [.file("a/y", "2")]], [:]),
        MergeCase(
            "three layers",
            [[.folder("t"), .link("d", to: "t")], [.file("d/x", "2")], [.file("d/y", "3"), .whiteout("d/x")]],
            ["t/y": "3", "t/x": nil]),
        MergeCase(
            "a hard link goes along",
            [[.file("t/x", "1"), .link("d", to: "t")], [.hardLink("d/y", to: "t/x"), .whiteout("t/x")]],
            ["t/y": "1", "t/x": nil]),
    ]

    @Test(arguments: whiteouts + hardLinks + links + names + replacements + grafts)
    func `layers make what they should`(example: MergeCase) async throws {
        let files = try await merged(example.layers).files
        for (path, text) in example.files { #expect(files.text(path) == text, "\(path)") }
        if let list = example.list { #expect(files.list == list) }
    }

    @Test(arguments: hardLinks + links)
    func `what was passed over is read again`(example: MergeCase) async throws {
        let wanted = Array(example.files.keys)
        let files = try await merged(example.layers, keeping: wanted).files
        for (path, text) in example.files { #expect(files.text(path) == text, "\(path)") }
    }

    @Test func `the state after each number of layers`() async throws {
        let files = try await merged([
            [.file("a", "1"), .file("d/x", "1")], [.file("a", "2"), .whiteout("d")], [.hardLink("b", to: "a")],
            [.whiteout("a")],
        ]).files
        #expect((0...5).map { files.after(layers: $0).text("a") } == [nil, "1", "2", "2", nil, nil])
        #expect((0...4).map { files.after(layers: $0).text("b") } == [nil, nil, nil, "2", "2"])
        #expect((0...4).map { files.after(layers: $0).text("d/x") } == [nil, "1", nil, nil, nil])
        #expect(files.after(layers: -1).layerCount == 0)
        #expect(files.after(layers: 1).names(in: "") == ["a", "d"])
        #expect(files.names(in: "") == ["b"])
    }

    @Test func `a place without links`() async throws {
        let files = try await merged([
            [
                .file("usr/bin/sh"), .link("bin", to: "usr/bin"), .link("usr/bin/dash", to: "sh"),
                .link("up", to: "../../usr"), .link("lost", to: "no/../such"),
            ]
        ]).files
        #expect(files.canonical("bin/sh") == "usr/bin/sh")
        #expect(files.canonical("/bin/dash") == "usr/bin/dash")
        #expect(files.canonical("up/bin/../bin/sh") == "usr/bin/sh")
        #expect(files.canonical("bin") == "bin")
        #expect(files.canonical("bin/none") == "usr/bin/none")
        #expect(files.canonical("lost/x") == "such/x")
        #expect(files.canonical("") == "")
        #expect(files.canonical("../..") == "")
    }

    @Test func `files of interest by folder and by ending`() async throws {
        let files = try await merged(
            [
                [
                    .file("d/a.list", "1"), .file("d/b.conf", "2"), .file("d/e/c.list", "3"), .file("s/x", "4"),
                    .file("s/t/y", "5"),
                ]
            ],
            keeping: ["d/*.list", "s/*"]
        ).files
        #expect(files.text("d/a.list") == "1")
        #expect(files.text("d/b.conf") == "not captured")
        #expect(files.text("d/e/c.list") == "not captured")
        #expect(files.text("s/x") == "4")
        #expect(files.text("s/t/y") == "not captured")
    }

    @Test func `where a file comes from tells two states apart`() async throws {
        let files = try await merged([[.file("a", "1"), .link("l", to: "a")], [.file("b")], [.file("a", "2")]]).files
        let interest = PathPatterns(["a", "l"])
        #expect(files.after(layers: 1).origins(of: interest) == files.after(layers: 2).origins(of: interest))
        #expect(files.origins(of: interest).map(\.layer) == [2, 2])
    }

    @Test func `only layers that may change a file of interest are looked at`() async throws {
        let files = try await merged([
            [.file("d/a", "1"), .link("l", to: "s/x"), .link("d/m", to: "../t"), .file("s/x", "1")],
            [.file("other", "2"), .folder("d"), .file("s/y")], [.file("d/b", "3")], [.file("s/x", "4")],
            [.file("t", "5")],
            [.folder("s")], [.file("u/v", "7")], [.whiteout("d")], [.whiteout("none")], [.opaque("s")], [.opaque("")],
        ]).files
        let interest = PathPatterns(["d/*", "l", "none/such"])
        #expect(files.changes(of: interest) == [1, 3, 4, 5, 8, 9, 10, 11])
        // And that is no fewer than those in which something is another.
        var last: [FileOrigin] = []
        for count in 1...files.layerCount {
            let origins = files.after(layers: count).origins(of: interest)
            if origins != last { #expect(files.changes(of: interest).contains(count)) }
            last = origins
        }
        #expect(files.after(layers: 0).changes(of: interest).isEmpty)
    }

    @Test(arguments: ["d/.wh.", "d/.wh..", "d/.wh...", ".wh."])
    func `a whiteout without a name is reported and hides nothing`(path: String) async throws {
        let read = try await merged([[.file("d/x", "1"), .file("y", "1")], [Entry(type: "0", path: path)]])
        #expect(read.diagnostics.map(\.code) == ["nameless-whiteout"])
        #expect(read.diagnostics.first?.severity == .warning)
        #expect(read.diagnostics.first?.place.hasSuffix(path) == true)
        #expect(read.files.list == ["d/x", "y"])
        #expect(try await merged([[.file(".wh..wh.aufs"), .whiteout("x")]]).diagnostics.isEmpty)
    }

    @Test func `odd entries are counted, not all described`() async throws {
        let one = try await merged([[.file("../a"), .link("l", to: "l"), .file("l/x")]])
        #expect(one.diagnostics.map(\.code) == ["path-outside", "link-loop"])
        #expect(one.diagnostics.allSatisfy { $0.place.hasPrefix("layer sha256:") && !$0.message.contains("\n") })
        let many = try await merged(
            [(0..<150).map { .file(String(repeating: "../", count: 3_000) + "\($0)") }], keeping: ["1"])
        #expect(many.diagnostics.count == 101)
        #expect(many.diagnostics.last?.message == "50 more diagnostics like this (path-outside)")
        #expect(many.diagnostics.last?.place.hasPrefix("layer sha256:") == true)
        #expect(many.diagnostics.allSatisfy { $0.place.utf8.count < Limits().quotedPathLength + 100 })
    }
}
