internal import Foundation
internal import Synchronization

/// What a command of this machine printed and how it ended.
package struct ShellResult: Sendable {
    package let code: Int32
    package let output: [UInt8]
    package let errors: String

    /// The output as text.
    package var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a line of `bash` with `input` as its standard input, and waits for it.
package func shell(_ line: String, input: [UInt8] = [], environment: [String: String] = [:]) throws -> ShellResult {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Through files, so that nobody waits for somebody else to empty a pipe.
    let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
    try Data(input).write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    let code =
        process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    return ShellResult(
        code: code, output: Array(try Data(contentsOf: files[1])),
        errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
}

/// A folder of its own for `body`, taken away afterwards.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sbomkit-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

/// Whether all these programs are on this machine.
package func have(_ programs: String...) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return programs.allSatisfy { program in
        folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}

/// Writes a file of this machine, with the folders above it.
package func write(_ bytes: [UInt8], toFile path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
}

/// Writes a program of this machine, with the folders above it.
///
/// Another process does it: a process that is started meanwhile would keep the file open, and nobody could run it.
package func writeProgram(_ text: String, toFile path: String) throws {
    let result = try shell(
        "mkdir -p '\((path as NSString).deletingLastPathComponent)' && cat >'\(path)' && chmod 755 '\(path)'",
        input: Array(text.utf8))
    guard result.code == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: ["errors": result.errors]) }
}

/// Whether `body` says so on a thread with the smallest stack that any platform gives to one, 512 KB.
package func onSmallStack(_ body: @escaping @Sendable () -> Bool) -> Bool {
    let result = Result()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        result.value.withLock { $0 = body() }
        done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    done.wait()
    return result.value.withLock { $0 }
}

private final class Result: Sendable {
    let value = Mutex(false)
}
