package import ByteStreams

/// A tar archive of this machine whose members can be opened by name, such as `docker save` writes.
///
/// An archive that is not compressed is read where it is. A compressed one, or one from standard input, is expanded into a
/// file without a name, which the system removes with the process.
package struct ArchiveFile: Sendable {
    /// A regular file in the archive.
    package struct Member: Sendable, Hashable {
        /// The offset of its contents in the archive.
        package let offset: Int
        /// The size of its contents.
        package let size: Int
    }

    /// The name of the archive in messages.
    package let name: String
    /// A path that leads to the archive that is not compressed.
    private let path: String
    /// Keeps the file without a name, if there is one.
    private let spool: TemporaryFile?
    private var members: [String: Member] = [:]

    /// Lists an archive in a file of this machine; `-` is standard input.
    ///
    /// - Throws: ``ImageError`` if it cannot be read, is not a tar archive, or exceeds a limit.
    package init(path: String, limits: Limits) throws(ImageError) {
        name = path == "-" ? "standard input" : path
        do {
            let spool = try Self.spool(path, limits)
            let place = spool?.path ?? path
            (self.path, self.spool) = (place, spool)
            do {
                members = try Self.members(of: place, limits)
            } catch let error as ParseError {
                throw Self.malformed(name, Self.kind(of: place) ?? "\(error)")
            }
            if members.isEmpty, let kind = Self.kind(of: place) { throw Self.malformed(name, kind) }
        } catch let error as ImageError {
            throw error
        } catch let error as ParseError {
            throw Self.malformed(name, "\(error)")
        } catch let error as FileError where error.isMissing {
            throw ImageError(.missing, at: name, "no such file")
        } catch {
            throw ImageError(.malformed, at: name, "\(error)")
        }
    }

    private static func malformed(_ name: String, _ reason: String) -> ImageError {
        ImageError(.malformed, at: name, "not a readable tar archive: \(reason)")
    }

    /// The expanded archive; nil for a file that can be read where it is.
    private static func spool(_ path: String, _ limits: Limits) throws -> TemporaryFile? {
        if path == "-" { return try expanded(StandardInput(), limits) }
        return try isCompressed(path) ? try expanded(FileSource(path: path), limits) : nil
    }

    /// A new file with what a source expands to.
    ///
    /// - Throws: ``LimitError`` if it is larger than `limits.archiveSize`, or what the source or the system throws.
    private static func expanded(
        _ source: consuming any ByteSource & ~Copyable, _ limits: Limits
    ) throws -> TemporaryFile {
        let file = try TemporaryFile()
        var source = BufferedSource(try DecompressingSource(source, limits: limits))
        var written = 0
        while try source.fill(1) {
            let window = source.window
            written += window.count
            guard written <= limits.archiveSize else { throw LimitError(name: "archiveSize") }
            try file.append(window.span)
            source.use(window.count)
        }
        return file
    }

    /// The member with a name, after links; nil if there is none.
    package func member(_ name: String) -> Member? { members[name] }

    /// Opens the contents of a member.
    package func open(_ member: Member) throws -> any ByteSource & ~Copyable {
        try FileSource(path: path, offset: member.offset, size: member.size)
    }

    /// All of a member that is smaller than `limits.manifestSize`.
    ///
    /// - Throws: ``BlobStoreError/missing``, ``LimitError``, or the error of the system.
    package func contents(_ name: String, limits: Limits) throws -> [UInt8] {
        guard let member = members[name] else { throw BlobStoreError.missing }
        guard member.size <= limits.manifestSize else { throw LimitError(name: "manifestSize") }
        var source = BufferedSource(try open(member))
        var bytes: [UInt8] = []
        guard try source.read(member.size, onto: &bytes) else { throw ParseError(.truncated, at: bytes.count) }
        return bytes
    }

    /// What a file is that is no archive; nil if that is not evident.
    private static func kind(of path: String) -> String? {
        guard let file = try? FileSource(path: path) else { return nil }
        guard file.size > 0 else { return "the file is empty" }
        var source = BufferedSource(file)
        _ = try? source.fill(64)
        let start = source.window.prefix(64)
        let text = start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
        let isDocument =
            text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "<") || text.starts(with: "SPDXVersion:".utf8)
        return isDocument ? "the file is a text, such as a document; an image is expected" : nil
    }

    private static func isCompressed(_ path: String) throws -> Bool {
        var source = BufferedSource(try FileSource(path: path))
        _ = try source.fill(Compression.magicSize)
        return Compression(startingWith: source.window) != .none
    }

    private static func members(of path: String, _ limits: Limits) throws -> [String: Member] {
        var reader = TarReader(try FileSource(path: path), limits: limits)
        var members: [String: Member] = [:]
        var links: [String: String] = [:]
        while let entry = try reader.next() {
            guard members.count + links.count < Limits.archiveMembers else { throw LimitError(name: "archiveMembers") }
            guard let name = clean(String(decoding: entry.path, as: UTF8.self), below: "") else { continue }
            // The last entry of a name counts, as when the archive is unpacked.
            members[name] = nil
            links[name] = nil
            let target = String(decoding: entry.linkTarget, as: UTF8.self)
            switch entry.kind {
            case .file where entry.holeSize == 0: members[name] = Member(offset: reader.offset, size: entry.size)
            case .symbolicLink: links[name] = clean(target, below: folder(of: name))
            case .hardLink: links[name] = clean(target, below: "")
            case .file, .directory, .other: break
            }
        }
        // Links are resolved among the files alone, so that their order does not matter.
        var linked: [String: Member] = [:]
        for name in links.keys {
            var target = name
            var hops = 0
            while let next = links[target], hops < Limits.archiveLinks {
                target = next
                hops += 1
            }
            if let member = members[target] { linked[name] = member }
        }
        return members.merging(linked) { file, _ in file }
    }

    private static func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }

    /// A path relative to the root of the archive, without `.` and `..`; nil if it leads out of the archive or nowhere.
    private static func clean(_ path: String, below folder: String) -> String? {
        var parts = path.hasPrefix("/") ? [] : folder.split(separator: "/")
        for part in path.split(separator: "/") {
            switch part {
            case ".": break
            case "..": if parts.popLast() == nil { return nil }
            default: parts.append(part)
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }
}

/// The blobs of an OCI layout in a tar archive (`skopeo copy … oci-archive:`, and `docker save` since version 25).
package struct ArchiveBlobStore: BlobStore {
    private let archive: ArchiveFile

    /// The blobs of an archive.
    package init(_ archive: ArchiveFile) {
        self.archive = archive
    }

    package var name: String { archive.name }

    private func member(_ digest: ContentDigest) -> ArchiveFile.Member? {
        archive.member("blobs/\(digest.algorithm.rawValue)/\(digest.hex)")
    }

    package func has(_ digest: ContentDigest) -> Bool { member(digest) != nil }

    package func open(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable {
        guard let member = member(descriptor.digest) else { throw BlobStoreError.missing }
        guard member.size == descriptor.size else {
            throw VerificationError.size(expected: descriptor.size, found: member.size)
        }
        return try archive.open(member)
    }

    package func open(fileNamed name: String) throws -> any ByteSource & ~Copyable {
        guard let member = archive.member(name) else { throw BlobStoreError.missing }
        return try archive.open(member)
    }
}
