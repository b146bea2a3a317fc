import Foundation
import TestSupport
import Testing

/// Images in a real registry: docker-registry.
@Suite struct RegistryTests {
    /// An SPDX document without what the name of the image decides.
    private static func withoutName(_ document: [UInt8]) throws -> String {
        var object = try #require(try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any])
        object["name"] = nil
        object["documentNamespace"] = nil
        var packages = try #require(object["packages"] as? [[String: Any]])
        for place in packages.indices {
            let references = packages[place]["externalRefs"] as? [[String: Any]] ?? []
            let kept = references.filter { ($0["referenceLocator"] as? String)?.hasPrefix("pkg:oci/") != true }
            packages[place]["externalRefs"] = kept.isEmpty ? nil : kept
            let annotations = packages[place]["annotations"] as? [[String: Any]] ?? []
            let others = annotations.filter { ($0["comment"] as? String)?.hasPrefix("RepoTag: ") != true }
            packages[place]["annotations"] = others.isEmpty ? nil : others
        }
        object["packages"] = packages
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
        // The names of the image's own element, and what refers to it.
        return String(decoding: data, as: UTF8.self)
    }

    @Test(
        .needsRegistry,
        arguments: [
            ("oci:debian-small:latest", "debian-small:latest"), ("oci:rpm-small:latest", "rpm-small:latest"),
            ("oci:debian-layers:latest", "debian-layers:latest"), ("oci:rpm-ndb:latest", "rpm-ndb:latest"),
        ])
    func `the document of an image in a registry is that of the layout that was pushed`(
        source: String, name: String
    ) throws {
        let registry = try DebianRegistry()
        try registry.push(source, as: "some/where/\(name)", options: "--preserve-digests")
        let pulled = try registry.sbomkit("generate docker://HOST/some/where/\(name)")
        try #require(pulled.code == 0, "\(pulled.errors)")
        let local = try registry.sbomkit("generate \(source)")
        #expect(try Self.withoutName(pulled.output) == Self.withoutName(local.output))
        // The name is that of the reference, and the digest is said.
        let url = "repository_url=\(registry.host)%2Fsome%2Fwhere%2F\(name.prefix { $0 != ":" })&tag=latest"
        #expect(pulled.text.contains(url), "\(url)")
        #expect(pulled.text.contains("RepoTag: \(registry.host)/some/where/\(name)"))
        let digest = try #require(pulled.text.firstMatch(of: /pkg:oci\/[^@]*@(sha256:[0-9a-f]+)/)?.output.1)
        #expect(
            pulled.lines.first
                == "sbomkit: note: \(registry.host)/some/where/\(name): the tag leads to \(digest)", "\(pulled.errors)")
        let again = try registry.sbomkit("generate registry:HOST/some/where/\(name)@\(digest)")
        #expect(again.output == pulled.output)
        let other = try registry.sbomkit("diff docker://HOST/some/where/\(name) \(source)")
        #expect(other.code == 0, "\(other.text)")
    }

    @Test(.needsRegistry) func `an image of Docker's media types is read`() throws {
        let registry = try DebianRegistry()
        try registry.push("oci:debian-small:latest", as: "debian-small:latest", options: "--format v2s2")
        // The image has another manifest, and so another digest.
        let result = try registry.sbomkit("diff docker://HOST/debian-small debian-small --only edges,licenses,files")
        #expect(result.code == 0, "\(result.text)")
    }

    @Test(.needsRegistry) func `only the manifest of the platform is fetched`() throws {
        let registry = try DebianRegistry()
        try registry.push("oci:multiarch:latest", as: "multiarch:latest", options: "--all --preserve-digests")
        for platform in ["linux/amd64", "linux/arm64"] {
            let pulled = try registry.sbomkit("generate docker://HOST/multiarch:latest --platform \(platform)")
            let local = try registry.sbomkit("generate multiarch --platform \(platform)")
            #expect(pulled.code == 0, "\(pulled.errors)")
            #expect(try Self.withoutName(pulled.output) == Self.withoutName(local.output))
        }
        let none = try registry.sbomkit("generate docker://HOST/multiarch:latest --platform plan9/mips")
        #expect(none.code == 65)
        #expect(none.errors.contains("there is no image for plan9/mips in it; there is:"))
        #expect(none.lines.contains { $0.contains("linux/arm64/v8  sha256:") }, "\(none.errors)")
    }

    @Test func `of all platforms each manifest is fetched once`() throws {
        let registry = try ScriptedRegistry("\(fixtures)/multiarch")
        let line =
            "generate -q docker://HOST/multiarch:latest --all-platforms -o '\(registry.home)/{os}-{arch}{variant}.json'"
        let result = try registry.sbomkit(line)
        #expect(result.code == 0, "\(result.errors)")
        #expect(names(inFolder: registry.home) == ["index.json", "linux-amd64.json", "linux-arm64v8.json"])
        let manifests = try registry.requests().map(\.path).filter { $0.contains("/manifests/") }
        #expect(Set(manifests).count == manifests.count, "\(manifests)")
        // The index and the two images; what is about them is not asked for.
        #expect(manifests.count == 3, "\(manifests)")
        for (platform, name) in [("linux/amd64", "linux-amd64"), ("linux/arm64", "linux-arm64v8")] {
            let local = try registry.sbomkit("generate -q multiarch --platform \(platform)")
            let pulled = try bytes(ofFile: "\(registry.home)/\(name).json")
            #expect(try Self.withoutName(pulled) == Self.withoutName(local.output))
        }
    }

    @Test(.needsRegistry) func `what is not there is an error of one line`() throws {
        let registry = try DebianRegistry()
        for (place, text) in [
            ("a/b:1", "a/b:1: 404 from HOST: MANIFEST_UNKNOWN: manifest unknown"),
            ("a/b@sha256:\(String(repeating: "0", count: 64))", "404 from HOST: MANIFEST_UNKNOWN"),
        ] {
            let result = try registry.sbomkit("generate docker://HOST/\(place)")
            #expect(result.code == 66)
            #expect(result.lines.count == 1)
            #expect(result.errors.contains(text.replacing("HOST", with: registry.host)), "\(result.errors)")
        }
    }

    @Test(.needsRegistry) func `a password and a certificate are needed where the registry wants them`() throws {
        let registry = try DebianRegistry(.passwords(["anna": "s3cret word"]))
        try registry.push("oci:debian-small:latest", as: "a:1", options: "--dest-creds 'anna:s3cret word'")
        let place = "docker://HOST/a:1"
        let unknown = try registry.sbomkit("generate \(place)")
        #expect(unknown.code == 66)
        #expect(unknown.errors.contains("certificate"), "\(unknown.errors)")
        #expect(unknown.errors.contains("--insecure"))
        let anonymous = try registry.sbomkit("generate \(place) --insecure")
        #expect(anonymous.code == 66)
        #expect(anonymous.errors.contains("401 from \(registry.host)"), "\(anonymous.errors)")
        #expect(anonymous.errors.contains("it is private, or does not exist; no credentials for it were found"))
        // The authority is trusted for this registry.
        let trusted = "\(registry.home)/.config/containers/certs.d/\(registry.host)/ca.crt"
        try write(try bytes(ofFile: registry.authority), toFile: trusted)
        let named = try registry.sbomkit("generate \(place) --username anna --password-stdin", input: "s3cret word\n")
        #expect(named.code == 0, "\(named.errors)")
        let wrong = try registry.sbomkit("generate \(place) --username anna --password-stdin", input: "wrong")
        #expect(wrong.code == 66)
        #expect(wrong.errors.contains("the credentials from the command line do not open it"), "\(wrong.errors)")
        try FileManager.default.removeItem(atPath: trusted)
        let trusting = try registry.sbomkit(
            "generate \(place) --username anna --password-stdin",
            environment: "SSL_CERT_FILE='\(registry.authority)'", input: "s3cret word")
        #expect(trusting.output == named.output, "\(trusting.errors)")
    }

    @Test(.needsRegistry) func `a client shows the certificate that is for the registry`() throws {
        let registry = try DebianRegistry(.certificate)
        try registry.push("oci:debian-small:latest", as: "a:1", options: "--dest-cert-dir '\(registry.certificates)'")
        let refused = try registry.sbomkit("generate docker://HOST/a:1 --insecure")
        #expect(refused.code == 66, "\(refused.errors)")
        let folder = "\(registry.home)/.config/containers/certs.d"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: registry.certificates, toPath: "\(folder)/\(registry.host)")
        let result = try registry.sbomkit("generate docker://HOST/a:1")
        #expect(result.code == 0, "\(result.errors)")
        try FileManager.default.removeItem(atPath: "\(folder)/\(registry.host)/client.key")
        let incomplete = try registry.sbomkit("generate docker://HOST/a:1")
        #expect(incomplete.errors.contains("client.cert: the key beside it is missing"), "\(incomplete.errors)")
    }

    @Test(arguments: [
        ("generate docker://a --username x", "need each other"),
        ("generate docker://a --password-stdin", "need each other"),
        ("generate - --username x --password-stdin", "standard input can be"),
        ("validate docker://a - --username x --password-stdin", "standard input can be"),
        ("diff docker://a.example/a docker://b.example/b --username x --password-stdin", "is for one registry"),
        ("generate docker://a --anonymous --authfile f", "excludes"),
        ("generate docker://a --mirror docker.io", "PREFIX=LOCATION"),
        ("generate docker://a --username x --password-stdin", "expected a password"),
    ])
    func `options that cannot be are refused`(line: String, text: String) throws {
        let result = try sbomkit("\(line) </dev/null")
        #expect(result.code == 64)
        #expect(result.errors.contains(text), "\(result.errors)")
    }

    @Test func `a name without a prefix is never asked for, and other stores are named with what helps`() throws {
        for (line, text) in [
            ("generate debian:12", "no such folder; expected an OCI layout"),
            ("generate debian:12", "; an image in a registry is named by docker://debian:12"),
            ("generate ghcr.io/a/b", "named by docker://ghcr.io/a/b"),
            ("generate docker-daemon:a:1", "`skopeo copy docker-daemon:a:1 oci-archive:image.tar`"),
            ("outline containers-storage:a", "`skopeo copy containers-storage:a oci-archive:image.tar`"),
            ("query podman:a", "`skopeo copy containers-storage:a oci-archive:image.tar`"),
            ("diff ostree:a@/b debian-small", "OSTree repositories are not read"),
            ("generate docker://Debian", "has no capital letters"),
            ("validate ghcr.io/a/b:1", "named by docker://ghcr.io/a/b:1"),
        ] {
            let result = try sbomkit(line)
            #expect(result.code == 66, "\(line)")
            #expect(result.errors.contains(text), "\(result.errors)")
            #expect(result.lines.count == 1)
        }
        #expect(!(try sbomkit("generate ./no/such")).errors.contains("docker://"))
        #expect(!(try sbomkit("validate no-such.json")).errors.contains("docker://"))
    }
}
