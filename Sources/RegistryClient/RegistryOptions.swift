/// How registries are reached, and as whom.
package struct RegistryOptions: Sendable {
    /// A name and a password that the caller gave.
    package struct Login: Sendable {
        /// The name of the user.
        package let name: String
        /// The password.
        package let password: Secret

        package init(name: String, password: Secret) {
            self.name = name
            self.password = password
        }
    }

    /// A registry that is asked before another one.
    package struct Mirror: Sendable, Hashable {
        /// What names begin with that the mirror has: a registry, and perhaps a part of the path.
        package let prefix: String
        /// What stands in place of the prefix in the mirror.
        package let location: String

        /// Nil unless both are a registry, or a registry and a part of a path.
        package init?(prefix: String, location: String) {
            func isPlace(_ text: String) -> Bool {
                // Two parts, because one alone would be below `library/` at docker.io.
                guard let reference = try? ImageReference(parsing: "\(text)/a/b") else { return false }
                return reference.name == "\(text.lowercased())/a/b" && reference.tag == "latest"
            }
            guard isPlace(prefix), isPlace(location) else { return nil }
            self.prefix = prefix.lowercased()
            self.location = location.lowercased()
        }
    }

    /// The only file that credentials are looked for in; nil for those that docker and podman have.
    package var credentialFile: String?
    /// What is used in place of credentials from files, for the registry that the user named.
    package var login: Login?
    /// Whether no credentials are looked for.
    package var isAnonymous = false
    /// Whether the registry is asked without encryption.
    package var usesPlainHTTP = false
    /// Whether certificates are not checked.
    package var trustsAnyCertificate = false
    /// The registries that are asked first.
    package var mirrors: [Mirror] = []
    /// Told where credentials were found: one line of text, without anything secret.
    package var explain: (@Sendable (String) -> Void)?
    /// The version of the program, for the registry to know.
    package var userAgent = "sbomkit"
    /// How requests are repeated.
    package var retries = RetryPolicy()
    /// After how many milliseconds without data a transfer is given up.
    package var stallTime = 30_000
    /// After how many milliseconds a credential helper is given up.
    package var helperTime = 30_000

    /// What the user's environment says.
    package init() {}
}
