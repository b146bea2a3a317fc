package import ByteStreams

/// Selects files whose contents are examined while a layer streams, and reads them piece by piece.
///
/// Nothing of a file is kept but what the reader returns: a file of text as a whole, the build information of an
/// executable, some members of an archive. The result stays with the file through the merge of the layers;
/// ``RootFileSystem/forEachEntry(_:)`` returns it. Called at the same time for several layers.
package protocol FileExtractor: Sendable {
    /// The reader for a file; nil if nothing of the file is wanted.
    ///
    /// - Parameters:
    ///   - path: The components of its path.
    ///   - head: Its first bytes, ``Limits/probeSize`` or all that it has.
    ///   - size: Its size in bytes.
    /// - Returns: The reader.
    func reader(of path: [ArraySlice<UInt8>], head: [UInt8], size: Int) -> (any FileReader)?
}

/// Reads one file from its first to its last byte.
///
/// A reader never throws because of what is in the file: what cannot be read is a diagnostic of the extract.
package protocol FileReader {
    /// Takes the next bytes of the file.
    mutating func read(_ bytes: Span<UInt8>)

    /// What is kept of the file; nil if nothing is. To be called once, after the last byte.
    mutating func finish() -> FileExtract?
}

/// What a ``FileReader`` keeps of a file.
package struct FileExtract: Sendable, Hashable {
    /// Some bytes of the file.
    package struct Part: Sendable, Hashable {
        /// What they are: the path of a member of an archive, or the name of a section of an executable; empty for the file
        /// itself.
        package var name: String
        /// The bytes, decompressed.
        package var bytes: [UInt8]

        package init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// An archive: the file itself, or one inside of it.
    package struct Archive: Sendable, Hashable {
        /// Its path in the file, `BOOT-INF/lib/a.jar`, with `!/` between the path of an outer archive and that of an inner
        /// one; empty for the file itself.
        package var path: String
        /// The value of SHA-1.
        package var sha1: [UInt8]
        /// The value of SHA-256.
        package var sha256: [UInt8]

        package init(path: String, sha1: [UInt8], sha256: [UInt8]) {
            self.path = path
            self.sha1 = sha1
            self.sha256 = sha256
        }
    }

    /// The parts, in the order of the file.
    ///
    /// The name of a part of an inner archive begins with the path of the archive and `!/`.
    package var parts: [Part]
    /// The archives, in the order of the file, if it is one.
    package var archives: [Archive] = []
    /// Whether the file has to be read a second time to know all of it.
    package var isPartial = false
    /// What is damaged or exceeds a limit; their place is the name of the part, or empty.
    package var diagnostics: [Diagnostic] = []

    package init(_ parts: [Part]) {
        self.parts = parts
    }

    /// The bytes of the first part with that name.
    package subscript(name: String) -> [UInt8]? { parts.first { $0.name == name }?.bytes }

    /// How many bytes it takes, for the limits on what is kept of an image.
    var size: Int {
        parts.reduce(0) { $0 + $1.bytes.count + $1.name.utf8.count + 64 }
            + archives.reduce(0) { $0 + $1.path.utf8.count + 128 }
    }
}
