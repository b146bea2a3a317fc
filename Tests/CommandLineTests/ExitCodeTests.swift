import ArgumentParser
import Foundation
import SBOMKit
import SBOMKitCLI
import TestSupport
import Testing

@Suite struct ExitCodeTests {
    struct Refusal: Sendable, CustomStringConvertible {
        let line: String
        let code: Int32
        /// What the first line on standard error has in it.
        let said: String
        var description: String { line }

        init(_ line: String, _ code: Int32, _ said: String) {
            (self.line, self.code, self.said) = (line, code, said)
        }
    }

    static let refusals = [
        Refusal("generate", 64, "missing expected argument '<image>'"),
        Refusal("generate --format nonsense debian-small", 64, "'nonsense' is invalid"),
        Refusal("generate --nonsense debian-small", 64, "unknown option '--nonsense'"),
        Refusal("generate debian-small distroless", 64, "unexpected argument"),
        Refusal("generate --quiet --verbose debian-small", 64, "--quiet and --verbose exclude each other"),
        Refusal("generate --platform nonsense debian-small", 64, "'nonsense' is invalid for '--platform"),
        Refusal("generate --supplier '' debian-small", 64, "is invalid for '--supplier"),
        Refusal("generate --supplier 'Tool: x' debian-small", 64, "is invalid for '--supplier"),
        Refusal("generate --creator 'Person:' debian-small", 64, "is invalid for '--creator"),
        Refusal("generate --name '' debian-small", 64, "is invalid for '--name"),
        Refusal("generate --namespace-base x debian-small", 64, "is invalid for '--namespace-base"),
        Refusal("generate -o '' debian-small", 64, "invalid for '-o"),
        Refusal("nonsense", 64, "nonsense"),
        Refusal("generate damaged/wrong-digest", 65, "expected the digest"),
        Refusal("generate damaged/truncated-layer", 65, "expected 851 bytes, found 811"),
        Refusal("generate damaged/truncated-gzip", 65, "ends too early"),
        Refusal("generate damaged/wrong-diffid", 65, "diff ID"),
        Refusal("generate damaged/size-mismatch", 65, "expected 852 bytes, found 851"),
        Refusal("generate damaged/bad-index-json", 65, "index.json"),
        Refusal("generate damaged/not-a-layout", 65, "no index.json in it"),
        Refusal("generate README.md", 65, "not a readable tar archive"),
        Refusal(
            "generate expected/distroless.spdx.json", 65, "the file is a text, such as a document; an image is expected"
        ),
        Refusal("generate - </dev/null", 65, "standard input: not a readable tar archive: the file is empty"),
        Refusal("generate debian-small@sha256:nonsense", 65, "expected a digest"),
        Refusal("generate no/such/layout", 66, "no such folder"),
        Refusal("generate ''", 66, "expected the folder of an OCI layout"),
        Refusal("generate debian-small -o no/such/folder/x.json", 73, "cannot be created: No such file or directory"),
        Refusal("generate debian-small -o damaged", 73, "cannot be created: Is a directory"),
        Refusal("generate debian-small -o /dev/full", 74, "cannot be written: No space left on device"),
        Refusal("generate debian-small >/dev/full", 74, "standard output: cannot be written: No space left on device"),
    ]

    @Test(arguments: refusals)
    func `what cannot be done ends with its code, one line and no output`(refusal: Refusal) throws {
        let result = try sbomkit(refusal.line)
        #expect(result.code == refusal.code)
        #expect(result.output.isEmpty)
        let errors = result.lines.filter { !$0.contains(": warning: ") }
        #expect(errors.first?.contains(refusal.said) == true, "\(result.errors)")
        #expect(errors.first?.hasPrefix("sbomkit: error: ") == true)
        // A hint follows where the command line is wrong.
        #expect(errors.dropFirst().allSatisfy { result.code == 64 && $0.hasPrefix("sbomkit: hint: ") })
        #expect(errors.count <= 2)
    }

    static let lists = [
        Refusal("generate damaged/two-images", 65, "  new  linux/amd64  sha256:"),
        Refusal("generate debian-small:nonsense", 65, "  latest  linux/amd64  sha256:"),
        Refusal("generate --platform linux/s390x multiarch", 65, "  latest  linux/arm64/v8  sha256:"),
    ]

    @Test(arguments: lists)
    func `where no one image fits, what there is is listed`(refusal: Refusal) throws {
        let result = try sbomkit(refusal.line)
        #expect(result.code == refusal.code)
        #expect(result.output.isEmpty)
        #expect(result.lines.first?.hasPrefix("sbomkit: error: ") == true)
        #expect(result.lines.first?.hasSuffix("; there is:") == true)
        #expect(result.lines.dropFirst().contains { $0.contains(refusal.said) })
        #expect(result.lines.dropFirst().allSatisfy { $0.hasPrefix("  ") })
    }

    @Test(arguments: ["-1", "tomorrow", "1.5"])
    func `a SOURCE_DATE_EPOCH that is no time is a mistake of the caller`(epoch: String) throws {
        let result = try sbomkit("generate debian-small", environment: ["SOURCE_DATE_EPOCH": epoch])
        #expect(result.code == 64)
        #expect(result.output.isEmpty)
        #expect(result.lines == ["sbomkit: error: SOURCE_DATE_EPOCH: expected whole seconds since 1970"])
    }

    @Test func `SOURCE_DATE_EPOCH is the document's time`() throws {
        let result = try sbomkit("generate -q distroless", environment: ["SOURCE_DATE_EPOCH": "951782400"])
        #expect(result.text.contains("\"created\": \"2000-02-29T00:00:00Z\""))
        // Set to nothing it is as if it were not set.
        let unset = try sbomkit("generate -q distroless", environment: ["SOURCE_DATE_EPOCH": ""])
        #expect(unset.text.contains("\"created\": \"2025-10-09T08:53:20Z\""))
    }

    @Test func `help and version are no errors`() throws {
        for line in ["--help", "generate --help", "help generate"] {
            let help = try sbomkit(line)
            #expect(help.code == 0)
            #expect(help.errors.isEmpty)
            #expect(help.text.contains("USAGE: sbomkit"))
        }
        let version = try sbomkit("--version")
        #expect(version.code == 0)
        #expect(version.text.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    }

    @Test(arguments: [
        ("blind", 1), ("scratch", 1), ("foreign", 1), ("encrypted", 1), ("debian-small", 0), ("links", 0),
    ])
    func `fail-on-blind is 1 where something could not be read, and the document is written`(
        fixture: String, code: Int32
    ) throws {
        let result = try sbomkit("generate --fail-on-blind \(fixture)")
        #expect(result.code == code)
        #expect(try result.output == bytes(ofFile: "\(fixtures)/expected/\(fixture).spdx.json"))
        #expect(result.errors.contains("--fail-on-blind") == (code == 1))
        #expect(try sbomkit("generate \(fixture)").code == 0)
        let quiet = try sbomkit("generate --quiet --fail-on-blind \(fixture)")
        #expect(quiet.code == code)
        #expect(quiet.lines.count == Int(code))
    }

    private struct Surprise: Error {}

    @Test func `faults of our own end with 70, not with a code of the input`() {
        #expect(Program.exitCode(for: Surprise()) == 70)
        #expect(Program.exitCode(for: SBOMError(fault: Surprise())) == 70)
        #expect(Program.exitCode(for: SBOMError(writing: Surprise())) == 70)
        #expect(Program.exitCode(for: ExitCode(1)) == 1)
        #expect(Program.exitCode(for: ValidationError("wrong")) == 64)
        #expect(Program.exitCode(for: CleanExit.helpRequest()) == 0)
    }

    @Test func `a reader that goes away ends it as it ends other tools`() throws {
        let result = try shell(
            "cd '\(fixtures)'; set +o pipefail; '\(program)' generate -q debian-small | head -c 10 >/dev/null; echo ${PIPESTATUS[0]}"
        )
        // Killed by SIGPIPE, or done before the reader had gone; never a complaint.
        #expect(["141\n", "0\n"].contains(result.text))
        let closed = try shell(
            "cd '\(fixtures)'; '\(program)' generate -q debian-small | exec true; echo ${PIPESTATUS[0]}")
        #expect(["141\n", "0\n"].contains(closed.text))
        #expect(closed.errors.isEmpty && result.errors.isEmpty)
    }

    @Test func `a closed standard output cannot be written`() throws {
        let result = try sbomkit("generate -q debian-small >&-")
        #expect(result.code == 74)
        #expect(result.lines == ["sbomkit: error: standard output: cannot be written: Bad file descriptor"])
    }
}
