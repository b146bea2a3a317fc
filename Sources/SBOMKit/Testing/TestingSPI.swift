internal import ByteStreams
internal import ContainerImages
internal import LanguagePackages
internal import PackageDatabases
internal import SBOMFormats
internal import StructuredText

/// The one door for benchmarks and fuzzing: single stages, without an image around them.
@_spi(Testing) public enum TestingSPI {
    /// What one run over an rpm database found.
    public struct RPMReading: Sendable {
        /// How many packages are listed.
        public let packageCount: Int
        /// How many edges there are between them; nil if they were not resolved.
        public let edgeCount: Int?
    }

    /// Reads a SQLite rpm database, and resolves its dependencies if asked.
    public static func readRPM(
        _ database: [UInt8], with reader: Generator.RPMReader, resolve: Bool
    ) throws -> RPMReading {
        var options = RPMDatabase.Options()
        options.reader = reader == .native ? .native : .librpm
        let tree = SingleFile(path: "usr/lib/sysimage/rpm/rpmdb.sqlite", bytes: database)
        guard let found = try RPMDatabase(in: tree, options: options, limits: Limits()) else {
            return RPMReading(packageCount: 0, edgeCount: nil)
        }
        let graph = resolve ? try found.dependencies(includingWeak: false, in: tree) : nil
        return RPMReading(packageCount: found.packages.count, edgeCount: graph?.edges.count)
    }

    /// Reads a dpkg status file and resolves its dependencies; returns how many packages and edges there are.
    public static func readDpkg(_ status: [UInt8]) throws -> (packages: Int, edges: Int) {
        let tree = SingleFile(path: "var/lib/dpkg/status", bytes: status)
        guard let found = try DpkgDatabase(in: tree, limits: Limits()) else { return (0, 0) }
        return (found.packages.count, try found.dependencies(includingWeak: false).edges.count)
    }

    /// Reads a database of apk and resolves its dependencies; returns how many packages and edges there are.
    public static func readAPK(_ installed: [UInt8]) throws -> (packages: Int, edges: Int) {
        let tree = SingleFile(path: "lib/apk/db/installed", bytes: installed)
        guard let found = try APKDatabase(in: tree, limits: Limits()) else { return (0, 0) }
        return (found.packages.count, try found.dependencies().edges.count)
    }

    /// Reads a file of an image for packages of languages, as its path and first bytes ask for.
    ///
    /// - Parameters:
    ///   - bytes: The contents.
    ///   - path: The path, without a leading slash.
    /// - Returns: The number of packages.
    public static func readLanguageFile(_ bytes: [UInt8], at path: String) -> Int {
        let limits = Limits()
        let extractor = LanguageExtractor(for: LanguageReaders.all, limits: limits)
        let components = Array(path.utf8).split(separator: UInt8(ascii: "/"))
        let head = Array(bytes.prefix(limits.probeSize))
        let readers = [
            extractor.reader(of: components, head: head, size: bytes.count),
            extractor.secondReader(of: FileOrigin(path: path, layer: 0, ordinal: 0), size: bytes.count),
        ]
        return readers.reduce(0) { count, reader in
            var reader = reader
            reader?.read(bytes.span)
            guard let extract = reader?.finish() else { return count }
            let files = LanguageFiles(
                [LanguageFile(path: path, layer: 0, extract: extract)], architecture: "amd64", system: nil)
            let tree = SingleFile(path: path, bytes: bytes)
            return LanguageReaders.all.reduce(count) { $0 + $1.read(files, in: tree, limits: limits).packages.count }
        }
    }

    /// Reads JSON into a tree, and nothing more; a damaged document throws.
    public static func readJSON(_ document: [UInt8]) throws -> any Sendable {
        try JSONDocument(parsing: document, limits: Limits())
    }

    /// Reads XML into a tree, and nothing more; a damaged document throws.
    public static func readXML(_ document: [UInt8]) throws -> any Sendable {
        try XMLDocument(parsing: document, limits: Limits())
    }

    /// Reads a document as conversions and outlines do: what it says, of whatever format it is, for whoever keeps it.
    public static func readDocument(_ document: [UInt8]) throws -> any Sendable {
        try ParsedDocument(opening: document, limits: Limits())
    }
}

/// A file system with one file in it.
private struct SingleFile: FileTree {
    let path: String
    let bytes: [UInt8]

    func contents(of path: String) -> [UInt8]? { path == self.path ? bytes : nil }
    func names(in directory: String) -> [String] { [] }
    func canonical(_ path: String) -> String { path }
    func target(of path: String) -> String? { path == self.path ? path : nil }
}
