import ByteStreams
import ContainerImages
import PackageDatabases
import TestSupport

@testable import LanguagePackages

/// Makes small ELF files of any class and byte order.
struct ELFBuilder {
    struct Segment {
        var type: UInt32
        var flags: UInt32
        var bytes: [UInt8]
        var alignment: UInt64 = 4
        /// An offset and a size to state in place of the true ones.
        var stated: (offset: UInt64, size: UInt64)?
    }

    var is64Bit = true
    var isBigEndian = false
    var type: UInt16 = 2
    var segments: [Segment] = []
    var sections: [(name: String, bytes: [UInt8])] = []
    /// Bytes between the names of the sections and the section headers.
    var gap = 0
    /// Bytes before the program headers.
    var segmentsGap = 0

    /// The address at which the file is loaded: far from its offsets.
    static let base: UInt64 = 0x40_0000

    func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        return isBigEndian ? bytes.reversed() : bytes
    }

    private func address(_ value: UInt64) -> [UInt8] { number(value, is64Bit ? 8 : 4) }

    /// The offset of the first segment: all are aligned to 16 bytes.
    var firstSegment: Int {
        (headerSize + segmentsGap + segments.count * (is64Bit ? 56 : 32) + 15) / 16 * 16
    }

    private var headerSize: Int { is64Bit ? 64 : 52 }

    /// The offset of each segment.
    var offsets: [Int] {
        var offset = firstSegment
        return segments.map { segment in
            defer { offset = (offset + segment.bytes.count + 15) / 16 * 16 }
            return offset
        }
    }

    var bytes: [UInt8] {
        var headers: [UInt8] = []
        var body: [UInt8] = []
        for (segment, offset) in zip(segments, offsets) {
            while firstSegment + body.count < offset { body.append(0) }
            body += segment.bytes
            let (stated, size) = segment.stated ?? (UInt64(offset), UInt64(segment.bytes.count))
            headers += number(UInt64(segment.type), 4)
            if is64Bit { headers += number(UInt64(segment.flags), 4) }
            headers += address(stated) + address(Self.base &+ stated) + address(0) + address(size) + address(size)
            if !is64Bit { headers += number(UInt64(segment.flags), 4) }
            headers += address(segment.alignment)
        }
        var names: [UInt8] = [0]
        var table = [UInt8](repeating: 0, count: is64Bit ? 64 : 40)
        var offset = firstSegment + body.count
        for (name, content) in sections + [(".shstrtab", [])] {
            let isNames = name == ".shstrtab"
            let start = names.count
            names += Array(name.utf8) + [0]
            let content = isNames ? names : content
            table += number(UInt64(start), 4) + number(1, 4) + address(0) + address(0)
            table += address(UInt64(offset)) + address(UInt64(content.count))
            table += number(0, 4) + number(0, 4) + address(0) + address(0)
            body += content
            offset += content.count
        }
        body += [UInt8](repeating: 0, count: gap)
        let hasSections = !sections.isEmpty
        var file: [UInt8] = ELFHeader.magic + [is64Bit ? 2 : 1, isBigEndian ? 2 : 1, 1]
        file += [UInt8](repeating: 0, count: 9) + number(UInt64(type), 2) + number(62, 2) + number(1, 4)
        file += address(0) + address(UInt64(headerSize + segmentsGap))
        file += address(hasSections ? UInt64(offset + gap) : 0)
        file += number(0, 4) + number(UInt64(headerSize), 2)
        file += number(is64Bit ? 56 : 32, 2) + number(UInt64(segments.count), 2)
        file += number(is64Bit ? 64 : 40, 2) + number(hasSections ? UInt64(sections.count + 2) : 0, 2)
        file += number(hasSections ? UInt64(sections.count + 1) : 0, 2)
        file += [UInt8](repeating: 0, count: segmentsGap) + headers
        while file.count < firstSegment { file.append(0) }
        return file + body + (hasSections ? table : [])
    }

    /// A note, as in a segment of notes.
    func note(owner: String, type: UInt32, _ text: [UInt8]) -> [UInt8] {
        var bytes = number(UInt64(owner.utf8.count + 1), 4) + number(UInt64(text.count), 4) + number(UInt64(type), 4)
        bytes += Array(owner.utf8) + [0]
        while bytes.count % 4 != 0 { bytes.append(0) }
        bytes += text
        while bytes.count % 4 != 0 { bytes.append(0) }
        return bytes
    }

    /// The package note with that JSON text.
    func packageNote(_ text: String) -> [UInt8] { note(owner: "FDO", type: 0xCAFE_1A7E, Array(text.utf8) + [0]) }

    /// Build information of Go, as Go 1.18 and later write it.
    static func goInformation(_ version: String, _ modules: String) -> [UInt8] {
        func text(_ bytes: [UInt8]) -> [UInt8] {
            var (count, result) = (bytes.count, [UInt8]())
            while count >= 0x80 {
                result.append(UInt8(count & 0x7F) | 0x80)
                count >>= 7
            }
            return result + [UInt8(count)] + bytes
        }
        let sentinel = [UInt8](repeating: 0x77, count: 16)
        return GoBuildInformation.magic + [8, 2] + [UInt8](repeating: 0, count: 16) + text(Array(version.utf8))
            + text(sentinel + Array(modules.utf8) + sentinel)
    }

    /// An executable of Go 1.13 to 1.17, whose build information has pointers.
    mutating func addOldGo(version: String, modules: String) {
        let size = is64Bit ? 8 : 4
        let sentinel = [UInt8](repeating: 0x77, count: 16)
        let texts = [Array(version.utf8), sentinel + Array(modules.utf8) + sentinel]
        let place = segments.count
        segments.append(Segment(type: 1, flags: 4, bytes: texts[0] + texts[1]))
        segments.append(Segment(type: 1, flags: 6, bytes: [UInt8](repeating: 0, count: 48 + 4 * size)))
        let text = UInt64(offsets[place]) + Self.base
        let start = UInt64(offsets[place + 1]) + Self.base
        var data = [UInt8](repeating: 0, count: 16)
        data += GoBuildInformation.magic + [UInt8(size), isBigEndian ? 1 : 0]
        data += number(start + 48, size) + number(start + 48 + UInt64(2 * size), size)
        data += [UInt8](repeating: 0, count: 48 - data.count)
        data += number(text, size) + number(UInt64(texts[0].count), size)
        data += number(text + UInt64(texts[0].count), size) + number(UInt64(texts[1].count), size)
        segments[place + 1].bytes = data
    }
}

/// What a reader keeps of bytes that arrive in pieces of a size.
func extract(_ reader: some FileReader, _ bytes: [UInt8], pieces: Int = 256 << 10) -> FileExtract? {
    var reader = reader
    for start in stride(from: 0, to: bytes.count, by: pieces) {
        reader.read(bytes[start..<min(bytes.count, start + pieces)].span)
    }
    return reader.finish()
}

/// What ``ExecutableReader`` keeps of bytes.
func streamed(_ bytes: [UInt8], pieces: Int = 256 << 10, limits: Limits = Limits()) -> FileExtract? {
    extract(ExecutableReader(size: bytes.count, limits: limits), bytes, pieces: pieces)
}

/// What ``WholeExecutableReader`` keeps of bytes.
func whole(_ bytes: [UInt8], limits: Limits = Limits()) -> FileExtract? {
    extract(WholeExecutableReader(limits: limits), bytes)
}

extension FileExtract {
    /// The text of a part.
    func text(_ name: String) -> String? { self[name].map { String(decoding: $0, as: UTF8.self) } }
}

/// A tree with some paths, none of which is a link.
struct PathTree: FileTree {
    var paths: [String] = []

    func contents(of path: String) -> [UInt8]? { nil }
    func canonical(_ path: String) -> String { path }
    func target(of path: String) -> String? { paths.contains(path) ? path : nil }

    func names(in directory: String) -> [String] {
        let prefix = directory.isEmpty ? "" : directory + "/"
        let below = paths.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        let names = below.map { path in String(path.prefix { $0 != "/" }) }
        return Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// The files of an image of one layer with these parts.
func languageFiles(_ files: [(path: String, extract: FileExtract)]) -> LanguageFiles {
    LanguageFiles(
        files.map { LanguageFile(path: $0.path, layer: 0, extract: $0.extract) }, architecture: "amd64", system: nil)
}

/// The files of an image of one layer with these texts.
func languageFiles(texts: [String: String]) -> LanguageFiles {
    languageFiles(texts.map { ($0.key, FileExtract([FileExtract.Part("", Array($0.value.utf8))])) })
}
