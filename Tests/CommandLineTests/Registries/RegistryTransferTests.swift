import ByteStreams
import Foundation
import TestSupport
import Testing

/// Registries and networks that misbehave.
@Suite(.needs(have("python3"), "python3")) struct RegistryTransferTests {
    static let layout = "\(fixtures)/debian-small"

    /// A layout whose layer has a package database and bytes that do not compress, 1.5 MB together.
    static func withLargeLayout<Result>(_ body: (String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            var image = TinyImage(["var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nVersion: 1\n\n"])
            var state: UInt64 = 1
            let noise = (0..<1_500_000).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            image.entries.append(("noise", .file(noise)))
            try image.write(toFolder: folder)
            return try body(folder)
        }
    }

    @Test(arguments: [
        #""cut": [100000, 10]"#, #""cut": [100000, 3], "range": "ignore""#, #""cut": [100000, 2], "range": "refuse""#,
        #""cut": [100000, 3], "redirect": true, "hops": 3"#, #""cut": [100000, 3], "chunked": true"#,
    ])
    func `a connection that is cut goes on where it was`(script: String) throws {
        try Self.withLargeLayout { layout in
            let registry = try ScriptedRegistry(layout, "{\(script)}")
            let local = try registry.sbomkit("generate \(layout) --name x")
            let result = try registry.sbomkit("generate docker://HOST/a:latest --name x")
            #expect(result.code == 0, "\(result.errors)")
            let packages = { (text: String) in text.split(separator: "\n").filter { $0.contains("pkg:deb/") } }
            #expect(packages(result.text).count == 1)
            #expect(packages(result.text) == packages(local.text))
        }
    }

    @Test func `what was read is not asked for again`() throws {
        try Self.withLargeLayout { layout in
            let registry = try ScriptedRegistry(layout, #"{"cut": [200000, 2]}"#)
            #expect(try registry.sbomkit("generate docker://HOST/a:latest").code == 0)
            let ranges = try registry.requests().compactMap { request in
                request.headers.first { $0.key.lowercased() == "range" }?.value
            }
            #expect(ranges == ["bytes=200000-", "bytes=400000-"])
        }
    }

    /// What a registry does, the exit code, and what is said.
    @Test(arguments: [
        (#""fail": [429, {"Retry-After": "1"}, 1, "{}"]"#, 0, ""),
        (#""fail": [503, {"Retry-After": "0"}, 2, "busy"]"#, 0, ""),
        (
            #""fail": [429, {"Retry-After": "86400", "RateLimit-Limit": "100;w=21600", "RateLimit-Remaining": "0;w=21600"}, 9, "{}"]"#,
            66, "left: 0;w=21600 of 100;w=21600; it asks to wait for 86400 s"
        ),
        (
            #""fail": [500, {"Content-Type": "text/html", "Retry-After": "0"}, 9, "<html>oops"]"#, 66,
            "500 from HOST: a web page"
        ),
        (#""fail": [404, {}, 9, "nothing\nhere"]"#, 66, "404 from HOST: nothing here"),
        (#""fail": [400, {}, 9, "{\"details\": \"bad\"}"]"#, 66, "400 from HOST: bad"),
        (
            #""fail": [403, {}, 9, "{\"errors\": [{\"code\": \"DENIED\", \"message\": \"no \\u001b[31mway\"}]}"]"#, 66,
            "403 from HOST: DENIED: no \\u{1b}[31mway; it is private, or does not exist"
        ),
        (#""corrupt": true"#, 65, "expected the digest sha256:"),
        (#""length": 5"#, 65, "bytes, found"),
        (#""old": true"#, 65, "a Docker manifest of schema 1, which is not read"),
        (#""cut": [1000, 9], "range": "wrong""#, 65, "answers with another part than was asked for"),
        (#""redirect": true, "hops": 50"#, 66, "more redirects than the limit redirectCount allows"),
        (#""redirect": "file:///etc/passwd""#, 66, "redirects to what is no address of the web"),
        (#""redirect": "http://user:pw@HOST/""#, 66, "redirects to what is no address of the web"),
        (#""redirect": "http://169.254.169.254/x""#, 66, "that is an address of a single link"),
        (#""long": 5"#, 66, "more than the limit responseHeadSize allows"),
        (#""headers": {"Warning": "299 - \"end of life\""}"#, 0, "note: HOST/a:latest: the registry says: end of life"),
    ])
    func `what a registry does wrong is an error of one line`(script: String, code: Int32, text: String) throws {
        let registry = try ScriptedRegistry(Self.layout, "{\(script)}")
        let result = try registry.sbomkit("generate docker://HOST/a:latest")
        #expect(result.code == code, "\(result.errors)")
        let expected = text.replacing("HOST", with: registry.host)
        #expect(expected.isEmpty || result.errors.contains(expected), "\(result.errors)")
        if code != 0 { #expect(result.lines.count(where: { $0.hasPrefix("sbomkit: error: ") }) == 1) }
    }

    @Test func `a manifest is that of the digest by which it is asked for`() throws {
        let registry = try ScriptedRegistry(Self.layout, #"{"digest": true}"#)
        let digest = "sha256:a28e2f8ce0f88b2d88be8a3374f4b111d880e7bbc2adc004ff76432b0f9a864b"
        let result = try registry.sbomkit("generate docker://HOST/a@\(digest)")
        #expect(result.code == 65)
        #expect(result.errors.contains("expected the digest \(digest), found sha256:"), "\(result.errors)")
        // What is in an index is asked for by its digest.
        let other = try ScriptedRegistry("\(fixtures)/multiarch", #"{"digest": true}"#)
        #expect(try other.sbomkit("generate docker://HOST/a:latest --platform linux/arm64").code == 65)
    }

    @Test func `the answer that is an error is read to its limit only`() throws {
        let registry = try ScriptedRegistry(
            Self.layout, #"{"fail": [404, {}, 9, "\#(String(repeating: "y", count: 100_000))"]}"#)
        let result = try registry.sbomkit("generate docker://HOST/a:latest")
        #expect(Limits.errorAnswerSize < 100_000)
        #expect(result.code == 66 && result.errors.utf8.count < 1_000)
    }

    @Test func `a mirror is asked first, without the secrets of the registry`() throws {
        let script = #"{"auth": "basic", "user": "anna", "password": "s3cret"}"#
        let mirror = try ScriptedRegistry(Self.layout)
        let registry = try ScriptedRegistry(Self.layout, script)
        let login = "--username anna --password-stdin"
        let from = try registry.sbomkit(
            "generate docker://HOST/a/b:latest --mirror HOST/a=\(mirror.host)/hub \(login)", input: "s3cret")
        #expect(from.code == 0, "\(from.errors)")
        #expect(from.lines.contains("sbomkit: note: \(registry.host)/a/b:latest: read from \(mirror.host)/hub/b"))
        #expect(try registry.requests().isEmpty)
        #expect(try mirror.requests().first?.path == "/v2/hub/b/manifests/latest")
        #expect(try mirror.requests().allSatisfy { $0.authorization == nil })
        // The document is that of the registry.
        let own = try registry.sbomkit("generate docker://HOST/a/b:latest \(login)", input: "s3cret")
        #expect(from.output == own.output)
        let hub = try registry.sbomkit("generate docker://debian:latest --mirror docker.io=\(mirror.host)/hub")
        #expect(hub.code == 0, "\(hub.errors)")
        #expect(hub.text.contains("repository_url=docker.io%2Flibrary%2Fdebian&tag=latest"))
        #expect(try mirror.requests().contains { $0.path == "/v2/hub/library/debian/manifests/latest" })
        // What the mirror does not have comes from the registry.
        let other = try ScriptedRegistry("\(fixtures)/multiarch", #"{"fail": [404, {}, 99, ""]}"#)
        let falling = try registry.sbomkit(
            "generate docker://HOST/a/b:latest --mirror HOST=\(other.host)/x \(login)", input: "s3cret")
        #expect(falling.output == own.output, "\(falling.errors)")
        #expect(try !other.requests().isEmpty)
        #expect(try other.requests().allSatisfy { $0.authorization == nil })
    }

    @Test func `a proxy is used, and not for this machine`() throws {
        let registry = try ScriptedRegistry(Self.layout)
        let through = try registry.sbomkit(
            "generate docker://registry.example/a:latest --plain-http",
            environment: "http_proxy=http://\(registry.host)")
        #expect(through.code == 0, "\(through.errors)")
        #expect(through.text.contains("repository_url=registry.example%2Fa"))
        #expect(try registry.requests().first?.path == "http://registry.example/v2/a/manifests/latest")
        let direct = try registry.sbomkit(
            "generate docker://HOST/a:latest", environment: "http_proxy=http://127.0.0.1:9 all_proxy=http://127.0.0.1:9"
        )
        #expect(direct.code == 0, "\(direct.errors)")
    }

    @Test func `a certificate that is too large is refused`() throws {
        let registry = try ScriptedRegistry(Self.layout)
        let folder = ".config/containers/certs.d/HOST".replacing("HOST", with: registry.host)
        try registry.write("", to: "\(folder)/other.txt")
        #expect(try registry.sbomkit("generate docker://HOST/a:latest").code == 0)
        try registry.write(String(repeating: " ", count: 17 << 20), to: "\(folder)/ca.crt")
        let result = try registry.sbomkit("generate docker://HOST/a:latest")
        #expect(result.errors.contains("ca.crt: more than the limit certificatesSize allows"), "\(result.errors)")
        // Names beyond the limit are not looked at.
        #expect(Limits.certificateFiles == 1_000)
    }
}
