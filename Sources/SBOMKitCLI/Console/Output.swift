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
        guard let file = NewFile(beside: target) else { Reporting.failOutput(path, created: false, errno: errno) }
        let mode = exists ? status.st_mode & 0o7777 : 0o666 & ~mask
        if let code = write(to: file.descriptor, produce) ?? file.replace(target, mode: mode) {
            file.forget()
            Reporting.failOutput(path, created: true, errno: code)
        }
    }

    /// A file that is to take another's place once it is whole.
    private struct NewFile {
        let descriptor: CInt
        /// The name it has until then; nil for none.
        private let name: String?

        /// A file without a name where the file system has such, so that nothing is left of it however the process ends.
        ///
        /// Nil with `errno` set if there can be none.
        init?(beside target: String) {
            let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
            // The link by which it gets its name.
            if unsafe access("/proc/self/fd", X_OK) == 0 {
                // O_TMPFILE, which is no constant that Swift can see: it has this bit on every kind of machine of ours.
                let nameless = unsafe open(folder, O_WRONLY | O_CLOEXEC | O_DIRECTORY | 0o20_000_000, 0o600)
                if nameless >= 0 {
                    descriptor = nameless
                    name = nil
                    return
                }
            }
            var template = Array("\(target).XXXXXX".utf8CString)
            descriptor = unsafe mkstemp(&template)
            guard descriptor >= 0 else { return nil }
            name = String(decoding: template.dropLast().lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        /// Puts it in the other's place; the `errno` if that fails.
        func replace(_ target: String, mode: mode_t) -> CInt? {
            guard fchmod(descriptor, mode) == 0, let name = name ?? linked(beside: target) else { return errno }
            guard close(descriptor) == 0, unsafe rename(name, target) == 0 else {
                let code = errno
                unsafe unlink(name)
                return code
            }
            return nil
        }

        /// The name that it is given, for a name cannot be given in place of another file's; nil with `errno` set if none.
        private func linked(beside target: String) -> String? {
            for number in 0..<1_000 {
                let name = "\(target).\(getpid())-\(number)"
                let own = "/proc/self/fd/\(descriptor)"
                if unsafe linkat(AT_FDCWD, own, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 { return name }
                guard errno == EEXIST else { return nil }
            }
            return nil
        }

        /// Takes it away again.
        func forget() {
            if let name { unsafe unlink(name) }
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
