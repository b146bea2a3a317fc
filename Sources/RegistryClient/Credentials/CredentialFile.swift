internal import ByteStreams
internal import StructuredText

/// A file with credentials, as docker and podman write it
/// (docker's config.json; containers-auth.json(5); the older .dockercfg).
struct CredentialFile {
    /// What a file has for a registry.
    enum Finding {
        /// A credential under a key of `auths`.
        case credential(Credential, key: String)
        /// A program has it; asked for by that address.
        case helper(suffix: String, server: String, member: String)
    }

    private let content: JSONObject
    private let isOld: Bool

    /// Reads a file; nil if it does not exist.
    ///
    /// - Throws: What is wrong with it, as text.
    init?(path: String, isOld: Bool) throws(CredentialFileError) {
        let source: FileSource
        do throws(FileError) {
            source = try FileSource(path: path)
        } catch {
            if error.isMissing { return nil }
            throw CredentialFileError(description: "\(error)")
        }
        do {
            var buffer = BufferedSource(source)
            var bytes: [UInt8] = []
            while try buffer.fill(1) {
                _ = try buffer.read(buffer.window.count, onto: &bytes)
                guard bytes.count <= Limits.credentialFileSize else {
                    throw LimitError(name: "credentialFileSize")
                }
            }
            guard case .object(let content) = try JSONValue(parsing: bytes, limits: Limits()) else {
                throw CredentialFileError(description: "expected a JSON object")
            }
            self.content = content
        } catch let error as CredentialFileError {
            throw error
        } catch let error as LimitError {
            throw CredentialFileError(description: "\(error)")
        } catch {
            // What the parser found may be a part of a secret.
            throw CredentialFileError(description: "not a JSON document that can be read")
        }
        self.isOld = isOld
    }

    /// What the file has for a repository, the most particular first.
    func findings(_ host: String, _ path: String) -> [Finding] {
        var findings: [Finding] = []
        let servers = Self.servers(host)
        if !isOld {
            let helpers = members("credHelpers")
            for server in servers {
                guard case .string(let suffix) = helpers.first(where: { $0.name == server })?.value, !suffix.isEmpty
                else { continue }
                findings.append(.helper(suffix: suffix, server: servers[0], member: "credHelpers"))
                break
            }
            if case .string(let suffix) = content["credsStore"], !suffix.isEmpty {
                findings.append(.helper(suffix: suffix, server: servers[0], member: "credsStore"))
            }
        }
        let entries = isOld ? content.members : members("auths")
        let paths = isOld ? [] : Self.paths(host, path)
        for key in paths + servers {
            guard let entry = entries.first(where: { $0.name == key }), let credential = Self.credential(entry.value)
            else { continue }
            findings.append(.credential(credential, key: key))
        }
        // The key may be a whole address, of which the host counts.
        for entry in entries {
            guard let name = Self.host(inAddress: entry.name), servers.contains(name),
                let credential = Self.credential(entry.value)
            else { continue }
            findings.append(.credential(credential, key: entry.name))
        }
        return findings
    }

    private func members(_ name: String) -> [JSONObject.Member] {
        guard case .object(let object) = content[name] else { return [] }
        return object.members
    }

    /// The names of a registry in files; the first is what helpers are asked by.
    private static func servers(_ host: String) -> [String] {
        host == "docker.io"
            ? ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"] : [host]
    }

    /// `host/a/b`, `host/a`: podman keeps credentials for a part of a registry.
    private static func paths(_ host: String, _ path: String) -> [String] {
        var parts = path.split(separator: "/")
        var result: [String] = []
        while !parts.isEmpty {
            result.append("\(host)/\(parts.joined(separator: "/"))")
            parts.removeLast()
        }
        return result
    }

    private static func host(inAddress key: String) -> String? {
        for scheme in ["https://", "http://"] where key.hasPrefix(scheme) {
            return String(key.dropFirst(scheme.count).prefix { $0 != "/" }).lowercased()
        }
        return nil
    }

    /// Nil for an entry without a credential, which a helper leaves as a mark.
    private static func credential(_ value: JSONValue) -> Credential? {
        guard case .object(let entry) = value else { return nil }
        func text(_ name: String) -> String? {
            guard case .string(let text) = entry[name], !text.isEmpty else { return nil }
            return text
        }
        if let token = text("identitytoken") { return .identityToken(Secret(token)) }
        if let token = text("registrytoken") { return .registryToken(Secret(token)) }
        if let encoded = text("auth"), let bytes = Base64.decoded(encoded) {
            let parts = String(decoding: bytes, as: UTF8.self).split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { return nil }
            // Old versions of docker padded the password.
            var password = parts[1]
            while password.unicodeScalars.last == "\0" { password.unicodeScalars.removeLast() }
            return .password(name: String(parts[0]), Secret(String(password)))
        }
        guard let name = text("username"), let password = text("password") else { return nil }
        return .password(name: name, Secret(password))
    }
}

/// Why a file with credentials cannot be read.
struct CredentialFileError: Error, CustomStringConvertible {
    let description: String
}
