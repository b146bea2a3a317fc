internal import ByteStreams
internal import Glibc
internal import StructuredText
internal import Synchronization

/// A program that keeps credentials (docker-credential-helpers: `docker-credential-NAME get`).
///
/// It is run without a shell, because the configuration of the user names it. It is given the address of the registry on its
/// standard input, and nothing else.
package struct CredentialHelper {
    /// Why a helper gives no answer.
    package struct Failure: Error, CustomStringConvertible {
        /// What is wrong: a part of a sentence.
        package let description: String
    }

    private let program: String
    /// A pipe that a helper inherits before it is marked as ours would keep another one waiting for its end.
    private static let starting = Mutex(())

    /// The helper with that name behind `docker-credential-`.
    init(suffix: String) throws(Failure) {
        // A slash would name a program anywhere.
        guard suffix.utf8.count <= 100,
            suffix.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "._-".utf8.contains($0) })
        else { throw Failure(description: "that is no name of a helper") }
        program = "docker-credential-\(suffix)"
    }

    /// The helper in a file.
    package init(program: String) {
        self.program = program
    }

    /// The credential for a registry; nil if the helper has none.
    ///
    /// - Parameters:
    ///   - server: The registry, as the helper knows it.
    ///   - time: How long the helper may take, in milliseconds.
    /// - Returns: The credential.
    /// - Throws: ``Failure`` if the helper cannot be run, or gives no answer that is understood.
    package func credential(for server: String, within time: Int) throws(Failure) -> Credential? {
        let (status, output) = try run("get", input: server, time)
        guard status == 0 else {
            let said = String(decoding: output, as: UTF8.self)
            // The text of the protocol; a helper without an entry says so, and that is no failure.
            if said.contains("credentials not found") { return nil }
            throw Failure(description: "it failed with exit code \(status)")
        }
        guard case .object(let answer)? = try? JSONValue(parsing: output, limits: Limits()),
            case .string(let secret)? = answer["Secret"], !secret.isEmpty
        else { throw Failure(description: "its answer has no Secret") }
        guard case .string(let name)? = answer["Username"], !name.isEmpty, name != "<token>" else {
            return .identityToken(Secret(secret))
        }
        return .password(name: name, Secret(secret))
    }

    private func run(_ argument: String, input: String, _ time: Int) throws(Failure) -> (status: CInt, [UInt8]) {
        let (process, toChild, fromChild) = try Self.starting.withLock {
            _ throws(Failure) -> sending (pid_t, Pipe, Pipe) in
            let (toChild, fromChild) = (try Pipe(), try Pipe())
            // It fits into the pipe, so that no process has to wait; and the reading end is open here, so that writing never
            // fails.
            toChild.write(Array(input.utf8))
            return (try spawn(argument, toChild, fromChild), toChild, fromChild)
        }
        toChild.close()
        fromChild.closeWriting()
        let end = Clock.milliseconds + time
        var output: [UInt8] = []
        var problem: String?
        while problem == nil {
            let left = end - Clock.milliseconds
            guard left > 0 else {
                problem = "it did not end within \(max(1, time / 1_000)) s"
                break
            }
            guard let piece = fromChild.read(waiting: left) else { continue }
            if piece.isEmpty { break }
            output += piece
            if output.count > Limits.helperOutputSize { problem = "\(LimitError(name: "helperOutputSize"))" }
        }
        var status: CInt = 0
        while true {
            if Clock.milliseconds >= end, problem == nil { problem = "it did not end within \(max(1, time / 1_000)) s" }
            // Its own children as well: it leads a group.
            if problem != nil { kill(-process, SIGKILL) }
            // SAFETY: The kernel writes the status, and keeps no pointer to it.
            let ended = unsafe waitpid(process, &status, problem == nil ? WNOHANG : 0)
            if ended == process { break }
            guard ended == 0 || errno == EINTR else { throw Failure(description: "its end was not seen") }
            Clock.sleep(milliseconds: 2)
        }
        if let problem { throw Failure(description: problem) }
        // sys/wait.h: the exit code is in the second byte, and a signal in the first.
        return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, output)
    }

    private func spawn(_ argument: String, _ input: Pipe, _ output: Pipe) throws(Failure) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        // SAFETY: Both are initialized here and destroyed at the end; the strings live through the call, which copies them.
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, input.reading, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        var process: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup(program), strdup(argument), nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        let code = unsafe posix_spawnp(&process, program, &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            throw Failure(
                description: code == ENOENT ? "no such program in PATH" : unsafe String(cString: strerror(code)))
        }
        return process
    }
}

/// A pipe, which no child inherits by itself.
private final class Pipe {
    // A class, because both ends are closed at different times.
    private(set) var reading: CInt = -1
    private(set) var writing: CInt = -1

    init() throws(CredentialHelper.Failure) {
        var ends: [CInt] = [-1, -1]
        // SAFETY: The kernel writes two numbers.
        guard unsafe pipe(&ends) == 0 else {
            throw CredentialHelper.Failure(description: unsafe String(cString: strerror(errno)))
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close()
    }

    func close() {
        if reading >= 0 { Glibc.close(reading) }
        reading = -1
        closeWriting()
    }

    func closeWriting() {
        if writing >= 0 { Glibc.close(writing) }
        writing = -1
    }

    func write(_ bytes: [UInt8]) {
        // SAFETY: The kernel reads as many bytes as the array has.
        unsafe bytes.withUnsafeBytes { _ = unsafe Glibc.write(writing, $0.baseAddress, $0.count) }
    }

    /// What has come, nothing at the end; nil if nothing came in time.
    func read(waiting milliseconds: Int) -> [UInt8]? {
        var state = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        // SAFETY: The kernel writes one `pollfd`, and then at most the free capacity of the buffer.
        guard unsafe poll(&state, 1, CInt(clamping: milliseconds)) > 0 else { return nil }
        return unsafe [UInt8](unsafeUninitializedCapacity: 4 << 10) { buffer, count in
            count = unsafe max(0, Glibc.read(reading, buffer.baseAddress, buffer.count))
        }
    }
}
