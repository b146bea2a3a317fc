package import PackageDatabases

/// The names under which readers of documents know an operating system.
///
/// trivy drops every package whose package URL has another namespace than the name of the operating system, but for `suse`
/// and `opensuse`. So both are chosen here.
extension OSRelease {
    /// The name of the operating system in a document for that reader; nil if the file has none.
    ///
    /// It is the ID in lower case, but trivy's `redhat` for rhel and `slem` for SLE Micro.
    package func documentName(for consumer: DocumentConsumer?) -> String? {
        guard let id = id.flatMap(\.nonEmpty) else { return name.flatMap(\.nonEmpty) }
        if consumer == .dependencyTrack { return id }
        let word = id.lowercased()
        if consumer == .trivy, let other = Self.triviesNames[word] { return other }
        return switch word {
        case "rhel": "redhat"
        case "sle-micro", "sl-micro": "slem"
        default: word
        }
    }

    /// The namespace of the package URLs of rpm packages, in lower case (purl-spec, types/rpm-definition.json).
    func rpmNamespace(for consumer: DocumentConsumer?) -> String? {
        guard let word = id.flatMap(\.nonEmpty)?.lowercased() else { return nil }
        if consumer == .trivy, let other = Self.triviesNames[word] { return other }
        return switch word {
        case "rhel": "redhat"
        case "sles", "sle-micro", "sl-micro": "suse"
        case "opensuse-leap", "opensuse-tumbleweed": "opensuse"
        default: word
        }
    }

    /// The namespace of the package URLs of Debian packages: Debian, the vendor of dpkg, where the file has no ID.
    var debNamespace: String { id.flatMap(\.nonEmpty)?.lowercased() ?? "debian" }

    /// The namespace of the package URLs of Alpine packages: Alpine, the vendor of apk, where the file has no ID.
    var apkNamespace: String { id.flatMap(\.nonEmpty)?.lowercased() ?? "alpine" }

    /// `ID-VERSION_ID`, with the code name if there is no number (Debian testing and unstable), or the ID alone.
    package var distro: String? {
        guard let id = id.flatMap(\.nonEmpty) else { return nil }
        return release.map { "\(id)-\($0)" } ?? id
    }

    /// `VERSION_ID`, or the code name if there is no number.
    var release: String? { versionID.flatMap(\.nonEmpty) ?? versionCodename.flatMap(\.nonEmpty) }

    /// The name of the system, or nil if the file has none.
    var systemName: String? { id.flatMap(\.nonEmpty) ?? name.flatMap(\.nonEmpty) }

    /// The fields by which syft and grype know a system, by the names of their properties.
    var syftProperties: [(name: String, value: String)] {
        var properties: [(name: String, value: String)] = []
        func append(_ name: String, _ value: String?) {
            if let value = value?.nonEmpty { properties.append(("syft:distro:\(name)", value)) }
        }
        append("id", id)
        for (number, word) in (idLike ?? "").split(separator: " ").enumerated() {
            append("idLike:\(number)", String(word))
        }
        append("prettyName", prettyName)
        append("versionCodename", versionCodename)
        append("versionID", versionID)
        return properties
    }

    /// The systems whose advisories trivy files under another name.
    private static let triviesNames = [
        "almalinux": "alma", "amzn": "amazon", "mariner": "cbl-mariner", "ol": "oracle",
    ]
}

extension String {
    /// The text, or nil if it is blank.
    var nonEmpty: String? { contains { !$0.isWhitespace } ? self : nil }
}
