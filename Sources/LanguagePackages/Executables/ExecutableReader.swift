package import ByteStreams
package import ContainerImages

/// The names of the parts that are kept of executables.
package enum ExecutablePart {
    /// The JSON text of the package note (systemd, "Package Metadata for Executable Files").
    package static let packageNote = ".note.package"
    /// The version of Go that the executable was built with.
    package static let goVersion = "go.version"
    /// The lines about the modules of Go that the executable was built from.
    package static let goModules = "go.modinfo"
    /// The JSON text that cargo-auditable writes about crates, decompressed.
    package static let crates = ".dep-v0"
}

/// Keeps what an ELF executable states about its packages, while its bytes pass.
///
/// Of the file stay in memory its first bytes, its notes, and some bytes before and after the table of its sections. The
/// data of the program is searched for the build information of Go. The extract is partial where these do not suffice:
/// ``WholeExecutableReader`` reads such a file.
package struct ExecutableReader: FileReader {
    /// A part of the file that is kept until its end.
    private struct Window {
        let range: Range<Int>
        var bytes: [UInt8] = []
    }

    /// How many bytes before the table of sections are kept: linkers write the names of the sections there.
    private static let beforeSections = 64 << 10
    /// How many leading bytes are kept: the program headers stand there, and in executables of Go the section headers.
    private static let headSize = 16 << 10

    private let size: Int
    private let limits: Limits
    private var offset = 0
    private var head: [UInt8] = []
    private var header: ELFHeader?
    private var windows: [Window] = []
    /// The segments with notes, as numbers of windows.
    private var notes: [(window: Int, alignment: UInt64)] = []
    /// The data segments, in the order of the file and without overlaps; the address is that of the first byte.
    private var data: [(range: Range<Int>, address: UInt64)] = []
    private var firstData = 0
    private var scanner: GoBuildScanner
    private var isPartial = false
    private var diagnostics: [Diagnostic] = []

    /// A reader for a file.
    ///
    /// - Parameters:
    ///   - size: The size of the file, in bytes.
    ///   - limits: The bounds.
    package init(size: Int, limits: Limits) {
        self.size = size
        self.limits = limits
        scanner = GoBuildScanner(limit: limits.goBuildInformationSize)
    }

    /// Whether the first bytes are those of an ELF file.
    package static func reads(_ head: [UInt8]) -> Bool { head.starts(with: ELFHeader.magic) }

    package mutating func read(_ bytes: Span<UInt8>) {
        var start = 0
        if offset < Self.headSize {
            start = min(bytes.count, Self.headSize - offset)
            head.append(contentsOf: bytes, 0..<start)
            offset += start
            if offset == Self.headSize { plan() }
        }
        guard header != nil, start < bytes.count else { return }
        pass(bytes.extracting(start...), at: offset)
        offset += bytes.count - start
    }

    package mutating func finish() -> FileExtract? {
        if offset < Self.headSize { plan() }
        guard let header else { return nil }
        if !data.isEmpty { scanner.endSegment() }
        var extract = FileExtract([])
        for note in notes {
            guard let bytes = window(note.window),
                let text = ELFNotes.packageNote(bytes, alignment: note.alignment, header.format)
            else { continue }
            extract.parts.append(FileExtract.Part(ExecutablePart.packageNote, text))
            break
        }
        extract.isPartial = isPartial
        let hasGo = scanner.result != nil
        extract.addGo(scanner.result)
        readSections(header, hasGo: hasGo, into: &extract)
        extract.diagnostics += diagnostics
        let isEmpty = extract.parts.isEmpty && !extract.isPartial && extract.diagnostics.isEmpty
        return isEmpty ? nil : extract
    }

    /// Decides from the first bytes what of the rest is kept.
    private mutating func plan() {
        guard let header = ELFHeader(head) else { return }
        self.header = header
        if let table = header.segmentTable(in: size), table.upperBound <= head.count {
            plan(header.segments(Array(head[table])))
        } else if header.segmentCount > 0, header.segmentTable(in: size) != nil {
            isPartial = true
        }
        if let table = header.sectionTable(in: size) {
            let start = max(0, table.lowerBound - Self.beforeSections)
            if table.count <= Limits.sectionTableSize {
                windows.append(Window(range: start..<table.upperBound))
                if table.upperBound <= head.count,
                    let names = header.sections(Array(head[table])).names(header, size)
                {
                    windows.append(Window(range: names))
                }
            }
        }
        let bytes = head
        pass(bytes.span, at: 0)
    }

    private mutating func plan(_ segments: [ELFSegment]) {
        var noteBytes = 0
        for segment in segments where segment.isNotes {
            guard let range = fileRange(segment.offset, segment.size, in: size), !range.isEmpty else { continue }
            guard range.count <= limits.noteSize - noteBytes else {
                diagnostics.append(
                    Diagnostic(.warning, code: .executableLimit, at: "", "notes: more than the limit noteSize allows"))
                break
            }
            noteBytes += range.count
            notes.append((windows.count, segment.alignment))
            windows.append(Window(range: range))
        }
        var end = 0
        for segment in segments.filter(\.isData).sorted(by: { ($0.offset, $0.size) < ($1.offset, $1.size) }) {
            guard segment.offset < size else { continue }
            let offset = Int(segment.offset)
            let start = max(offset, end)
            let limit = offset + Int(min(segment.size, UInt64(size - offset)))
            guard start < limit else { continue }
            data.append((start..<limit, segment.address &+ UInt64(start - offset)))
            end = limit
        }
    }

    /// Keeps what the windows need of a piece, and searches it.
    private mutating func pass(_ bytes: Span<UInt8>, at offset: Int) {
        let piece = offset..<offset + bytes.count
        for number in windows.indices {
            let part = windows[number].range.clamped(to: piece)
            guard !part.isEmpty else { continue }
            windows[number].bytes.append(contentsOf: bytes, part.lowerBound - offset..<part.upperBound - offset)
        }
        while firstData < data.count, scanner.result == nil {
            let (range, address) = data[firstData]
            let part = range.clamped(to: piece)
            if !part.isEmpty {
                scanner.scan(
                    bytes.extracting(part.lowerBound - offset..<part.upperBound - offset),
                    address: address &+ UInt64(part.lowerBound - range.lowerBound))
            }
            guard range.upperBound <= piece.upperBound else { return }
            scanner.endSegment()
            firstData += 1
        }
    }

    /// The bytes of a window; nil if the file ended before.
    private func window(_ number: Int) -> [UInt8]? {
        windows[number].bytes.count == windows[number].range.count ? windows[number].bytes : nil
    }

    /// The bytes of a part of the file, if they were kept.
    private func kept(_ range: Range<Int>) -> [UInt8]? {
        if range.upperBound <= head.count { return Array(head[range]) }
        for (number, window) in windows.enumerated() where window.range.contains(range) {
            return self.window(number).map {
                Array($0[range.lowerBound - window.range.lowerBound..<range.upperBound - window.range.lowerBound])
            }
        }
        return nil
    }

    private func readSections(_ header: ELFHeader, hasGo: Bool, into extract: inout FileExtract) {
        guard let place = header.sectionTable(in: size), place.count <= Limits.sectionTableSize else { return }
        guard let table = kept(place) else {
            extract.isPartial = true
            return
        }
        let sections = header.sections(table)
        guard let range = sections.names(header, size) else { return }
        guard let names = kept(range) else {
            // What Go links has no list of crates.
            if !hasGo { extract.isPartial = true }
            return
        }
        for section in sections {
            if section.isNamed(".dep-v0", in: names[...]), let range = section.range(in: size) {
                if let bytes = kept(range) {
                    extract.addCrates(bytes, limits)
                } else {
                    extract.isPartial = true
                }
                return
            }
            if !hasGo, section.isNamed(".go.buildinfo", in: names[...]) { extract.isPartial = true }
        }
    }
}

extension [ELFSection] {
    /// Where the names of the sections are; nil if the file states no place for them, or they exceed a limit.
    func names(_ header: ELFHeader, _ size: Int) -> Range<Int>? {
        guard indices.contains(header.nameSection), let range = self[header.nameSection].range(in: size),
            range.count <= Limits.sectionTableSize
        else { return nil }
        return range
    }
}

extension FileExtract {
    /// Adds what was found of the build information of Go.
    mutating func addGo(_ result: GoBuildInformation.Progress?) {
        switch result {
        case .complete(let found):
            parts.append(Part(ExecutablePart.goVersion, found.version))
            parts.append(Part(ExecutablePart.goModules, found.modules))
        case .pointers:
            isPartial = true
        case .tooLarge:
            diagnostics.append(
                Diagnostic(
                    .warning, code: .executableLimit, at: "",
                    "build information of Go: more than the limit goBuildInformationSize allows"))
        case .damaged:
            diagnostics.append(
                Diagnostic(.warning, code: .damagedExecutable, at: "", "the build information of Go is damaged"))
        case .needs, nil: break
        }
    }

    /// Adds the decompressed text of the section that cargo-auditable writes.
    mutating func addCrates(_ bytes: [UInt8], _ limits: Limits) {
        do throws(CompressionError.Kind) {
            guard let text = try Inflater.inflated(bytes, .zlib, limit: limits.crateListSize) else {
                diagnostics.append(
                    Diagnostic(
                        .warning, code: .executableLimit, at: ExecutablePart.crates,
                        "the list of crates: more than the limit crateListSize allows"))
                return
            }
            parts.append(Part(ExecutablePart.crates, text))
        } catch {
            diagnostics.append(
                Diagnostic(
                    .warning, code: .damagedExecutable, at: ExecutablePart.crates, "the list of crates \(error)"))
        }
    }
}
