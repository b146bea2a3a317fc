internal import ContainerImages
internal import LanguagePackages

/// Keeps what is needed of the files of an image: for the readers of language packages, and of the SBOMs in it.
struct ImageExtractor: FileExtractor {
    /// Nil if no language packages are read.
    let language: LanguageExtractor?
    /// Nil if SBOMs are ignored.
    let sboms: EmbeddedSBOMExtractor?

    func reader(of path: [ArraySlice<UInt8>], head: [UInt8], size: Int) -> (any FileReader)? {
        sboms?.reader(of: path, head: head, size: size) ?? language?.reader(of: path, head: head, size: size)
    }

    /// The reader for a file that has to be read a second time; nil if nothing more can be read of it.
    func secondReader(of origin: FileOrigin, size: Int) -> (any FileReader)? {
        let path = Array(origin.path.utf8).split(separator: UInt8(ascii: "/"))
        return sboms?.reader(of: path, head: [], size: size) ?? language?.secondReader(of: origin, size: size)
    }

    /// Whether something is kept of files at a path because of its name, apart from SBOMs.
    func isManifest(_ path: ArraySlice<UInt8>) -> Bool { language?.isManifest(path) ?? false }

    /// Whether a file at a path is an SBOM.
    func isSBOM(_ path: ArraySlice<UInt8>) -> Bool { sboms != nil && EmbeddedSBOMExtractor.isSBOM(path) }
}
