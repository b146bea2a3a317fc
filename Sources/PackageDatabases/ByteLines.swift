/// The lines of a file, without their line feeds, one at a time.
///
/// `split` makes an array of all lines, which takes 32 bytes for a line of one byte.
struct ByteLines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var start = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard start < bytes.count else { return nil }
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        defer { start = end + 1 }
        return bytes[start..<end]
    }
}
