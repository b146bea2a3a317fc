package import ByteStreams
package import PackageDatabases
internal import SBOMModel

/// Finds the gems of Ruby, by the specifications that RubyGems and Bundler write when they install them.
package enum RubyReader: LanguageReader {
    package static let kind = PackageKind.ruby

    package static let paths: PathPatterns = ["**/specifications/*.gemspec", "**/specifications/default/*.gemspec"]

    package static func reduced(_ bytes: [UInt8], of name: ArraySlice<UInt8>) -> [UInt8]? {
        RubySpecification.reduced(bytes)
    }

    package static func read(
        _ files: LanguageFiles, in tree: some FileTree, limits: Limits
    ) -> LanguageFindings {
        var findings = LanguageFindings()
        var log = DiagnosticLog(limits: limits)
        var gems = RubyGems()
        for file in files.matching(paths) {
            guard let specification = RubySpecification(file.bytes) else {
                log.append(
                    file.damageSeverity, code: .rubyMalformedSpecification, at: file.path,
                    "expected the name and version of a gem")
                continue
            }
            guard log.hasRoom(for: findings.packages.count, at: file.path, limits: limits) else { break }
            gems.add(specification, at: file.path)
            findings.packages.append(package(specification, file))
            findings.explainedFolders.formUnion(specification.folders(beside: file.path, in: tree))
        }
        var collector = DependencyCollector(limits: limits)
        gems.resolve(&collector)
        findings.diagnostics = log.diagnostics
        findings.take(collector, of: kind)
        return findings
    }

    private static func package(_ specification: RubySpecification, _ file: LanguageFile) -> LanguagePackage {
        var package = LanguagePackage(
            kind: .ruby, name: specification.name, version: specification.version, path: file.path, layer: file.layer)
        let signs = ASCIISet("-._")
        if RubyVersion(specification.version) != nil,
            specification.name.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || signs[$0] })
        {
            package.packageURL = PackageURL(
                type: "gem", name: specification.name, version: specification.version,
                qualifiers: specification.platform == "ruby" ? [:] : ["platform": specification.platform])
        }
        let licenses = specification.licenses.filter { !$0.isEmpty }
        if licenses.count > 1 {
            // RubyGems does not say whether one may be chosen or all apply.
            package.license = LicenseFinding(.packageMetadata, at: file.path)
            package.license?.tag = licenses.joined(separator: ", ")
        } else {
            package.license = licenses.first.flatMap { LicenseFinding(licenseTag: $0, rule: .packageMetadata) }
            package.license?.path = file.path
        }
        let authors = specification.authors.filter { !$0.isEmpty }
        package.author = authors.isEmpty ? nil : authors.joined(separator: ", ")
        package.homepage = specification.homepage.flatMap { $0.isEmpty ? nil : $0 }
        package.summary = specification.summary.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        if specification.platform != "ruby" { package.properties.append(.init("platform", specification.platform)) }
        if file.path.split(separator: "/").dropLast().last == "default" {
            package.properties.append(.init("defaultGem", "true"))
        }
        return package
    }
}

extension RubySpecification {
    /// The folders of a gem and of its compiled extensions, from the path of its specification.
    fileprivate func folders(beside path: String, in tree: some FileTree) -> [String] {
        let home = path.split(separator: "/").dropLast().joined(separator: "/")
        guard home.hasSuffix("specifications") else { return [] }
        let full = platform == "ruby" ? "\(name)-\(version)" : "\(name)-\(version)-\(platform)"
        let base = home.dropLast("specifications".count)
        let extensions = tree.names(in: "\(base)extensions").flatMap { platform in
            tree.names(in: "\(base)extensions/\(platform)").map { "\(base)extensions/\(platform)/\($0)/\(full)" }
        }
        return ["\(base)gems/\(full)"] + extensions
    }
}

/// The gems of an image and the folders that they are in.
private struct RubyGems {
    /// A folder with gems, such as `usr/local/bundle`.
    private struct Home {
        /// The version of Ruby's binary interface in its path, `3.1.0`; nil if there is none.
        var interface: String?
        /// Whether it belongs to a Ruby, with the gems that are part of it.
        var isOfRuby = false
        /// Whether Debian's Ruby looks for gems in it always.
        var isIntegration = false
        /// The numbers of the gems by name.
        var gems: [String: [Int]] = [:]
    }

    private struct Gem {
        var home: Int
        var version: RubyVersion?
        var dependencies: [RubySpecification.Dependency]
    }

    private var homes: [Home] = []
    private var places: [String: Int] = [:]
    private var gems: [Gem] = []

    mutating func add(_ specification: RubySpecification, at path: String) {
        var components = path.split(separator: "/").dropLast()
        let isDefault = components.last == "default"
        components = components.dropLast(isDefault ? 2 : 1)
        let key = components.joined(separator: "/")
        let place = places[key] ?? homes.count
        if place == homes.count {
            places[key] = place
            var home = Home()
            if let last = components.last, last.contains("."), RubyVersion(last)?.isPrerelease == false {
                home.interface = String(last)
            }
            home.isIntegration = components.contains("rubygems-integration")
            homes.append(home)
        }
        if isDefault { homes[place].isOfRuby = true }
        homes[place].gems[specification.name, default: []].append(gems.count)
        gems.append(
            Gem(
                home: place, version: RubyVersion(specification.version), dependencies: specification.dependencies))
    }

    /// Adds the dependencies to a graph.
    func resolve(_ collector: inout DependencyCollector) {
        let rubies = homes.indices.filter { homes[$0].isOfRuby }
        let integrations = homes.indices.filter { homes[$0].isIntegration }
        for (number, gem) in gems.enumerated() {
            let own = homes[gem.home].interface
            let needs = gem.dependencies.map { dependency in
                DependencyCollector.Need(
                    name: dependency.name,
                    text: ([dependency.name] + [dependency.requirements.joined(separator: ", ")])
                        .filter { !$0.isEmpty }.joined(separator: " "), field: "add_dependency")
            }
            var next = 0
            collector.add(needs, of: number) { need, steps in
                let requirement = RubyRequirement(gem.dependencies[next].requirements)
                next += 1
                // A home without a version belongs to the only Ruby.
                let shared = rubies.filter { own == nil ? rubies.count == 1 : homes[$0].interface == own }
                steps -= rubies.count + integrations.count
                let debian = integrations.filter {
                    homes[$0].interface == nil || own == nil || homes[$0].interface == own
                }
                var best: (number: Int, version: RubyVersion)?
                var fallback: (number: Int, version: RubyVersion)?
                for home in [gem.home] + shared + debian {
                    for candidate in homes[home].gems[need.name] ?? [] {
                        guard steps >= 0 else { return .met }
                        guard let version = gems[candidate].version else { continue }
                        steps -= 1 + version.count + (requirement?.count ?? 0)
                        guard requirement?.accepts(version) ?? true else { continue }
                        // A version before a release counts if it is asked for, or if there is no other.
                        if version.isPrerelease, requirement?.isPrerelease != true {
                            if fallback.map({ $0.version < version }) ?? true { fallback = (candidate, version) }
                        } else if best.map({ $0.version < version }) ?? true {
                            best = (candidate, version)
                        }
                    }
                }
                return (best ?? fallback).map { .packages([$0.number]) } ?? .unmet
            }
        }
    }
}
