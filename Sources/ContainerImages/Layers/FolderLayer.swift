internal import ByteStreams
internal import Glibc

/// A layer that is a folder of this machine: a root file system, or an unpacked layer.
///
/// It is walked by open folders and never by paths, and links are recorded and never followed. So nothing in it leads out of
/// it, whatever its links say. Devices, pipes and sockets are recorded and never opened.
struct FolderLayer: LayerSource {
    /// The folder.
    let folder: String
    /// How messages name the layer.
    let name: String
    let limits: Limits

    var identity: LayerIdentity? { nil }
    var storedSize: Int { 0 }
    var obstacle: LayerObstacle? { nil }

    func entries(
        _ budget: ImageBudget, progress: (@Sendable (Int) -> Void)?
    ) throws -> any LayerEntries & ~Copyable {
        try FolderEntries.opening(folder, limits)
    }

    func imageError(_ error: any Error) -> ImageError {
        error as? ImageError ?? ImageError(.malformed, at: folder, "\(error)")
    }

    /// The names in a folder, sorted by their bytes.
    static func names(in folder: String) throws(FileError) -> [String] {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: folder, errno: errno) }
        defer { close(descriptor) }
        return try FolderEntries.names(in: descriptor, folder).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A layer that is a tar archive in a file of this machine, compressed or not, of which nothing states a digest.
struct ArchivedLayer: LayerSource {
    /// The archive.
    let path: String
    /// How messages name the layer.
    let name: String
    let limits: Limits

    var identity: LayerIdentity? { nil }
    var storedSize: Int { (try? FileSource(path: path).size) ?? 0 }
    var obstacle: LayerObstacle? { nil }

    func entries(
        _ budget: ImageBudget, progress: (@Sendable (Int) -> Void)?
    ) throws -> any LayerEntries & ~Copyable {
        let source = try DecompressingSource(FileSource(path: path), limits: limits)
        let compression = source.compression
        let expanded = BudgetedSource(source, budget)
        return TarReader(expanded, compression: compression, limits: limits)
    }

    func imageError(_ error: any Error) -> ImageError {
        if let error = error as? ParseError { return ImageError(.malformed, at: path, "not a readable tar: \(error)") }
        return error as? ImageError ?? ImageError(.malformed, at: path, "\(error)")
    }
}

/// The entries below a folder: each folder before what is in it, names in the order of their bytes.
private struct FolderEntries: LayerEntries, ~Copyable {
    /// A folder that is being walked.
    private struct Level {
        let descriptor: CInt
        /// The path with a slash at the end; empty for the root.
        let path: [UInt8]
        let names: [[UInt8]]
        var next = 0
    }

    private let root: String
    private let limits: Limits
    /// The number of the device of the root.
    private let device: dev_t
    private var levels: [Level]
    private var log: DiagnosticLog
    /// The file that was returned last.
    private var file: (folder: CInt, name: [UInt8], path: [UInt8])?

    private init(_ root: String, _ device: dev_t, _ level: Level, _ limits: Limits) {
        self.root = root
        self.limits = limits
        self.device = device
        log = DiagnosticLog(limits: limits)
        levels = [level]
    }

    static func opening(_ root: String, _ limits: Limits) throws -> FolderEntries {
        let descriptor = unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: root, errno: errno) }
        var status = stat()
        // SAFETY: `status` is written by the call alone.
        guard unsafe fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw FileError(path: root, errno: code)
        }
        do throws(FileError) {
            let level = Level(descriptor: descriptor, path: [], names: try names(in: descriptor, root))
            return FolderEntries(root, status.st_dev, level, limits)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { for level in levels { close(level.descriptor) } }

    var compression: Compression? { nil }

    var diagnostics: [Diagnostic] { log.diagnostics }

    mutating func next() throws -> TarEntry? {
        file = nil
        while let level = levels.indices.last {
            let place = levels[level].next
            guard place < levels[level].names.count else {
                close(levels[level].descriptor)
                levels.removeLast()
                continue
            }
            levels[level].next += 1
            let (folder, name) = (levels[level].descriptor, levels[level].names[place])
            if let entry = try entry(named: name, in: folder, path: levels[level].path + name) { return entry }
        }
        return nil
    }

    private mutating func entry(named name: [UInt8], in folder: CInt, path: [UInt8]) throws -> TarEntry? {
        var status = stat()
        // SAFETY: the name is terminated by `terminated`, and `status` is written by the call alone.
        guard unsafe fstatat(folder, Self.terminated(name), &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // It was removed meanwhile.
            if errno != ENOENT { report(path, errno) }
            return nil
        }
        func entry(_ kind: TarEntry.Kind, size: Int = 0, target: [UInt8] = []) -> TarEntry {
            TarEntry(kind: kind, path: path, linkTarget: target, size: size, holeSize: 0)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            try enter(name, in: folder, path: path, status.st_dev)
            return entry(.directory)
        case S_IFLNK: return entry(.symbolicLink, target: Self.target(of: name, in: folder))
        case S_IFREG:
            // SAFETY: the name is terminated.
            guard unsafe faccessat(folder, Self.terminated(name), R_OK, AT_EACCESS) == 0 else {
                report(path, errno)
                return entry(.other)
            }
            file = (folder, name, path)
            return entry(.file, size: Int(status.st_size))
        default: return entry(.other)
        }
    }

    /// Opens a folder, so that it is walked next.
    private mutating func enter(_ name: [UInt8], in folder: CInt, path: [UInt8], _ device: dev_t) throws {
        // The kernel's own file systems are no part of an image, and have no end.
        let isKernels = ["proc", "sys", "dev"].contains { path.elementsEqual($0.utf8) } && device != self.device
        guard !isKernels else { return }
        guard levels.count < Limits.folderDepth else {
            describe(.blind, path, "deeper than the limit folderDepth; what is in it is not read")
            return
        }
        // SAFETY: the name is terminated.
        let descriptor = unsafe openat(
            folder, Self.terminated(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            report(path, errno, isFolder: true)
            return
        }
        do {
            let names = try Self.names(in: descriptor, root)
            levels.append(Level(descriptor: descriptor, path: path + [UInt8(ascii: "/")], names: names))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Reports what cannot be read; of a folder nothing is known then, and of a file only its contents are missing.
    private mutating func report(_ path: [UInt8], _ code: CInt, isFolder: Bool = false) {
        describe(isFolder ? .blind : .warning, path, "cannot be read: \(FileError(path: "", errno: code))")
    }

    private mutating func describe(_ severity: Diagnostic.Severity, _ path: [UInt8], _ message: String) {
        log.append(
            severity, code: .unreadableFile, at: String(decoding: path.prefix(limits.quotedPathLength), as: UTF8.self),
            message)
    }

    mutating func contents(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read { source in
            while try source.fill(1) {
                _ = try source.read(source.window.count, onto: &bytes)
                guard bytes.count <= limit else { throw ParseError(.limit("capturedFileSize"), at: bytes.count) }
            }
        }
        return bytes
    }

    mutating func readContents(_ body: (Span<UInt8>) throws -> Void) throws -> Bool {
        var isComplete = false
        try read { source in
            while try source.fill(1) { _ = try source.read(source.window.count, body) }
            isComplete = true
        }
        return isComplete
    }

    mutating func leadingBytes(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(capacity: count) { source in
            _ = try source.fill(count)
            bytes = Array(source.window.prefix(count))
        }
        return bytes
    }

    mutating func drain() {}

    /// Opens the file that was returned last; one that cannot be read is reported, and taken as empty.
    private mutating func read(
        capacity: Int = 256 << 10, _ body: (inout BufferedSource) throws -> Void
    ) throws {
        guard let file else { return }
        // SAFETY: the name is terminated.
        let descriptor = unsafe openat(
            file.folder, Self.terminated(file.name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            report(file.path, errno)
            return
        }
        do {
            var source = BufferedSource(try FileSource(adopting: descriptor, path: root), capacity: max(capacity, 1))
            try body(&source)
        } catch let error as FileError {
            report(file.path, error.errno)
        }
    }

    // MARK: Names

    private static func terminated(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }

    /// The names in an open folder, sorted by their bytes.
    static func names(in descriptor: CInt, _ root: String) throws(FileError) -> [[UInt8]] {
        // The stream takes over the descriptor that it is given.
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, let stream = unsafe fdopendir(copy) else {
            let code = errno
            if copy >= 0 { close(copy) }
            throw FileError(path: root, errno: code)
        }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = unsafe readdir(stream) {
            // SAFETY: the name is terminated within the entry, which lives until the next call.
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { buffer in
                unsafe Array(buffer.prefix { $0 != 0 })
            }
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func target(of name: [UInt8], in folder: CInt) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        // SAFETY: readlinkat(2) writes at most the size of the buffer, and returns how much.
        let count = unsafe readlinkat(folder, terminated(name), &buffer, buffer.count)
        return count > 0 ? buffer.prefix(count).map { UInt8(bitPattern: $0) } : []
    }
}
