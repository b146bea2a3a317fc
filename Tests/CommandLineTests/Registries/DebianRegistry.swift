import Foundation
import TestSupport
import Testing

/// docker-registry as Debian has it, which `.ci/setup` takes out of its package without installing it.
///
/// It listens on a port of this machine that is free, and keeps what is pushed in a folder that is taken away with it.
final class DebianRegistry {
    static let executable = "\(packageFolder)/.build/docker-registry/usr/bin/docker-registry"

    /// What keeps others out.
    enum Lock {
        case open
        /// Names with passwords, and TLS with a certificate of an authority that nobody knows.
        case passwords([String: String])
        /// A certificate of the client, of the same authority.
        case certificate
    }

    /// `127.0.0.1:PORT`.
    let host: String
    /// The folder of the user that asks: nothing is in it at first.
    let home: String
    /// The authority of the certificate, if there is one.
    let authority: String
    /// The folder with the certificate and key of a client, `client.cert` and `client.key`, and that authority, `ca.crt`.
    let certificates: String
    private let folder: String
    private let process = Process()

    init(_ lock: Lock = .open) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sbomkit-" + UUID().uuidString).path
        home = folder + "/home"
        authority = folder + "/ca.crt"
        certificates = folder + "/client"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        var more = ""
        switch lock {
        case .open: break
        case .certificate:
            try Self.makeCertificates(in: folder)
            more =
                ", tls: {certificate: \(folder)/server.crt, key: \(folder)/server.key, clientcas: [\(folder)/ca.crt]}}"
        case .passwords(let passwords):
            try Self.makeCertificates(in: folder)
            // libxcrypt, which Python asks, has what bcrypt is.
            let lines = try passwords.sorted { $0.key < $1.key }.map { name, password in
                let script =
                    "import crypt,sys; print(crypt.crypt(sys.stdin.read(), crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))"
                let hash = try shell("/usr/bin/python3 -W ignore -c '\(script)'", input: Array(password.utf8))
                return "\(name):\(hash.text)"
            }
            try write(Array(lines.joined().utf8), toFile: folder + "/htpasswd")
            more = """
                , tls: {certificate: \(folder)/server.crt, key: \(folder)/server.key}}
                auth: {htpasswd: {realm: test, path: \(folder)/htpasswd}}
                """
        }
        let configuration = """
            version: 0.1
            log: {level: info}
            storage: {filesystem: {rootdirectory: \(folder)/data}}
            http: {addr: "127.0.0.1:0"\(more.isEmpty ? "}" : more)

            """
        try write(Array(configuration.utf8), toFile: folder + "/config.yml")
        let log = folder + "/log"
        try write([], toFile: log)
        process.executableURL = URL(fileURLWithPath: Self.executable)
        process.arguments = ["serve", folder + "/config.yml"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try process.run()
        // It says which port the system gave it.
        for _ in 0..<1_000 {
            let text = String(decoding: try bytes(ofFile: log), as: UTF8.self)
            if let match = text.firstMatch(of: /listening on (127\.0\.0\.1:\d+)/) {
                host = String(match.output.1)
                return
            }
            guard process.isRunning else { break }
            usleep(10_000)
        }
        host = ""
        throw CocoaError(.executableLoad, userInfo: ["log": String(decoding: try bytes(ofFile: log), as: UTF8.self)])
    }

    deinit {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Pushes an image by skopeo, which takes it from a layout of the fixtures or elsewhere.
    func push(_ source: String, as name: String, options: String = "") throws {
        let result = try shell(
            "cd '\(fixtures)' && skopeo copy -q --dest-tls-verify=false \(options) '\(source)' docker://\(host)/\(name)"
        )
        try #require(result.code == 0, "\(result.errors)")
    }

    /// Runs `sbomkit` as a user whose folder is ``home``; `HOST` in the line is that of the registry.
    func sbomkit(_ line: String, environment: String = "", input: String = "") throws -> ShellResult {
        let line = line.replacing("HOST", with: host)
        return try shell(
            "cd '\(fixtures)' && env -i PATH=\"$PATH\" HOME='\(home)' \(environment) '\(program)' \(line)",
            input: Array(input.utf8))
    }

    /// An authority, and a certificate of it for this machine.
    private static func makeCertificates(in folder: String) throws {
        let result = try shell(
            """
            cd '\(folder)' && exec >&2
            openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=authority
            openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=registry
            printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' >names
            openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt
            mkdir client && cp ca.crt client
            openssl req -newkey rsa:2048 -nodes -keyout client/client.key -out client.csr -subj /CN=anna
            openssl x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out client/client.cert
            """)
        try #require(result.code == 0, "\(result.errors)")
    }
}

extension Trait where Self == ConditionTrait {
    /// docker-registry, and skopeo to push with.
    static var needsRegistry: Self {
        .needs(
            FileManager.default.isExecutableFile(atPath: DebianRegistry.executable) && have("skopeo", "openssl"),
            "docker-registry, skopeo, openssl (.ci/setup test)")
    }
}
