internal import Glibc

/// A file without a name, which the system removes with the process.
package final class TemporaryFile: Sendable {
    private let descriptor: CInt

    /// A path by which this process can open the file again.
    package var path: String { "/proc/self/fd/\(descriptor)" }

    /// Makes an empty file.
    ///
    /// - Parameter folder: The folder; nil for the one that the variable `TMPDIR` names, or else `/tmp`.
    /// - Throws: ``FileError`` if no file can be made there.
    package init(in folder: String? = nil) throws(FileError) {
        // SAFETY: getenv(3) returns a string of the environment, which nothing in this process changes; it is copied.
        let folder = unsafe folder ?? getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        // The nameless kind needs a file system that has it; the other kind is unlinked at once.
        var descriptor = openNamelessFile(in: folder, O_RDWR)
        if descriptor < 0 {
            var template = Array("\(folder)/sbomkit-XXXXXX".utf8CString)
            // SAFETY: mkstemp writes within the template, which ends with a zero byte.
            descriptor = unsafe mkstemp(&template)
            if descriptor >= 0 {
                _ = unsafe unlink(template)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
        }
        guard descriptor >= 0 else { throw FileError(path: folder, errno: errno) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Appends bytes to the file.
    ///
    /// - Throws: ``FileError`` if they cannot be written, such as to a full disk.
    package func append(_ bytes: Span<UInt8>) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            // SAFETY: write(2) reads at most the count of bytes that the buffer has.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(path: "temporary file", errno: errno) }
            rest = rest.extracting(count...)
        }
    }

    /// Appends bytes of the file to an array, as many as it has up to a number.
    ///
    /// - Parameters:
    ///   - offset: The offset of the first byte.
    ///   - count: The largest number of bytes.
    ///   - bytes: The array.
    /// - Throws: ``FileError`` if they cannot be read.
    package func read(at offset: Int, count: Int, onto bytes: inout [UInt8]) throws(FileError) {
        var (offset, left) = (offset, count)
        while left > 0, offset >= 0 {
            var got = 0
            bytes.append(addingCapacity: left) { output in
                // SAFETY: pread(2) writes at most the free capacity behind what is initialized, and returns how much it
                // wrote.
                unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
                    guard let start = buffer.baseAddress else { return }
                    repeat {
                        got = unsafe pread(
                            descriptor, start + initialized, min(buffer.count - initialized, left), offset)
                    } while got < 0 && errno == EINTR
                    initialized += max(got, 0)
                }
            }
            guard got >= 0 else { throw FileError(path: "temporary file", errno: errno) }
            guard got > 0 else { return }
            offset += got
            left -= got
        }
    }
}

/// Opens a new file without a name in a folder (O_TMPFILE, open(2)).
///
/// - Parameters:
///   - folder: The path of the folder.
///   - access: `O_RDWR` or `O_WRONLY`.
/// - Returns: The descriptor; negative with `errno` set if that fails, as on file systems that have no such files.
func openNamelessFile(in folder: String, _ access: CInt) -> CInt {
    // O_TMPFILE is a macro that Swift cannot import. Its own bit is the same on all supported processors.
    // SAFETY: the path is a string that lives through the call.
    unsafe open(folder, access | O_CLOEXEC | O_DIRECTORY | 0o20_000_000, 0o600)
}
