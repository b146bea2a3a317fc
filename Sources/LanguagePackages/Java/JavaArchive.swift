internal import ByteStreams
internal import ContainerImages
internal import StructuredText

/// One archive of Java: what it states about itself and about what is included in it.
struct JavaArchive {
    /// The coordinates of a package in a Maven repository.
    struct Coordinates: Hashable {
        var group: String
        var artifact: String
        var version: String?
    }

    /// The files of a folder `META-INF/maven/GROUP/ARTIFACT`.
    struct Description {
        /// The path of the file with the coordinates in the file of the image.
        var member: String
        var coordinates: Coordinates
        /// Whether the coordinates are those of a `pom.properties`.
        var hasProperties: Bool
        var model: MavenModel?
    }

    /// How a package is identified.
    struct Identity {
        var name: String
        var version: String?
        /// The place of the description of ``descriptions``, if that identifies it.
        var description: Int?
        var classifier: String?
        /// Where the name and the version are from.
        var source: String
    }

    /// The path in the file of the image; empty for the file itself.
    let path: String
    let archive: FileExtract.Archive
    let ending: ArchiveEnding
    let manifest: JavaManifest
    /// The descriptions in the order of the archive.
    private(set) var descriptions: [Description] = []
    private let stem: String

    /// - Parameters:
    ///   - archive: The archive.
    ///   - name: The name of its file.
    ///   - ending: The ending of that name.
    ///   - parts: The parts of the archive itself, their names without the path of the archive.
    ///   - log: Takes what is damaged.
    ///   - filePath: The path of the file of the image.
    ///   - limits: The bounds on XML.
    init(
        _ archive: FileExtract.Archive, name: String, ending: ArchiveEnding, parts: [FileExtract.Part],
        log: inout DiagnosticLog, filePath: String, limits: Limits
    ) {
        self.archive = archive
        path = archive.path
        self.ending = ending
        stem = String(decoding: name.utf8.dropLast(ending.rawValue.utf8.count + 1), as: UTF8.self)
        manifest = JavaManifest(parts.first { $0.name == "META-INF/MANIFEST.MF" }?.bytes ?? [])
        let prefix = path.isEmpty ? "" : path + "!/"
        var folders: [String] = []
        var files: [String: (properties: FileExtract.Part?, model: FileExtract.Part?)] = [:]
        for part in parts where part.name.hasPrefix("META-INF/maven/") {
            guard let slash = part.name.lastIndex(of: "/") else { continue }
            let folder = String(part.name[..<slash])
            if files[folder] == nil { folders.append(folder) }
            if part.name.hasSuffix("/pom.properties") {
                files[folder, default: (nil, nil)].properties = part
            } else if part.name.hasSuffix("/pom.xml") {
                files[folder, default: (nil, nil)].model = part
            }
        }
        for folder in folders {
            guard let file = files[folder] else { continue }
            var model: MavenModel?
            if let part = file.model {
                do throws(XMLError) {
                    model = try MavenModel(parsing: part.bytes, limits: limits)
                } catch {
                    log.append(.warning, code: .damagedPOM, at: "\(filePath)!/\(prefix)\(part.name)", "\(error)")
                }
            }
            let properties = file.properties.map { javaProperties($0.bytes) } ?? [:]
            let names = folder.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard names.count == 4, let part = file.properties ?? file.model else { continue }
            // The folder is named for the group and the artifact.
            let stated = file.properties == nil ? (model?.group, model?.artifact) : (names[2], names[3])
            guard let group = statedText(properties["groupId"]) ?? statedText(stated.0),
                let artifact = statedText(properties["artifactId"]) ?? statedText(stated.1)
            else { continue }
            let version = file.properties == nil ? model?.version : statedText(properties["version"])
            descriptions.append(
                Description(
                    member: prefix + part.name,
                    coordinates: Coordinates(group: group, artifact: artifact, version: version),
                    hasProperties: file.properties != nil, model: model))
        }
    }

    /// What the archive is; nil if it does not state it.
    var identity: Identity? {
        if let described = describedIdentity { return described }
        // These archives add to other programs, and are named for those (New Relic).
        guard !isInstrumentation else { return nil }
        let names = ["Implementation-Title", "Bundle-SymbolicName", "Automatic-Module-Name"]
        let versions = ["Implementation-Version", "Bundle-Version", "Implementation-Version"]
        func name(_ attribute: String) -> String? {
            // Directives may follow a symbolic name (OSGi Core 8, 3.2.1.13).
            manifest[attribute].flatMap { statedText(String($0.prefix { $0 != ";" })) }
        }
        // A title can be that of a whole product, as in the archives of Tomcat.
        for attribute in ["Implementation-Version", "Bundle-Version"] {
            guard let version = manifest[attribute], stem.hasSuffix("-\(version)") else { continue }
            let artifact = stem.dropLast(version.count + 1)
            guard !artifact.isEmpty, !version.isEmpty else { continue }
            return Identity(name: String(artifact), version: version, source: "file name; manifest: \(attribute)")
        }
        for (attribute, version) in zip(names, versions) {
            guard let title = name(attribute), let stated = manifest[version] else { continue }
            return Identity(name: title, version: stated, source: "manifest: \(attribute), \(version)")
        }
        let version = ["Implementation-Version", "Bundle-Version"].first { manifest[$0] != nil }
        let split = Self.split(stem)
        for attribute in names {
            guard let title = name(attribute) else { continue }
            if let version {
                return Identity(
                    name: title, version: manifest[version], source: "manifest: \(attribute), \(version)")
            }
            let source = split == nil ? "" : "; version of the file name"
            return Identity(name: title, version: split?.version, source: "manifest: \(attribute)\(source)")
        }
        if let split { return Identity(name: split.name, version: split.version, source: "file name") }
        guard let version, !stem.isEmpty else { return nil }
        return Identity(name: stem, version: manifest[version], source: "file name; manifest: \(version)")
    }

    /// Whether the archive adds to another program whose name it has.
    var isInstrumentation: Bool { manifest.has("Weave-Classes") }

    /// The description that identifies the archive.
    private var describedIdentity: Identity? {
        let stated = descriptions.indices.filter { descriptions[$0].hasProperties }
        let candidates = stated.isEmpty ? Array(descriptions.indices) : stated
        let kind = stated.isEmpty ? "pom.xml" : "pom.properties"
        let matching = candidates.compactMap { number in match(number).map { (number, $0.rank, $0.classifier) } }
        if let best = matching.map(\.1).max(by: { $0.lexicographicallyPrecedes($1) }) {
            let first = matching.filter { $0.1 == best }
            // Several groups may have an artifact of the same name.
            if first.count == 1 { return identity(first[0].0, classifier: first[0].2, source: kind) }
        }
        guard candidates.count == 1, !isOther(candidates[0]) else { return nil }
        return identity(candidates[0], classifier: nil, source: "\(kind), the only one; the file has another name")
    }

    /// Whether the file name or the manifest states another version than the only description, which does not fit the file
    /// name either: then it is the description of something that the archive includes.
    private func isOther(_ number: Int) -> Bool {
        if Self.split(stem) != nil { return true }
        guard let version = descriptions[number].coordinates.version else { return false }
        let stated = ["Implementation-Version", "Bundle-Version"].compactMap { manifest[$0] }
        // OSGi has a period before the qualifier (OSGi Core 8, 3.2.5).
        let spelling = version.map { $0 == "-" ? "." : $0 }
        return !stated.isEmpty && !stated.contains { $0 == version || $0.hasPrefix(String(spelling)) }
    }

    private func identity(_ number: Int, classifier: String?, source: String) -> Identity {
        let coordinates = descriptions[number].coordinates
        return Identity(
            name: coordinates.artifact, version: coordinates.version, description: number, classifier: classifier,
            source: source)
    }

    /// How well the name of the file fits the coordinates of a description; nil if it does not fit.
    private func match(_ number: Int) -> (rank: [Int], classifier: String?)? {
        let coordinates = descriptions[number].coordinates
        let artifact = coordinates.artifact
        let length = artifact.utf8.count
        if let version = coordinates.version {
            if stem == "\(artifact)-\(version)" { return ([4, length], nil) }
            let start = "\(artifact)-\(version)-"
            if stem.hasPrefix(start), stem.utf8.count > start.utf8.count {
                return ([3, length], String(stem.utf8.dropFirst(start.utf8.count)))
            }
        }
        if stem == artifact { return ([2, length], nil) }
        let hasOtherVersion =
            stem.hasPrefix(artifact + "-") && stem.utf8.dropFirst(length + 1).first?.isASCIIDigit == true
        return hasOtherVersion ? ([1, length], nil) : nil
    }

    /// The name and version of a file name, if only one hyphen can be between them: the one before a digit.
    static func split(_ stem: String) -> (name: String, version: String)? {
        let bytes = Array(stem.utf8)
        let hyphens = bytes.indices.dropLast().filter {
            $0 > 0 && bytes[$0] == UInt8(ascii: "-") && bytes[$0 + 1].isASCIIDigit
        }
        guard hyphens.count == 1, let hyphen = hyphens.first, bytes[0].isASCIILetter else { return nil }
        return (
            String(decoding: bytes[..<hyphen], as: UTF8.self), String(decoding: bytes[(hyphen + 1)...], as: UTF8.self)
        )
    }
}
