package import ByteStreams

/// Bytes that arrive piece by piece and can then be read at any offset.
///
/// They are in memory up to ``Limits/spoolMemory``, and beyond that in a temporary file without a name.
package final class SpooledFile {
    private let memory: Int
    private let limit: Int
    private let folder: String?
    private var bytes: [UInt8] = []
    private var file: TemporaryFile?
    /// How many bytes there are.
    package private(set) var count = 0

    /// No bytes yet.
    ///
    /// - Parameters:
    ///   - limits: The bounds on memory and size.
    ///   - folder: The folder of the temporary file; nil for that of ``TemporaryFile/init(in:)``.
    package init(limits: Limits, folder: String? = nil) {
        self.folder = folder
        memory = limits.spoolMemory
        limit = limits.spoolSize
    }

    /// Adds bytes at the end.
    ///
    /// - Throws: ``LimitError`` if they are more than ``Limits/spoolSize``, ``FileError`` if the temporary file cannot be
    ///   written, such as to a full disk. Then the value cannot be used any more.
    package func append(_ piece: Span<UInt8>) throws {
        guard piece.count <= limit - count else { throw LimitError(name: "spoolSize") }
        if file == nil, piece.count > memory - count {
            let file = try TemporaryFile(in: folder)
            let start = bytes
            try file.append(start.span)
            self.file = file
            bytes = []
        }
        if let file {
            try file.append(piece)
        } else {
            let needed = count + piece.count
            // Otherwise each piece may move all that is here.
            if needed > bytes.capacity { bytes.reserveCapacity(max(needed, min(memory, bytes.capacity * 2))) }
            bytes.append(addingCapacity: piece.count) { output in _ = output.append(fitting: piece) }
        }
        count += piece.count
    }

    /// Up to `count` bytes from an offset on; fewer if the file ends before.
    ///
    /// - Throws: ``FileError`` if the temporary file cannot be read.
    package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        guard offset >= 0, offset < self.count, count > 0 else { return [] }
        let count = min(count, self.count - offset)
        guard let file else { return Array(bytes[offset..<offset + count]) }
        var result: [UInt8] = []
        try file.read(at: offset, count: count, onto: &result)
        return result
    }
}
