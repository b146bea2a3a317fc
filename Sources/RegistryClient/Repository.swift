package import ByteStreams
internal import StructuredText
internal import Synchronization

/// A repository in a registry (OCI distribution-spec 1.1).
package final class Repository: Sendable {
    // A class, because all requests share connections and what the servers accepted.

    /// An index or manifest, as the registry has it.
    package struct Manifest: Sendable {
        /// The whole text.
        package let bytes: [UInt8]
        /// The media type that the registry says it is of; empty if it does not.
        package let mediaType: String
        /// The digest, computed.
        package let digest: ContentDigest
    }

    private struct State {
        var connection: (client: HTTPClient, origin: HTTPAddress.Origin)?
        var authenticators: [HTTPAddress.Origin: Authenticator] = [:]
        var warnings: [String] = []
        var isExplained = false
    }

    /// The registry and the path, as the user knows them.
    package let name: String
    private let host: String
    private let path: String
    private let options: RegistryOptions
    private let limits: Limits
    /// Whether the user named this registry, so that what was given on the command line is for it.
    private let isNamed: Bool
    private let state = Mutex(State())

    /// The repository at a path of a registry; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - host: The registry, with its port if it has one.
    ///   - path: The path in the registry.
    ///   - isNamed: Whether the user named it as what is to be read, and not as a mirror of that.
    ///   - options: How it is reached.
    ///   - limits: The bounds of what is read.
    package init(_ host: String, _ path: String, isNamed: Bool, _ options: RegistryOptions, limits: Limits) {
        self.host = host
        self.path = path
        name = "\(host)/\(path)"
        self.isNamed = isNamed
        self.options = options
        self.limits = limits
    }

    // MARK: What a registry has

    /// The media types of indexes and manifests that are read.
    package static let manifestTypes = [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json",
    ]
    /// Those that are not read, but can be told from nothing.
    private static let otherTypes = [
        "application/vnd.oci.artifact.manifest.v1+json", "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "application/vnd.docker.distribution.manifest.v1+json",
    ]

    /// An index or manifest by its tag or digest.
    ///
    /// - Throws: ``RegistryError``, or ``VerificationError`` if the bytes are not those of the digest.
    package func manifest(_ version: String) throws -> Manifest {
        let types = Self.manifestTypes + Self.otherTypes
        let response = try open("manifests/\(version)", accept: types.joined(separator: ", "))
        let bytes = try all(of: response, upTo: limits.manifestSize)
        guard bytes.count <= limits.manifestSize else {
            throw RegistryError(.malformed, "\(LimitError(name: "manifestSize"))")
        }
        let expected = ContentDigest(version)
        let digest = ContentDigest.of(bytes, expected?.algorithm ?? .sha256)
        if let expected, digest != expected { throw VerificationError.digest(expected: expected, found: digest) }
        let type = response.head.mediaType ?? ""
        return Manifest(bytes: bytes, mediaType: types.contains(type) ? type : "", digest: digest)
    }

    /// What the registry lists as being about a manifest (OCI distribution-spec 1.1, "Listing Referrers"): indexes, the
    /// pages of one list.
    ///
    /// - Returns: The pages; nil if the registry has no such list.
    /// - Throws: ``RegistryError`` if the registry fails in another way.
    package func referrers(of digest: ContentDigest) throws(RegistryError) -> [[UInt8]]? {
        var pages: [[UInt8]] = []
        var target = "referrers/\(digest)"
        while true {
            let response: HTTPClient.Response
            do throws(RegistryError) {
                response = try open(target, accept: Self.indexType)
            } catch {
                // Registries that do not know the request answer in many ways, some of them that it is forbidden.
                guard pages.isEmpty else { throw error }
                switch error.kind {
                case .missing, .denied: return nil
                case .unavailable where error.status.map { $0 < 429 } ?? false: return nil
                case .unavailable, .notSecure, .certificate, .malformed: throw error
                }
            }
            guard response.head.mediaType == Self.indexType else { return nil }
            let bytes = try all(of: response, upTo: limits.manifestSize)
            guard bytes.count <= limits.manifestSize else {
                throw RegistryError(.malformed, "\(LimitError(name: "manifestSize"))")
            }
            pages.append(bytes)
            guard let next = try Self.next(in: response.head, after: response.address) else { return pages }
            guard pages.count < Limits.referrerPages else {
                throw RegistryError(.malformed, "the list of referrers has \(LimitError(name: "referrerPages"))")
            }
            guard let place = next.firstRange(of: "/referrers/") else {
                throw RegistryError(.malformed, "the list of referrers goes on at another place")
            }
            target = "referrers/" + next[place.upperBound...]
        }
    }

    private static let indexType = "application/vnd.oci.image.index.v1+json"

    /// The path of the page that follows (RFC 8288: `<ADDRESS>; rel="next"`); nil if there is none.
    private static func next(in head: HTTPHead, after address: HTTPAddress) throws(RegistryError) -> String? {
        for value in head.values("link") where value.contains("rel=\"next\"") || value.contains("rel=next") {
            guard let start = value.firstIndex(of: "<"), let end = value.firstIndex(of: ">"), start < end,
                let next = address.resolving(String(value[value.index(after: start)..<end])),
                next.origin == address.origin
            else { throw RegistryError(.malformed, "the list of referrers goes on at another place") }
            return next.target
        }
        return nil
    }

    /// Whether the registry has a blob.
    package func has(_ digest: ContentDigest) -> Bool {
        // What cannot be asked for cannot be read either.
        (try? open("blobs/\(digest)", method: .head)) != nil
    }

    /// Opens a blob, from its first byte or a later one.
    func blob(_ digest: ContentDigest, from firstByte: Int) throws(RegistryError) -> HTTPClient.Response {
        try open("blobs/\(digest)", from: firstByte)
    }

    /// How often and when what was cut off is asked for again.
    var retries: RetryPolicy { options.retries }

    /// What the registry wants its users to read (distribution-spec, "Warnings"), each once.
    package var warnings: [String] { state.withLock { $0.warnings } }

    /// All of an answer, or the first bytes of it if it is larger.
    private func all(of response: HTTPClient.Response, upTo limit: Int) throws(RegistryError) -> [UInt8] {
        do throws(HTTPFailure) {
            return try response.body(upTo: limit)
        } catch {
            throw RegistryError(error, response.address.origin)
        }
    }

    // MARK: Requests

    /// Makes a request and proves who asks, if the registry wants to know.
    ///
    /// - Returns: An answer that has what was asked for, its body still to be read.
    /// - Throws: ``RegistryError`` for every other answer.
    private func open(
        _ target: String, method: HTTPRequest.Method = .get, accept: String? = nil, from firstByte: Int = 0
    ) throws(RegistryError) -> HTTPClient.Response {
        let (client, origin) = try connected()
        let own = authenticator(of: origin)
        var request = HTTPRequest(method: method, address: HTTPAddress(origin, "/v2/\(path)/\(target)"), accept: accept)
        if firstByte > 0 { request.firstByte = firstByte }
        var rounds = 0
        while true {
            request.authorization = own.authorization
            let response: HTTPClient.Response
            do throws(HTTPFailure) {
                response = try client.open(request) { known(at: $0) }
            } catch {
                throw RegistryError(error, origin)
            }
            note(response.head)
            let head = response.head
            if [200, 206].contains(head.status) {
                explainOpenness(request)
                return response
            }
            let challenges = Challenge.parsing(head.values("www-authenticate"))
            let isInsufficient =
                head.status == 403 && challenges.contains { $0.parameters["error"] == "insufficient_scope" }
            if head.status == 401 || isInsufficient, rounds < 2 {
                rounds += 1
                let server = response.address.origin
                let asked = challenges.isEmpty && server == origin ? ping(client, origin) : challenges
                let authenticator = authenticator(of: server)
                do throws(RegistryError) {
                    if try authenticator.answer(asked, client) {
                        response.drain()
                        continue
                    }
                } catch {
                    guard error.kind == .denied, let lookup = authenticator.lookup else { throw error }
                    throw RegistryError(.denied, error.description + words(about: lookup))
                }
            }
            throw error(of: response)
        }
    }

    /// What `/v2/` asks for: some registries leave it out where it matters.
    private func ping(_ client: HTTPClient, _ origin: HTTPAddress.Origin) -> [Challenge] {
        let response = try? client.open(HTTPRequest(address: HTTPAddress(origin, "/v2/")))
        return Challenge.parsing(response?.head.values("www-authenticate") ?? [])
    }

    /// Reports once that the registry did not ask for credentials, so that none were looked for.
    private func explainOpenness(_ request: HTTPRequest) {
        guard let explain = options.explain, request.authorization == nil else { return }
        let isFirst = state.withLock { state in
            defer { state.isExplained = true }
            return !state.isExplained && state.authenticators.values.allSatisfy { $0.lookup == nil }
        }
        if isFirst { explain("\(host): it asks for no credentials") }
    }

    private func note(_ head: HTTPHead) {
        // `299 - "text"`; other codes are those of caches.
        for value in head.values("warning") where value.hasPrefix("299 ") {
            guard let start = value.firstIndex(of: "\""), let end = value.lastIndex(of: "\""), start < end else {
                continue
            }
            let text = String(value[value.index(after: start)..<end].prefix(1_000))
            state.withLock { state in
                if state.warnings.count < limits.diagnosticCount, !state.warnings.contains(text) {
                    state.warnings.append(text)
                }
            }
        }
    }

    // MARK: Servers

    /// The client and the server; which of the two schemes it speaks is found out once.
    private func connected() throws(RegistryError) -> (HTTPClient, HTTPAddress.Origin) {
        if let connection = state.withLock({ $0.connection }) { return connection }
        // The name of the registry is not that of its server (docker's documentation of `docker pull`).
        let server = host == "docker.io" ? "registry-1.docker.io" : host
        guard let secure = HTTPAddress.Origin(isSecure: true, authority: server),
            let plain = HTTPAddress.Origin(isSecure: false, authority: server)
        else { throw RegistryError(.malformed, "\(server) is no name of a server") }
        let origin: HTTPAddress.Origin
        if options.usesPlainHTTP {
            origin = plain
        } else if secure.isLoopback {
            origin = try isSecure(secure) ? secure : plain
        } else {
            origin = secure
        }
        let connection = (try client(origin), origin)
        return state.withLock { state in
            let connection = state.connection ?? connection
            state.connection = connection
            return connection
        }
    }

    private func client(_ origin: HTTPAddress.Origin, retrying: Bool = true) throws(RegistryError) -> HTTPClient {
        var settings = TransferSettings()
        settings.userAgent = options.userAgent
        settings.checksCertificates = !options.trustsAnyCertificate
        settings.stallTime = options.stallTime
        settings.trust = try TrustSettings(for: host)
        var retries = options.retries
        if !retrying { (retries.delays, retries.limitedDelays) = ([], []) }
        return HTTPClient(home: origin, settings, retries)
    }

    /// Whether a server of this machine, where registries for development run, speaks TLS.
    private func isSecure(_ origin: HTTPAddress.Origin) throws(RegistryError) -> Bool {
        let client = try client(origin, retrying: false)
        do throws(HTTPFailure) {
            _ = try client.open(HTTPRequest(address: HTTPAddress(origin, "/v2/")))
            return true
        } catch {
            switch error.kind {
            // A server that does not know TLS answers in plain text, or ends the connection.
            case .notSecure, .interrupted, .unreachable: return false
            case .certificate, .refused: throw RegistryError(error, origin)
            }
        }
    }

    private func authenticator(of origin: HTTPAddress.Origin) -> Authenticator {
        state.withLock { state in
            if let known = state.authenticators[origin] { return known }
            // A server that a redirect led to is asked without a name, as its own users are.
            let isOwn = state.connection?.origin == origin
            let (host, path, options, isNamed) = (host, path, options, isNamed)
            let new = Authenticator(origin, path) { () throws(RegistryError) in
                isOwn ? try Self.credential(host, path, options, isNamed: isNamed) : CredentialLookup()
            }
            state.authenticators[origin] = new
            return new
        }
    }

    private func known(at origin: HTTPAddress.Origin) -> Secret? {
        state.withLock { $0.authenticators[origin] }?.authorization
    }

    private static func credential(
        _ host: String, _ path: String, _ options: RegistryOptions, isNamed: Bool
    ) throws(RegistryError) -> CredentialLookup {
        var lookup = CredentialLookup()
        if options.isAnonymous {
            options.explain?("\(host): no credentials are looked for, as was asked")
            return lookup
        }
        if isNamed, let login = options.login {
            lookup.credential = .password(name: login.name, login.password)
            lookup.source = "the command line"
        } else {
            lookup = try CredentialSearch(options).lookup(host, path)
        }
        for problem in lookup.problems { options.explain?("\(host): \(problem)") }
        if let source = lookup.source {
            options.explain?("\(host): credentials from \(source)")
        } else {
            options.explain?(
                "\(host): no credentials"
                    + (lookup.searched.isEmpty ? "" : " in \(lookup.searched.joined(separator: ", "))"))
        }
        return lookup
    }

    // MARK: Errors

    /// The error of an answer that has not what was asked for.
    private func error(of response: HTTPClient.Response) -> RegistryError {
        let (head, server) = (response.head, response.address.origin)
        let said = Self.text(inError: (try? response.body(upTo: Limits.errorAnswerSize)) ?? [], head)
        let end = said.isEmpty ? "" : ": \(said)"
        switch head.status {
        case 401, 403:
            let lookup = state.withLock { $0.authenticators[server] }?.lookup
            let words = "\(head.status) from \(server)\(end); it is private, or does not exist"
            return RegistryError(.denied, words + (lookup.map { self.words(about: $0) } ?? ""))
        case 404: return RegistryError(.missing, "404 from \(server)\(end)", status: 404)
        case 429:
            var words = "429 from \(server)\(end)"
            if let left = head.value("ratelimit-remaining") {
                words += "; left: \(left)"
                if let limit = head.value("ratelimit-limit") { words += " of \(limit)" }
            }
            if let time = head.value("retry-after") { words += "; it asks to wait for \(time) s" }
            return RegistryError(.unavailable, words)
        case 300..<400: return RegistryError(.malformed, "\(head.status) from \(server), without an address")
        default: return RegistryError(.unavailable, "\(head.status) from \(server)\(end)", status: head.status)
        }
    }

    /// Where credentials that do not help were found, or looked for, as the end of a message.
    private func words(about lookup: CredentialLookup) -> String {
        if let source = lookup.source { return "; the credentials from \(source) do not open it" }
        guard !options.isAnonymous else { return "" }
        let places = lookup.searched.isEmpty ? "" : " in \(lookup.searched.joined(separator: ", "))"
        return "; no credentials for it were found\(places)" + lookup.problems.map { "; \($0)" }.joined()
    }

    /// What the body of an error says, on one line (distribution-spec, "Error Codes").
    private static func text(inError body: [UInt8], _ head: HTTPHead) -> String {
        if case .object(let object)? = try? JSONValue(parsing: body, limits: Limits()) {
            if case .array(let errors)? = object["errors"] {
                let texts = errors.prefix(3).compactMap { error -> String? in
                    guard case .object(let error) = error else { return nil }
                    let parts = ["code", "message"].compactMap { name -> String? in
                        guard case .string(let text)? = error[name], !text.isEmpty else { return nil }
                        return text
                    }
                    return parts.isEmpty ? nil : parts.joined(separator: ": ")
                }
                return line(texts.joined(separator: "; "))
            }
            for name in ["details", "message", "error"] {
                if case .string(let text)? = object[name] { return line(text) }
            }
            return ""
        }
        // A page for people, or what a proxy says.
        guard head.mediaType != "text/html" else { return "a web page" }
        let text = String(decoding: body.prefix(400), as: UTF8.self)
        return text.hasPrefix("<") ? "a web page" : line(text)
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: { $0.isWhitespace || $0.isNewline }).joined(separator: " ").prefix(400).description
    }
}
