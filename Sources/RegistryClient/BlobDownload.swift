package import ByteStreams

/// The bytes of a blob from a registry, in one stream however often the connection ends.
///
/// What was read is never read again: after a failure the rest is asked for (RFC 9110 §14.2), so that a hash or a decoder
/// behind it goes on without knowing.
package struct BlobDownload: ByteSource, ~Copyable {
    private let repository: Repository
    private let digest: ContentDigest
    private let size: Int
    private var response: HTTPClient.Response?
    private var offset = 0
    /// The bytes of the answer that were read before: the server does not give parts.
    private var surplus = 0
    /// How often the connection ended since the last progress that counts.
    private var failures = 0
    private var offsetOfLastFailure = 0

    /// So much has to arrive so that a connection which ends again is asked for once more.
    private static let progress = 64 << 10
    /// The waiting time before the first of these requests, in milliseconds.
    private static let shortDelay = 100

    /// Opens a blob.
    ///
    /// - Throws: ``RegistryError``, or ``VerificationError`` if the registry says that it has another size.
    package init(_ repository: Repository, _ digest: ContentDigest, size: Int) throws {
        self.repository = repository
        self.digest = digest
        self.size = size
        let response = try repository.blob(digest, from: 0)
        if let found = response.head.contentLength, found != size {
            throw VerificationError.size(expected: size, found: found)
        }
        self.response = response
    }

    package mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        while true {
            if response == nil { try reopen() }
            guard let response else { return }
            do throws(HTTPFailure) {
                while surplus > 0 {
                    var passed: [UInt8] = []
                    try passed.append(addingCapacity: min(surplus, 64 << 10)) { output throws(HTTPFailure) in
                        try response.read(onto: &output)
                    }
                    guard !passed.isEmpty else {
                        throw HTTPFailure(kind: .interrupted, description: "the answer is too short")
                    }
                    surplus -= passed.count
                }
                let before = output.count
                try response.read(onto: &output)
                offset += output.count - before
                // An answer that does not say how long it is ends where the connection does.
                guard output.count > before || offset >= size else {
                    throw HTTPFailure(kind: .interrupted, description: "the answer is too short")
                }
                return
            } catch {
                // All of it is here; how the connection ended does not matter.
                if offset == size { return }
                try wait(error, response.address.origin)
            }
        }
    }

    private mutating func wait(_ failure: HTTPFailure, _ origin: HTTPAddress.Origin) throws(RegistryError) {
        response = nil
        if offset - offsetOfLastFailure >= Self.progress { failures = 0 }
        offsetOfLastFailure = offset
        // A connection that had brought something is likely to do so at once.
        let delay = failures == 0 ? Self.shortDelay : repository.retries.delay(afterAttempt: failures - 1, nil)
        guard failure.isPassing, let delay else {
            throw RegistryError(
                .unavailable, "\(origin): the connection ended after \(offset) of \(size) bytes: \(failure)")
        }
        failures += 1
        Clock.sleep(milliseconds: delay)
    }

    /// Asks for what was not read: at the registry itself, because signed addresses of storage services expire.
    private mutating func reopen() throws {
        guard offset < size else { return }
        guard offset > 0 else {
            response = try repository.blob(digest, from: 0)
            return
        }
        let response: HTTPClient.Response
        do throws(RegistryError) {
            response = try repository.blob(digest, from: offset)
        } catch {
            // Some proxies refuse requests for parts: then it begins again.
            guard error.kind == .unavailable else { throw error }
            response = try repository.blob(digest, from: 0)
        }
        if response.head.status == 206 {
            guard let range = response.head.contentRange, range.first == offset, range.size == nil || range.size == size
            else {
                throw RegistryError(
                    .malformed, "\(response.address.origin) answers with another part than was asked for")
            }
        } else {
            surplus = offset
        }
        self.response = response
    }
}
