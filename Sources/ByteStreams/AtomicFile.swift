internal import Glibc

/// A file that takes the place of another one once it is complete.
///
/// Whoever opens the path finds the old file or the whole new one, never a part. Unless ``commit()`` is called, nothing
/// of the file remains.
///
/// ```swift
/// var file = try AtomicFile(replacing: path)
/// try write(bytes, to: file.descriptor)
/// try file.commit()
/// ```
package struct AtomicFile: ~Copyable {
    /// The descriptor to write to, until the file is committed or the value is destroyed.
    package let descriptor: CInt
    /// The file that is replaced: the path with its last component's symbolic links followed.
    private let target: String
    /// The name that the file has until then; nil if it has none.
    private let name: String?
    /// The permissions that it gets: those of the file that it replaces, or the usual ones for a new file.
    private let mode: mode_t
    private var isClosed = false
    private var isCommitted = false

    /// Opens a file that is to replace the one at `path`, which need not exist; a symbolic link there stays one.
    ///
    /// On file systems that can, the file has no name, so that nothing remains of it however the process ends.
    ///
    /// - Throws: ``FileError`` if no file can be made in the same folder.
    package init(replacing path: String) throws(FileError) {
        guard let target = Self.target(of: path), let (descriptor, name) = Self.open(beside: target) else {
            throw FileError(path: path, errno: errno)
        }
        self.target = target
        self.descriptor = descriptor
        self.name = name
        var status = stat()
        // SAFETY: the path is a string that lives through the call, and `status` is written by it alone.
        if unsafe stat(target, &status) == 0 {
            mode = status.st_mode & 0o7777
        } else {
            let mask = umask(0)
            umask(mask)
            mode = 0o666 & ~mask
        }
    }

    deinit {
        if !isClosed { close(descriptor) }
        // SAFETY: the name is a string that lives through the call.
        if !isCommitted, let name { unsafe unlink(name) }
    }

    /// Puts the file in the place of the other one; to be called once, when everything is written.
    ///
    /// - Throws: ``FileError`` if that fails; then the other file is as it was.
    package mutating func commit() throws(FileError) {
        guard fchmod(descriptor, mode) == 0, let name = name ?? linked() else {
            throw FileError(path: target, errno: errno)
        }
        // A full disk may be reported only now.
        isClosed = true
        // SAFETY: both paths are strings that live through the calls.
        guard close(descriptor) == 0, unsafe rename(name, target) == 0 else {
            let code = errno
            unsafe unlink(name)
            throw FileError(path: target, errno: code)
        }
        isCommitted = true
    }

    /// A new file in the folder of the target, and its name if it has one; nil with `errno` set if that fails.
    private static func open(beside target: String) -> (descriptor: CInt, name: String?)? {
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        // A nameless file gets its name by its link in /proc.
        // SAFETY: the paths are strings that live through the calls.
        if unsafe access("/proc/self/fd", X_OK) == 0 {
            let nameless = openNamelessFile(in: folder, O_WRONLY)
            if nameless >= 0 { return (nameless, nil) }
        }
        var template = Array("\(target).XXXXXX".utf8CString)
        // SAFETY: mkstemp writes within the template, which ends with a zero byte.
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        return (descriptor, String(decoding: template.dropLast().lazy.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Links the nameless file into the folder of the target; nil with `errno` set if that fails.
    ///
    /// A link cannot take the place of another file, a renamed file can.
    private func linked() -> String? {
        for number in 0..<1_000 {
            let name = "\(target).\(getpid())-\(number)"
            let own = "/proc/self/fd/\(descriptor)"
            // SAFETY: both paths are strings that live through the call.
            if unsafe linkat(AT_FDCWD, own, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 { return name }
            guard errno == EEXIST else { return nil }
        }
        return nil
    }

    /// The path after its symbolic links, whether or not anything exists there; nil with `errno` set for a loop.
    private static func target(of path: String) -> String? {
        var path = path
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            // SAFETY: readlink writes at most as many bytes as the buffer has.
            let count = unsafe readlink(path, &buffer, buffer.count)
            guard count > 0 else { return path }
            let link = String(decoding: buffer[..<count].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = link.hasPrefix("/") ? link : folder + link
        }
        errno = ELOOP
        return nil
    }
}
