import Foundation
import TestSupport
import Testing

@Suite struct OutputTests {
    private func mode(_ path: String) throws -> Int {
        try Int(shell("stat -c %a '\(path)'").text.split(separator: "\n").first.map(String.init) ?? "", radix: 8) ?? -1
    }

    @Test func `a file is written whole, with what the umask leaves`() throws {
        try withTemporaryFolder { folder in
            for (mask, expected) in [("022", 0o644), ("077", 0o600), ("000", 0o666)] {
                let result = try shell(
                    "cd \(folder); umask \(mask); '\(program)' generate '\(fixtures)/links' -o out-\(mask).json")
                #expect(result.code == 0)
                #expect(result.output.isEmpty)
                #expect(try mode("\(folder)/out-\(mask).json") == expected)
                #expect(
                    try bytes(ofFile: "\(folder)/out-\(mask).json")
                        == bytes(ofFile: "\(fixtures)/expected/links.spdx.json"))
                #expect(
                    result.lines == [
                        "sbomkit: wrote out-\(mask).json (spdx@2.3): links:latest (linux/amd64, Debian GNU/Linux 12 (bookworm)): 3 packages, 2 dependencies"
                    ])
            }
            #expect(names(inFolder: folder).count == 3)
        }
    }

    @Test func `what is there is replaced, and keeps its mode`() throws {
        try withTemporaryFolder { folder in
            try write(Array(repeating: 0, count: 1 << 20), toFile: "\(folder)/out.json")
            _ = try shell("chmod 640 \(folder)/out.json; ln \(folder)/out.json \(folder)/other")
            #expect(try sbomkit("generate -q links --output \(folder)/out.json").code == 0)
            #expect(try mode("\(folder)/out.json") == 0o640)
            #expect(try bytes(ofFile: "\(folder)/out.json") == bytes(ofFile: "\(fixtures)/expected/links.spdx.json"))
            // Another file: whoever reads the old one goes on reading it.
            #expect(try bytes(ofFile: "\(folder)/other").count == 1 << 20)
            #expect(names(inFolder: folder) == ["other", "out.json"])
        }
    }

    @Test func `a link stays a link, also one to what is not there yet`() throws {
        try withTemporaryFolder { folder in
            _ = try shell(
                """
                cd \(folder); mkdir a b; echo old >a/old; ln -s ../a/old b/one; ln -s b/one two
                ln -s ../a/new b/three; ln -s b/three four
                """)
            for (link, target) in [("two", "a/old"), ("four", "a/new")] {
                #expect(try sbomkit("generate -q links -o \(folder)/\(link)").code == 0)
                #expect(try shell("cd \(folder); test -L \(link) -a ! -L \(target) && test -s \(target)").code == 0)
                #expect(
                    try bytes(ofFile: "\(folder)/\(target)") == bytes(ofFile: "\(fixtures)/expected/links.spdx.json"))
            }
            #expect(names(inFolder: folder + "/a") == ["new", "old"])
            #expect(names(inFolder: folder + "/b") == ["one", "three"])
            _ = try shell("cd \(folder); ln -s loop loop")
            #expect(try sbomkit("generate -q links -o \(folder)/loop").code == 73)
            #expect(names(inFolder: folder) == ["a", "b", "four", "loop", "two"])
        }
    }

    @Test func `what fails leaves everything as it was`() throws {
        try withTemporaryFolder { folder in
            try write(Array("old".utf8), toFile: "\(folder)/out.json")
            for image in ["damaged/wrong-digest", "damaged/truncated-gzip", "damaged/two-images", "no/such"] {
                #expect(try sbomkit("generate \(image) -o \(folder)/out.json").code >= 64)
                #expect(try sbomkit("generate \(image) -o \(folder)/new.json").code >= 64)
            }
            // A file may be no longer than 4 blocks: the writing fails in the middle.
            let limited = try shell(
                "cd '\(fixtures)'; trap '' XFSZ; ulimit -f 4; '\(program)' generate -q debian-small -o \(folder)/out.json"
            )
            #expect(limited.code == 74)
            #expect(limited.lines == ["sbomkit: error: \(folder)/out.json: cannot be written: File too large"])
            #expect(try bytes(ofFile: "\(folder)/out.json") == Array("old".utf8))
            #expect(names(inFolder: folder) == ["out.json"])
        }
    }

    /// A list that one thread writes, and one that has enough in it to be written in parts; each is over 100 MB of text.
    @Test(arguments: ["", String(repeating: ",0", count: 40)])
    func `a reader that stands still does not fill the memory`(rest: String) throws {
        try withTemporaryFolder { folder in
            // Deep lines are long: each zero takes two bytes here and more than a hundred once it is indented.
            let zeros = Array(repeating: "0", count: 1_200).joined(separator: ",")
            let deep = String(repeating: "[", count: 100) + zeros + String(repeating: "]", count: 100)
            let items = Array(repeating: "[\(deep)\(rest)]", count: 600).joined(separator: ",")
            try write(
                Array("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"x\":[\(items)]}".utf8),
                toFile: "\(folder)/deep.json")
            let result = try shell(
                """
                cd \(folder); mkfifo pipe
                '\(program)' convert -q deep.json --to cyclonedx >pipe & sbomkit=$!
                exec 3<pipe; last=0
                # Until it does nothing any more.
                while now=$(cut -d ' ' -f 14 /proc/$sbomkit/stat); [ "$now" -eq 0 ] || [ "$now" -ne "$last" ]; do
                    last=$now; sleep 0.5
                done
                awk '/^VmHWM/ { print $2 }' /proc/$sbomkit/status
                wc -c <&3; wait $sbomkit
                """)
            #expect(result.code == 0)
            let numbers = result.text.split(separator: "\n").compactMap { Int($0) }
            try #require(numbers.count == 2)
            #expect(numbers[0] < 100_000)
            #expect(numbers[1] > 100_000_000)
        }
    }

    @Test func `who is killed in the middle of writing leaves nothing`() throws {
        try withTemporaryFolder { folder in
            // Not every file system has files without names; the number is Linux's for O_TMPFILE.
            let nameless = unsafe open(folder, O_WRONLY | O_DIRECTORY | 0o20_000_000, 0o600)
            guard nameless >= 0 else { return }
            close(nameless)
            let killed = try shell(
                """
                cd '\(fixtures)'; ulimit -c 0; ulimit -f 4
                env --default-signal=XFSZ '\(program)' convert expected/debian-small.spdx.json --to cyclonedx -o \(folder)/out
                """)
            #expect(killed.code == 128 + SIGXFSZ)
            #expect(names(inFolder: folder).isEmpty)
        }
    }

    @Test func `what is no file is written to as it is`() throws {
        try withTemporaryFolder { folder in
            let expected = try bytes(ofFile: "\(fixtures)/expected/links.spdx.json")
            let pipe = try shell(
                "cd \(folder); mkfifo pipe; cat pipe & '\(program)' generate -q '\(fixtures)/links' -o pipe; wait")
            #expect(pipe.output == expected)
            let output = try sbomkit("generate -q links -o /dev/stdout | cat")
            #expect(output.output == expected)
            #expect(names(inFolder: folder) == ["pipe"])
        }
    }

    @Test(arguments: ["2>&-", "<&- >&- 2>&-", ">&- 2>&-"])
    func `no message gets into the document where the streams are closed`(streams: String) throws {
        try withTemporaryFolder { folder in
            let result = try sbomkit("generate blind -o \(folder)/out.json \(streams)")
            #expect(result.code == 0)
            #expect(try bytes(ofFile: "\(folder)/out.json") == bytes(ofFile: "\(fixtures)/expected/blind.spdx.json"))
        }
    }
}
