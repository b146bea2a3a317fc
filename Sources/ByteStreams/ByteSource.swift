internal import Glibc

/// Bytes that arrive in pieces, once, from somewhere that may fail.
///
/// A source is owned by one reader at a time: it is noncopyable, so two readers cannot share a position.
package protocol ByteSource: ~Copyable {
    /// Appends at least one byte to `output`, or none at the end of the source; `output` has room for at least one.
    mutating func read(onto output: inout OutputSpan<UInt8>) throws

    /// Passes over up to `count` bytes without reading them, and returns how many; 0 if the source can only read.
    mutating func skip(_ count: Int) throws -> Int
}

extension ByteSource where Self: ~Copyable {
    package mutating func skip(_ count: Int) throws -> Int { 0 }
}

/// The bytes of an array.
package struct MemorySource: ByteSource, ~Copyable {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package mutating func read(onto output: inout OutputSpan<UInt8>) {
        position += output.append(fitting: bytes.span.extracting(position...))
    }
}

/// The bytes of a regular file of this machine.
package struct FileSource: ByteSource, ~Copyable {
    private let descriptor: CInt
    private let path: String
    /// The size of the file when it was opened, or of the part of it, in bytes.
    package let size: Int
    /// How many bytes are still to be read or skipped; nil if the file is read to its end, wherever that is then.
    private var left: Int?

    /// Opens the file; anything but a regular file is refused, so that a pipe or device cannot make us wait.
    package init(path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(path: path, errno: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        self.descriptor = descriptor
        self.path = path
        size = Int(status.st_size)
    }

    /// Takes over an open file; anything but a regular file is refused.
    ///
    /// The descriptor is closed in any case.
    package init(adopting descriptor: CInt, path: String) throws(FileError) {
        var status = stat()
        // SAFETY: `status` is written by the call alone.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(path: path, errno: EINVAL)
        }
        self.descriptor = descriptor
        self.path = path
        size = Int(status.st_size)
    }

    /// Opens a part of the file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - offset: Where the part begins.
    ///   - size: The size of the part; the source ends earlier if the file does.
    /// - Throws: ``FileError`` if the file cannot be opened.
    package init(path: String, offset: Int, size: Int) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
        guard lseek(descriptor, offset, SEEK_SET) == offset else {
            let code = errno
            close(descriptor)
            throw FileError(path: path, errno: code)
        }
        self.descriptor = descriptor
        self.path = path
        self.size = size
        left = size
    }

    deinit { close(descriptor) }

    package mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        guard let left else {
            try readDescriptor(descriptor, path, onto: &output)
            return
        }
        let before = output.count
        try readDescriptor(descriptor, path, upTo: left, onto: &output)
        self.left = left - (output.count - before)
    }

    package mutating func skip(_ count: Int) throws -> Int {
        let here = lseek(descriptor, 0, SEEK_CUR)
        guard here >= 0, here <= size, count > 0 else { return 0 }
        // A part ends where its size says, and a file where it ended when it was opened.
        let count = min(count, left ?? size - here)
        guard lseek(descriptor, count, SEEK_CUR) >= 0 else { throw FileError(path: path, errno: errno) }
        if let left { self.left = left - count }
        return count
    }
}

/// What is written to this process' standard input.
package struct StandardInput: ByteSource, ~Copyable {
    package init() {}

    package mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        try readDescriptor(STDIN_FILENO, "standard input", onto: &output)
    }
}

/// Appends what the descriptor has next, up to a number of bytes.
private func readDescriptor(
    _ descriptor: CInt, _ path: String, upTo most: Int = .max, onto output: inout OutputSpan<UInt8>
) throws {
    // SAFETY: read(2) writes at most the free capacity behind what is initialised, and returns how much it wrote.
    let count = unsafe output.withUnsafeMutableBufferPointer { buffer, initialised in
        guard let start = buffer.baseAddress else { return 0 }
        var count: Int
        repeat {
            count = unsafe Glibc.read(descriptor, start + initialised, min(buffer.count - initialised, most))
        } while count < 0 && errno == EINTR
        if count > 0 { initialised += count }
        return count
    }
    guard count >= 0 else { throw FileError(path: path, errno: errno) }
}

/// A file of this machine that could not be opened or read.
package struct FileError: Error, Hashable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// The system's error number.
    package let errno: CInt

    package init(path: String, errno: CInt) {
        self.path = path
        self.errno = errno
    }

    /// There is no such file.
    package var isMissing: Bool { errno == ENOENT || errno == ENOTDIR }

    /// What is wrong; the place is named by whoever says it.
    package var description: String {
        errno == EINVAL ? "expected a regular file" : unsafe String(cString: strerror(errno))
    }
}

/// A source with a window of bytes that were read and not yet used.
package struct BufferedSource: ~Copyable {
    private var source: any ByteSource & ~Copyable
    private let capacity: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var isDrained = false
    /// How many bytes were used so far: the offset of the next one.
    package private(set) var offset = 0

    package init(_ source: consuming any ByteSource & ~Copyable, capacity: Int = 256 << 10) {
        self.source = source
        self.capacity = capacity
        buffer.reserveCapacity(capacity)
    }

    /// The bytes that are here and not yet used.
    package var window: ArraySlice<UInt8> { buffer[position...] }

    /// Whether the source has ended and everything was used.
    package var isAtEnd: Bool { isDrained && position == buffer.count }

    /// Makes the window at least `count` bytes large (no more than the capacity); returns whether there are so many.
    package mutating func fill(_ count: Int) throws -> Bool {
        while buffer.count - position < count {
            guard !isDrained else { return false }
            buffer.removeSubrange(..<position)
            position = 0
            let before = buffer.count
            try buffer.append(addingCapacity: capacity - before) { output in try source.read(onto: &output) }
            isDrained = buffer.count == before
        }
        return true
    }

    /// Takes `count` bytes off the window.
    package mutating func use(_ count: Int) {
        let count = min(count, buffer.count - position)
        position += count
        offset += count
    }

    /// Passes over `count` bytes; false if the source ends before.
    package mutating func skip(_ count: Int) throws -> Bool {
        var left = count
        while left > 0 {
            if position == buffer.count, left > capacity {
                let skipped = try source.skip(left)
                offset += skipped
                left -= skipped
                if left == 0 { break }
            }
            guard try fill(1) else { return false }
            let piece = min(left, buffer.count - position)
            use(piece)
            left -= piece
        }
        return true
    }

    /// The next `count` bytes appended to `bytes`; false if the source ends before.
    package mutating func read(_ count: Int, onto bytes: inout [UInt8]) throws -> Bool {
        var left = count
        while left > 0 {
            guard try fill(1) else { return false }
            let piece = min(left, buffer.count - position)
            bytes += buffer[position..<position + piece]
            use(piece)
            left -= piece
        }
        return true
    }

    /// Passes the next `count` bytes to `body`, piece by piece; false if the source ends before.
    package mutating func read(_ count: Int, _ body: (Span<UInt8>) throws -> Void) throws -> Bool {
        var left = count
        while left > 0 {
            guard try fill(1) else { return false }
            let piece = min(left, buffer.count - position)
            try body(buffer.span.extracting(position..<position + piece))
            use(piece)
            left -= piece
        }
        return true
    }

    /// Reads the unread rest, so that size and digest of the source are verified to its last byte.
    package mutating func drain() throws {
        while try fill(1) { use(buffer.count - position) }
    }
}
