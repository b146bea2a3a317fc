/// What is at a path of a ``RootFileSystem``.
package struct FileSystemEntry: Sendable {
    /// The kind of an entry.
    package enum Kind: Sendable, Hashable {
        case directory
        case file
        case symbolicLink
        /// A device, a pipe, a socket, or a hard link to what is not there.
        case other
    }

    /// The kind.
    package let kind: Kind
    /// The layer that has it, counted from 0, the lowest; nil for a directory, which several layers may have.
    package private(set) var layer: Int?
    /// The size of a file in bytes; 0 if it is no file, or sizes are not recorded.
    package private(set) var size = 0
    /// The digests of a file; nil if it is no file, or they were not taken.
    package private(set) var digests: FileDigests?
    /// What a probe found in a file.
    package private(set) var evidence: FileEvidence?
    /// What a ``FileReader`` kept of a file.
    package private(set) var extract: FileExtract?
    /// The number of the entry in its layer, counted from 0.
    package private(set) var ordinal = 0
    /// What a symbolic link names; empty for everything else.
    package private(set) var linkTarget: [UInt8] = []

    init(kind: Kind) {
        self.kind = kind
    }

    /// The entry of a node that is no directory.
    init(_ contents: LayerContents, _ node: LayerContents.Index, layer: Int) {
        switch contents.kind(of: node) {
        case .file:
            kind = .file
            size = contents.size(ofEntry: contents.ordinal(of: node))
            digests = contents.digests(of: node)
            evidence = contents.evidence(of: node)
            extract = contents.extract(of: node)
            ordinal = contents.ordinal(of: node)
        case .symbolicLink:
            kind = .symbolicLink
            linkTarget = contents.linkTarget(of: node)
        case .absent, .impliedDirectory, .directory, .hardLink, .other:
            kind = .other
        }
        self.layer = layer
    }
}
