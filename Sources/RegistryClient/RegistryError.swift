/// Why a registry does not give what it is asked for.
package struct RegistryError: Error, CustomStringConvertible {
    /// The kind of an error.
    package enum Kind: Sendable {
        /// The registry does not have it.
        case missing
        /// The registry wants to know who asks, or does not let this caller have it.
        case denied
        /// The registry speaks without encryption.
        case notSecure
        /// The certificate of the registry is not trusted.
        case certificate
        /// The registry does not answer, or not now.
        case unavailable
        /// What the registry answers is not what it should be.
        case malformed
    }

    /// The kind of the error.
    package let kind: Kind
    /// What is wrong: one line, parts of which may come from the registry.
    package let description: String
    /// The status of the answer, if there was one.
    let status: Int?

    init(_ kind: Kind, _ description: String, status: Int? = nil) {
        self.kind = kind
        self.status = status
        self.description = description
    }

    init(_ failure: HTTPFailure, _ origin: HTTPAddress.Origin) {
        let kind: Kind =
            switch failure.kind {
            case .unreachable, .interrupted, .refused: .unavailable
            case .notSecure: .notSecure
            case .certificate: .certificate
            }
        self.init(kind, "\(origin): \(failure)")
    }
}
