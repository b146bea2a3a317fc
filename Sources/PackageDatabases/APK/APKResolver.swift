package import ByteStreams

extension APKDatabase {
    /// Resolves the dependencies among the installed packages (apk-tools src/package.c, apk_dep_is_provided).
    ///
    /// Every installed package that satisfies a need counts, by its name or by what it provides. No file satisfies a need:
    /// `/bin/sh` is a name that packages provide. A need that the package itself satisfies makes no edge, and neither does
    /// install_if, which says when a package is installed and not what it needs.
    ///
    /// - Throws: ``ParseError`` if the graph or the work exceeds a limit.
    package func dependencies() throws(ParseError) -> DependencyGraph {
        let index = APKAnswerIndex(self)
        var graph = DependencyGraph()
        // Many needs of a name with many providers take long, even if they make no edges.
        var looksLeft = limits.resolutionSteps
        for (package, relations) in relations.enumerated() {
            var found: Set<Int> = []
            var unmet: Set<ArraySlice<UInt8>> = []
            for need in relations.needs {
                var isMet = false
                for answer in index[need.name] {
                    looksLeft -= need.cost(of: answer)
                    guard looksLeft >= 0 else { throw ParseError(.limit("resolutionSteps"), at: 0) }
                    guard index.fits(answer, need) else { continue }
                    isMet = true
                    if answer.package != package { found.insert(answer.package) }
                }
                if !isMet, unmet.insert(need.text).inserted {
                    graph.addUnmet(
                        of: package, field: "depends", need: String(decoding: need.text, as: UTF8.self), limits: limits)
                }
            }
            guard found.count <= limits.edgeCount - graph.edges.count else {
                throw ParseError(.limit("edgeCount"), at: 0)
            }
            graph.edges += found.sorted().map { DependencyGraph.Edge(from: package, to: $0) }
        }
        if hasWorld { graph.notices += orphans(in: graph).map { [$0] } ?? [] }
        return graph
    }

    /// The notice about packages that world does not name and no such package needs; nil if there are no such packages.
    ///
    /// apk would remove them.
    ///
    /// A package with a condition to install it counts as named.
    private func orphans(in graph: DependencyGraph) -> Diagnostic? {
        var isNeeded = packages.map { $0.isRequested || $0.installIf != nil }
        var reached = packages.indices.filter { isNeeded[$0] }
        var starts = Array(repeating: graph.edges.endIndex, count: packages.count)
        for (place, edge) in graph.edges.enumerated().reversed() { starts[edge.from] = place }
        while let package = reached.popLast() {
            for edge in graph.edges[starts[package]...] {
                guard edge.from == package else { break }
                guard !isNeeded[edge.to] else { continue }
                isNeeded[edge.to] = true
                reached.append(edge.to)
            }
        }
        let names = packages.indices.filter { !isNeeded[$0] }.map { String(packages[$0].name.prefix(80)) }.sorted()
        guard !names.isEmpty else { return nil }
        let more = names.count - Limits.namedPackages
        return Diagnostic(
            .note, code: .orphanedPackages, at: Self.worldPath,
            "packages that it does not name and that no package it names needs: "
                + names.prefix(Limits.namedPackages).joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""))
    }
}

/// The installed packages by every name that they have or provide.
struct APKAnswerIndex {
    struct Answer {
        var package: Int
        /// The version of the package or of what it provides; nil if it provides the name without a version.
        var version: APKVersion?
    }

    private var answers: [String: [Answer]] = [:]
    private let identities: [[UInt8]?]

    init(_ database: APKDatabase) {
        identities = database.relations.map(\.identity)
        answers.reserveCapacity(4 * database.packages.count)
        for (number, (package, relations)) in zip(database.packages, database.relations).enumerated() {
            answers[package.name, default: []].append(Answer(package: number, version: relations.version))
            for provided in relations.provides where !provided.isConflict {
                let version = provided.relation == nil ? nil : provided.version
                answers[provided.name, default: []].append(Answer(package: number, version: version))
            }
        }
    }

    subscript(name: String) -> [Answer] { answers[name] ?? [] }

    /// Whether the version or the identity is the wanted one.
    func fits(_ answer: Answer, _ need: APKNeed) -> Bool {
        guard let relation = need.relation else { return true }
        if relation == .identity {
            return need.identity.map { $0 == identities[answer.package] } ?? false
        }
        guard need.isComparable else { return false }
        // What has no version has an empty one (apk-tools src/atom.c), which is older than any.
        return (answer.version ?? APKVersion("")).holds(relation, need.version)
    }
}

extension APKNeed {
    /// The steps that it takes to compare an answer: long versions take longer.
    func cost(of answer: APKAnswerIndex.Answer) -> Int {
        1 + (version.length + (answer.version?.length ?? 0)) / 64
    }
}
