internal import ByteStreams

/// rpm's own database format, which SUSE uses: a table of slots, each of which points to a blob with a checksum.
///
/// All numbers are little-endian. The file consists of blocks of 16 bytes and pages of 4096 bytes. The slots fill the
/// first pages, after a head with the size of two slots (rpm lib/backend/ndb/rpmpkg.c).
enum NDBStore {
    static let magic = Array("RpmP".utf8)
    private static let slotMagic = Array("Slot".utf8)
    private static let blobMagic = Array("BlbS".utf8)
    private static let blobEndMagic = Array("BlbE".utf8)
    private static let blockSize = 16
    private static let pageSize = 4096
    private static let headSize = 16
    private static let tailSize = 12

    private struct Slot {
        let number: UInt32
        let block: Int
        let blocks: Int
    }

    private struct Blob {
        let number: UInt32
        let header: ArraySlice<UInt8>
        let end: Int
        let isIntact: Bool
    }

    static func read(_ bytes: [UInt8], path: String, limits: Limits) throws(PackageDatabaseError) -> RPMStoreContents {
        var contents = RPMStoreContents(limits: limits)
        var isDamaged = false
        func report(
            _ code: Diagnostic.Code, _ place: @autoclosure () -> String, _ message: @autoclosure () -> String
        ) {
            isDamaged = true
            contents.diagnostics.append(.blind, code: code, at: place(), message())
        }
        guard let version = try? bytes.integer(UInt32.self, at: 4, .little),  // nil: shorter than the head
            let declared = try? bytes.integer(UInt32.self, at: 12, .little), bytes.count >= 32
        else {
            throw PackageDatabaseError(.unreadable, path: path, "expected an NDB database, found \(bytes.count) bytes")
        }
        if !bytes.holds(magic, at: 0) {
            report(.rpmDamagedDatabase, path, "the magic number of an NDB database is damaged")
        }
        // rpmpkg.c, rpmpkgReadHeader
        if version != 0 { report(.rpmDamagedDatabase, path, "expected NDB version 0, found \(version)") }
        if bytes.count % blockSize != 0 {
            report(
                .rpmDamagedDatabase, path, "the file ends inside a block, expected a multiple of \(blockSize) bytes")
        }

        let table = slots(in: bytes, pages: Int(declared))
        if table.damaged > 0 || table.size != Int(declared) * pageSize {
            let what =
                "\(table.damaged) slots are damaged, \(table.size / pageSize) of \(declared) pages of slots are there"
            report(.rpmDamagedDatabase, path, what)
        }
        var used: Set<Int> = []
        // Blobs do not overlap, except in a hostile file, where each of them can be as long as the file.
        var budget = 4 * bytes.count
        for slot in table.slots {
            var place: String { "\(path): package \(slot.number)" }
            // rpmpkg.c, rpmpkgReadSlots
            guard slot.number != 0, slot.block * blockSize >= table.size else {
                report(.rpmDamagedRecord, place, "its slot points outside of the blobs")
                continue
            }
            guard let blob = blob(at: slot.block * blockSize, in: bytes, budget: &budget), blob.number == slot.number
            else {
                report(.rpmDamagedRecord, place, "expected its blob at byte \(slot.block * blockSize)")
                continue
            }
            used.insert(slot.block)
            if !blob.isIntact { report(.rpmDamagedRecord, place, "its blob does not fit its checksum") }
            try contents.append(RPMRecord(number: blob.number, blob: Array(blob.header)), path: path, limits: limits)
        }
        try readUnused(
            bytes, from: table.size, used: used, isDamaged: isDamaged, budget: &budget, to: &contents, path: path,
            limits: limits)
        return contents
    }

    /// The slots in use, the number of damaged slots, and the size of the table in bytes.
    private static func slots(in bytes: [UInt8], pages: Int) -> (slots: [Slot], damaged: Int, size: Int) {
        var slots: [Slot] = []
        var damaged = 0
        // The table extends to the first blob, even if a damaged page count states less.
        let declaredEnd = min(pages * pageSize, bytes.count / blockSize * blockSize)
        var offset = 32
        while offset <= bytes.count - blockSize {
            let isSlot = bytes.holds(slotMagic, at: offset)
            if !isSlot && (offset >= declaredEnd || bytes.holds(blobMagic, at: offset)) { break }
            defer { offset += blockSize }
            guard isSlot, let number = try? bytes.integer(UInt32.self, at: offset + 4, .little),
                let block = try? bytes.integer(UInt32.self, at: offset + 8, .little),
                let blocks = try? bytes.integer(UInt32.self, at: offset + 12, .little)  // nil: not within the file
            else {
                damaged += 1
                continue
            }
            // A free slot is all zeros except for its mark.
            if block != 0 {
                slots.append(Slot(number: number, block: Int(block), blocks: Int(blocks)))
            } else if number != 0 || blocks != 0 {
                damaged += 1
            }
        }
        return (slots, damaged, offset)
    }

    // rpmpkg.c, rpmpkgReadBlob
    /// The blob at an offset, or nil if there is none or if the budget is spent.
    private static func blob(at start: Int, in bytes: [UInt8], budget: inout Int) -> Blob? {
        guard bytes.holds(blobMagic, at: start),
            let number = try? bytes.integer(UInt32.self, at: start + 4, .little),
            let length = try? bytes.integer(UInt32.self, at: start + 12, .little),
            let header = try? bytes.slice(start + headSize, count: Int(length))  // nil: not within the file
        else { return nil }
        guard header.count <= budget else { return nil }
        budget -= header.count
        let whole = headSize + Int(length) + tailSize
        let end = start + (whole + blockSize - 1) / blockSize * blockSize
        let tail = end - tailSize
        let isIntact =
            (try? bytes.integer(UInt32.self, at: tail + 4, .little)) == length
            && bytes.holds(blobEndMagic, at: tail + 8)
            && (try? bytes.integer(UInt32.self, at: tail, .little)) == adler32(bytes[start..<min(tail, bytes.count)])
        return Blob(number: number, header: header, end: end, isIntact: isIntact)
    }

    /// Searches for intact blobs that no slot points to.
    ///
    /// rpm overwrites a blob with zeros when it removes it. So an intact blob without a slot has a damaged slot, or was
    /// being written when the machine stopped. It is listed only in the first case, and reported in both.
    private static func readUnused(
        _ bytes: [UInt8], from start: Int, used: Set<Int>, isDamaged: Bool, budget: inout Int,
        to contents: inout RPMStoreContents, path: String, limits: Limits
    ) throws(PackageDatabaseError) {
        let known = Set(contents.records.map(\.number))
        var found: [UInt32] = []
        // Blobs are aligned, unless bytes were lost or added in the middle of the file.
        let step = isDamaged ? 1 : blockSize
        var offset = start
        while offset <= bytes.count - headSize {
            guard bytes[offset] == blobMagic[0], !used.contains(offset / blockSize) || offset % blockSize != 0,
                let blob = blob(at: offset, in: bytes, budget: &budget), blob.isIntact
            else {
                offset += step
                continue
            }
            offset = max(offset + step, isDamaged ? blob.end : blob.end / blockSize * blockSize)
            guard !known.contains(blob.number), RPMHeader.isPlausible(blob.header, limits: limits) else { continue }
            found.append(blob.number)
            guard isDamaged else { continue }
            try contents.append(RPMRecord(number: blob.number, blob: Array(blob.header)), path: path, limits: limits)
        }
        guard !found.isEmpty else { return }
        let what = isDamaged ? "listed, as the slots are damaged" : "left out, as rpm does"
        contents.diagnostics.append(
            isDamaged ? .warning : .note, code: .rpmBlobWithoutSlot, at: path,
            "packages without a slot are \(what): \(list(found))")
    }

    /// The checksum of RFC 1950 §9.
    static func adler32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var first: UInt32 = 1, second: UInt32 = 0
        let count = bytes.count
        // SAFETY: the buffer is read inside the call only, at indices below its count.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            while start < count {
                // 5552 is the longest run for which no sum overflows.
                let end = min(start + 5552, count)
                while start + 32 <= end {
                    // In blocks, so that the sums do not depend on one another.
                    var sum: UInt32 = 0, weighted: UInt32 = 0
                    for index in 0..<32 {
                        let byte = UInt32(unsafe buffer[start + index])
                        sum &+= byte
                        weighted &+= byte &* UInt32(truncatingIfNeeded: 32 - index)
                    }
                    second &+= first &* 32 &+ weighted
                    first &+= sum
                    start += 32
                }
                while start < end {
                    first &+= UInt32(unsafe buffer[start])
                    second &+= first
                    start += 1
                }
                first %= 65521
                second %= 65521
            }
        }
        return second << 16 | first
    }
}
