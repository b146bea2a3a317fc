internal import ContainerImages
internal import RegistryClient

/// How images in registries are reached, and as whom.
///
/// A registry is asked only if the caller names an image in it: `docker://REFERENCE` or `registry:REFERENCE`. Credentials are
/// looked for where docker and podman keep them. Where their files name a credential helper
/// (`docker-credential-NAME`), that program is run.
public struct RegistryAccess: Sendable {
    /// A registry that is asked before another one, such as `docker.io=mirror.example/docker-hub`.
    public struct Mirror: Sendable, Hashable {
        let mirror: RegistryOptions.Mirror

        /// Parses `PREFIX=LOCATION`; nil unless both are a registry, or a registry and a part of a path.
        public init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2,
                let mirror = RegistryOptions.Mirror(prefix: parts[0], location: parts[1])
            else { return nil }
            self.mirror = mirror
        }
    }

    /// A name and a password; what prints it does not show the password.
    public struct Login: Sendable {
        let login: RegistryOptions.Login

        /// The user of that name.
        public init(name: String, password: String) {
            login = RegistryOptions.Login(name: name, password: Secret(password))
        }
    }

    /// The only file that credentials are read from; nil reads those of docker and podman.
    public var credentialFile: String?
    /// The user, in place of what files have; for the registry that the caller names, and for no mirror.
    public var login: Login?
    /// Whether no credentials are looked for.
    public var isAnonymous = false
    /// Whether registries are asked without encryption.
    public var usesPlainHTTP = false
    /// Whether certificates are not checked.
    public var trustsAnyCertificate = false
    /// The registries that are asked first, in their order.
    public var mirrors: [Mirror] = []
    /// Told which file and key, or which program, the credentials for a registry come from.
    ///
    /// It is called from any thread with a line of text without anything secret.
    public var explain: (@Sendable (String) -> Void)?

    /// What the configuration of the user says.
    public init() {}

    var options: RegistryOptions {
        var options = RegistryOptions()
        options.credentialFile = credentialFile
        options.login = login?.login
        options.isAnonymous = isAnonymous
        options.usesPlainHTTP = usesPlainHTTP
        options.trustsAnyCertificate = trustsAnyCertificate
        options.mirrors = mirrors.map(\.mirror)
        options.explain = explain
        options.userAgent = "sbomkit/\(Generator.version)"
        return options
    }

    /// The registry that a text names an image in; nil if it names none.
    package static func registry(named text: String) -> String? { ImageLocation.registry(in: text)?.host }
}
