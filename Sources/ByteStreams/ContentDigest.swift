internal import CCrypto

/// The digest that names a blob: an algorithm and its value (OCI image-spec, descriptor.md, "Digests").
package struct ContentDigest: Sendable, Hashable, CustomStringConvertible {
    /// The algorithms that OCI registers and we compute.
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha256
        case sha512

        var byteCount: Int { self == .sha256 ? 32 : 64 }
    }

    package let algorithm: Algorithm
    /// Lower-case hexadecimal.
    package let hex: String

    /// Reads `sha256:…`; nil if the algorithm is another or the value has not its length and lower-case digits.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            return nil
        }
        let hex = text[text.index(after: colon)...]
        let isHex = hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard hex.utf8.count == algorithm.byteCount * 2, isHex else { return nil }
        self.algorithm = algorithm
        self.hex = String(hex)
    }

    init(_ algorithm: Algorithm, _ value: [UInt8]) {
        self.algorithm = algorithm
        hex = hexadecimal(value)
    }

    /// The digest of `bytes`.
    package static func of(_ bytes: [UInt8], _ algorithm: Algorithm = .sha256) -> ContentDigest {
        var hash = RunningHash(algorithm == .sha256 ? .sha256 : .sha512)
        hash.update(bytes.span)
        return ContentDigest(algorithm, hash.finish())
    }

    package var description: String { "\(algorithm.rawValue):\(hex)" }
}

/// Lower-case hexadecimal digits, two a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
    return String(decoding: text, as: UTF8.self)
}

/// A hash over bytes that arrive in pieces, computed by OpenSSL's libcrypto.
///
/// Owns one `EVP_MD_CTX`, and is the only code in the package that touches one.
@safe package struct RunningHash: ~Copyable {
    /// What can be computed; SHA-1 is there for UUIDs of version 5 (RFC 9562 §5.5) and rpm's older header digests.
    package enum Function: Sendable {
        case sha1
        case sha256
        case sha512
    }

    private let context: OpaquePointer?

    /// A hash over no bytes yet.
    package init(_ function: Function) {
        unsafe context = EVP_MD_CTX_new()
        switch function {
        case .sha1: unsafe EVP_DigestInit_ex(context, EVP_sha1(), nil)
        case .sha256: unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
        case .sha512: unsafe EVP_DigestInit_ex(context, EVP_sha512(), nil)
        }
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        // SAFETY: libcrypto reads exactly the count of bytes that the span has, and keeps no pointer.
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
    }

    /// The value of the hash.
    ///
    /// Ask once.
    package mutating func finish() -> [UInt8] {
        // SAFETY: EVP_MAX_MD_SIZE is 64; the function writes as many bytes as it reports.
        Array(capacity: 64) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, initialised in
                var count: UInt32 = 0
                unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, &count)
                initialised = Int(count)
            }
        }
    }
}
