import ByteStreams
import Foundation
import RegistryClient
import TestSupport
import Testing

/// What takes too long, or too much, for a test of the command line.
@Suite(.needs(have("python3"), "python3")) struct RepositoryTests {
    static let layout = "\(packageFolder)/Fixtures/debian-small"

    private static func options() -> RegistryOptions {
        var options = RegistryOptions()
        options.usesPlainHTTP = true
        options.retries.delays = [1, 1]
        options.retries.limitedDelays = [1, 1]
        options.stallTime = 1_500
        options.isAnonymous = true
        return options
    }

    private static func repository(
        _ registry: ScriptedRegistry, _ options: RegistryOptions = options()
    ) -> Repository {
        Repository(registry.host, "a", isNamed: true, options, limits: Limits())
    }

    private static func layer() throws -> (digest: ContentDigest, size: Int) {
        let text = "sha256:8d2fd0007cdd07417696feeb7721ad9b0ace6f44f73d7ce33aff42ec3a73e392"
        let digest = try #require(ContentDigest(text))
        return (digest, try bytes(ofFile: "\(layout)/blobs/sha256/\(digest.hex)").count)
    }

    private static func read(_ download: consuming BlobDownload) throws -> [UInt8] {
        var source = BufferedSource(download)
        var bytes: [UInt8] = []
        while try source.fill(1) { _ = try source.read(source.window.count, onto: &bytes) }
        return bytes
    }

    @Test func `a transfer that stalls goes on, and is given up if it stalls again and again`() throws {
        let (digest, size) = try Self.layer()
        let registry = try ScriptedRegistry(Self.layout, #"{"stall": [1000, 2]}"#)
        let read = try Self.read(try BlobDownload(Self.repository(registry), digest, size: size))
        #expect(ContentDigest.of(read) == digest)
        let other = try ScriptedRegistry(Self.layout, #"{"stall": [0, 99]}"#)
        let error = try #require(throws: RegistryError.self) {
            try Self.read(try BlobDownload(Self.repository(other), digest, size: size))
        }
        #expect(error.description.contains("nothing, or next to nothing, came for"), "\(error)")
    }

    @Test func `a request is repeated as often as the policy says`() throws {
        let registry = try ScriptedRegistry(Self.layout, #"{"fail": [503, {}, 99, ""]}"#)
        #expect(throws: RegistryError.self) { try Self.repository(registry).manifest("latest") }
        #expect(try registry.requests().count == 3)
        // What cannot get better is not.
        for status in [400, 404, 416] {
            let registry = try ScriptedRegistry(Self.layout, #"{"fail": [\#(status), {}, 99, ""]}"#)
            #expect(throws: RegistryError.self) { try Self.repository(registry).manifest("latest") }
            #expect(try registry.requests().count == 1)
        }
    }

    @Test func `a manifest larger than the limit is refused`() throws {
        let registry = try ScriptedRegistry(Self.layout)
        var limits = Limits()
        limits.manifestSize = 100
        let repository = Repository(registry.host, "a", isNamed: true, Self.options(), limits: limits)
        let error = try #require(throws: RegistryError.self) { try repository.manifest("latest") }
        #expect(error.description.contains("manifestSize"))
    }

    @Test func `a list of referrers has pages, and an end`() throws {
        let (digest, _) = try Self.layer()
        let some = try ScriptedRegistry(Self.layout, #"{"referrers": true}"#)
        #expect(try Self.repository(some).referrers(of: digest)?.count == 1)
        let none = try ScriptedRegistry(Self.layout)
        #expect(try Self.repository(none).referrers(of: digest) == nil)
        let endless = try ScriptedRegistry(Self.layout, #"{"referrers": "endless"}"#)
        let error = try #require(throws: RegistryError.self) {
            try Self.repository(endless).referrers(of: digest)
        }
        #expect(error.description.contains("referrerPages"))
        #expect(try endless.requests().count == Limits.referrerPages)
    }

    /// A helper for the credentials of the registry, and what is said of it.
    @Test(arguments: [
        ("sleep 100", "it did not end within"), ("exec >&-; sleep 100", "it did not end within"),
        ("sleep 100 & exit 0", "it did not end within"), ("head -c 2000000 /dev/zero", "helperOutputSize"),
        ("echo '{}'", "its answer has no Secret"), ("echo no", "its answer has no Secret"), ("exit 7", "exit code 7"),
        ("kill -9 $$", "exit code 137"),
    ])
    func `a helper cannot keep its caller waiting`(script: String, text: String) throws {
        try withTemporaryFolder { folder in
            let program = "\(folder)/helper"
            try writeProgram("#!/bin/sh\n\(script)\n", toFile: program)
            let error = try #require(throws: CredentialHelper.Failure.self) {
                try CredentialHelper(program: program).credential(for: "a.example", within: 500)
            }
            #expect(error.description.contains(text), "\(error)")
        }
    }

    @Test(arguments: [
        ("https://a.example/", "http://a.example/", false), ("https://a.example", "https://10.1.2.3/", false),
        ("https://a.example", "https://[fd00::1]/", false), ("https://a.example", "https://[::ffff:127.0.0.1]/", false),
        ("https://a.example", "https://2130706433/", false), ("https://a.example", "https://localhost/", false),
        ("https://a.example", "https://100.64.0.1/", false), ("https://a.example", "https://b.example/", true),
        ("https://a.example", "https://93.184.216.34/", true), ("https://10.0.0.1:5000", "https://10.0.0.2/", true),
        ("https://10.0.0.1:5000", "https://169.254.169.254/", false),
        ("http://localhost:5", "http://127.0.0.1:6/", true),
        ("https://a.example", "https://[fe80::1]/", false), ("http://a.example", "https://b.example/x?y#z", true),
    ])
    func `a server sends its callers only where they may go`(from: String, to: String, isAllowed: Bool) throws {
        let from = try #require(HTTPAddress(from)).origin
        let to = try #require(HTTPAddress(to)).origin
        #expect((RedirectRule.problem(with: to, from: from, from) == nil) == isAllowed)
    }

    @Test(arguments: [
        ("https://a.example/v2/x?y=1", "/z", "https://a.example/z"),
        ("https://a.example/v2/x?y=1", "z?q", "https://a.example/v2/z?q"),
        ("https://a.example/v2/x?y=1", "?q", "https://a.example/v2/x?q"),
        ("https://a.example:444/", "//b/c", "https://b/c"),
        ("http://a/", "https://B.example:443/c#d", "https://b.example/c"), ("http://a/", "http://u@b/", nil),
        ("http://a/", "/a b", nil), ("http://a/", "/a\r\nX: y", nil), ("http://a/", "mailto:x", nil),
        ("http://a/", "http:///x", nil), ("http://a/", "http://-b/", nil),
    ])
    func `an address is resolved against that of the answer`(base: String, reference: String, result: String?) throws {
        #expect(try #require(HTTPAddress(base)).resolving(reference)?.text == result)
    }
}
