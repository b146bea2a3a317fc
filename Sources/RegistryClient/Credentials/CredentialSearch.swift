internal import ByteStreams
internal import Glibc

/// Finds the credential for a repository in the files of docker and podman.
struct CredentialSearch {
    private struct Place {
        let path: String
        var isOld = false
    }

    private let places: [Place]
    private let isGiven: Bool
    private let helperTime: Int

    /// The search that the options ask for.
    init(_ options: RegistryOptions) {
        helperTime = options.helperTime
        if let file = options.credentialFile {
            places = [Place(path: file)]
            isGiven = true
        } else {
            places = Self.usualPlaces
            isGiven = false
        }
    }

    /// Those of podman and skopeo in their order (containers-auth.json(5)), which has those of docker in it.
    ///
    /// What either of them has found before is found here too.
    private static var usualPlaces: [Place] {
        var places: [Place] = []
        if let file = Environment.value("REGISTRY_AUTH_FILE") { places.append(Place(path: file)) }
        let run = Environment.value("XDG_RUNTIME_DIR").map { "\($0)/containers" } ?? "/run/containers/\(getuid())"
        places.append(Place(path: "\(run)/auth.json"))
        let home = Environment.home
        if let config = Environment.value("XDG_CONFIG_HOME") ?? home.map({ "\($0)/.config" }) {
            places.append(Place(path: "\(config)/containers/auth.json"))
        }
        if let docker = Environment.value("DOCKER_CONFIG") ?? home.map({ "\($0)/.docker" }) {
            places.append(Place(path: "\(docker)/config.json"))
        }
        if let home { places.append(Place(path: "\(home)/.dockercfg", isOld: true)) }
        return places
    }

    /// Looks for the credential of a repository; the first that is found counts.
    ///
    /// - Throws: ``RegistryError`` if the file that the user named cannot be read.
    func lookup(_ host: String, _ path: String) throws(RegistryError) -> CredentialLookup {
        var lookup = CredentialLookup()
        for place in places {
            let file: CredentialFile?
            do throws(CredentialFileError) {
                file = try CredentialFile(path: place.path, isOld: place.isOld)
            } catch {
                guard !isGiven else { throw RegistryError(.unavailable, "\(place.path): \(error)") }
                lookup.problems.append("\(place.path): \(error)")
                continue
            }
            guard let file else {
                if isGiven { throw RegistryError(.unavailable, "\(place.path): no such file") }
                continue
            }
            lookup.searched.append(place.path)
            for finding in file.findings(host, path) {
                switch finding {
                case .credential(let credential, let key):
                    lookup.credential = credential
                    lookup.source = "\(place.path), auths, \(key)"
                case .helper(let suffix, let server, let member):
                    let program = "docker-credential-\(suffix)"
                    do throws(CredentialHelper.Failure) {
                        let helper = try CredentialHelper(suffix: suffix)
                        guard let credential = try helper.credential(for: server, within: helperTime) else {
                            lookup.searched.append("\(program) (\(member) of \(place.path))")
                            continue
                        }
                        lookup.credential = credential
                        lookup.source = "\(program) for \(server) (\(member) of \(place.path))"
                    } catch {
                        lookup.problems.append("\(place.path): \(member): \(program): \(error)")
                        continue
                    }
                }
                return lookup
            }
        }
        return lookup
    }
}

/// The variables of the environment.
enum Environment {
    /// The value of a variable; nil if it is not set or empty.
    static func value(_ name: String) -> String? {
        // SAFETY: Nothing in this process changes a variable, so that the string lives as long as it; it is copied.
        guard let text = unsafe getenv(name).map({ unsafe String(cString: $0) }), !text.isEmpty else { return nil }
        return text
    }

    /// The folder of the user.
    static var home: String? {
        if let home = value("HOME") { return home }
        // SAFETY: getpwuid(3) returns an entry that is valid until its next call; it is copied at once.
        guard let entry = unsafe getpwuid(getuid()), let folder = unsafe entry.pointee.pw_dir else { return nil }
        return unsafe String(cString: folder)
    }
}
