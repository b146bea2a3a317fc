package import ByteStreams
internal import Glibc

/// Where an image is, as a user names it.
package enum ImageLocation: Sendable, Hashable {
    /// An OCI layout in a folder of this machine: `[oci:]DIR[:TAG|@DIGEST]`.
    case layoutFolder(LayoutReference)

    /// Parses what a user wrote; nothing is looked up.
    ///
    /// - Throws: ``ImageError`` if it names no image.
    package init(parsing text: String) throws(ImageError) {
        self = .layoutFolder(try LayoutReference(parsing: text))
    }

    /// The layout that holds the image, and which of its images is meant.
    ///
    /// - Throws: ``ImageError`` if there is no such folder, or what follows it is neither a tag nor a digest.
    package func layout(
        limits: Limits
    ) throws(ImageError) -> (layout: ImageLayout, selector: ImageLayout.Selector) {
        switch self {
        case .layoutFolder(let reference):
            let (folder, selector) = try reference.resolved()
            return (ImageLayout(folder: folder, limits: limits), selector)
        }
    }

    /// Whether the text names an image and not a document: it begins with `oci:`, or leads to a folder that is a layout.
    ///
    /// A file is a document whatever it is called. This is the only place that decides it.
    package static func isImage(_ text: String) -> Bool {
        // Standard input.
        guard text != "-" else { return false }
        if fileType(of: text).map({ $0 != S_IFDIR }) == true { return false }
        if text.hasPrefix(LayoutReference.prefix) { return true }
        guard let reference = try? LayoutReference(parsing: text), let (folder, _) = try? reference.resolved() else {
            // Nothing is there: then it is a document, and reading that reports what is wrong.
            return false
        }
        return ImageLayout.isLayout(FolderBlobStore(folder: folder))
    }
}

/// A folder and which of the images in it is meant: `[oci:]DIR[:TAG|@DIGEST]`.
///
/// Names of folders and tags may have colons, so the text alone does not tell where the folder ends.
package struct LayoutReference: Sendable, Hashable {
    /// The prefix that may stand before the folder.
    static let prefix = "oci:"

    /// A way to divide the text; `selector` is nil if what follows the folder is neither a tag nor a digest.
    private struct Division: Sendable, Hashable {
        let folder: String
        let selector: ImageLayout.Selector?
        let isDigest: Bool
    }

    /// As the user wrote it.
    private let text: String
    /// The ways to divide it, the longest folder first.
    private let divisions: [Division]

    /// Parses a reference; nothing is looked up.
    ///
    /// - Throws: ``ImageError`` if there is no folder in it.
    package init(parsing text: String) throws(ImageError) {
        let whole = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        // The system takes a zero byte for the end of a name, and would read another folder.
        guard !whole.isEmpty, !whole.utf8.contains(0) else {
            throw ImageError(.missing, at: text, "expected the folder of an OCI layout: [oci:]DIR[:TAG|@DIGEST]")
        }
        self.text = text
        var divisions = [Division(folder: whole, selector: .any, isDigest: false)]
        for place in whole.indices.reversed() where whole[place] == ":" || whole[place] == "@" {
            let folder = String(whole[..<place])
            guard !folder.isEmpty else { continue }
            let name = String(whole[whole.index(after: place)...])
            let selector: ImageLayout.Selector? =
                if whole[place] == "@" {
                    ContentDigest(name).map(ImageLayout.Selector.digest)
                } else {
                    name.isEmpty ? nil : .tag(name)
                }
            divisions.append(Division(folder: folder, selector: selector, isDigest: whole[place] == "@"))
        }
        self.divisions = divisions
    }

    /// The folder that exists, and which of its images is meant.
    ///
    /// The longest beginning of the text that is a folder of this machine counts. So a folder with a colon in its name can
    /// be given, and a tag may be a whole reference with colons of its own.
    ///
    /// - Throws: ``ImageError`` if no beginning is a folder, or what follows it is neither a tag nor a digest.
    package func resolved() throws(ImageError) -> (folder: String, selector: ImageLayout.Selector) {
        for division in divisions where fileType(of: division.folder) == S_IFDIR {
            guard let selector = division.selector else {
                throw division.isDigest
                    ? ImageError(
                        .malformed, at: text,
                        "expected a digest such as sha256: and 64 hexadecimal digits after the @")
                    : ImageError(.missing, at: text, "expected a tag after the colon")
            }
            var folder = division.folder
            while folder.utf8.count > 1, folder.hasSuffix("/") { folder.removeLast() }
            return (folder, selector)
        }
        let whole = divisions[0].folder
        guard fileType(of: whole) != nil else {
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
}

/// The type bits of what a path leads to; nil if nothing is there.
private func fileType(of path: String) -> mode_t? {
    var status = stat()
    // SAFETY: the path is a string that lives through the call, and `status` is written by it alone.
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
}
