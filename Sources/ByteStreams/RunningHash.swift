internal import CCrypto

/// A hash over bytes that arrive in pieces, computed by OpenSSL's libcrypto.
///
/// It owns one `EVP_MD_CTX`, and no other code in the package touches one.
@safe package struct RunningHash: ~Copyable {
    /// The hash functions.
    ///
    /// SHA-1 is needed for UUIDs of version 5 (RFC 9562 §5.5), for rpm's older header digests and for the verification
    /// codes of packages (SPDX 2.3 §7.9), MD5 for the digests of files that dpkg and older rpm databases have.
    package enum Function: Sendable {
        case md5
        case sha1
        case sha256
        case sha512
    }

    private let context: OpaquePointer?
    /// Whether libcrypto has the function: in its FIPS mode it has no MD5.
    private let isAvailable: Bool

    /// A hash over no bytes yet.
    package init(_ function: Function) {
        // SAFETY: the context is used by this value alone and freed in `deinit`; libcrypto accepts a null context.
        unsafe context = EVP_MD_CTX_new()
        let result =
            switch function {
            case .md5: unsafe EVP_DigestInit_ex(context, EVP_md5(), nil)
            case .sha1: unsafe EVP_DigestInit_ex(context, EVP_sha1(), nil)
            case .sha256: unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
            case .sha512: unsafe EVP_DigestInit_ex(context, EVP_sha512(), nil)
            }
        isAvailable = result == 1
    }

    // SAFETY: the context was made in `init` and nothing else keeps it.
    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        guard isAvailable else { return }
        // SAFETY: libcrypto reads exactly the count of bytes that the span has, and keeps no pointer.
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
    }

    /// The value of the hash; to be called once.
    ///
    /// It is empty if libcrypto does not have the function.
    package mutating func finish() -> [UInt8] {
        guard isAvailable else { return [] }
        // SAFETY: EVP_MAX_MD_SIZE is 64; the function writes as many bytes as it reports.
        return Array(capacity: 64) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, initialised in
                var count: UInt32 = 0
                unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, &count)
                initialised = Int(count)
            }
        }
    }
}
