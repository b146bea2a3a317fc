internal import ByteStreams
internal import Glibc

extension TrustSettings {
    /// What the system and the environment trust.
    ///
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` are read by programs that use OpenSSL or Go, and not by libcurl itself.
    static var system: TrustSettings {
        var trust = TrustSettings()
        trust.authorityFile = Environment.value("SSL_CERT_FILE")
        trust.authorityFolder = Environment.value("SSL_CERT_DIR")
        return trust
    }

    /// What is trusted for a registry: that, and what the first folder for it has (containers-certs.d(5)): authorities in
    /// `*.crt`, and in `NAME.cert` and `NAME.key` who the client is.
    ///
    /// - Parameter host: The registry, exactly as it is written in references.
    /// - Throws: ``RegistryError`` if a certificate in the folder cannot be read.
    init(for host: String) throws(RegistryError) {
        self = .system
        var folders = ["/etc/containers/certs.d", "/etc/docker/certs.d"]
        if let config = Environment.value("XDG_CONFIG_HOME") ?? Environment.home.map({ "\($0)/.config" }) {
            folders.insert("\(config)/containers/certs.d", at: 0)
        }
        for folder in folders {
            guard let names = Self.names(in: "\(folder)/\(host)") else { continue }
            try use(names.sorted(), in: "\(folder)/\(host)")
            return
        }
    }

    private mutating func use(_ names: [String], in folder: String) throws(RegistryError) {
        var added: [UInt8] = []
        for name in names where name.hasSuffix(".crt") { added += try Self.contents("\(folder)/\(name)") + [0x0A] }
        if !added.isEmpty {
            if let bundle = authorityFile ?? Self.bundles.first(where: Self.isFile) {
                added += try Self.contents(bundle)
            }
            authorities = added
            authorityFile = nil
        }
        for name in names where name.hasSuffix(".cert") {
            let key = "\(folder)/\(name.dropLast(5)).key"
            guard Self.isFile(key) else {
                throw RegistryError(.certificate, "\(folder)/\(name): the key beside it is missing, \(key)")
            }
            client = ClientCertificate(certificate: "\(folder)/\(name)", key: key)
            return
        }
    }

    /// Where systems have the authorities that they trust, all in one file.
    private static let bundles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ]

    private static func isFile(_ path: String) -> Bool { (try? FileSource(path: path)) != nil }

    private static func contents(_ path: String) throws(RegistryError) -> [UInt8] {
        do {
            var source = BufferedSource(try FileSource(path: path))
            var bytes: [UInt8] = []
            while try source.fill(1) {
                _ = try source.read(source.window.count, onto: &bytes)
                guard bytes.count <= Limits.certificatesSize else { throw LimitError(name: "certificatesSize") }
            }
            return bytes
        } catch {
            throw RegistryError(.certificate, "\(path): \(error)")
        }
    }

    /// The names in a folder; nil if there is no such folder.
    private static func names(in folder: String) -> [String]? {
        // SAFETY: The handle is closed at the end, and each entry is copied before the next one is read.
        guard let handle = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle), names.count < Limits.certificateFiles {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }
}
