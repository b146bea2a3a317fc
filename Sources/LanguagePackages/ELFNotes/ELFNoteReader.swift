package import ByteStreams
internal import ContainerImages
package import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// Finds the packages of distributions that executables and libraries state in a note (systemd, "Package Metadata for
/// Executable Files").
///
/// The note names the source package. Files with the same note give one package, with the path of the first of them.
package enum ELFNoteReader: LanguageReader {
    package static let kind = PackageKind.elf
    package static let paths: PathPatterns = []

    /// What identifies a package.
    private struct Identity: Hashable {
        var type: String
        var system: String
        var systemVersion: String
        var name: String
        var version: String
    }

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = LanguageFindings()
        var known: Set<Identity> = []
        for file in files.files {
            // The database states more of the files of its packages.
            guard !file.isOwned, let text = file.extract[ExecutablePart.packageNote] else { continue }
            guard let object = try? JSONValue(parsing: text, limits: limits).objectContent,
                let name = object.text("name"), !name.isEmpty
            else {
                findings.diagnostics.append(
                    Diagnostic(
                        .warning, code: .damagedPackageNote, at: file.path,
                        "expected a package note with a name"))
                continue
            }
            let identity = Identity(
                type: object.text("type") ?? "", system: object.text("os") ?? "",
                systemVersion: object.text("osVersion") ?? "", name: name, version: object.text("version") ?? "")
            guard !known.contains(identity) else {
                findings.explained.insert(file.path)
                continue
            }
            guard findings.canAdd(1, edges: 0, at: file.path, limits) else { break }
            known.insert(identity)
            findings.withoutDependencies.insert(findings.packages.count)
            findings.packages.append(package(identity, object, file))
        }
        return findings
    }

    private static func package(_ identity: Identity, _ note: JSONObject, _ file: LanguageFile) -> LanguagePackage {
        var package = LanguagePackage(
            kind: kind, name: identity.name, version: identity.version.isEmpty ? nil : identity.version,
            path: file.path, layer: file.layer, method: .binary)
        let types: [String: String] = ["rpm": "rpm", "deb": "deb", "apk": "apk", "alpm": "alpm"]
        if let type = types[identity.type], !identity.system.isEmpty {
            var qualifiers: [String: String] = [:]
            if !identity.systemVersion.isEmpty {
                qualifiers["distro"] = "\(identity.system)-\(identity.systemVersion)"
            }
            var version = package.version
            // purl-spec, rpm: the epoch is a qualifier.
            if type == "rpm", let colon = version?.firstIndex(of: ":"), let text = version {
                qualifiers["epoch"] = String(text[..<colon])
                version = String(text[text.index(after: colon)...])
            }
            package.packageURL = PackageURL(
                type: type, namespace: [identity.system.lowercased()], name: identity.name.lowercased(type),
                version: version, qualifiers: qualifiers)
        }
        package.properties.append(LanguagePackage.Property("elf:origin", "source package, from ELF note"))
        for key in ["architecture", "osCpe", "debugInfoUrl"] {
            guard let value = note.text(key), !value.isEmpty else { continue }
            package.properties.append(LanguagePackage.Property("elf:\(key)", value))
        }
        return package
    }
}

extension String {
    /// The name in the form of a type of package URL.
    fileprivate func lowercased(_ type: String) -> String {
        PackageURL.rules(for: type).foldsName ? lowercased() : self
    }
}
