/// What a registry knows a caller by.
package enum Credential: Sendable {
    /// A name and a password.
    case password(name: String, Secret)
    /// A token from which tokens for single requests are made (`identitytoken`, OAuth 2's refresh token).
    case identityToken(Secret)
    /// A token for requests (`registrytoken`).
    case registryToken(Secret)
}

/// A credential, and where it was looked for.
package struct CredentialLookup: Sendable {
    /// The credential; nil if none was found.
    package var credential: Credential?
    /// Where it was found: the file and the key, or the program.
    package var source: String?
    /// The places that have none, for messages.
    package var searched: [String] = []
    /// What went wrong on the way.
    package var problems: [String] = []
}
