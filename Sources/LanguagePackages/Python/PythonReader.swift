package import ByteStreams
internal import ContainerImages
package import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// Reads the distributions of Python that are installed: wheels, and what setuptools and distutils installed before them
/// (PyPA specifications, "Recording installed projects").
package enum PythonReader: LanguageReader {
    package static let kind = PackageKind.python

    private static let descriptions: PathPatterns = [
        "**/*.dist-info/METADATA", "**/*.DIST-INFO/METADATA", "**/*.egg-info/PKG-INFO", "**/EGG-INFO/PKG-INFO",
        // distutils wrote one file where setuptools makes a folder.
        "**/*.egg-info",
    ]

    /// The path of the description inside of an egg that is an archive.
    private static let eggDescription = "EGG-INFO/PKG-INFO"

    package static let paths: PathPatterns =
        descriptions + [
            "**/*.dist-info/RECORD", "**/*.dist-info/REQUESTED", "**/*.dist-info/INSTALLER",
            "**/*.dist-info/direct_url.json", "**/*.egg-info/installed-files.txt", "**/pyvenv.cfg",
        ]

    package static func reduced(_ bytes: [UInt8], of name: ArraySlice<UInt8>) -> [UInt8]? {
        switch String(decoding: name, as: UTF8.self) {
        case "RECORD", "installed-files.txt": PythonRecord.reduced(bytes)
        case "INSTALLER", "direct_url.json", "pyvenv.cfg": bytes
        case "REQUESTED": []
        default: PythonMetadata.header(of: bytes)
        }
    }

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = LanguageFindings()
        var distributions: [PythonDistribution] = []
        var log = DiagnosticLog(limits: limits)
        for file in files.files {
            guard descriptions.matches(Array(file.path.utf8)[...]) || file.extract[eggDescription] != nil else {
                continue
            }
            guard log.hasRoom(for: distributions.count, at: file.path, limits: limits) else { break }
            let description = file.extract[eggDescription].map(PythonMetadata.header(of:)) ?? file.bytes
            guard let metadata = PythonMetadata(parsing: description) else {
                // A file without a description shows too that something is installed.
                if file.extract[""] != nil, !file.isOwned {
                    log.append(
                        .blind, code: .unreadableManifest, at: file.path,
                        "the description of a Python distribution states no name")
                }
                continue
            }
            // Before 3.0 the interpreter described itself in such a file.
            guard metadata.name != "Python" else {
                findings.explained.insert(file.path)
                continue
            }
            distributions.append(PythonDistribution(metadata, file, files, &log, limits))
        }
        findings.packages = distributions.map(\.package)
        for distribution in distributions { findings.explained.formUnion(distribution.files) }
        PythonResolver(distributions, files, in: tree).resolve(into: &findings, limits: limits)
        findings.diagnostics = log.diagnostics + findings.diagnostics
        return findings
    }
}

/// The list of files of a distribution.
enum PythonRecord {
    /// The paths that a list names, one a line, without those of compiled Python code.
    static func reduced(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for line in bytes.split(separator: 0x0A) {
            var path = line.last == 0x0D ? line.dropLast() : line
            if path.first == UInt8(ascii: "\"") {
                path = path.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
            } else {
                // The digest and the size follow the path (PyPA specifications, "The RECORD file").
                for _ in 0..<2 { if let comma = path.lastIndex(of: UInt8(ascii: ",")) { path = path[..<comma] } }
            }
            guard !path.isEmpty, !path.suffix(4).elementsEqual(".pyc".utf8) else { continue }
            result += path
            result.append(0x0A)
        }
        return result
    }

    /// The paths in the image that a reduced list names.
    ///
    /// - Parameters:
    ///   - list: The list.
    ///   - folder: The folder that its paths are relative to.
    /// - Returns: The paths; one that leads out of the root is left out.
    static func paths(_ list: [UInt8], in folder: Substring) -> [String] {
        let base = folder.split(separator: "/")
        return String(decoding: list, as: UTF8.self).split(separator: "\n").compactMap { line in
            var components = line.first == "/" ? [] : base
            for part in line.split(separator: "/") where part != "." {
                if part == ".." {
                    guard components.popLast() != nil else { return nil }
                } else {
                    components.append(part)
                }
            }
            return components.joined(separator: "/")
        }
    }
}

/// A distribution of Python and the folder that it is installed in.
struct PythonDistribution: Sendable {
    private(set) var package: LanguagePackage
    let metadata: PythonMetadata
    /// The folder that the interpreter looks in, such as `usr/lib/python3/dist-packages`.
    let site: Substring
    /// The paths of its files, without those of compiled Python code.
    let files: [String]

    init(
        _ metadata: PythonMetadata, _ file: LanguageFile, _ all: LanguageFiles, _ log: inout DiagnosticLog,
        _ limits: Limits
    ) {
        self.metadata = metadata
        // `SITE/NAME.dist-info/METADATA`, `SITE/NAME.egg-info`, `SITE/NAME.egg/EGG-INFO/PKG-INFO`, or `SITE/NAME.egg`.
        var folder = file.path[...]
        let isFile = !folder.hasSuffix("/METADATA") && !folder.hasSuffix("/PKG-INFO")
        folder = isFile ? folder : folder.parentFolder
        let information = folder
        site = folder.hasSuffix("/EGG-INFO") ? folder.parentFolder.parentFolder : folder.parentFolder
        var package = LanguagePackage(
            kind: .python, name: metadata.name, version: metadata.version, path: file.path, layer: file.layer)
        package.packageURL = PackageURL(
            type: "pypi",
            name: metadata.name.lowercased().split(separator: "_", omittingEmptySubsequences: false)
                .joined(separator: "-"), version: metadata.version)
        package.summary = metadata.summary
        package.author = metadata.author
        package.homepage = metadata.homepage
        if let text = metadata.licenseText, var finding = LicenseFinding(licenseTag: text, rule: .packageMetadata) {
            finding.path = file.path
            package.license = finding
        }
        if isFile {
            files = []
        } else {
            let list = all["\(information)/RECORD"] ?? all["\(information)/installed-files.txt"]
            // The paths of the older list are relative to the folder of the description itself.
            let base = list?.path.hasSuffix("/RECORD") == true ? site : information
            files = list.map { PythonRecord.paths($0.bytes, in: base) } ?? []
            package.isRequested = all["\(information)/REQUESTED"] != nil
            if let installer = all["\(information)/INSTALLER"] {
                let name = String(decoding: installer.bytes.prefix(100), as: UTF8.self)[...].trimmed
                if !name.isEmpty { package.properties.append(.init("Installer", String(name))) }
            }
            if let source = all["\(information)/direct_url.json"] {
                Self.state(source, in: &package, &log, limits)
            }
        }
        self.package = package
    }

    /// States where a distribution comes from that was not installed from an index (PyPA specifications, "Direct URL").
    private static func state(
        _ file: LanguageFile, in package: inout LanguagePackage, _ log: inout DiagnosticLog, _ limits: Limits
    ) {
        do throws(JSONError) {
            let source = try JSONValue(parsing: file.bytes, limits: limits).objectContent
            guard let url = source?["url"]?.textContent else { return }
            let repository = source?["vcs_info"]?.objectContent
            if let kind = repository?["vcs"]?.textContent, let commit = repository?["commit_id"]?.textContent {
                package.packageURL?.qualifiers["vcs_url"] = "\(kind)+\(url)@\(commit)"
            } else if source?["dir_info"] != nil {
                package.properties.append(.init("InstalledFrom", url))
                if case .bool(true) = source?["dir_info"]?.objectContent?["editable"] {
                    package.properties.append(.init("Editable", "true"))
                }
            } else {
                package.downloadLocation = url
                package.packageURL?.qualifiers["download_url"] = url
                let hashes = source?["archive_info"]?.objectContent?["hashes"]?.objectContent
                if let value = hashes?["sha256"]?.textContent, value.utf8.count == 64 {
                    package.checksums = [.init(algorithm: "SHA256", value: value.lowercased())]
                }
            }
        } catch {
            log.append(.warning, code: .unreadableManifest, at: file.path, "the origin cannot be read: \(error)")
        }
    }
}
