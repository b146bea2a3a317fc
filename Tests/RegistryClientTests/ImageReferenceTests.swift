import ByteStreams
import RegistryClient
import Testing

@Suite struct ImageReferenceTests {
    private static let hex = String(repeating: "0f", count: 32)

    @Test(arguments: [
        ("debian", "docker.io/library/debian:latest"),
        ("debian:12", "docker.io/library/debian:12"),
        ("user/image", "docker.io/user/image:latest"),
        ("index.docker.io/debian", "docker.io/library/debian:latest"),
        ("docker.io/library/debian", "docker.io/library/debian:latest"),
        ("localhost/a", "localhost/a:latest"),
        ("localhost:5000/a/b:T_1.x-y", "localhost:5000/a/b:T_1.x-y"),
        ("host:5000/a", "host:5000/a:latest"),
        ("GHCR.io/a/b", "ghcr.io/a/b:latest"),
        ("[::1]:5000/a", "[::1]:5000/a:latest"),
        ("a--b/c__d/e.f", "docker.io/a--b/c__d/e.f:latest"),
        ("ghcr.io/a@sha256:\(hex)", "ghcr.io/a@sha256:\(hex)"),
        ("ghcr.io/a:1@sha256:\(hex)", "ghcr.io/a:1@sha256:\(hex)"),
    ])
    func `a reference is completed as docker does it`(text: String, whole: String) throws {
        #expect(try ImageReference(parsing: text).description == whole)
    }

    @Test func `a digest counts where a tag is named too`() throws {
        #expect(try ImageReference(parsing: "a/b:1@sha256:\(Self.hex)").version == "sha256:\(Self.hex)")
        #expect(try ImageReference(parsing: "a/b:1").version == "1")
    }

    @Test(arguments: [
        "", "/", "a//b", "a/", "/a", "-a", "a-", "a..b", "a___b", "a_.b", "a:", "a:.b", "a:b c", "a@", "a@sha256:12",
        "a b",
        "ghcr.io/", "ghcr.io:x/a", "ghcr.io:99999/a", "user@host.example/a", "a\n", "./a", "../a", "host:0/a",
        "[::g]/a",
        "-bad.example/a", "a@sha256:\(hex.uppercased())", "a:\(String(repeating: "t", count: 129))",
        String(repeating: "a", count: 250),
    ])
    func `what is no reference is refused`(text: String) {
        #expect(throws: ReferenceError.self) { try ImageReference(parsing: text) }
    }

    @Test func `capital letters are named as what is wrong`() throws {
        let error = try #require(throws: ReferenceError.self) { try ImageReference(parsing: "ghcr.io/Owner/image") }
        #expect(error.description.contains("capital letters"))
    }
}
