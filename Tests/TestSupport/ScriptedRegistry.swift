internal import Foundation

/// A registry that misbehaves as it is told; see Tests/registry/registry.py.
package final class ScriptedRegistry {
    /// A request that one of its servers got.
    package struct Request: Decodable {
        /// `registry`, `storage` or `token`.
        package let server: String
        package let method: String
        package let path: String
        package let headers: [String: String]
        package let body: String

        package var authorization: String? { headers.first { $0.key.lowercased() == "authorization" }?.value }
    }

    /// `127.0.0.1:PORT`, by the name of the server.
    package private(set) var hosts: [String: String] = [:]
    /// The folder of the user that asks.
    package let home: String
    private let folder: String
    private let process = Process()
    private let pipe = Pipe()

    package var host: String { hosts["registry"] ?? "" }

    /// Serves a layout in a folder.
    package init(_ layout: String, _ script: String = "{}") throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sbomkit-" + UUID().uuidString).path
        home = folder + "/home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try TestSupport.write([], toFile: folder + "/log")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "\(packageFolder)/Tests/registry/registry.py", layout, script, folder + "/log", folder + "/ports",
        ]
        process.standardInput = pipe
        let errors = folder + "/errors"
        try TestSupport.write([], toFile: errors)
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        for _ in 0..<2_000 {
            if let ports = try? bytes(ofFile: folder + "/ports") {
                for port in String(decoding: ports, as: UTF8.self).split(separator: " ") {
                    let parts = port.split(separator: "=")
                    hosts[String(parts[0])] = "127.0.0.1:\(parts[1])"
                }
                return
            }
            guard process.isRunning else { break }
            usleep(10_000)
        }
        let said = String(decoding: try bytes(ofFile: errors), as: UTF8.self)
        throw CocoaError(.executableLoad, userInfo: ["errors": said])
    }

    deinit {
        try? pipe.fileHandleForWriting.close()
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What was asked so far, in its order.
    package func requests() throws -> [Request] {
        try bytes(ofFile: folder + "/log").split(separator: 0x0A).map { line in
            try JSONDecoder().decode(Request.self, from: Data(line))
        }
    }

    /// Writes a file of the user.
    package func write(_ text: String, to path: String) throws {
        try TestSupport.write(Array(text.replacing("HOST", with: host).utf8), toFile: "\(home)/\(path)")
    }

    /// Writes a program of the user into a folder, which the result names.
    package func writeProgram(_ name: String, _ text: String) throws -> String {
        try TestSupport.writeProgram(text.replacing("HOST", with: host), toFile: "\(home)/bin/\(name)")
        return "\(home)/bin"
    }
}
