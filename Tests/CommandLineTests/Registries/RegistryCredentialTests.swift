import Foundation
import TestSupport
import Testing

/// Where credentials are found, and who gets them.
@Suite(.needs(have("python3"), "python3")) struct RegistryCredentialTests {
    static let layout = "\(fixtures)/debian-small"
    static let password = "p4ss:w0rd with spaces"
    static let token = "1dentity-t0ken"
    static let script =
        #"{"auth": "bearer", "user": "anna", "password": "\#(password)", "refresh": "\#(token)", "redirect": true}"#

    static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// A way to give credentials to the program.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var file: String
        var text: String
        var environment = ""
        var options = ""
        /// What is said about the place; HOME is the folder of the user.
        var source: String
        var isIdentity = false
    }

    static let entry = #"{"auth": "\#(base64("anna:\(password)"))"}"#

    static let ways = [
        Way(
            testDescription: "docker login", file: ".docker/config.json", text: #"{"auths": {"HOST": \#(entry)}}"#,
            source: "HOME/.docker/config.json, auths, HOST"),
        Way(
            testDescription: "DOCKER_CONFIG", file: "d/config.json",
            text: #"{"auths": {"https://HOST/v2/": \#(entry)}}"#,
            environment: "DOCKER_CONFIG=HOME/d", source: "HOME/d/config.json, auths, https://HOST/v2/"),
        Way(
            testDescription: "podman, for a part of the registry", file: "run/containers/auth.json",
            text: #"{"auths": {"HOST/a/c": {"auth": "\#(base64("other:one"))"}, "HOST/a": \#(entry)}}"#,
            environment: "XDG_RUNTIME_DIR=HOME/run", source: "HOME/run/containers/auth.json, auths, HOST/a"),
        Way(
            testDescription: "podman, before docker", file: ".config/containers/auth.json",
            text: #"{"auths": {"HOST": \#(entry)}}"#, source: "HOME/.config/containers/auth.json, auths, HOST"),
        Way(
            testDescription: "REGISTRY_AUTH_FILE", file: "r.json", text: #"{"auths": {"HOST": \#(entry)}}"#,
            environment: "REGISTRY_AUTH_FILE=HOME/r.json", source: "HOME/r.json, auths, HOST"),
        Way(
            testDescription: "--authfile", file: "a b.json",
            text: #"{"auths": {"HOST": {"username": "anna", "password": "\#(password)"}}}"#,
            options: "--authfile 'HOME/a b.json'", source: "HOME/a b.json, auths, HOST"),
        Way(
            testDescription: "the old file of docker", file: ".dockercfg",
            text: #"{"https://HOST/v1/": \#(entry), "email": "x"}"#, source: "HOME/.dockercfg, auths, https://HOST/v1/"),
        Way(
            testDescription: "without padding, with zeros", file: ".docker/config.json",
            text:
                #"{"auths": {"HOST": {"auth": "\#(base64("anna:\(password)\0\0").replacing("=", with: ""))"}}}"#,
            source: "HOME/.docker/config.json, auths, HOST"),
        Way(
            testDescription: "an identity token", file: ".docker/config.json",
            text: #"{"auths": {"HOST": {"auth": "", "identitytoken": "\#(token)"}}}"#,
            source: "HOME/.docker/config.json, auths, HOST", isIdentity: true),
        Way(
            testDescription: "a helper for the registry", file: ".docker/config.json",
            text: #"{"credHelpers": {"HOST": "good"}, "credsStore": "none", "auths": {"HOST": {}}}"#,
            environment: "PATH=HOME/bin:$PATH",
            source: "docker-credential-good for HOST (credHelpers of HOME/.docker/config.json)"),
        Way(
            testDescription: "a helper for all, after podman's file without an entry", file: ".docker/config.json",
            text: #"{"credsStore": "good"}"#, environment: "PATH=HOME/bin:$PATH",
            source: "docker-credential-good for HOST (credsStore of HOME/.docker/config.json)"),
        Way(
            testDescription: "a helper with an identity token", file: ".docker/config.json",
            text: #"{"credsStore": "token"}"#, environment: "PATH=HOME/bin:$PATH",
            source: "docker-credential-token for HOST (credsStore of HOME/.docker/config.json)", isIdentity: true),
        Way(
            testDescription: "a file, where the helper has nothing", file: ".docker/config.json",
            text: #"{"credsStore": "none", "auths": {"HOST": \#(entry)}}"#, environment: "PATH=HOME/bin:$PATH",
            source: "HOME/.docker/config.json, auths, HOST"),
    ]

    /// The helpers of the user.
    static func writeHelpers(_ registry: ScriptedRegistry) throws {
        // Each answers only to what the protocol asks.
        let asked = #"test "$*" = get && test "$(cat)" = HOST || exit 9; "#
        _ = try registry.writeProgram(
            "docker-credential-good",
            "#!/bin/sh\n\(asked)echo '{\"ServerURL\": \"HOST\", \"Username\": \"anna\", \"Secret\": \"\(password)\"}'\n"
        )
        _ = try registry.writeProgram(
            "docker-credential-token",
            "#!/bin/sh\n\(asked)echo '{\"ServerURL\": \"HOST\", \"Username\": \"<token>\", \"Secret\": \"\(token)\"}'\n"
        )
        _ = try registry.writeProgram(
            "docker-credential-none",
            "#!/bin/sh\necho credentials not found in native keychain; exit 1\n")
        _ = try registry.writeProgram(
            "docker-credential-broken",
            "#!/bin/sh\necho '{\"Secret\": \"\(password)\"}'; exit 3\n")
    }

    /// No secret stands in what was said and written, and no server but the one that it is for got it.
    static func expectNoLeak(_ registry: ScriptedRegistry, _ result: ShellResult) throws {
        for secret in [password, token, base64("anna:\(password)"), "token-"] {
            #expect(!result.errors.contains(secret), "\(result.errors)")
            #expect(!result.text.contains(secret))
        }
        for request in try registry.requests() {
            let whole = "\(request.path) \(request.headers) \(request.body)"
            if request.server != "token" {
                #expect(!whole.contains(token) && !whole.contains(base64("anna:\(password)")), "\(whole)")
            }
            if request.server == "storage" {
                #expect(request.authorization == nil)
                #expect(!whole.contains("token-"))
            }
        }
    }

    @Test(arguments: ways) func `credentials are found where docker and podman keep them`(way: Way) throws {
        let registry = try ScriptedRegistry(Self.layout, Self.script)
        try Self.writeHelpers(registry)
        let home = { (text: String) in text.replacing("HOME", with: registry.home) }
        // What podman has first is no hindrance, and docker's own last is not what counts.
        try registry.write(#"{"auths": {"elsewhere.example": {"auth": "eDp5"}}}"#, to: ".config/containers/auth.json")
        try registry.write(#"{"auths": {"HOST": {"auth": "eDp5"}}}"#, to: ".docker/config.json")
        if way.file == "d/config.json" || way.file == ".dockercfg" {
            try FileManager.default.removeItem(atPath: registry.home + "/.docker/config.json")
        }
        try registry.write(way.text, to: way.file)
        let result = try registry.sbomkit(
            "generate docker://HOST/a/b:latest --explain-auth \(home(way.options))",
            environment: home(way.environment))
        #expect(result.code == 0, "\(result.errors)")
        let source = home(way.source).replacing("HOST", with: registry.host)
        #expect(result.lines.first == "sbomkit: auth: \(registry.host): credentials from \(source)", "\(result.errors)")
        try Self.expectNoLeak(registry, result)
        let requests = try registry.requests()
        #expect(requests.contains { $0.server == "storage" && $0.path.contains("signature=s1gnature") })
        let asked = try #require(requests.first { $0.server == "token" })
        if way.isIdentity {
            #expect(asked.method == "POST")
            #expect(asked.path == "/token?from=realm")
            #expect(
                asked.body
                    == "grant_type=refresh_token&refresh_token=\(Self.token)&service=the%20service"
                    + "&scope=repository%3Ascope%2Fasked%3Apull%20repository%3Aa%2Fb%3Apull&client_id=sbomkit")
        } else {
            #expect(asked.method == "GET")
            #expect(asked.authorization == "Basic " + Self.base64("anna:\(Self.password)"))
            #expect(
                asked.path
                    == "/token?from=realm&service=the%20service&scope=repository%3Ascope%2Fasked%3Apull"
                    + "&scope=repository%3Aa%2Fb%3Apull&account=anna")
        }
    }

    /// What goes wrong with credentials: the script of the registry, the user's file, and what is said.
    @Test(arguments: [
        (#""anonymous": false"#, "{}", "no credentials for it were found in HOME/.docker/config.json; "),
        (#""anonymous": false"#, "{", "HOME/.docker/config.json: not a JSON document that can be read"),
        (
            #""anonymous": false"#, #"{"auths": {"HOST": {"auth": "YW5uYTp3cm9uZw=="}}}"#,
            "the token service http://TOKEN/token answers 401"
        ),
        (
            #""anonymous": false"#, #"{"credsStore": "not-there"}"#,
            "credsStore: docker-credential-not-there: no such program in PATH"
        ),
        (
            #""anonymous": false"#, #"{"credsStore": "../bin/evil"}"#,
            "docker-credential-../bin/evil: that is no name of a helper"
        ),
        (
            #""anonymous": false"#, #"{"credsStore": "broken"}"#,
            "credsStore: docker-credential-broken: it failed with exit code 3"
        ),
        (#""anonymous": true, "realm": "ftp://x/""#, "{}", "names no token service that can be asked"),
        (#""anonymous": true, "token": "[]""#, "{}", "expected a JSON object with a token"),
        (#""anonymous": true, "token": "{\"token\": \"a b\"}""#, "{}", "the token has characters that no token has"),
        (
            #""anonymous": true, "token": "{\"token\": \"x\"}", "padding": 2000000"#, "{}",
            "more than the limit tokenAnswerSize allows"
        ),
        (#""anonymous": true, "token": "{\"token\": \"x\"}""#, "{}", "401 from HOST: UNAUTHORIZED: unauthorized"),
        (#""user": "x", "password": "y", "auth": "basic""#, "{}", "401 from HOST: UNAUTHORIZED"),
    ])
    func `what is wrong with credentials is said without them`(script: String, file: String, text: String) throws {
        let registry = try ScriptedRegistry(Self.layout, #"{"auth": "bearer", \#(script)}"#)
        try Self.writeHelpers(registry)
        try registry.write(file, to: ".docker/config.json")
        let result = try registry.sbomkit(
            "generate docker://HOST/a", environment: "PATH=\(registry.home)/bin:$PATH")
        #expect([65, 66].contains(result.code))
        #expect(result.lines.count == 1)
        let expected = text.replacing("HOST", with: registry.host).replacing("HOME", with: registry.home)
            .replacing("TOKEN", with: registry.hosts["token"] ?? "")
        #expect(result.errors.contains(expected), "\(result.errors)")
        try Self.expectNoLeak(registry, result)
    }

    @Test func `a registry is let in by whatever it asks for`() throws {
        for (script, file) in [
            // Everybody gets a token.
            (#""anonymous": true"#, "{}"),
            // The 401 that matters says nothing.
            (#""anonymous": true, "challenge": false"#, "{}"),
            // A token is good for two requests.
            (#""anonymous": true, "tokens": 2"#, "{}"),
            // The token service has no OAuth 2.
            (#""refresh": "r", "forms": false"#, #"{"auths": {"HOST": {"identitytoken": "r"}}}"#),
            (#""ready": "r3ady""#, #"{"auths": {"HOST": {"registrytoken": "r3ady"}}}"#),
            (
                #""auth": "basic", "user": "a", "password": "b:c""#,
                #"{"auths": {"HOST": {"auth": "\#(Self.base64("a:b:c"))"}}}"#
            ),
        ] {
            let registry = try ScriptedRegistry(Self.layout, #"{"auth": "bearer", "redirect": true, \#(script)}"#)
            try registry.write(file, to: ".docker/config.json")
            let result = try registry.sbomkit("generate docker://HOST/a:latest")
            #expect(result.code == 0, "\(script): \(result.errors)")
            #expect(try registry.requests().allSatisfy { $0.server != "storage" || $0.authorization == nil })
        }
    }

    @Test func `another server that wants a token gets one of its own, without a name`() throws {
        let registry = try ScriptedRegistry(
            Self.layout,
            #"{"auth": "basic", "user": "anna", "password": "\#(Self.password)", "redirect": true, "guarded": true, "anonymous": true}"#
        )
        try registry.write(#"{"auths": {"HOST": \#(Self.entry)}}"#, to: ".docker/config.json")
        let result = try registry.sbomkit("generate docker://HOST/a:latest")
        #expect(result.code == 0, "\(result.errors)")
        let requests = try registry.requests()
        #expect(requests.contains { $0.server == "token" })
        #expect(requests.allSatisfy { $0.server != "token" || $0.authorization == nil })
        #expect(requests.contains { $0.server == "storage" && $0.authorization?.hasPrefix("Bearer token-") == true })
        #expect(requests.allSatisfy { $0.server != "storage" || $0.authorization?.hasPrefix("Basic") != true })
        #expect(requests.allSatisfy { $0.server != "registry" || $0.authorization?.hasPrefix("Bearer") != true })
    }

    @Test func `a registry that asks for nothing is said to`() throws {
        let registry = try ScriptedRegistry(Self.layout)
        let result = try registry.sbomkit("generate docker://HOST/a:latest --explain-auth")
        #expect(
            result.lines.filter { $0.hasPrefix("sbomkit: auth: ") } == [
                "sbomkit: auth: \(registry.host): it asks for no credentials"
            ])
    }

    @Test func `nobody is asked for credentials if the user says so, and a file that is named must be there`() throws {
        let registry = try ScriptedRegistry(Self.layout, Self.script)
        try registry.write(#"{"auths": {"HOST": \#(Self.entry)}}"#, to: ".docker/config.json")
        let anonymous = try registry.sbomkit("generate docker://HOST/a --anonymous --explain-auth")
        #expect(anonymous.code == 66)
        #expect(anonymous.errors.contains("no credentials are looked for, as was asked"))
        #expect(try registry.requests().allSatisfy { $0.authorization == nil })
        let missing = try registry.sbomkit("generate docker://HOST/a --authfile /no/such")
        #expect(missing.code == 66)
        #expect(missing.errors.contains("/no/such: no such file"), "\(missing.errors)")
        let large = String(repeating: " ", count: 5 << 20)
        try registry.write("{\(large)}", to: "large.json")
        let refused = try registry.sbomkit("generate docker://HOST/a --authfile \(registry.home)/large.json")
        #expect(refused.errors.contains("more than the limit credentialFileSize allows"), "\(refused.errors)")
    }

    @Test func `a registry on the Internet cannot send its caller into the local network`() throws {
        for realm in ["http://169.254.169.254/token", "http://10.0.0.1/token", "http://localhost/t", "http://0x7f.1/t"]
        {
            let registry = try ScriptedRegistry(Self.layout, #"{"auth": "bearer", "realm": "\#(realm)"}"#)
            // The name leads to a proxy, which is the registry.
            let result = try registry.sbomkit(
                "generate docker://registry.example/a --plain-http", environment: "http_proxy=http://\(registry.host)")
            #expect(result.code == 65)
            #expect(result.errors.contains("as its token service: that is an address of a"), "\(result.errors)")
            #expect(try registry.requests().count == 1)
        }
        let registry = try ScriptedRegistry(Self.layout, #"{"redirect": "http://192.168.0.1/blob"}"#)
        let result = try registry.sbomkit(
            "generate docker://registry.example/a:latest --plain-http",
            environment: "http_proxy=http://\(registry.host)")
        #expect(
            result.errors.contains("registry.example redirects to 192.168.0.1: that is an address of a local network"))
        #expect(try registry.requests().allSatisfy { !$0.path.contains("192.168.0.1") })
    }
}
