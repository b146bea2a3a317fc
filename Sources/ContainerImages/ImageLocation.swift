package import ByteStreams
internal import Glibc
package import RegistryClient

/// Where an image is, as a user names it.
package enum ImageLocation: Sendable, Hashable {
    /// An OCI layout in a folder of this machine: `[oci:]DIR[:TAG|@DIGEST]`, or `oci-dir:`.
    case layoutFolder(LayoutReference)
    /// An archive of images: `oci-archive:FILE[:TAG|@DIGEST]`, `docker-archive:…`, a file, or `-` for standard input.
    case archive(LayoutReference)
    /// A folder with the manifest and the blobs of one image: `dir:DIR`.
    case manifestFolder(String)
    /// An image in a registry: `docker://REFERENCE`, as skopeo spells it, or `registry:REFERENCE`, as syft does.
    case registry(ImageReference)
    /// A root file system: `rootfs:DIR`.
    case rootFileSystem(String)
    /// A folder of layers, unpacked or in archives, the lowest first in the order of their names: `layers:DIR`.
    case layerFolder(String)

    /// Parses what a user wrote.
    ///
    /// A text without a prefix is an archive if it leads to a file, and a folder if not.
    ///
    /// - Throws: ``ImageError`` if it names no image.
    package init(parsing text: String) throws(ImageError) {
        func folder(_ prefix: String) throws(ImageError) -> String? {
            guard text.hasPrefix(prefix) else { return nil }
            let path = String(text.dropFirst(prefix.count))
            guard !path.isEmpty, !path.utf8.contains(0) else {
                throw ImageError(.missing, at: text, "expected a folder: \(prefix)DIR")
            }
            return path
        }
        if let reference = try Self.reference(in: text) {
            self = .registry(reference)
        } else if let problem = Self.notRead(text) {
            throw problem
        } else if text == "-" || LayoutReference.archivePrefixes.contains(where: text.hasPrefix) {
            self = .archive(try LayoutReference(parsing: text))
        } else if let path = try folder("dir:") {
            self = .manifestFolder(path)
        } else if let path = try folder("rootfs:") {
            self = .rootFileSystem(path)
        } else if let path = try folder("layers:") {
            self = .layerFolder(path)
        } else {
            let reference = try LayoutReference(parsing: text)
            let isPlain = !LayoutReference.prefixes.contains(where: text.hasPrefix)
            if isPlain, reference.leads(to: .file) {
                self = .archive(reference)
            } else if isPlain, Self.isManifestFolder(text) {
                self = .manifestFolder(text)
            } else {
                self = .layoutFolder(reference)
            }
        }
    }

    /// The prefixes of references to a registry.
    private static let registryPrefixes = ["docker://", "registry:"]
    /// The prefixes by which containers/image names stores that are not read, and what they are.
    private static let otherPrefixes = [
        ("docker-daemon:", "the images of a Docker daemon"),
        ("containers-storage:", "the images of podman and buildah"),
        ("podman:", "the images of podman"),
        ("ostree:", "OSTree repositories"),
    ]

    /// The reference behind a prefix of registries; nil without such a prefix.
    private static func reference(in text: String) throws(ImageError) -> ImageReference? {
        guard let prefix = registryPrefixes.first(where: text.hasPrefix) else { return nil }
        do throws(ReferenceError) {
            return try ImageReference(parsing: String(text.dropFirst(prefix.count)))
        } catch {
            throw ImageError(.missing, at: text, error.description)
        }
    }

    /// The registry and repository, if the text names an image in a registry; nil if not, or if it does so wrongly.
    package static func registry(in text: String) -> ImageReference? { (try? reference(in: text)) ?? nil }

    /// The error of a store that is not read; nil if the text names none.
    private static func notRead(_ text: String) -> ImageError? {
        guard let (prefix, what) = otherPrefixes.first(where: { text.hasPrefix($0.0) }) else { return nil }
        let source = prefix == "podman:" ? "containers-storage:" + text.dropFirst(prefix.count) : text
        return ImageError(
            .missing, at: text,
            "\(what) are not read; `skopeo copy \(source) oci-archive:image.tar` makes an archive that is")
    }

    /// Whether a folder has the manifest of one image, and is no layout.
    private static func isManifestFolder(_ folder: String) -> Bool {
        fileKind(of: folder) == .folder && fileKind(of: "\(folder)/\(ManifestFolderStore.manifestName)") == .file
            && !ImageLayout.isLayout(FolderBlobStore(folder: folder))
    }

    /// What a location leads to.
    package enum Content: Sendable {
        case image(Image)
        case artifact(Artifact)
    }

    /// The image at the location, or the only artifact that is no image where it has no image that fits.
    ///
    /// - Parameters:
    ///   - platform: What the image is to run on; nil if that does not matter.
    ///   - registries: How registries are reached.
    ///   - limits: The bounds of the reading.
    /// - Returns: The image, whose layers are not read, or the artifact.
    /// - Throws: ``ImageError``; if nothing or more than one thing fits, it lists what there is to select.
    package func content(
        platform: Platform?, registries: RegistryOptions, limits: Limits
    ) throws(ImageError) -> Content {
        switch self {
        case .registry(let reference): return try Self.content(of: reference, platform, registries, limits)
        case .archive(let reference):
            // Opened once: what comes from standard input cannot be read again.
            let (path, selector) = try reference.resolved(as: .file)
            let archive = try ArchiveFile(path: path, limits: limits)
            return try Self.content(of: ImageLayout(ArchiveBlobStore(archive), limits: limits), selector) {
                () throws(ImageError) in try Self.image(in: archive, selector, platform, limits)
            }
        case .layoutFolder, .manifestFolder:
            let (layout, selector) = try layout(platform: platform, registries: registries, limits: limits)
            return try Self.content(of: layout, selector) { () throws(ImageError) in
                try layout.image(selector, platform: platform)
            }
        case .rootFileSystem, .layerFolder:
            return .image(try image(platform: platform, registries: registries, limits: limits))
        }
    }

    /// The image, or the only artifact of a layout if no image fits.
    private static func content(
        of layout: ImageLayout, _ selector: ImageLayout.Selector, _ image: () throws(ImageError) -> Image
    ) throws(ImageError) -> Content {
        do throws(ImageError) {
            return .image(try image())
        } catch {
            // An archive of `docker save` has images only.
            guard error.code == .unresolved, ImageLayout.isLayout(layout.store),
                let artifact = try layout.artifact(selector)
            else { throw error }
            return .artifact(artifact)
        }
    }

    private static func content(
        of reference: ImageReference, _ platform: Platform?, _ registries: RegistryOptions, _ limits: Limits
    ) throws(ImageError) -> Content {
        let layout = ImageLayout(try RegistryStore(reference, registries, limits: limits), limits: limits)
        let name = name(of: reference)
        do throws(ImageError) {
            var image = try layout.image(.any, platform: platform)
            image.facts.fullReference = name
            return .image(image)
        } catch {
            guard error.code == .unresolved, var artifact = try layout.artifact(.any) else { throw error }
            artifact.facts.fullReference = name
            return .artifact(artifact)
        }
    }

    /// The images of all platforms at the location, and the digest of the index that leads to all of them, if there is one.
    ///
    /// - Throws: ``ImageError`` if there is no image, or one of them cannot be read.
    package func images(
        registries: RegistryOptions, limits: Limits
    ) throws(ImageError) -> (images: [Image], index: ContentDigest?) {
        switch self {
        case .layoutFolder, .manifestFolder:
            let (layout, selector) = try layout(platform: nil, registries: registries, limits: limits)
            return try layout.images(selector)
        case .archive(let reference):
            let (path, selector) = try reference.resolved(as: .file)
            let archive = try ArchiveFile(path: path, limits: limits)
            guard let layout = Self.layout(in: archive, limits) else {
                return ([try Self.image(in: archive, selector, nil, limits)], nil)
            }
            return try layout.images(selector)
        case .registry(let reference):
            let layout = ImageLayout(try RegistryStore(reference, registries, limits: limits), limits: limits)
            var (images, index) = try layout.images(.any)
            for place in images.indices { images[place].facts.fullReference = Self.name(of: reference) }
            return (images, index)
        case .rootFileSystem, .layerFolder:
            return ([try image(platform: nil, registries: registries, limits: limits)], nil)
        }
    }

    // The name is that of the reference and never that of a mirror, so that the document does not depend on it.
    private static func name(of reference: ImageReference) -> String {
        reference.name + (reference.tag.map { ":\($0)" } ?? "")
    }

    /// The image at the location.
    ///
    /// - Parameters:
    ///   - platform: What the image is to run on; nil if that does not matter.
    ///   - registries: How registries are reached.
    ///   - limits: The bounds of the reading.
    /// - Returns: The image; its layers are not read.
    /// - Throws: ``ImageError``; if nothing or more than one thing fits, it lists what there is to select.
    package func image(
        platform: Platform?, registries: RegistryOptions, limits: Limits
    ) throws(ImageError) -> Image {
        switch self {
        case .layoutFolder, .manifestFolder:
            let (layout, selector) = try layout(platform: platform, registries: registries, limits: limits)
            return try layout.image(selector, platform: platform)
        case .registry(let reference):
            switch try Self.content(of: reference, platform, registries, limits) {
            case .image(let image): return image
            case .artifact(let artifact):
                throw ImageError(
                    .unresolved, at: reference.description, "there is no image in it, but \(artifact.kind)")
            }
        case .archive(let reference):
            let (path, selector) = try reference.resolved(as: .file)
            return try Self.image(in: try ArchiveFile(path: path, limits: limits), selector, platform, limits)
        case .rootFileSystem(let folder):
            try Self.require(folder)
            let layer = FolderLayer(folder: folder, name: "root file system", limits: limits)
            return Image(ImageFacts(), layers: [layer], at: folder, diagnostics: [], limits: limits)
        case .layerFolder(let folder):
            return Image(
                ImageFacts(), layers: try Self.layers(in: folder, limits), at: folder, diagnostics: [], limits: limits)
        }
    }

    private static func image(
        in archive: ArchiveFile, _ selector: ImageLayout.Selector, _ platform: Platform?, _ limits: Limits
    ) throws(ImageError) -> Image {
        guard let layout = layout(in: archive, limits) else {
            return try DockerArchive(archive, limits: limits).image(selector, platform: platform)
        }
        var image = try layout.image(selector, platform: platform)
        if image.facts.fullReference == nil {
            // `docker save` writes the name into its own list. An archive without that list does not state the name.
            image.facts.fullReference = try? DockerArchive(archive, limits: limits).reference(
                ofConfiguration: image.facts.configDigest)
        }
        return image
    }

    /// The layout in an archive; nil if it is read as an archive of `docker save`.
    static func layout(in archive: ArchiveFile, _ limits: Limits) -> ImageLayout? {
        let store = ArchiveBlobStore(archive)
        let layout = ImageLayout(store, limits: limits)
        // An archive may be both, and then have an index without an entry, as of an image that was never pushed.
        let hasList = archive.member(DockerArchive.listName) != nil
        return ImageLayout.isLayout(store) && (!hasList || layout.listsManifests) ? layout : nil
    }

    /// The layout at the location, and which of its images is meant.
    ///
    /// Of an image in a registry the layout has what is attached to it as well.
    ///
    /// - Parameters:
    ///   - platform: What the image is to run on; nil if that does not matter.
    ///   - registries: How registries are reached.
    ///   - withSignatures: Whether a registry is also asked for signatures under the tag that cosign gives them.
    ///   - limits: The bounds of the reading.
    /// - Returns: The layout, and which of its images is meant.
    /// - Throws: ``ImageError`` if there is no such folder or archive, if what follows it is neither a tag nor a digest, or if
    ///   the location is no layout.
    package func layout(
        platform: Platform?, registries: RegistryOptions, withSignatures: Bool = false, limits: Limits
    ) throws(ImageError) -> (layout: ImageLayout, selector: ImageLayout.Selector) {
        switch self {
        case .layoutFolder(let reference):
            let (folder, selector) = try reference.resolved(as: .folder)
            return (ImageLayout(folder: folder, limits: limits), selector)
        case .archive(let reference):
            let (path, selector) = try reference.resolved(as: .file)
            let archive = try ArchiveFile(path: path, limits: limits)
            return (ImageLayout(ArchiveBlobStore(archive), limits: limits), selector)
        case .manifestFolder(let folder):
            try Self.require(folder)
            return (ImageLayout(try ManifestFolderStore(folder: folder, limits: limits), limits: limits), .any)
        case .registry(let reference):
            let store = try RegistryStore(reference, registries, limits: limits)
            let images = try LayoutIndex(of: ImageLayout(store, limits: limits), for: platform).images
            // Something may be about the index too, and not about one of its images.
            let subjects = images.isEmpty ? [] : images.union([store.digest])
            let attaching = try store.listingWhatIsAttached(
                to: subjects.sorted { $0.hex < $1.hex }, withSignatures: withSignatures)
            return (ImageLayout(attaching, limits: limits), .digest(store.digest))
        case .rootFileSystem(let folder), .layerFolder(let folder):
            throw ImageError(.malformed, at: folder, "nothing can be attached to it; expected an OCI layout")
        }
    }

    /// Whether something can be attached to an image at the location: an archive of `docker save`, a root file system and
    /// layers have no place for it.
    package func canHaveAttachments(limits: Limits) throws(ImageError) -> Bool {
        switch self {
        case .layoutFolder, .manifestFolder, .registry: return true
        case .archive(let reference):
            let (path, _) = try reference.resolved(as: .file)
            return ImageLayout.isLayout(ArchiveBlobStore(try ArchiveFile(path: path, limits: limits)))
        case .rootFileSystem, .layerFolder: return false
        }
    }

    /// The names in a folder of this machine, sorted by their bytes.
    package static func names(inFolder folder: String) throws(ImageError) -> [String] {
        try require(folder)
        do {
            return try FolderLayer.names(in: folder)
        } catch {
            throw ImageError(.malformed, at: folder, "\(error)")
        }
    }

    private static func require(_ folder: String) throws(ImageError) {
        guard let kind = fileKind(of: folder) else { throw ImageError(.missing, at: folder, "no such folder") }
        guard kind == .folder else { throw ImageError(.malformed, at: folder, "not a folder") }
    }

    /// The layers in a folder: each entry is a folder or an archive, the lowest first in the order of the bytes of their names.
    private static func layers(in folder: String, _ limits: Limits) throws(ImageError) -> [any LayerSource] {
        let names = try names(inFolder: folder)
        guard names.count <= limits.layerCount else {
            throw ImageError(.malformed, at: folder, "\(LimitError(name: "layerCount"))")
        }
        guard !names.isEmpty else { throw ImageError(.malformed, at: folder, "there is no layer in it") }
        return names.map { name in
            let path = "\(folder)/\(name)"
            return fileKind(of: path) == .folder
                ? FolderLayer(folder: path, name: "layer \(name)", limits: limits)
                : ArchivedLayer(path: path, name: "layer \(name)", limits: limits)
        }
    }

    /// Whether the text names an image and not a document: it begins with a prefix of images, or leads to a folder that is a
    /// layout or has the manifest of an image.
    ///
    /// A file without a prefix is a document whatever it is called. This is the only place that decides it.
    package static func isImage(_ text: String) -> Bool {
        // Standard input.
        guard text != "-" else { return false }
        if fileKind(of: text).map({ $0 != .folder }) == true { return false }
        let prefixes =
            LayoutReference.prefixes + LayoutReference.archivePrefixes + registryPrefixes
            + otherPrefixes.map(\.0) + ["dir:", "rootfs:", "layers:"]
        if prefixes.contains(where: text.hasPrefix) { return true }
        guard let reference = try? LayoutReference(parsing: text),
            let (folder, _) = try? reference.resolved(as: .folder)
        else {
            // Nothing is there: then it is a document, and reading that reports what is wrong.
            return false
        }
        return ImageLayout.isLayout(FolderBlobStore(folder: folder)) || isManifestFolder(text)
    }
}

/// A folder or archive and which of the images in it is meant: `[oci:]DIR[:TAG|@DIGEST]`.
///
/// Names of folders and tags may have colons, so the text alone does not tell where the folder ends.
package struct LayoutReference: Sendable, Hashable {
    /// The prefixes that may stand before a folder, as skopeo and syft spell them.
    static let prefixes = ["oci:", "oci-dir:"]
    /// The prefixes that stand before an archive; which kind it is shows in the archive.
    static let archivePrefixes = ["oci-archive:", "docker-archive:"]

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
        let prefix = (Self.prefixes + Self.archivePrefixes).first(where: text.hasPrefix)
        let whole = String(text.dropFirst(prefix?.count ?? 0))
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

    /// Whether a beginning of the text is something of that kind, and none is a folder.
    func leads(to kind: FileKind) -> Bool {
        let kinds = divisions.map { fileKind(of: $0.folder) }
        return kinds.contains(kind) && !kinds.contains(.folder)
    }

    /// The folder or file that exists, and which of its images is meant.
    ///
    /// The longest beginning of the text that is one of this machine counts. So a folder with a colon in its name can be
    /// given, and a tag may be a whole reference with colons of its own.
    ///
    /// - Parameter kind: What it is to be: a folder, or a file for an archive.
    /// - Returns: The path, and which of the images is meant.
    /// - Throws: ``ImageError`` if no beginning is one, or what follows it is neither a tag nor a digest.
    package func resolved(as kind: FileKind) throws(ImageError) -> (folder: String, selector: ImageLayout.Selector) {
        if text == "-" { return (text, .any) }
        for division in divisions where fileKind(of: division.folder) == kind {
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
        guard kind == .folder else {
            guard fileKind(of: whole) != nil else { throw ImageError(.missing, at: whole, "no such file") }
            throw ImageError(.malformed, at: whole, "not a regular file; expected an archive of images")
        }
        guard fileKind(of: whole) != nil else {
            // A bare name is never taken for one in a registry: nothing but a prefix opens a connection.
            let registry = (try? ImageReference(parsing: text)).map { _ in
                "; an image in a registry is named by docker://\(text)"
            }
            throw ImageError(
                .missing, at: whole,
                "no such folder; expected an OCI layout, [oci:]DIR[:TAG|@DIGEST], as `skopeo copy SOURCE oci:DIR:TAG` "
                    + "writes it\(registry ?? "")")
        }
        throw ImageError(
            .malformed, at: whole,
            "not a folder; expected an OCI layout (a folder with oci-layout and index.json), as "
                + "`skopeo copy SOURCE oci:DIR:TAG` writes it")
    }
}

/// What a path leads to.
package enum FileKind: Sendable {
    case folder
    case file
    /// A device, pipe or socket.
    case other
}

/// What a path of this machine leads to; nil if nothing is there.
private func fileKind(of path: String) -> FileKind? {
    var status = stat()
    // SAFETY: the path is a string that lives through the call, and `status` is written by it alone.
    guard unsafe stat(path, &status) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFDIR: .folder
    case S_IFREG: .file
    default: .other
    }
}
