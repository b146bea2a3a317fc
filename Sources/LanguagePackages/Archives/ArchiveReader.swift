package import ByteStreams
package import ContainerImages

/// Reads a zip archive of Java or Python, and the archives inside of it, and keeps the members that describe packages.
///
/// Those are the manifest of a Java archive without the sections for single files, the descriptions that Maven adds, and
/// the metadata of Python distributions.
package final class ArchiveReader: FileReader {
    private let limits: Limits
    private var spool: SpooledFile?
    private var hashes = ArchiveHashes()
    private var head: [UInt8] = []
    private var problem: Diagnostic?
    private var parts: [FileExtract.Part] = []
    private var archives: [FileExtract.Archive] = []
    private var log: DiagnosticLog

    package init(limits: Limits) {
        self.limits = limits
        spool = SpooledFile(limits: limits)
        log = DiagnosticLog(limits: limits)
    }

    /// Whether a file may be an archive of a kind that is read.
    ///
    /// - Parameters:
    ///   - name: The last component of its path.
    ///   - head: Its first bytes.
    /// - Returns: Whether it may be one. A program may stand before an executable archive, but archives of RAR have the same
    ///   ending as resource adapters of Java.
    package static func isArchive(_ name: ArraySlice<UInt8>, head: [UInt8]) -> Bool {
        guard let ending = ArchiveEnding(of: name) else { return false }
        return ending != .rar || head.starts(with: Self.magic)
    }

    private static let magic: [UInt8] = [0x50, 0x4B]

    package func read(_ bytes: Span<UInt8>) {
        guard let spool, !bytes.isEmpty else { return }
        if head.count < 2 {
            for index in 0..<min(2 - head.count, bytes.count) { head.append(bytes[index]) }
        }
        do {
            try spool.append(bytes)
            hashes.update(bytes)
        } catch {
            // Its memory and its file are not needed any more.
            self.spool = nil
            let code: Diagnostic.Code = error is LimitError ? .archiveLimit : .unreadableArchive
            problem = Diagnostic(.blind, code: code, at: "", "an archive is not read: \(error)")
        }
    }

    package func finish() -> FileExtract? {
        guard let spool else {
            var extract = FileExtract([])
            extract.diagnostics = problem.map { [$0] } ?? []
            return extract
        }
        var budget = ZipBudget(size: spool.count, limits: limits)
        let value = hashes.finish(path: "")
        do {
            try examine(spool, 0..<spool.count, value, depth: 1, &budget)
        } catch ZipError.notAnArchive where !head.elementsEqual(Self.magic) {
            return nil
        } catch {
            report(error, at: "")
        }
        self.spool = nil
        guard !archives.isEmpty || !log.isEmpty else { return nil }
        var extract = FileExtract(parts)
        extract.archives = archives
        extract.diagnostics = log.diagnostics
        return extract
    }

    /// Keeps what is wanted of one archive and of those inside of it.
    ///
    /// - Throws: ``ZipError`` if its directory cannot be read, or the error of the system.
    private func examine(
        _ file: SpooledFile, _ range: Range<Int>, _ archive: FileExtract.Archive, depth: Int, _ budget: inout ZipBudget
    ) throws {
        let directory = try ZipDirectory(in: file, range, budget: &budget) { Member($0) != nil }
        try budget.keep(archive.path.utf8.count + 128)
        archives.append(archive)
        let prefix = archive.path.isEmpty ? "" : archive.path + "!/"
        for entry in directory.entries {
            let path = prefix + String(decoding: entry.name, as: UTF8.self)
            do {
                if Member(entry.name[...]) == .archive {
                    try examine(entry, of: directory, file, path, depth: depth + 1, &budget)
                } else {
                    try keep(entry, of: directory, path, &budget)
                }
            } catch ZipError.notAnArchive {
                // A file with the ending of an archive may be anything.
            } catch {
                report(error, at: path)
            }
        }
    }

    /// Reads an archive inside of another one.
    private func examine(
        _ entry: ZipDirectory.Entry, of directory: ZipDirectory, _ file: SpooledFile, _ path: String, depth: Int,
        _ budget: inout ZipBudget
    ) throws {
        guard depth <= budget.depth else { throw ZipError.limit("zipDepth") }
        var hashes = ArchiveHashes()
        if ZipDirectory.isStored(entry) {
            let place = try directory.place(of: entry)
            try directory.read(entry, budget: &budget) { hashes.update($0) }
            try examine(file, place, hashes.finish(path: path), depth: depth, &budget)
        } else {
            let inner = SpooledFile(limits: limits)
            try directory.read(entry, budget: &budget) { piece in
                try inner.append(piece)
                hashes.update(piece)
            }
            try examine(inner, 0..<inner.count, hashes.finish(path: path), depth: depth, &budget)
        }
    }

    private func keep(
        _ entry: ZipDirectory.Entry, of directory: ZipDirectory, _ path: String, _ budget: inout ZipBudget
    ) throws {
        guard entry.size <= budget.partSize else { throw ZipError.limit("zipPartSize") }
        var bytes: [UInt8] = []
        try directory.read(entry, budget: &budget) { piece in
            bytes.append(addingCapacity: piece.count) { output in _ = output.append(fitting: piece) }
        }
        if Member(entry.name[...]) == .manifest { bytes = JavaManifest.mainSection(of: bytes) }
        try budget.keep(bytes.count + path.utf8.count + 64)
        parts.append(FileExtract.Part(path, bytes))
    }

    private func report(_ error: any Error, at path: String) {
        let code: Diagnostic.Code =
            switch error {
            case ZipError.limit, is LimitError: .archiveLimit
            case ZipError.encrypted: .encryptedMember
            case ZipError.method: .unsupportedCompression
            case is ZipError: .damagedArchive
            default: .unreadableArchive
            }
        log.append(.blind, code: code, at: path, "\(error)")
    }

    /// What a member is that is wanted.
    private enum Member {
        case archive, manifest, description

        private static let metadata = Array("META-INF/".utf8)
        private static let eggInfo = Array("EGG-INFO/".utf8)
        private static let distribution = Array("/METADATA".utf8)

        init?(_ name: ArraySlice<UInt8>) {
            // Most members are classes; only the paths of few are taken apart.
            guard
                ArchiveEnding(of: name) != nil || name.starts(with: Self.metadata) || name.starts(with: Self.eggInfo)
                    || name.suffix(Self.distribution.count).elementsEqual(Self.distribution)
            else { return nil }
            let path = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard let last = path.last else { return nil }
            if ArchiveEnding(of: last) != nil {
                // The path of an archive inside of this one would have the same form.
                self = .archive
                if path.dropLast().contains(where: { $0.last == UInt8(ascii: "!") }) { return nil }
            } else if path.count == 2, path[0].elementsEqual("META-INF".utf8),
                last.elementsEqual("MANIFEST.MF".utf8)
            {
                self = .manifest
            } else if ArchiveReader.descriptions.matches(path) {
                self = .description
                if path.dropLast().contains(where: { $0.last == UInt8(ascii: "!") }) { return nil }
            } else {
                return nil
            }
        }
    }

    private static let descriptions: PathPatterns = [
        "META-INF/maven/*/*/pom.properties", "META-INF/maven/*/*/pom.xml", "EGG-INFO/PKG-INFO",
        "**/*.dist-info/METADATA",
    ]
}

/// The endings of the names of archives that are read.
package enum ArchiveEnding: String, Sendable, Hashable, CaseIterable {
    case jar, war, ear, par, sar, nar, kar, jpi, hpi, lpkg, rar
    case egg, whl, pyz

    /// Whether such archives hold code of Java.
    package var isJava: Bool { self != .egg && self != .whl && self != .pyz }

    /// The ending of a name, in letters of any case; nil if it is another one or the whole name.
    package init?(of name: ArraySlice<UInt8>) {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex, name.endIndex - dot <= 5,
            let ending = Self(rawValue: String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased())
        else { return nil }
        self = ending
    }
}

/// The digests that identify an archive.
private struct ArchiveHashes: ~Copyable {
    private var sha1 = RunningHash(.sha1)
    private var sha256 = RunningHash(.sha256)

    mutating func update(_ bytes: Span<UInt8>) {
        sha1.update(bytes)
        sha256.update(bytes)
    }

    mutating func finish(path: String) -> FileExtract.Archive {
        FileExtract.Archive(path: path, sha1: sha1.finish(), sha256: sha256.finish())
    }
}
