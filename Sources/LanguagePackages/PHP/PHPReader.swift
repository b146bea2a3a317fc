package import ByteStreams
package import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// Finds the packages that Composer installed, by its file `vendor/composer/installed.json`.
///
/// Composer 2 writes an object with `packages` and `dev-package-names`, Composer 1 an array of packages.
package enum PHPReader: LanguageReader {
    package static let kind = PackageKind.php

    // The folder `vendor` can have any name (Composer documentation, "vendor-dir").
    package static let paths: PathPatterns = ["**/composer/installed.json"]

    package static func read(
        _ files: LanguageFiles, in tree: some FileTree, limits: Limits
    ) -> LanguageFindings {
        var findings = LanguageFindings()
        var log = DiagnosticLog(limits: limits)
        var collector = DependencyCollector(limits: limits)
        var hasRoom = true
        for file in files.matching(paths) where hasRoom {
            do {
                let root = try JSONValue(parsing: file.bytes, limits: limits)
                guard let items = root.arrayContent ?? root.objectContent?["packages"]?.arrayContent else {
                    log.append(
                        file.damageSeverity, code: .phpMalformedFile, at: file.path, "expected an array of packages")
                    continue
                }
                var vendor = Vendor(file: file, first: findings.packages.count)
                for name in root.objectContent?.texts("dev-package-names") ?? [] {
                    vendor.developmentNames.insert(name.text.lowercased())
                }
                for (index, item) in items.enumerated() {
                    let place = "\(file.path): package \(index + 1)"
                    guard let object = item.objectContent, let name = object.text("name"), !name.isEmpty else {
                        log.append(
                            file.damageSeverity, code: .phpMalformedFile, at: place, "expected an object with a name")
                        continue
                    }
                    let folder = vendor.installFolder(object, named: name)
                    if let folder, tree.names(in: folder).isEmpty {
                        vendor.absent.append(name)
                        continue
                    }
                    if let folder { findings.explainedFolders.insert(tree.canonical(folder)) }
                    let count = findings.packages.count + vendor.packages.count
                    hasRoom = log.hasRoom(for: count, at: place, limits: limits)
                    guard hasRoom else { break }
                    vendor.add(object, named: name)
                }
                vendor.resolve(&collector)
                findings.packages += vendor.packages
                vendor.reportAbsent(to: &log)
            } catch {
                log.append(file.damageSeverity, code: .phpMalformedFile, at: file.path, "\(error)")
            }
        }
        findings.diagnostics = log.diagnostics
        findings.take(collector, of: kind)
        return findings
    }
}

/// The packages of one `installed.json`.
private struct Vendor {
    private let file: LanguageFile
    /// The folder with `installed.json`.
    private let folder: [Substring]
    /// The number of the first package.
    private let first: Int
    /// The names of the packages that are there only for development, in lower case.
    var developmentNames: Set<String> = []
    private(set) var packages: [LanguagePackage] = []
    private var needs: [[DependencyCollector.Need]] = []
    /// The packages by their names in lower case.
    private var byName: [String: Int] = [:]
    /// The packages that replace or provide a name, by that in lower case.
    private var providers: [String: [Int]] = [:]
    fileprivate var absent: [String] = []

    init(file: LanguageFile, first: Int) {
        self.file = file
        self.first = first
        folder = file.path.split(separator: "/").dropLast()
    }

    /// The folder of a package; nil for one that has no files.
    func installFolder(_ object: JSONObject, named name: String) -> String? {
        guard object.text("type") != "metapackage" else { return nil }
        var parts = folder
        let path = object.text("install-path") ?? "../\(name)"
        if path.hasPrefix("/") { parts = [] }
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    mutating func add(_ object: JSONObject, named name: String) {
        func text(_ object: JSONObject?, _ field: String) -> String? {
            object?.text(field).flatMap { $0.isEmpty ? nil : $0 }
        }
        let number = first + packages.count
        var package = LanguagePackage(
            kind: .php, name: name, version: text(object, "version"), path: file.path, layer: file.layer)
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty {
            package.group = String(parts[0])
            package.name = String(parts[1])
            if let version = package.version, parts.allSatisfy(Self.isName) {
                package.packageURL = PackageURL(
                    type: "composer", namespace: [parts[0].lowercased()], name: parts[1].lowercased(), version: version)
            }
        }
        let licenses = object["license"]?.textContent.map { [$0] } ?? object.texts("license").map(\.text)
        package.license = LicenseFinding.choice(licenses.filter { !$0.isEmpty }).flatMap {
            LicenseFinding(licenseTag: $0, rule: .packageMetadata)
        }
        package.license?.path = file.path
        package.homepage = text(object, "homepage")
        package.summary = text(object, "description")?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let author = object.objects("authors").first?.object, let name = text(author, "name") {
            package.author = text(author, "email").map { "\(name) <\($0)>" } ?? name
        }
        let dist = object["dist"]?.objectContent
        if let url = text(dist, "url"), url.hasPrefix("https://") || url.hasPrefix("http://") {
            package.downloadLocation = url
        }
        if let sum = text(dist, "shasum"), sum.utf8.count == 40, sum.utf8.allSatisfy(\.isASCIIHexDigit) {
            package.checksums = [.init(algorithm: "SHA1", value: sum.lowercased())]
        }
        if let reference = text(object["source"]?.objectContent, "reference") ?? text(dist, "reference") {
            package.properties.append(.init("sourceReference", reference))
        }
        if developmentNames.contains(name.lowercased()) {
            package.properties.append(.init("developmentDependency", "true"))
        }
        packages.append(package)

        byName[name.lowercased()] = byName[name.lowercased()] ?? number
        for field in ["replace", "provide"] {
            for member in object[field]?.objectContent?.members ?? [] {
                let name = member.name.lowercased()
                if providers[name]?.last != number { providers[name, default: []].append(number) }
            }
        }
        // A name without a vendor is one of PHP, an extension, a library or Composer itself.
        needs.append(
            (object["require"]?.objectContent?.members ?? []).filter { $0.name.contains("/") }.map { member in
                let constraint = member.value.textContent ?? ""
                return DependencyCollector.Need(
                    name: member.name.lowercased(),
                    text: constraint.isEmpty ? member.name : "\(member.name) \(constraint)", field: "require")
            })
    }

    /// Adds the dependencies to a graph.
    func resolve(_ collector: inout DependencyCollector) {
        for (number, needs) in needs.enumerated() {
            collector.add(needs, of: first + number) { need, steps in
                if let found = byName[need.name] { return .packages([found]) }
                guard let found = providers[need.name] else { return .unmet }
                steps -= found.count
                return steps < 0 ? .met : .packages(found)
            }
        }
    }

    /// Reports the packages whose folders are not there.
    func reportAbsent(to log: inout DiagnosticLog) {
        guard !absent.isEmpty else { return }
        let others = absent.count - Limits.namedPackages
        let named = absent.prefix(Limits.namedPackages).joined(separator: ", ")
        log.append(
            .note, code: .phpAbsentPackages, at: file.path,
            "Composer installed packages that are not there: \(named)\(others > 0 ? " and \(others) others" : "")")
    }

    /// Whether a vendor or name has only characters that Composer allows (Composer documentation, "name").
    private static func isName(_ name: Substring) -> Bool {
        let signs = ASCIISet("-._")
        return name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || signs[$0] }
    }
}
