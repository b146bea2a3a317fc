internal import ByteStreams
internal import Glibc

/// Writes results to files and standard output.
enum Output {
    /// Takes bytes: calls come one after the other, but from any thread.
    typealias Sink = @Sendable ([UInt8]) throws -> Void

    /// The `errno` of a failed `write`.
    private struct Failure: Error {
        let code: CInt
    }

    /// Writes a file atomically: to a new file beside it, which then takes its name.
    ///
    /// An existing file that is not regular (a pipe, `/dev/stdout`) is written to directly; a symbolic link stays one.
    static func write(_ bytes: [UInt8], to path: String) { write(to: path) { try $0(bytes) } }

    /// Writes a file atomically, in pieces.
    static func write(to path: String, _ produce: (@escaping Sink) throws -> Void) {
        var status = stat()
        // SAFETY: `path` is passed as a terminated string; the kernel writes one `stat` and keeps no pointer.
        let exists = unsafe stat(path, &status) == 0
        if exists && status.st_mode & S_IFMT != S_IFREG {
            // SAFETY: `path` is passed as a terminated string, for this call only.
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { Reporting.failOutput(path, created: false, errno: errno) }
            let code = write(to: descriptor, produce) ?? (close(descriptor) == 0 ? nil : errno)
            if let code { Reporting.failOutput(path, created: true, errno: code) }
            return
        }
        if let failure = replace(path, produce) {
            Reporting.failOutput(path, created: failure.isCreated, errno: failure.code)
        }
    }

    /// Replaces a regular file; returns what failed.
    ///
    /// The caller ends the process then, and nothing of the new file is left by that time.
    private static func replace(
        _ path: String, _ produce: (@escaping Sink) throws -> Void
    ) -> (isCreated: Bool, code: CInt)? {
        var isCreated = false
        do throws(FileError) {
            var file = try AtomicFile(replacing: path)
            isCreated = true
            if let code = write(to: file.descriptor, produce) { return (true, code) }
            try file.commit()
            return nil
        } catch {
            return (isCreated, error.errno)
        }
    }

    /// Writes to standard output.
    static func writeToStandardOutput(_ bytes: [UInt8]) { writeToStandardOutput { try $0(bytes) } }

    /// Writes to standard output, in pieces.
    static func writeToStandardOutput(_ produce: (@escaping Sink) throws -> Void) {
        if let code = write(to: STDOUT_FILENO, produce) {
            Reporting.failOutput("standard output", created: true, errno: code)
        }
    }

    /// Writes everything that is produced; returns the `errno` if that fails.
    private static func write(to descriptor: CInt, _ produce: (@escaping Sink) throws -> Void) -> CInt? {
        do {
            try produce { bytes in
                // Each thread has its own `errno`.
                if !write(bytes, to: descriptor) { throw Failure(code: errno) }
            }
            return nil
        } catch {
            return (error as? Failure)?.code ?? EIO
        }
    }

    /// Writes all bytes; false with `errno` set if that fails.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        // SAFETY: The kernel reads from `written` to the end of the buffer, which lives until the closure returns.
        unsafe bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }

    /// Reserves the numbers of standard streams that are closed.
    ///
    /// Otherwise a layer or the document could be opened with one of these numbers, and messages be written into it. They are
    /// opened in the wrong direction, so that using them fails as if they were closed.
    static func reserveStandardStreams() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // open(2) returns the lowest free number, and all below are in use.
            // SAFETY: The path is a terminated string, for the time of the call only.
            _ = unsafe open("/dev/null", mode)
        }
    }
}
