import Foundation
import TestSupport
import Testing

@Suite struct MessageTests {
    /// An image with that many unmet dependencies.
    private func image(unmet: Int) -> TinyImage {
        let needs = (0..<unmet).map { "nothing-\($0)" }.joined(separator: ", ")
        return TinyImage([
            "etc/os-release": "ID=debian\n",
            "var/lib/dpkg/status":
                "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: \(needs)\n\n",
        ])
    }

    @Test func `quiet says nothing but errors`() throws {
        let result = try sbomkit("generate --quiet debian-small")
        #expect(result.code == 0)
        #expect(result.errors.isEmpty)
        #expect(try result.output == sbomkit("generate -v debian-small").output)
    }

    @Test func `warnings are a line each`() throws {
        #expect(
            try sbomkit("generate debian-small").lines == [
                "sbomkit: warning: var/lib/dpkg/status: legacy-mail:i386: unmet dependency (Depends): mail-agent",
                "sbomkit: warning: var/lib/dpkg/status: zeta:amd64: unmet dependency (Depends): nowhere (>= 1.0)",
                "sbomkit: warning: var/lib/dpkg/status: zeta:amd64: unmet dependency (Depends): mail-agent (>= 1.0)",
            ])
    }

    @Test(arguments: [5, 6, 40])
    func `of many of a kind the first are shown, and how many there are`(count: Int) throws {
        try withTemporaryFolder { folder in
            try image(unmet: count).write(toFolder: folder + "/layout")
            let usual = try sbomkit("generate \(folder)/layout").lines
            let all = try sbomkit("generate --verbose \(folder)/layout").lines
            #expect(all.count == count)
            #expect(usual.prefix(5) == all.prefix(5))
            #expect(
                usual.dropFirst(5)
                    == (count > 5
                        ? ["sbomkit: warning: and \(count - 5) more like that (unmet); --verbose shows all"] : []))
            #expect(all.allSatisfy { $0.contains("unmet dependency (Depends): nothing-") })
        }
    }

    @Test func `a long message is cut`() throws {
        try withTemporaryFolder { folder in
            let name = String(repeating: "n", count: 2_000)
            try TinyImage([
                "etc/os-release": "ID=debian\n",
                "var/lib/dpkg/status":
                    "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: \(name)\n\n",
            ]).write(toFolder: folder + "/layout")
            let line = try #require(try sbomkit("generate \(folder)/layout").lines.first)
            let start = "sbomkit: warning: var/lib/dpkg/status: a:amd64: unmet dependency (Depends): nnn"
            #expect(line.hasPrefix(start))
            #expect(line.contains("n… (2"))
            #expect(line.count < 1_100)
        }
    }

    @Test func `what an image says is shown, never obeyed`() throws {
        try withTemporaryFolder { folder in
            var image = TinyImage([
                "var/lib/dpkg/status":
                    "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: b\u{1B}[2J\u{7F}\u{9B}31m\u{202E}x\n\n",
                "app/\u{1B}]0;title\u{7}\nsbomkit: error: forged\rx.rockspec": "",
            ])
            image.labels = [("org.opencontainers.image.title", "t\u{1B}[31m\nsbomkit: error: forged")]
            try image.write(toFolder: folder + "/layout")
            let result = try sbomkit("generate -v \(folder)/layout -o \(folder)/out.json")
            #expect(result.code == 0)
            for line in result.lines {
                #expect(line.hasPrefix("sbomkit: warning: ") || line.hasPrefix("sbomkit: wrote "), "\(line)")
            }
            let odd = result.errors.unicodeScalars.filter {
                $0 != "\n" && ($0.properties.generalCategory == .control || $0.properties.generalCategory == .format)
            }
            #expect(odd.isEmpty)
            #expect(result.errors.contains("\\u{1b}]0;title\\u{7}\\u{a}sbomkit: error: forged"))
        }
    }

    @Test func `names in a layout forge no line of an error`() throws {
        try withTemporaryFolder { folder in
            var image = TinyImage([:])
            image.annotations = [("org.opencontainers.image.ref.name", "a\nsbomkit: wrote x: all is well\u{1B}[8m")]
            try image.write(toFolder: folder + "/layout")
            let result = try sbomkit("generate \(folder)/layout:b")
            #expect(result.code == 65)
            #expect(result.lines.dropFirst().allSatisfy { $0.hasPrefix("  ") })
            #expect(!result.errors.contains("\u{1B}"))
        }
    }

    @Test func `a bar is for terminals only`() throws {
        let result = try sbomkit("generate debian-small -o /dev/null")
        #expect(!result.errors.contains("\r") && !result.errors.contains("reading layers"))
    }

    @Test(.needs(have("script"), "script(1)"))
    func `a terminal is left as it was found`() throws {
        let result = try shell(
            "cd '\(fixtures)'; script -qec \"'\(program)' generate debian-small -o /dev/null\" /dev/null")
        #expect(result.code == 0)
        #expect(result.text.contains("sbomkit: wrote /dev/null (spdx@2.3): debian-small:latest"))
        // If there was a bar, then it is gone before anything else is said.
        if let bar = result.text.range(of: "reading layers") {
            #expect(result.text[bar.upperBound...].contains("\r\u{1B}[K"))
        }
    }
}
