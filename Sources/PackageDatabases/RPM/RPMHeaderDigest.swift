internal import ByteStreams

extension RPMHeader {
    /// The tag of the digest in the header that does not fit what it was taken over, or nil if one fits or there is none.
    ///
    /// This is how damage inside a name or a version shows: such a header parses like any other. rpm checks the same
    /// digest when it reads its database, and leaves out the package.
    var wrongDigest: String? {
        guard let parts = signedParts else { return nil }
        let stored: (tag: String, text: RPMString, function: RunningHash.Function)
        if let text = string(.sha256Header) {
            stored = ("SHA256HEADER", text, .sha256)
        } else if let text = string(.sha1Header) {
            stored = ("SHA1HEADER", text, .sha1)
        } else {
            return nil
        }
        var hash = RunningHash(stored.function)
        for part in parts { hash.update(part.span) }
        return hexadecimal(hash.finish()).utf8.elementsEqual(stored.text.bytes) ? nil : stored.tag
    }
}
