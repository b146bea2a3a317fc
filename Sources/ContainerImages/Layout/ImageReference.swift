package import ByteStreams
internal import Glibc

/// Which image of which OCI layout is meant: `[oci:]DIR[:TAG|@DIGEST]`.
package struct ImageReference: Sendable, Hashable {
    /// Which of the images in the layout.
    package enum Selector: Sendable, Hashable {
        case any
        /// By `org.opencontainers.image.ref.name`.
        case tag(String)
        case digest(ContentDigest)
    }

    /// The folder of the layout.
    package let folder: String
    package let selector: Selector

    /// Takes the text apart; the longest beginning that is a folder of this machine is the layout.
    ///
    /// So a folder with a colon in its name can be given, and a tag may be a whole reference with colons of its own.
    ///
    /// - Throws: ``ImageError`` if there is no such folder or what follows it is neither a tag nor a digest.
    package init(parsing text: String) throws(ImageError) {
        var rest = Substring(text)
        if rest.hasPrefix("oci:") { rest = rest.dropFirst(4) }
        let whole = String(rest)
        // A zero byte would end the name early for the system, and another folder would be read.
        guard !whole.isEmpty, !whole.utf8.contains(0) else {
            throw ImageError(.missing, at: text, "expected the folder of an OCI layout: [oci:]DIR[:TAG|@DIGEST]")
        }
        if isFolder(whole) {
            self.init(folder: whole, selector: .any)
            return
        }
        for place in whole.indices.reversed() where whole[place] == ":" || whole[place] == "@" {
            let folder = String(whole[..<place])
            let name = String(whole[whole.index(after: place)...])
            guard !folder.isEmpty, isFolder(folder) else { continue }
            if whole[place] == ":" {
                guard !name.isEmpty else { throw ImageError(.missing, at: text, "expected a tag after the colon") }
                self.init(folder: folder, selector: .tag(name))
                return
            }
            guard let digest = ContentDigest(name) else {
                throw ImageError(
                    .malformed, at: text, "expected a digest such as sha256: and 64 hexadecimal digits after the @")
            }
            self.init(folder: folder, selector: .digest(digest))
            return
        }
        guard unsafe access(whole, F_OK) == 0 else {
            throw ImageError(
                .missing, at: whole,
                "no such folder; expected an OCI layout, [oci:]DIR[:TAG|@DIGEST], as `skopeo copy SOURCE oci:DIR:TAG` "
                    + "writes it")
        }
        throw ImageError(
            .malformed, at: whole,
            "not a folder; expected an OCI layout (a folder with oci-layout and index.json), as "
                + "`skopeo copy SOURCE oci:DIR:TAG` writes it")
    }

    private init(folder: String, selector: Selector) {
        var folder = folder
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.folder = folder
        self.selector = selector
    }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
