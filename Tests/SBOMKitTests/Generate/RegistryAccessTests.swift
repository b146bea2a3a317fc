import SBOMKit
import TestSupport
import Testing

/// Registries as a program that uses the library reads them.
@Suite struct RegistryAccessTests {
    @Test func `a password stands in no description`() {
        var options = Generator.Options()
        options.registry.login = RegistryAccess.Login(name: "anna", password: "s3cret")
        var text = "\(options)"
        dump(options, to: &text)
        #expect(text.contains("anna"))
        #expect(!text.contains("s3cret"))
    }

    @Test(.needs(have("python3"), "python3")) func `an image is read with the credentials that are given`() async throws
    {
        let registry = try ScriptedRegistry(
            "\(packageFolder)/Fixtures/debian-small", #"{"auth": "basic", "user": "anna", "password": "s3cret"}"#)
        var options = Generator.Options()
        options.registry.login = RegistryAccess.Login(name: "anna", password: "s3cret")
        let image = try await Generator(options: options).read("docker://\(registry.host)/a:latest")
        #expect(image.summary.packageCount == 19)
        #expect(image.summary.image == "a:latest")
        options.registry.login = RegistryAccess.Login(name: "anna", password: "other")
        let error = await #expect(throws: SBOMError.self) {
            try await Generator(options: options).read("docker://\(registry.host)/a:latest")
        }
        #expect(error?.code == .noInput)
        #expect(error?.remedy == .logIn)
    }

    @Test(arguments: [
        ("docker.io=mirror.example/hub", true), ("ghcr.io/a=localhost:5000", true), ("a.example=b.example", true),
        ("docker.io", false), ("=b.example", false), ("a=b.example", false), ("a.example=", false),
        ("a.example=b.example/x:1", false), ("a.example=https://b.example", false),
    ])
    func `a mirror is a registry in place of another one`(text: String, isMirror: Bool) {
        #expect((RegistryAccess.Mirror(text) != nil) == isMirror)
    }
}
