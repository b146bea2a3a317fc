internal import ByteStreams
internal import Glibc

/// Where results go.
enum Output {
    /// Takes bytes, one call after the other, but from any thread.
    typealias Sink = @Sendable ([UInt8]) throws -> Void

    /// What `write` failed with.
    private struct Failure: Error {
        let code: CInt
    }

    /// Writes a file whole or not at all: beside it first, then renamed over it.
    ///
    /// What is there and is no regular file (a pipe, `/dev/stdout`) is written to as it is; a symbolic link stays one.
    static func write(_ bytes: [UInt8], to path: String) { write(to: path) { try $0(bytes) } }

    /// The same for what comes in pieces.
    static func write(to path: String, _ produce: (@escaping Sink) throws -> Void) {
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if exists && status.st_mode & S_IFMT != S_IFREG {
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

    /// Replaces a regular file; what failed, once nothing of the new file is left, because the process ends then.
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

    /// The same for what comes in pieces.
    static func writeToStandardOutput(_ produce: (@escaping Sink) throws -> Void) {
        if let code = write(to: STDOUT_FILENO, produce) {
            Reporting.failOutput("standard output", created: true, errno: code)
        }
    }

    /// Writes all that is produced; the `errno` if that fails.
    private static func write(to descriptor: CInt, _ produce: (@escaping Sink) throws -> Void) -> CInt? {
        do {
            try produce { bytes in
                // Asked at once, for each thread has its own.
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

    /// Keeps the numbers of the standard streams for those that are closed.
    ///
    /// Else a layer or the document itself could be opened under one of them, and messages be written into it. They are
    /// opened the wrong way round, so that using them fails as it does when they are closed.
    static func reserveStandardStreams() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is given, and those below are taken.
            _ = unsafe open("/dev/null", mode)
        }
    }
}
