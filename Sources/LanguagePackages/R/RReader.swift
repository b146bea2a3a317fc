package import ByteStreams
package import PackageDatabases
internal import SBOMModel

/// Finds installed packages of R by their descriptions (Writing R Extensions, 1.1.1).
///
/// The packages that are part of R give one package, R itself.
package enum RReader: LanguageReader {
    package static let kind = PackageKind.r
    package static let paths: PathPatterns = ["**/library/*/DESCRIPTION", "**/site-library/*/DESCRIPTION"]

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = LanguageFindings()
        var fields: [[String: String]] = []
        /// The packages of each library by their names.
        var libraries: [String: [String: Int]] = [:]
        /// The first package of each name, in the order of the libraries.
        var anywhere: [String: Int] = [:]
        var homes: [String] = []
        for file in files.matching(paths) {
            let description = RDescription(file.bytes).fields
            // Only `R CMD INSTALL` writes this field; a source package has none.
            guard description["Built"] != nil else { continue }
            guard let name = description["Package"], let version = description["Version"] else {
                findings.diagnostics.append(
                    Diagnostic(
                        .warning, code: .damagedRPackage, at: file.path,
                        "expected the fields Package and Version"))
                continue
            }
            let library = file.path.split(separator: "/").dropLast(2).joined(separator: "/")
            let isPartOfR = description["Priority"] == "base"
            let key = isPartOfR ? "R" : name
            if isPartOfR, name != "base" {
                // Until `base` itself comes, the place is unknown; it comes first in all libraries of R.
                if let number = libraries[library]?["R"] { libraries[library]?[name] = number }
                continue
            }
            guard findings.canAdd(1, edges: 0, at: file.path, limits) else { break }
            let number = findings.packages.count
            libraries[library, default: [:]][key] = number
            if isPartOfR { libraries[library, default: [:]][name] = number }
            if anywhere[key] == nil { anywhere[key] = number }
            homes.append(library)
            fields.append(description)
            findings.packages.append(package(isPartOfR ? "R" : name, version, description, file, isPartOfR))
        }
        for library in libraries.keys.sorted() {
            for (name, number) in libraries[library] ?? [:] where anywhere[name] == nil { anywhere[name] = number }
        }
        resolve(fields, homes, libraries, anywhere, &findings, limits)
        return findings
    }

    private static func resolve(
        _ fields: [[String: String]], _ homes: [String], _ libraries: [String: [String: Int]],
        _ anywhere: [String: Int], _ findings: inout LanguageFindings, _ limits: Limits
    ) {
        var steps = limits.resolutionSteps
        for number in findings.packages.indices {
            var targets: [Int: Bool] = [:]
            for field in ["Depends", "Imports", "LinkingTo"] {
                var unmet: Set<String> = []
                for need in RDescription.needs(fields[number][field] ?? "") {
                    steps -= 1
                    guard steps > 0 else { break }
                    let target = libraries[homes[number]]?[need.name] ?? anywhere[need.name]
                    if let target, need.accepts(findings.packages[target].version ?? "") {
                        guard target != number else { continue }
                        // Only building the package takes headers of the packages in LinkingTo.
                        targets[target] = (targets[target] ?? true) && field == "LinkingTo"
                    } else if unmet.insert(need.text).inserted, field != "LinkingTo" {
                        findings.graph.addUnmet(of: number, field: field, need: need.text, limits: limits)
                    }
                }
            }
            guard steps > 0, targets.count <= limits.edgeCount - findings.graph.edges.count else {
                findings.withoutDependencies.formUnion(number..<findings.packages.count)
                findings.diagnostics.append(
                    Diagnostic(
                        .warning, code: .languageLimit, at: findings.packages[number].path,
                        "dependencies of R packages: more than the limit "
                            + (steps > 0 ? "edgeCount" : "resolutionSteps") + " allows"))
                return
            }
            findings.graph.edges += targets.sorted { $0.key < $1.key }
                .map { DependencyGraph.Edge(from: number, to: $0.key, isWeak: $0.value) }
        }
    }

    private static func package(
        _ name: String, _ version: String, _ fields: [String: String], _ file: LanguageFile, _ isPartOfR: Bool
    ) -> LanguagePackage {
        var package = LanguagePackage(kind: kind, name: name, version: version, path: file.path, layer: file.layer)
        if isPartOfR {
            package.isApplication = true
            package.packageURL = PackageURL(type: "generic", name: "R", version: version)
        } else if fields["Repository"] == "CRAN" {
            package.packageURL = PackageURL(type: "cran", name: name, version: version)
        }
        // The packages that are part of R say that, and not what the license of R is.
        if !isPartOfR, let license = fields["License"] {
            package.license = LicenseFinding(licenseTag: licenseTag(license), rule: .packageMetadata)
            package.license?.path = file.path
        }
        package.author = fields["Maintainer"]
        package.summary = fields["Title"]
        if let url = fields["URL"]?.split(whereSeparator: { $0 == "," || $0.isWhitespace }).first,
            url.hasPrefix("https://") || url.hasPrefix("http://")
        {
            package.homepage = String(url)
        }
        for key in ["Repository", "RemoteType", "RemoteHost", "RemoteUsername", "RemoteRepo", "RemoteSha", "Built"] {
            guard let value = fields[key], !value.isEmpty else { continue }
            package.properties.append(LanguagePackage.Property("r:\(key)", value))
        }
        return package
    }
}

extension RReader {
    /// The license without the file that only fills in the names of a template (Writing R Extensions, 1.1.2).
    private static func licenseTag(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 4, words[1] == "+", words[2] == "file", ["LICENSE", "LICENCE"].contains(words[3]) else {
            return text
        }
        let templates = ["MIT": "MIT", "BSD_2_clause": "BSD-2-Clause", "BSD_3_clause": "BSD-3-Clause"]
        return templates[words[0]] ?? text
    }
}

/// The description of a package of R: fields, as in a control file of Debian.
struct RDescription {
    /// The values by the names of their fields, with lines joined by blanks.
    private(set) var fields: [String: String] = [:]

    init(_ bytes: [UInt8]) {
        var name: String?
        var value = ""
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        func trimmed(_ line: ArraySlice<UInt8>) -> String {
            var line = line.drop(while: isBlank)
            while let last = line.last, isBlank(last) { line.removeLast() }
            return String(decoding: line, as: UTF8.self)
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let first = line.first, isBlank(first) {
                value += (value.isEmpty ? "" : " ") + trimmed(line)
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                if let name { fields[name] = value }
                name = trimmed(line[..<colon])
                value = trimmed(line[(colon + 1)...])
            }
        }
        if let name { fields[name] = value }
    }

    /// A package that another one needs.
    struct Need {
        /// The name.
        let name: String
        /// The need as it is written.
        let text: String
        private let sign: String
        private let version: [Int]?

        fileprivate init?(_ text: Substring) {
            let words = text.split { " \t()".contains($0) }
            guard let first = words.first else { return nil }
            name = String(first)
            self.text = words.count == 3 ? "\(first) (\(words[1]) \(words[2]))" : String(first)
            sign = words.count == 3 ? String(words[1]) : ""
            version = words.count == 3 ? Self.numbers(String(words[2])) : nil
        }

        /// Whether a version is one that is needed; true where one of both has not the form of a version of R.
        func accepts(_ text: String) -> Bool {
            guard let version, let other = Self.numbers(text) else { return true }
            switch sign {
            case ">=": return !other.lexicographicallyPrecedes(version)
            case ">": return version.lexicographicallyPrecedes(other)
            case "<=": return !version.lexicographicallyPrecedes(other)
            case "<": return other.lexicographicallyPrecedes(version)
            case "==": return other == version
            case "!=": return other != version
            default: return true
            }
        }

        /// The numbers of a version, which dots and hyphens separate (R, `package_version`).
        private static func numbers(_ text: String) -> [Int]? {
            let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "-" }
            let numbers = parts.compactMap { $0.utf8.allSatisfy(\.isASCIIDigit) ? Int($0) : nil }
            return numbers.count == parts.count ? numbers : nil
        }
    }

    /// The needs that a field lists.
    static func needs(_ text: String) -> [Need] { text.split(separator: ",").compactMap(Need.init) }
}
