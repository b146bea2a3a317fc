internal import ContainerImages
internal import LanguagePackages
internal import PackageDatabases

/// What the files of a merged file system show, found in one walk.
struct FileSurvey {
    /// The files that show software, or are code.
    private(set) var blindSpots: BlindSpots.Survey
    /// The files of which something was kept for the readers of language packages.
    private(set) var languageFiles: [LanguageFile] = []
    /// The entries of files that have to be read a second time if no package of the system owns them.
    private var partial: [FileOrigin] = []
    /// The SBOMs.
    private(set) var sboms: [EmbeddedSBOM] = []
    /// The entries of SBOMs that have to be read a second time.
    private var partialSBOMs: [FileOrigin] = []
    /// Nil if nothing is kept of files.
    private let extractor: ImageExtractor?

    init(_ spots: BlindSpots, seen: Set<Ecosystem>, _ extractor: ImageExtractor?) {
        blindSpots = BlindSpots.Survey(spots, seen: seen)
        self.extractor = extractor
    }

    /// Visits all files.
    mutating func visit(_ files: RootFileSystem) {
        files.forEachEntry { path, entry in
            guard entry.kind != .directory else { return }
            blindSpots.add(path, entry.evidence)
            addExtract(path, entry)
        }
    }

    /// Visits all files once more, after some were read a second time.
    mutating func visitExtracts(of files: RootFileSystem) {
        languageFiles = []
        partial = []
        sboms = []
        partialSBOMs = []
        files.forEachEntry { path, entry in addExtract(path, entry) }
    }

    private mutating func addExtract(_ path: [UInt8], _ entry: FileSystemEntry) {
        guard let extractor, entry.kind == .file, let layer = entry.layer else { return }
        if extractor.isSBOM(path[...]) {
            let text = String(decoding: path, as: UTF8.self)
            if let sbom = entry.extract.flatMap({ EmbeddedSBOM(text, layer: layer, $0) }) {
                sboms.append(sbom)
            } else {
                partialSBOMs.append(FileOrigin(path: text, layer: layer, ordinal: entry.ordinal))
            }
        } else if let extract = entry.extract {
            let text = String(decoding: path, as: UTF8.self)
            languageFiles.append(LanguageFile(path: text, layer: layer, extract: extract))
            if extract.isPartial { partial.append(FileOrigin(path: text, layer: layer, ordinal: entry.ordinal)) }
        } else if extractor.isManifest(path[...]) {
            // A hard link: its contents passed under another name.
            partial.append(
                FileOrigin(path: String(decoding: path, as: UTF8.self), layer: layer, ordinal: entry.ordinal))
        }
    }

    /// The paths whose owners have to be known.
    var asked: Set<String> { blindSpots.asked.union(languageFiles.lazy.map(\.path)).union(partial.lazy.map(\.path)) }

    /// Marks the files of languages that a package of the system owns.
    mutating func mark(_ ownership: FileOwnership) {
        for place in languageFiles.indices {
            languageFiles[place].isOwned = ownership.owner(of: languageFiles[place].path) != nil
        }
    }

    /// The entries that have to be read a second time: SBOMs, and files that no package of the system owns.
    func secondReadings(_ ownership: FileOwnership) -> [FileOrigin] {
        partial.filter { ownership.owner(of: $0.path) == nil } + partialSBOMs
    }
}
