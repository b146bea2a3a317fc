internal import ByteStreams

extension RPMHeader {
    /// The tag of a header digest that does not match, or nil if one matches or none is present.
    ///
    /// Damage inside a name or a version shows only here, because such a header parses like any other. rpm checks the same
    /// digest when it reads its database, and does not list the package.
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
