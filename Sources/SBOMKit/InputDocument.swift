package import ByteStreams
internal import ContainerImages

/// A document by its place: a file, standard input, or an SBOM that is attached to an image.
///
/// ```swift
/// let document = try InputDocument(at: "debian:12")
/// let outline = try document.parsed { bytes throws(SBOMError) in try Outline(bytes) }
/// ```
public struct InputDocument: Sendable {
    /// Selects one of the SBOMs of an image.
    public struct Choice: Sendable {
        /// The platform of the image; nil selects all images that match, and of several platforms this machine's.
        public var platform: ImagePlatform?
        /// Selects one of several attached SBOMs: by its number in their list, its format (`spdx`, `cyclonedx`), its predicate
        /// or media type, or the beginning of its digest.
        public var attached: String?
        /// How an image in a registry is reached.
        public var registry = RegistryAccess()

        /// Selects the only SBOM.
        public init() {}

        var isMade: Bool { platform != nil || attached != nil }
    }

    /// The name of the document in messages: the path, or the layout and the blob.
    public let name: String
    /// The whole document.
    public let bytes: [UInt8]
    /// What was unusual about the place where it was found.
    public let notices: [Notice]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - place: A file, `-` for standard input, or an image that an SBOM is attached to, or an artifact that is one:
    ///     `[oci:]DIR[:TAG|@DIGEST]` in an OCI layout, `docker://REFERENCE` in a registry.
    ///   - choice: Selects one of several.
    /// - Throws: ``SBOMError`` if there is none, or if there are several and none was selected.
    public init(at place: String, choosing choice: Choice = Choice()) throws(SBOMError) {
        try self.init(at: place, choosing: choice, limits: Limits())
    }

    /// Reads a document that is within the limits.
    package init(at place: String, choosing choice: Choice = Choice(), limits: Limits) throws(SBOMError) {
        if ImageLocation.isImage(place) {
            try self.init(AttachedSBOMs(of: place, choice, limits: limits).chosen(choice.attached))
            return
        }
        guard !choice.isMade else {
            throw SBOMError(.usage, "\(place): not an image, so it has no attached SBOMs", remedy: .nameImage)
        }
        try self.init(name: place, bytes: Self.read(place, limits: limits))
    }

    init(name: String, bytes: [UInt8], notices: [Notice] = []) {
        self.name = name
        self.bytes = bytes
        self.notices = notices
    }

    private init(_ other: InputDocument) { self = other }

    /// The result of `body` for the bytes; errors of `body` get the name of the document.
    public func parsed<Result>(_ body: ([UInt8]) throws(SBOMError) -> Result) throws(SBOMError) -> Result {
        do throws(SBOMError) {
            return try body(bytes)
        } catch {
            throw error.of(name)
        }
    }

    /// All bytes of a file, or of standard input for `-`, up to one byte beyond the limit on documents.
    private static func read(_ path: String, limits: Limits) throws(SBOMError) -> [UInt8] {
        do {
            if path == "-" { return try read(StandardInput(), expecting: 0, limits) }
            let source = try FileSource(path: path)
            let size = source.size
            return try read(source, expecting: size, limits)
        } catch {
            let isMissing = (error as? FileError)?.isMissing ?? false
            // A tag or a host shows that an image was meant; a bare name is more likely that of a file.
            let isImage = isMissing && path.contains(where: { ":@".contains($0) })
            let registry = isImage ? ImageLocation.registry(in: "docker://\(path)") : nil
            let hint = registry.map { _ in "; an image in a registry is named by docker://\(path)" } ?? ""
            throw SBOMError(isMissing ? .noInput : .badInput, "\(path): \(error)\(hint)")
        }
    }

    /// Reads to the end, or one byte beyond the limit.
    private static func read(
        _ source: consuming some ByteSource & ~Copyable, expecting size: Int, _ limits: Limits
    ) throws -> [UInt8] {
        var source = source
        var read: [UInt8] = []
        // One byte more than the size, so that the end is found without growing the buffer.
        read.reserveCapacity(min(size, limits.documentSize) + 1)
        while read.count <= limits.documentSize {
            let before = read.count
            let room = read.capacity > before ? read.capacity - before : 256 << 10
            try read.append(addingCapacity: min(room, limits.documentSize + 1 - before)) { output in
                try source.read(onto: &output)
            }
            if read.count == before { break }
        }
        return read
    }
}

/// What a place leads to for who wants to see it: a document, or an image that no SBOM is attached to.
public enum DocumentOrImage: Sendable {
    case document(InputDocument)
    case image(ImageInventory)

    /// Reads a document, or reads an image that no SBOM is attached to as `generate` does.
    ///
    /// A choice of an attached SBOM excludes the latter.
    ///
    /// - Parameters:
    ///   - place: As for ``InputDocument/init(at:choosing:)``, or any image that ``Generator/read(_:progress:)`` reads.
    ///   - choice: Selects one of several attached SBOMs.
    ///   - progress: As for ``Generator/read(_:progress:)``, if an image is read.
    /// - Throws: ``SBOMError`` if there is neither a document nor an image.
    public init(
        at place: String, choosing choice: InputDocument.Choice = InputDocument.Choice(),
        progress: (@Sendable (_ read: Int, _ total: Int) -> Void)? = nil
    ) async throws(SBOMError) {
        do throws(SBOMError) {
            self = .document(try InputDocument(at: place, choosing: choice))
        } catch {
            guard error.remedy == .generate, choice.attached == nil else { throw error }
            var options = Generator.Options()
            options.platform = choice.platform
            options.registry = choice.registry
            self = .image(try await Generator(options: options).read(place, progress: progress))
        }
    }

    /// What was unusual about the place, and that an image was read if one was.
    public var notices: [Notice] {
        switch self {
        case .document(let document): document.notices
        case .image(let image):
            [
                Notice(
                    .warning, code: .generated, at: .document,
                    "no SBOM is attached to the image, so the image itself is read")
            ] + image.notices
        }
    }
}
