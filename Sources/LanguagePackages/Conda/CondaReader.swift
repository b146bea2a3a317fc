package import ByteStreams
package import PackageDatabases
internal import SBOMModel
internal import StructuredText

/// Finds the packages of conda environments by the records that conda writes (conda, `PrefixRecord`).
package enum CondaReader: LanguageReader {
    package static let kind = PackageKind.conda
    package static let paths: PathPatterns = ["**/conda-meta/*.json"]

    /// Most of a record are the digests of its files, which are not needed.
    package static func reduced(_ bytes: [UInt8], of name: ArraySlice<UInt8>) -> [UInt8]? {
        guard var object = try? JSONValue(parsing: bytes, limits: Limits()).objectContent else { return bytes }
        object.members.removeAll { $0.name == "paths_data" || $0.name == "link" }
        return JSONWriter.bytes(of: .object(object), .compact)
    }

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = LanguageFindings()
        /// The needs of each package, as it writes them.
        var needs: [[String]] = []
        /// The packages of each environment by their names.
        var environments: [String: [String: Int]] = [:]
        var homes: [String] = []
        for file in files.matching(paths) {
            guard let record = try? JSONValue(parsing: file.bytes, limits: limits).objectContent,
                let name = record.text("name"), !name.isEmpty, let version = record.text("version"), !version.isEmpty
            else {
                findings.diagnostics.append(
                    Diagnostic(
                        .warning, code: .damagedCondaPackage, at: file.path,
                        "expected a JSON object with the name and the version of a conda package"))
                continue
            }
            guard findings.canAdd(1, edges: 0, at: file.path, limits) else { break }
            let environment = file.path.split(separator: "/").dropLast(2).joined(separator: "/")
            let number = findings.packages.count
            environments[environment, default: [:]][name] = number
            homes.append(environment)
            needs.append(record.texts("depends").map(\.text))
            findings.packages.append(package(name, version, record, file))
            for (_, path) in record.texts("files") {
                guard findings.explained.count < limits.recordedFileCount else {
                    findings.diagnostics.append(
                        Diagnostic(
                            .warning, code: .languageLimit, at: file.path,
                            "files of conda packages: more than the limit recordedFileCount allows"))
                    break
                }
                let parts = path.split(separator: "/")
                guard !parts.isEmpty, !path.hasPrefix("/"), !parts.contains("..") else { continue }
                let place = environment.isEmpty ? path : "\(environment)/\(path)"
                findings.explained.insert(place)
                findings.ownedPaths[place] = number
            }
        }
        var steps = limits.resolutionSteps
        for number in findings.packages.indices {
            var targets: Set<Int> = []
            var unmet: Set<String> = []
            for need in needs[number] {
                steps -= 1
                // Virtual packages stand for properties of the machine.
                guard steps > 0, let match = CondaMatch(need), !match.name.hasPrefix("__") else { continue }
                let target = environments[homes[number]]?[match.name]
                if let target, match.accepts(findings.packages[target].version ?? "") {
                    if target != number { targets.insert(target) }
                } else if unmet.insert(need).inserted {
                    findings.graph.addUnmet(of: number, field: "depends", need: need, limits: limits)
                }
            }
            guard steps > 0, targets.count <= limits.edgeCount - findings.graph.edges.count else {
                findings.withoutDependencies.formUnion(number..<findings.packages.count)
                findings.diagnostics.append(
                    Diagnostic(
                        .warning, code: .languageLimit, at: findings.packages[number].path,
                        "dependencies of conda packages: more than the limit "
                            + (steps > 0 ? "edgeCount" : "resolutionSteps") + " allows"))
                break
            }
            findings.graph.edges += targets.sorted().map { DependencyGraph.Edge(from: number, to: $0) }
        }
        return findings
    }

    private static func package(
        _ name: String, _ version: String, _ record: JSONObject, _ file: LanguageFile
    ) -> LanguagePackage {
        var package = LanguagePackage(kind: kind, name: name, version: version, path: file.path, layer: file.layer)
        var qualifiers: [String: String] = [:]
        for key in ["build", "subdir"] { qualifiers[key] = record.text(key) }
        if let channel = record.text("channel").flatMap({ Self.channel($0, subdir: record.text("subdir")) }) {
            qualifiers["channel"] = channel
        }
        for type in ["conda", "tar.bz2"] where record.text("fn")?.hasSuffix("." + type) == true {
            qualifiers["type"] = type
        }
        package.packageURL = PackageURL(type: "conda", name: name, version: version, qualifiers: qualifiers)
        for (key, algorithm, length) in [("sha256", "SHA256", 64), ("md5", "MD5", 32)] {
            guard let value = record.text(key)?.lowercased(), value.utf8.count == length,
                value.utf8.allSatisfy(\.isASCIILowercaseHexDigit)
            else { continue }
            package.checksums.append(LanguagePackage.Checksum(algorithm: algorithm, value: value))
        }
        if let url = record.text("url"), url.hasPrefix("https://") || url.hasPrefix("http://") {
            package.downloadLocation = url
        }
        package.license = record.text("license").flatMap { LicenseFinding(licenseTag: $0, rule: .packageMetadata) }
        package.license?.path = file.path
        package.isRequested =
            record.text("requested_spec").map { !$0.isEmpty && $0 != "None" } == true
            || record["requested_specs"]?.arrayContent?.isEmpty == false
        for key in ["build", "channel", "subdir"] {
            guard let value = record.text(key), !value.isEmpty else { continue }
            package.properties.append(LanguagePackage.Property("conda:\(key)", value))
        }
        return package
    }

    /// The name of a channel: the last component of its address that is not the platform.
    private static func channel(_ text: String, subdir: String?) -> String? {
        var parts = text.split(separator: "/")
        if let subdir, parts.count > 1, parts.last.map(String.init) == subdir { parts.removeLast() }
        return parts.last.map(String.init)
    }
}

/// A dependency of a conda package: a name, and bounds on its version (conda, `MatchSpec`).
struct CondaMatch {
    let name: String
    private let bounds: [Substring]

    /// Reads `name`, `name bounds` or `name bounds build`; nil if there is no name.
    init?(_ text: String) {
        let words = text.split(whereSeparator: { $0 == " " })
        guard let first = words.first else { return nil }
        let bare = first.split(separator: "::", omittingEmptySubsequences: true).last ?? first
        let name = bare.prefix { !"<>=!~[".contains($0) }
        guard !name.isEmpty else { return nil }
        self.name = String(name)
        let rest = name.endIndex < bare.endIndex ? bare[name.endIndex...] : words.dropFirst().first ?? ""
        bounds = rest.split(separator: ",")
    }

    /// Whether a version is within the bounds.
    ///
    /// Only versions and bounds of numbers and dots are compared. Any other bound counts as met: conda has checked it.
    func accepts(_ version: String) -> Bool {
        guard let version = Self.numbers(version[...]) else { return true }
        return bounds.allSatisfy { bound in
            let sign = bound.prefix { "<>=!".contains($0) }
            let text = bound.dropFirst(sign.count)
            if text.hasSuffix(".*"), let prefix = Self.numbers(text.dropLast(2)), ["", "=", "=="].contains(sign) {
                return version.starts(with: prefix)
            }
            guard let other = Self.numbers(text) else { return true }
            let order = Self.order(version, other)
            switch sign {
            case ">=": return order >= 0
            case ">": return order > 0
            case "<=": return order <= 0
            case "<": return order < 0
            case "==", "": return order == 0
            case "!=": return order != 0
            case "=": return version.starts(with: other)
            default: return true
            }
        }
    }

    private static func numbers(_ text: Substring) -> [Int]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.allSatisfy(\.isASCIIDigit) ? Int($0) : nil }
        return numbers.count == parts.count ? numbers : nil
    }

    /// Below, equal to or above 0, as the first version is before, equal to or after the second; missing numbers are 0.
    private static func order(_ one: [Int], _ other: [Int]) -> Int {
        for place in 0..<max(one.count, other.count) {
            let (left, right) = (place < one.count ? one[place] : 0, place < other.count ? other[place] : 0)
            if left != right { return left < right ? -1 : 1 }
        }
        return 0
    }
}
