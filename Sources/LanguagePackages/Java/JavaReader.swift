package import ByteStreams
internal import ContainerImages
package import PackageDatabases
internal import SBOMModel

/// Finds the packages in archives of Java.
///
/// The identity of an archive is only what the archive states: the descriptions of Maven, or else its manifest, or else its
/// file name. Without a description there is no group, and so no package URL; the digests of the archive are there for
/// whoever has an index of a repository.
package enum JavaReader: LanguageReader {
    package static let kind = PackageKind.java

    /// None: ``ArchiveReader`` keeps what is needed.
    package static let paths: PathPatterns = []

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = JavaFindings(limits: limits)
        for file in files.files where !file.extract.archives.isEmpty { findings.add(file) }
        return findings.finish()
    }
}

/// The findings while they are put together.
private struct JavaFindings {
    /// Where a package is looked for: everything in one archive, or the archives of a folder of the image.
    private enum Scope: Hashable {
        case archive(file: String, path: String)
        case folder(String)
    }

    /// A package in a scope.
    private struct Need: Hashable {
        var scope: Scope
        var group: String
        var artifact: String
    }

    /// A package that is not yet numbered.
    private struct Draft {
        var package: LanguagePackage
        /// The path of the archive that is the package, or that includes it.
        var archive: String
        /// Whether the archive is the package.
        var isArchive: Bool
        var coordinates: JavaArchive.Coordinates?
        var model: MavenModel?
    }

    private let limits: Limits
    private var log: DiagnosticLog
    private var findings = LanguageFindings()
    private var drafts: [Draft] = []
    private var unidentified: [String] = []
    private var unidentifiedCount = 0
    private var isFull = false

    init(limits: Limits) {
        self.limits = limits
        log = DiagnosticLog(limits: limits)
    }

    // MARK: Packages

    mutating func add(_ file: LanguageFile) {
        let fileName = file.path.split(separator: "/").last.map(String.init) ?? ""
        guard ArchiveEnding(of: Array(fileName.utf8)[...])?.isJava == true else { return }
        var parts: [String: [FileExtract.Part]] = [:]
        for part in file.extract.parts {
            let place = Self.split(part.name)
            parts[place.archive, default: []].append(FileExtract.Part(place.member, part.bytes))
        }
        var found: [Draft] = []
        for archive in file.extract.archives {
            let name = archive.path.isEmpty ? fileName : archive.path.split(separator: "/").last.map(String.init) ?? ""
            guard let ending = ArchiveEnding(of: Array(name.utf8)[...]), ending.isJava else { continue }
            let java = JavaArchive(
                archive, name: name, ending: ending, parts: parts[archive.path] ?? [], log: &log, filePath: file.path,
                limits: limits)
            found += self.drafts(java, file)
        }
        found.sort { ($0.package.member ?? "").utf8.lexicographicallyPrecedes(($1.package.member ?? "").utf8) }
        append(found)
    }

    /// The path of the archive of a member, and its path in that archive.
    private static func split(_ path: String) -> (archive: String, member: String) {
        let bytes = path.utf8
        guard
            let slash = bytes.indices.dropFirst().last(where: { index in
                bytes[index] == UInt8(ascii: "/") && bytes[bytes.index(before: index)] == UInt8(ascii: "!")
            })
        else { return ("", path) }
        return (String(path[..<bytes.index(before: slash)]), String(path[bytes.index(after: slash)...]))
    }

    private mutating func drafts(_ java: JavaArchive, _ file: LanguageFile) -> [Draft] {
        var drafts: [Draft] = []
        let identity = java.identity
        if let identity {
            drafts.append(draft(java, identity, file))
        } else if !java.isInstrumentation, !file.isOwned {
            // The diagnostic names it, so that it is not reported once more as code without an owner.
            findings.explained.insert(file.path)
            unidentifiedCount += 1
            if unidentified.count < Limits.namedFiles {
                unidentified.append(java.path.isEmpty ? file.path : "\(file.path)!/\(java.path)")
            }
        }
        var seen: Set<JavaArchive.Coordinates> = []
        if let number = identity?.description { seen.insert(java.descriptions[number].coordinates) }
        for description in java.descriptions where description.hasProperties {
            guard seen.insert(description.coordinates).inserted else { continue }
            let coordinates = description.coordinates
            var package = LanguagePackage(
                kind: .java, name: coordinates.artifact, version: coordinates.version, path: file.path,
                layer: file.layer, method: .binary)
            package.member = description.member
            package.group = coordinates.group
            package.packageURL = Self.packageURL(coordinates, [:])
            package.properties = [
                .init("javaIdentity", "pom.properties"),
                // A part of its classes may have been removed or renamed.
                .init("javaInclusion", "declared as included"),
            ]
            Self.describe(&package, description.model, at: file.path)
            drafts.append(
                Draft(
                    package: package, archive: java.path, isArchive: false, coordinates: coordinates,
                    model: description.model))
        }
        return drafts
    }

    /// The package that an archive is.
    private func draft(_ java: JavaArchive, _ identity: JavaArchive.Identity, _ file: LanguageFile) -> Draft {
        var package = LanguagePackage(
            kind: .java, name: identity.name, version: identity.version, path: file.path, layer: file.layer,
            method: .binary)
        package.member = java.path.isEmpty ? nil : java.path
        let manifest = java.manifest
        package.isApplication = java.ending == .war || java.ending == .ear || manifest.has("Start-Class")
        for (algorithm, value) in [("SHA1", java.archive.sha1), ("SHA256", java.archive.sha256)] where !value.isEmpty {
            package.checksums.append(.init(algorithm: algorithm, value: hexadecimal(value)))
        }
        package.properties = [.init("javaIdentity", identity.source)]
        var coordinates: JavaArchive.Coordinates?
        var model: MavenModel?
        if let number = identity.description {
            let description = java.descriptions[number]
            (coordinates, model) = (description.coordinates, description.model)
            package.group = description.coordinates.group
            var qualifiers: [String: String] = [:]
            // Jenkins renames a plug-in when it is installed; in repositories it is an hpi.
            if java.ending != .jar { qualifiers["type"] = java.ending == .jpi ? "hpi" : java.ending.rawValue }
            qualifiers["classifier"] = identity.classifier
            package.packageURL = Self.packageURL(description.coordinates, qualifiers)
        } else {
            for attribute in Self.attributes {
                guard let value = manifest[attribute] else { continue }
                let name = attribute.filter { $0 != "-" }
                package.properties.append(.init(name.prefix(1).lowercased() + name.dropFirst(), value))
            }
        }
        Self.describe(&package, model, at: file.path)
        if package.license == nil {
            package.license = JavaLicenses.finding(bundleLicense: manifest["Bundle-License"], at: file.path)
        }
        package.author = package.author ?? manifest["Bundle-Vendor"] ?? manifest["Implementation-Vendor"]
        package.homepage = package.homepage ?? manifest["Bundle-DocURL"]
        return Draft(package: package, archive: java.path, isArchive: true, coordinates: coordinates, model: model)
    }

    private static let attributes = [
        "Implementation-Title", "Implementation-Version", "Implementation-Vendor-Id", "Bundle-SymbolicName",
        "Bundle-Version", "Automatic-Module-Name",
    ]

    private static func packageURL(
        _ coordinates: JavaArchive.Coordinates, _ qualifiers: [String: String]
    ) -> PackageURL {
        PackageURL(
            type: "maven", namespace: [coordinates.group], name: coordinates.artifact, version: coordinates.version,
            qualifiers: qualifiers)
    }

    private static func describe(_ package: inout LanguagePackage, _ model: MavenModel?, at path: String) {
        guard let model else { return }
        package.license = JavaLicenses.finding(model.licenses, at: path)
        package.homepage = model.homepage
        package.author = model.organization
    }

    /// Numbers the packages of one file, which are in the order of their members.
    private mutating func append(_ found: [Draft]) {
        var archives: [String: Int] = [:]
        for (offset, draft) in found.enumerated() where draft.isArchive {
            archives[draft.archive] = drafts.count + offset
        }
        for draft in found {
            guard drafts.count < limits.languagePackageCount else {
                if !isFull {
                    log.append(
                        .blind, code: .tooManyJavaPackages, at: draft.package.path,
                        LimitError(name: "languagePackageCount").description)
                }
                isFull = true
                return
            }
            var draft = draft
            var outer: String? = draft.isArchive ? Self.outer(draft.archive) : draft.archive
            while let path = outer, draft.package.container == nil {
                draft.package.container = archives[path]
                outer = Self.outer(path)
            }
            drafts.append(draft)
        }
    }

    /// The path of the archive that an archive is in; nil for the file itself.
    private static func outer(_ path: String) -> String? { path.isEmpty ? nil : split(path).archive }

    // MARK: Dependencies

    consuming func finish() -> LanguageFindings {
        findings.packages = drafts.map(\.package)
        addEdges()
        if unidentifiedCount > 0 {
            let others = unidentifiedCount - unidentified.count
            let names = unidentified.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
            log.append(
                .blind, code: .unidentifiedArchives, at: unidentified.first ?? "",
                "archives of Java that state neither a name nor a version (\(unidentifiedCount)): \(names)")
        }
        findings.diagnostics = log.diagnostics
        return findings
    }

    private mutating func addEdges() {
        var places: [Need: [Int]] = [:]
        for (number, draft) in drafts.enumerated() {
            guard let coordinates = draft.coordinates else { continue }
            let scope =
                draft.isArchive
                ? Self.outer(draft.archive).map { .archive(file: draft.package.path, path: $0) }
                    ?? Scope.folder(Self.folder(draft.package.path))
                : .archive(file: draft.package.path, path: draft.archive)
            places[Need(scope: scope, group: coordinates.group, artifact: coordinates.artifact), default: []]
                .append(number)
        }
        for (number, draft) in drafts.enumerated() {
            guard let model = draft.model else {
                findings.withoutDependencies.insert(number)
                continue
            }
            if model.isPartial { findings.withoutDependencies.insert(number) }
            var scopes: [Scope] = []
            var archive: String? = draft.archive
            while let path = archive {
                scopes.append(.archive(file: draft.package.path, path: path))
                archive = Self.outer(path)
            }
            scopes.append(.folder(Self.folder(draft.package.path)))
            var targets: [Int: Bool] = [:]
            var seen: Set<MavenModel.Dependency> = []
            for dependency in model.dependencies where seen.insert(dependency).inserted {
                // The nearest one is the one that is loaded.
                for scope in scopes {
                    let need = Need(scope: scope, group: dependency.group, artifact: dependency.artifact)
                    guard let numbers = places[need] else { continue }
                    let others = numbers.filter { $0 != number }
                    guard others.count <= limits.edgeCount - findings.graph.edges.count - targets.count else {
                        log.append(
                            .blind, code: .tooManyJavaEdges, at: draft.package.path,
                            LimitError(name: "edgeCount").description)
                        findings.withoutDependencies.formUnion(number..<drafts.count)
                        return
                    }
                    for target in others {
                        targets[target] = (targets[target] ?? true) && dependency.isOptional
                    }
                    break
                }
            }
            for (target, isWeak) in targets.sorted(by: { $0.key < $1.key }) {
                findings.graph.edges.append(.init(from: number, to: target, isWeak: isWeak))
            }
        }
    }

    private static func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
