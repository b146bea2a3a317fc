internal import ByteStreams
internal import ContainerImages

/// A document as the command line names it: a file, standard input, or an SBOM that is attached to an image.
///
/// ```swift
/// let document = try InputDocument(at: "debian:12")
/// let outline = try document.parsed { bytes throws(SBOMError) in try Outline(bytes) }
/// ```
public struct InputDocument: Sendable {
    /// Which SBOM is meant where the place is an image.
    public struct Choice: Sendable {
        /// The platform of the image, `os/architecture[/variant]`; nil takes all images that fit, of several those for this
        /// machine.
        public var platform: String?
        /// Of several SBOMs the one with that number in the list of them, that format (`spdx`, `cyclonedx`), predicate or
        /// media type, or whose digest begins so.
        public var attached: String?

        /// The only SBOM there is.
        public init() {}

        var isMade: Bool { platform != nil || attached != nil }
    }

    /// How messages name it: the path, or the layout and the blob.
    public let name: String
    /// All of it.
    public let bytes: [UInt8]
    /// What was unusual about the place where it was found.
    public let notices: [Notice]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - place: A file, `-` for standard input, or `[oci:]DIR[:TAG|@DIGEST]`, an image in an OCI layout that an SBOM is
    ///     attached to, or an artifact that is one.
    ///   - choice: Which of several.
    /// - Throws: ``SBOMError`` if there is none, or several of which none is chosen.
    public init(at place: String, choosing choice: Choice = Choice()) throws(SBOMError) {
        let limits = Limits()
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

    /// What `body` makes of the bytes; its errors name the document.
    public func parsed<Result>(_ body: ([UInt8]) throws(SBOMError) -> Result) throws(SBOMError) -> Result {
        do throws(SBOMError) {
            return try body(bytes)
        } catch {
            throw error.of(name)
        }
    }

    /// All bytes of a file, or of standard input for `-`, as far as the limit on documents lets them be read.
    private static func read(_ path: String, limits: Limits) throws(SBOMError) -> [UInt8] {
        do {
            if path == "-" { return try read(StandardInput(), expecting: 0, limits) }
            let source = try FileSource(path: path)
            let size = source.size
            return try read(source, expecting: size, limits)
        } catch {
            let isMissing = (error as? FileError)?.isMissing ?? false
            throw SBOMError(isMissing ? .noInput : .badInput, "\(path): \(error)")
        }
    }

    /// Reads until the end, or one byte past the limit.
    private static func read(
        _ source: consuming some ByteSource & ~Copyable, expecting size: Int, _ limits: Limits
    ) throws -> [UInt8] {
        var source = source
        var read: [UInt8] = []
        // One more than there is, so that the end is seen without a larger piece of memory.
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
