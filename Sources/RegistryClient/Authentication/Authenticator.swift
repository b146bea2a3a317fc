internal import ByteStreams
internal import StructuredText
internal import Synchronization

/// Answers the challenges of one server.
final class Authenticator: Sendable {
    // A class, because all requests to a server share what it accepted.

    private struct State {
        var authorization: Secret?
        var lookup: CredentialLookup?
    }

    private let origin: HTTPAddress.Origin
    /// What is done in the repository, in the words of token services (distribution, "Token Scope Documentation").
    private let scope: String
    private let find: @Sendable () throws(RegistryError) -> CredentialLookup
    private let state = Mutex(State())

    /// Answers for a server.
    ///
    /// - Parameters:
    ///   - origin: The server.
    ///   - path: The repository in it.
    ///   - find: Looks for the credential; called once, when the server asks.
    init(
        _ origin: HTTPAddress.Origin, _ path: String,
        find: @escaping @Sendable () throws(RegistryError) -> CredentialLookup
    ) {
        self.origin = origin
        scope = "repository:\(path):pull"
        self.find = find
    }

    /// What the server accepted before; nil as long as it did not ask.
    var authorization: Secret? { state.withLock { $0.authorization } }

    /// Where credentials were looked for; nil if none were.
    var lookup: CredentialLookup? { state.withLock { $0.lookup } }

    /// Finds out what the server accepts, so that ``authorization`` is that.
    ///
    /// - Parameters:
    ///   - challenges: What the server asks for.
    ///   - client: Asks the token service.
    /// - Returns: Whether there is anything to answer.
    /// - Throws: ``RegistryError`` if no credential can be looked for, or the token service does not take it.
    func answer(_ challenges: [Challenge], _ client: HTTPClient) throws(RegistryError) -> Bool {
        guard let challenge = challenges.first(where: { ["basic", "bearer"].contains($0.scheme) }) else {
            guard let other = challenges.first else { return false }
            throw RegistryError(
                .denied, "\(origin) asks for the authentication scheme \(other.scheme), which is not supported")
        }
        let lookup = try found()
        let authorization: Secret?
        if case .registryToken(let token)? = lookup.credential {
            authorization = try Self.bearer(token)
        } else if challenge.scheme == "basic" {
            guard case .password(let name, let password)? = lookup.credential else { return false }
            authorization = Self.basic(name, password)
        } else {
            authorization = try Self.bearer(token(challenge, lookup.credential, client))
        }
        state.withLock { $0.authorization = authorization }
        return true
    }

    private func found() throws(RegistryError) -> CredentialLookup {
        if let lookup { return lookup }
        let lookup = try find()
        state.withLock { $0.lookup = lookup }
        return lookup
    }

    static func basic(_ name: String, _ password: Secret) -> Secret {
        Secret("Basic \(Base64.encoded(Array("\(name):\(password.value)".utf8)))")
    }

    /// - Throws: ``RegistryError`` if the token has characters that would begin another field of the header.
    private static func bearer(_ token: Secret) throws(RegistryError) -> Secret {
        guard !token.value.isEmpty, token.value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw RegistryError(.malformed, "the token has characters that no token has")
        }
        return Secret("Bearer \(token.value)")
    }

    // MARK: Token services

    /// Asks the service that a challenge names for a token (distribution, "Token Authentication Specification").
    private func token(
        _ challenge: Challenge, _ credential: Credential?, _ client: HTTPClient
    ) throws(RegistryError) -> Secret {
        guard let realm = challenge.parameters["realm"].flatMap(HTTPAddress.init) else {
            throw RegistryError(.malformed, "\(origin) names no token service that can be asked")
        }
        if let problem = RedirectRule.problem(with: realm.origin, from: origin, origin) {
            throw RegistryError(.malformed, "\(origin) names \(realm.origin) as its token service: \(problem)")
        }
        // What the server says first: some services read only the first one.
        var scopes = challenge.parameters["scope"].map { [$0] } ?? []
        if !scopes.contains(scope) { scopes.append(scope) }
        let service = challenge.parameters["service"]
        if case .identityToken(let token)? = credential {
            var form = "grant_type=refresh_token&refresh_token=\(percentEncoded(token.value))"
            if let service { form += "&service=\(percentEncoded(service))" }
            form += "&scope=\(percentEncoded(scopes.joined(separator: " ")))&client_id=sbomkit"
            let answer = try ask(HTTPRequest(method: .post(Secret(form)), address: realm), client)
            // Services without OAuth 2 do not have the method.
            if let answer { return answer }
        }
        var address = realm
        if let service { address = address.adding("service", service) }
        for scope in scopes { address = address.adding("scope", scope) }
        var request = HTTPRequest(address: address)
        switch credential {
        case .password(let name, let password):
            request.address = address.adding("account", name)
            request.authorization = Self.basic(name, password)
        case .identityToken(let token): request.authorization = Self.basic("<token>", token)
        case .registryToken, nil: break
        }
        guard let token = try ask(request, client) else {
            throw RegistryError(.malformed, "\(realm): there is no such token service")
        }
        return token
    }

    /// The token in the answer to a request; nil if there is nothing at the address, or not by that method.
    private func ask(_ request: HTTPRequest, _ client: HTTPClient) throws(RegistryError) -> Secret? {
        let service = request.address
        let status: Int
        let body: [UInt8]
        do throws(HTTPFailure) {
            let response = try client.open(request)
            status = response.head.status
            body = try response.body(upTo: Limits.tokenAnswerSize)
        } catch {
            throw RegistryError(error, service.origin)
        }
        switch status {
        case 200: break
        case 404, 405: return nil
        case 400, 401, 403:
            throw RegistryError(.denied, "the token service \(service) answers \(status)")
        default: throw RegistryError(.unavailable, "the token service \(service) answers \(status)")
        }
        guard body.count <= Limits.tokenAnswerSize else {
            throw RegistryError(.malformed, "\(service): \(LimitError(name: "tokenAnswerSize"))")
        }
        // Nothing of the answer stands in a message, because it may be the token.
        guard case .object(let answer)? = try? JSONValue(parsing: body, limits: Limits()) else {
            throw RegistryError(.malformed, "\(service): expected a JSON object with a token")
        }
        for name in ["token", "access_token"] {
            if case .string(let token)? = answer[name], !token.isEmpty { return Secret(token) }
        }
        throw RegistryError(.malformed, "\(service): expected a token, or an access_token")
    }
}
