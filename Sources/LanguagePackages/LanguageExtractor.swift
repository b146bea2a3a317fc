package import ByteStreams
package import ContainerImages

/// Keeps what the readers of language packages need of the files of an image.
package struct LanguageExtractor: FileExtractor {
    private let readers: [any LanguageReader.Type]
    /// The files of all readers, so that any other file is compared once.
    private let paths: PathPatterns
    private let limits: Limits
    private let kinds: Set<PackageKind>
    private let readsExecutables: Bool
    /// The first bytes of a file in ELF (gABI, "ELF Identification").
    private static let elfMagic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

    /// - Parameters:
    ///   - readers: The readers, from ``LanguageReaders/all``.
    ///   - limits: The bounds on what is kept.
    package init(for readers: [any LanguageReader.Type], limits: Limits) {
        self.readers = readers
        self.limits = limits
        kinds = Set(readers.map { $0.kind })
        readsExecutables = !kinds.isDisjoint(with: [.go, .rust, .elf])
        paths = readers.reduce(PathPatterns([])) { $0 + $1.paths }
    }

    package func reader(of path: [ArraySlice<UInt8>], head: [UInt8], size: Int) -> (any FileReader)? {
        if let name = path.last, paths.matches(path), let owner = readers.first(where: { $0.paths.matches(path) }) {
            return WholeFileReader(limit: limits.manifestFileSize) { owner.reduced($0, of: name) }
        }
        if readsExecutables, head.starts(with: Self.elfMagic) { return ExecutableReader(size: size, limits: limits) }
        guard let name = path.last, ArchiveReader.isArchive(name, head: head), let ending = ArchiveEnding(of: name),
            ending.isJava ? kinds.contains(.java) : ending == .egg && kinds.contains(.python)
        else { return nil }
        return ArchiveReader(limits: limits)
    }

    /// The reader for a file that has to be read a second time; nil if nothing more can be read of it.
    ///
    /// - Parameters:
    ///   - origin: The entry of the file.
    ///   - size: Its size in bytes.
    /// - Returns: The reader.
    package func secondReader(of origin: FileOrigin, size: Int) -> (any FileReader)? {
        let path = Array(origin.path.utf8).split(separator: UInt8(ascii: "/"))
        // Of an executable too little was seen; of any other file nothing, because it passed under another name.
        return reader(of: path, head: [], size: size) ?? WholeExecutableReader(limits: limits)
    }

    /// Whether something is kept of files at a path because of its name.
    package func isManifest(_ path: ArraySlice<UInt8>) -> Bool { paths.matches(path) }
}

/// Keeps a file as a whole.
private struct WholeFileReader: FileReader {
    private let limit: Int
    private let reduced: ([UInt8]) -> [UInt8]?
    private var bytes: [UInt8] = []
    private var size = 0

    init(limit: Int, reduced: @escaping ([UInt8]) -> [UInt8]?) {
        self.limit = limit
        self.reduced = reduced
    }

    mutating func read(_ piece: Span<UInt8>) {
        size += piece.count
        guard size <= limit else {
            bytes = []
            return
        }
        bytes.reserveCapacity(size)
        for index in piece.indices { bytes.append(piece[index]) }
    }

    mutating func finish() -> FileExtract? {
        guard size <= limit else {
            var extract = FileExtract([])
            extract.diagnostics = [
                Diagnostic(
                    .blind, code: .manifestSize, at: "",
                    "the file has \(size) bytes, more than the limit manifestFileSize of \(limit)")
            ]
            return extract
        }
        // An extract without parts shows that the file was seen, so that it is not read a second time.
        return FileExtract(reduced(bytes).map { [FileExtract.Part("", $0)] } ?? [])
    }
}
