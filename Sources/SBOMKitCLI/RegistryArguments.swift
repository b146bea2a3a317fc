internal import ArgumentParser
internal import ByteStreams
internal import SBOMKit

/// The options for images in registries, for all commands that read images.
struct RegistryArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read credentials for registries from FILE only, instead of those of docker and podman.", valueName: "file"),
        completion: .file())
    var authfile: String?

    @Option(help: ArgumentHelp("The user at the registry; needs --password-stdin.", valueName: "name"))
    var username: String?

    @Flag(help: "Read the password for --username from standard input.")
    var passwordStdin = false

    @Flag(help: "Look for no credentials.")
    var anonymous = false

    @Flag(help: "Ask registries without encryption. A registry on this machine is asked so if it does not speak TLS.")
    var plainHttp = false

    @Flag(help: "Do not check the certificates of registries.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "Ask another registry first: docker.io=mirror.example/hub. Can be repeated.", valueName: "prefix=location"),
        transform: OptionValues.mirror)
    var mirror: [RegistryAccess.Mirror] = []

    @Flag(help: "Say where credentials for registries are found; what they are is not printed.")
    var explainAuth = false

    func validate() throws {
        if (username != nil) != passwordStdin {
            throw ValidationError("--username and --password-stdin need each other.")
        }
        if username?.isEmpty == true || username?.contains(":") == true {
            throw ValidationError("--username: expected a name without a colon.")
        }
        if anonymous, username != nil || authfile != nil {
            throw ValidationError("--anonymous excludes --username and --authfile.")
        }
        if authfile != nil, username != nil { throw ValidationError("--authfile and --username exclude each other.") }
    }

    /// Checks what the options say of the images and documents that a command reads.
    func validate(reading places: [String]) throws {
        guard passwordStdin else { return }
        if places.contains(where: { $0 == "-" || $0.hasSuffix("-archive:-") }) {
            throw ValidationError("Standard input can be the password or what is read, not both.")
        }
        if Set(places.compactMap(RegistryAccess.registry)).count > 1 {
            throw ValidationError("--username is for one registry, and several are named.")
        }
    }

    /// How registries are reached; reads the password.
    func access() throws -> RegistryAccess {
        var access = RegistryAccess()
        access.credentialFile = authfile
        access.isAnonymous = anonymous
        access.usesPlainHTTP = plainHttp
        access.trustsAnyCertificate = insecure
        access.mirrors = mirror
        if explainAuth { access.explain = { Reporting.say("auth", $0) } }
        if let username { access.login = RegistryAccess.Login(name: username, password: try Self.password()) }
        return access
    }

    /// The first line of standard input.
    private static func password() throws -> String {
        var source = BufferedSource(StandardInput(), capacity: 4 << 10)
        var bytes: [UInt8] = []
        while bytes.count <= longestPassword, try source.fill(1) {
            _ = try source.read(source.window.count, onto: &bytes)
        }
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty, line.count <= longestPassword else {
            throw ValidationError("--password-stdin: expected a password on standard input.")
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// In bytes; some registries have tokens for passwords.
    private static let longestPassword = 64 << 10
}
