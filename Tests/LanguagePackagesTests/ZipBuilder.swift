import ByteStreams

/// Writes zip archives, and such that no program writes.
struct ZipBuilder {
    /// A member and what its two headers state.
    struct Member {
        var name: String
        var data: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        var crc: UInt32
        var size: UInt64
        /// The offset that the directory states; nil for the true one.
        var offset: UInt64?
        var extra: [UInt8] = []

        /// A stored member.
        init(_ name: String, _ data: [UInt8]) {
            self.name = name
            self.data = data
            crc = crc32(data.span)
            size = UInt64(data.count)
        }

        init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }

        /// A member with a deflate stream of blocks that are not compressed.
        static func deflated(_ name: String, _ data: [UInt8]) -> Member {
            var member = Member(name, data)
            member.method = 8
            var stream: [UInt8] = []
            var rest = data[...]
            repeat {
                let block = rest.prefix(0xFFFF)
                rest = rest.dropFirst(0xFFFF)
                let count = UInt16(block.count)
                stream += [rest.isEmpty ? 1 : 0] + littleEndian(count) + littleEndian(~count) + block
            } while !rest.isEmpty
            member.data = stream
            return member
        }
    }

    var members: [Member]
    var prefix: [UInt8] = []
    var comment: [UInt8] = []
    /// Whether all numbers are in the records of zip64.
    var isLarge = false

    init(_ members: Member...) { self.members = members }

    init(_ members: [Member]) { self.members = members }

    static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    var bytes: [UInt8] {
        func number(_ value: some FixedWidthInteger) -> [UInt8] { Self.littleEndian(value) }
        var file = prefix
        var directory: [UInt8] = []
        for member in members {
            let offset = member.offset ?? UInt64(file.count - prefix.count)
            let name = Array(member.name.utf8)
            let common: [UInt8] = number(member.flags) + number(member.method) + number(UInt32(0)) + number(member.crc)
            let sizes =
                isLarge
                ? number(UInt32.max) + number(UInt32.max)
                : number(UInt32(truncatingIfNeeded: member.data.count))
                    + number(UInt32(truncatingIfNeeded: member.size))
            file += [0x50, 0x4B, 3, 4] + number(UInt16(20)) + common + sizes + number(UInt16(name.count))
            file += number(UInt16(member.extra.count)) + name + member.extra + member.data
            var extra: [UInt8] = []
            if isLarge {
                extra = number(UInt16(1)) + number(UInt16(24)) + number(member.size)
                extra += number(UInt64(member.data.count)) + number(offset)
            }
            directory += [0x50, 0x4B, 1, 2] + number(UInt16(20)) + number(UInt16(20)) + common + sizes
            directory += number(UInt16(name.count)) + number(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10)
            directory += number(isLarge ? UInt32.max : UInt32(truncatingIfNeeded: offset)) + name + extra
        }
        let start = file.count - prefix.count
        file += directory
        if isLarge {
            let record = file.count - prefix.count
            file += [0x50, 0x4B, 6, 6] + number(UInt64(44)) + number(UInt16(45)) + number(UInt16(45))
            file += number(UInt64(0)) + number(UInt64(members.count)) + number(UInt64(members.count))
            file += number(UInt64(directory.count)) + number(UInt64(start))
            file += [0x50, 0x4B, 6, 7] + number(UInt32(0)) + number(UInt64(record)) + number(UInt32(1))
            file += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 12)
        } else {
            let count = UInt16(truncatingIfNeeded: members.count)
            file += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + number(count) + number(count)
            file += number(UInt32(directory.count)) + number(UInt32(start))
        }
        return file + number(UInt16(comment.count)) + comment
    }
}
