internal import ByteStreams
internal import Synchronization

/// How often and after which time a request is made again, in milliseconds.
package struct RetryPolicy: Sendable {
    /// The waiting times before a request is repeated after a failure that may pass.
    package var delays = [1_000, 3_000]
    /// The waiting times where the server says that there were too many requests, if it does not say how long.
    package var limitedDelays = [2_000, 4_000, 8_000, 16_000]
    /// The longest time that a server may ask for.
    package var longestDelay = 120_000

    package init() {}

    /// Statuses after which the same request may succeed: what servers and the proxies before them answer under load.
    static let passingStatuses: Set = [408, 429, 499, 500, 502, 503, 504, 522]

    /// How long to wait before the request is made for another time; nil if it is not.
    ///
    /// - Parameters:
    ///   - attempt: How often it was repeated already.
    ///   - head: The answer; nil if there was none.
    /// - Returns: The time in milliseconds.
    func delay(afterAttempt attempt: Int, _ head: HTTPHead?) -> Int? {
        let isLimited = head?.status == 429
        let delays = isLimited ? limitedDelays : delays
        guard delays.indices.contains(attempt) else { return nil }
        if let seconds = head?.retryAfter {
            let (asked, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
            return overflow || asked > longestDelay ? nil : asked
        }
        // Callers that failed together do not come back together.
        return delays[attempt] + Int.random(in: 0...max(1, delays[attempt] / 10))
    }
}

/// Makes requests: follows redirects, and repeats what may succeed the next time.
final class HTTPClient: Sendable {
    // A class, because all transfers share the connections that are kept.
    private let idle = Mutex<[HTTPConnection]>([])
    private let settings: TransferSettings
    private let retries: RetryPolicy
    /// The server whose answers begin a chain of redirects, and for which the certificates of the settings are.
    private let home: HTTPAddress.Origin

    init(home: HTTPAddress.Origin, _ settings: TransferSettings, _ retries: RetryPolicy) {
        self.home = home
        self.settings = settings
        self.retries = retries
    }

    /// An answer whose header is here, and whose body is still to be read.
    final class Response {
        let head: HTTPHead
        /// Where the answer comes from, after redirects.
        let address: HTTPAddress
        private let connection: HTTPConnection
        private let client: HTTPClient

        fileprivate init(_ head: HTTPHead, _ address: HTTPAddress, _ connection: HTTPConnection, _ client: HTTPClient) {
            self.head = head
            self.address = address
            self.connection = connection
            self.client = client
        }

        deinit { client.putBack(connection) }

        /// Appends what has come of the body; nothing at its end.
        func read(onto output: inout OutputSpan<UInt8>) throws(HTTPFailure) { try connection.read(onto: &output) }

        /// Reads the unread rest of a small body, so that the connection can be used again.
        func drain() {
            // A connection that cannot be used again is none.
            _ = try? body(upTo: Limits.errorAnswerSize)
        }

        /// All of the body, or its first bytes if it has more than `limit`.
        func body(upTo limit: Int) throws(HTTPFailure) -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count <= limit {
                let before = bytes.count
                try bytes.append(addingCapacity: min(64 << 10, limit + 1 - before)) { output throws(HTTPFailure) in
                    try read(onto: &output)
                }
                if bytes.count == before { break }
            }
            return bytes
        }
    }

    private func putBack(_ connection: HTTPConnection) {
        connection.stop()
        idle.withLock { $0.append(connection) }
    }

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - request: The request; its authorization is for the server that it names, and no other gets it.
    ///   - authorization: What another server is to know the caller by; asked for each server that a redirect leads to.
    /// - Returns: The answer, whatever its status is, except for redirects, which were followed.
    /// - Throws: ``HTTPFailure`` if there is no answer, or a redirect is not to be followed.
    func open(
        _ request: HTTPRequest, authorization: (HTTPAddress.Origin) -> Secret? = { _ in nil }
    ) throws(HTTPFailure) -> Response {
        var attempt = 0
        while true {
            let delay: Int
            do throws(HTTPFailure) {
                let response = try openOnce(request, authorization)
                guard RetryPolicy.passingStatuses.contains(response.head.status),
                    let time = retries.delay(afterAttempt: attempt, response.head)
                else { return response }
                delay = time
            } catch {
                guard error.isPassing, let time = retries.delay(afterAttempt: attempt, nil) else { throw error }
                delay = time
            }
            Clock.sleep(milliseconds: delay)
            attempt += 1
        }
    }

    private func openOnce(
        _ request: HTTPRequest, _ authorization: (HTTPAddress.Origin) -> Secret?
    ) throws(HTTPFailure) -> Response {
        var request = request
        let first = request.address.origin
        let given = request.authorization
        for _ in 0...Limits.redirectCount {
            var settings = settings
            // The registry's own authorities and client certificate are for the registry.
            if request.address.origin != home { settings.trust = TrustSettings.system }
            let kept = idle.withLock { $0.popLast() }
            let connection = if let kept { kept } else { try HTTPConnection() }
            connection.start(request, settings)
            let head = try connection.head()
            let response = Response(head, request.address, connection, self)
            guard [301, 302, 303, 307, 308].contains(head.status), let location = head.value("location") else {
                return response
            }
            response.drain()
            guard let next = request.address.resolving(location) else {
                throw HTTPFailure(
                    kind: .refused, description: "\(request.address.origin) redirects to what is no address of the web")
            }
            if let problem = RedirectRule.problem(with: next.origin, from: request.address.origin, first) {
                throw HTTPFailure(
                    kind: .refused, description: "\(request.address.origin) redirects to \(next.origin): \(problem)")
            }
            request.address = next
            // A secret is for one server: storage services refuse requests with a second one, besides.
            request.authorization = next.origin == first ? given : authorization(next.origin)
        }
        throw HTTPFailure(kind: .refused, description: "\(first): more redirects than the limit redirectCount allows")
    }
}

/// Where a server may send whoever asks it.
package enum RedirectRule {
    /// Why a server may not send a caller to another one; nil if it may.
    ///
    /// A registry on the Internet has no business with the network of whoever asks it: cloud machines have a service with
    /// secrets at 169.254.169.254.
    package static func problem(
        with next: HTTPAddress.Origin, from last: HTTPAddress.Origin, _ first: HTTPAddress.Origin
    ) -> String? {
        if last.isSecure, !next.isSecure { return "that is not encrypted" }
        if next.isLinkLocal, next.host != first.host { return "that is an address of a single link" }
        if next.isPrivate, !first.isPrivate { return "that is an address of a local network" }
        return nil
    }
}
