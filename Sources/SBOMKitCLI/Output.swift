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
        guard let target = target(of: path) else { Reporting.failOutput(path, created: false, errno: errno) }
        let mask = umask(0)
        umask(mask)
        var template = Array("\(target).XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { Reporting.failOutput(path, created: false, errno: errno) }
        let mode = exists ? status.st_mode & 0o7777 : 0o666 & ~mask
        var code = write(to: descriptor, produce)
        if code == nil {
            let isDone =
                unsafe fchmod(descriptor, mode) == 0 && close(descriptor) == 0 && rename(template, target) == 0
            if !isDone { code = errno }
        }
        if let code {
            unsafe unlink(template)
            Reporting.failOutput(path, created: true, errno: code)
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

    /// Where symbolic links lead, be anything there or not; nil with `errno` set if they go round in circles.
    private static func target(of path: String) -> String? {
        var path = path
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = unsafe readlink(path, &buffer, buffer.count)
            guard count > 0 else { return path }
            let link = String(decoding: buffer[..<count].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = link.hasPrefix("/") ? link : folder + link
        }
        errno = ELOOP
        return nil
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
