package import ByteStreams
package import ContainerImages

/// Keeps what an ELF executable states about its packages, wherever in the file that stands.
///
/// It spools the file, so that it is only for files whose extract by ``ExecutableReader`` is partial. Its extract replaces
/// the other one.
package struct WholeExecutableReader: FileReader {
    private let limits: Limits
    private let file: SpooledFile
    private var problem: String?

    /// A reader for a file.
    package init(limits: Limits) {
        self.limits = limits
        file = SpooledFile(limits: limits)
    }

    package mutating func read(_ bytes: Span<UInt8>) {
        guard problem == nil else { return }
        do { try file.append(bytes) } catch { problem = "\(error)" }
    }

    package mutating func finish() -> FileExtract? {
        var extract = FileExtract([])
        if problem == nil {
            do { try read(into: &extract) } catch { problem = "\(error)" }
        }
        if let problem {
            extract.diagnostics.append(Diagnostic(.warning, code: .executableLimit, at: "", problem))
        }
        return extract.parts.isEmpty && extract.diagnostics.isEmpty ? nil : extract
    }

    private func bytes(_ range: Range<Int>) throws -> [UInt8] {
        try file.bytes(at: range.lowerBound, count: range.count)
    }

    private func read(into extract: inout FileExtract) throws {
        guard let header = ELFHeader(try file.bytes(at: 0, count: ELFHeader.longestSize)) else { return }
        let segments = try header.segmentTable(in: file.count).map { header.segments(try bytes($0)) } ?? []
        let (sections, names) = try readSections(header)
        try readNotes(header, segments, into: &extract)
        let goSection = sections.first { $0.isNamed(".go.buildinfo", in: names[...]) }
        let start = try goSection?.range(in: file.count).flatMap { try isGo($0.lowerBound) ? $0.lowerBound : nil }
        try readGo(header, segments, at: start, into: &extract)
        extract.isPartial = false
        if let section = sections.first(where: { $0.isNamed(".dep-v0", in: names[...]) }),
            let range = section.range(in: file.count)
        {
            guard range.count <= limits.crateListSize else {
                extract.diagnostics.append(
                    Diagnostic(
                        .warning, code: .executableLimit, at: ExecutablePart.crates,
                        "the list of crates: more than the limit crateListSize allows"))
                return
            }
            extract.addCrates(try bytes(range), limits)
        }
    }

    private func readSections(_ header: ELFHeader) throws -> (sections: [ELFSection], names: [UInt8]) {
        guard let table = header.sectionTable(in: file.count), table.count <= Limits.sectionTableSize else {
            return ([], [])
        }
        let sections = header.sections(try bytes(table))
        return (sections, try sections.names(header, file.count).map(bytes) ?? [])
    }

    private func readNotes(
        _ header: ELFHeader, _ segments: [ELFSegment], into extract: inout FileExtract
    ) throws {
        var left = limits.noteSize
        for segment in segments where segment.isNotes {
            guard let range = fileRange(segment.offset, segment.size, in: file.count) else { continue }
            guard range.count <= left else {
                extract.diagnostics.append(
                    Diagnostic(.warning, code: .executableLimit, at: "", "notes: more than the limit noteSize allows"))
                return
            }
            left -= range.count
            if let text = ELFNotes.packageNote(try bytes(range), alignment: segment.alignment, header.format) {
                extract.parts.append(FileExtract.Part(ExecutablePart.packageNote, text))
                return
            }
        }
    }

    private func isGo(_ offset: Int) throws -> Bool {
        try file.bytes(at: offset, count: GoBuildInformation.magic.count) == GoBuildInformation.magic
    }

    /// Reads the build information of Go at an offset, or else where it stands in the data.
    private func readGo(
        _ header: ELFHeader, _ segments: [ELFSegment], at offset: Int?, into extract: inout FileExtract
    ) throws {
        var place = offset
        var end = offset == nil ? 0 : file.count
        for segment in segments.filter(\.isData).sorted(by: { ($0.offset, $0.size) < ($1.offset, $1.size) })
        where place == nil && segment.offset < file.count {
            let start = Int(segment.offset)
            let limit = start + Int(min(segment.size, UInt64(file.count - start)))
            // Segments that overlap are searched once.
            guard max(start, end) < limit else { continue }
            place = try findGo(max(start, end)..<limit, address: segment.address &+ UInt64(max(0, end - start)))
            end = limit
        }
        guard let place else { return }
        var needed = GoBuildInformation.headerSize
        while true {
            guard needed <= end - place else { return extract.addGo(.damaged) }
            let blob = try file.bytes(at: place, count: needed)
            switch GoBuildInformation.read(blob, limit: limits.goBuildInformationSize) {
            case .needs(let count): needed = count
            case .pointers: return extract.addGo(try readPointers(blob, segments))
            case let result: return extract.addGo(result)
            }
        }
    }

    /// The offset of build information of Go in a part of the file.
    private func findGo(_ range: Range<Int>, address: UInt64) throws -> Int? {
        let unit = GoBuildInformation.alignment
        var start = range.lowerBound + Int((UInt64(unit) - address % UInt64(unit)) % UInt64(unit))
        while start < range.upperBound {
            // Whole units, so that none is cut.
            let piece = try bytes(start..<min(range.upperBound, start + (1 << 20)))
            for place in stride(from: 0, to: piece.count, by: unit) where piece[place] == 0xFF {
                if piece[place...].starts(with: GoBuildInformation.magic) { return start + place }
            }
            start += 1 << 20
        }
        return nil
    }

    /// Reads the information of Go 1.13 to 1.17: pointers to the headers of two strings.
    private func readPointers(_ blob: [UInt8], _ segments: [ELFSegment]) throws -> GoBuildInformation.Progress {
        let size = Int(blob[14])
        guard size == 4 || size == 8 else { return .damaged }
        let isBigEndian = blob[15] & 1 != 0
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            (isBigEndian ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
        }
        /// What stands at an address; nil if the file does not have so many bytes there.
        func memory(_ address: UInt64, _ count: Int) throws -> [UInt8]? {
            for segment in segments where segment.isLoaded && address >= segment.address {
                let distance = address - segment.address
                guard distance < segment.size, UInt64(count) <= segment.size - distance else { continue }
                let (offset, isTooLarge) = segment.offset.addingReportingOverflow(distance)
                guard !isTooLarge, let range = fileRange(offset, UInt64(count), in: file.count) else { continue }
                return try bytes(range)
            }
            return nil
        }
        var texts: [[UInt8]] = []
        for start in [16, 16 + size] {
            guard let header = try memory(number(blob[start..<start + size]), 2 * size) else { return .damaged }
            let count = number(header[size...])
            guard count <= limits.goBuildInformationSize else { return .tooLarge }
            guard count > 0 else {
                texts.append([])
                continue
            }
            guard let text = try memory(number(header[..<size]), Int(count)) else { return .damaged }
            texts.append(text)
        }
        return texts[0].isEmpty
            ? .damaged : .complete(GoBuildInformation(version: texts[0], framedModules: texts[1]))
    }
}
