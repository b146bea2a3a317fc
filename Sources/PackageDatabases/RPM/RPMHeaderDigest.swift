internal import CCrypto

extension RPMHeader {
    /// The tag of the digest in the header that does not fit what it was taken over, or nil if one fits or there is none.
    ///
    /// This is how damage inside a name or a version shows: such a header parses like any other. rpm checks the same
    /// digest when it reads its database, and leaves out the package.
    var wrongDigest: String? {
        guard let parts = signedParts else { return nil }
        let stored: (tag: String, text: HeaderString, algorithm: DigestAlgorithm)
        if let text = string(.sha256Header) {
            stored = ("SHA256HEADER", text, .sha256)
        } else if let text = string(.sha1Header) {
            stored = ("SHA1HEADER", text, .sha1)
        } else {
            return nil
        }
        guard let digest = Self.digest(of: parts, stored.algorithm) else { return nil }
        return Self.hexadecimal(digest[...]).utf8.elementsEqual(stored.text.bytes) ? nil : stored.tag
    }

    /// Bytes in lower-case hexadecimal.
    static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private enum DigestAlgorithm {
        case sha1
        case sha256
    }

    private static func digest(of parts: [ArraySlice<UInt8>], _ algorithm: DigestAlgorithm) -> [UInt8]? {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        defer { unsafe EVP_MD_CTX_free(context) }
        let kind =
            switch algorithm {
            case .sha1: unsafe EVP_sha1()
            case .sha256: unsafe EVP_sha256()
            }
        guard unsafe EVP_DigestInit_ex(context, kind, nil) == 1 else { return nil }
        for part in parts {
            // SAFETY: libcrypto reads the bytes of the buffer during the call, and keeps no pointer.
            let updated = unsafe part.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
            guard updated == 1 else { return nil }
        }
        // SAFETY: EVP_MAX_MD_SIZE is the most that EVP_DigestFinal_ex writes.
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard unsafe EVP_DigestFinal_ex(context, &digest, &count) == 1 else { return nil }
        return Array(digest.prefix(Int(count)))
    }
}
