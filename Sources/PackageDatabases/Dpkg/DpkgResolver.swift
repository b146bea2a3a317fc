package import ByteStreams

extension DpkgDatabase {
    /// Resolves the dependencies among the installed packages (deb-control(5), lib/dpkg/depcon.c).
    ///
    /// Every installed package that satisfies any alternative counts, by its name or by Provides. Pre-Depends and
    /// Depends make edges and unmet dependencies; with `includingWeak`, Recommends and Suggests make weak edges. A
    /// dependency that the package itself satisfies is met and makes no edge.
    ///
    /// - Throws: ``ParseError`` if the graph or the work exceeds a limit.
    package func dependencies(includingWeak: Bool) throws(ParseError) -> DependencyGraph {
        var resolution = DpkgResolution(self)
        for package in packages.indices {
            try resolution.resolve(package, includingWeak: includingWeak)
        }
        return resolution.graph
    }
}

/// The graph of a database while it grows, package by package.
private struct DpkgResolution {
    private(set) var graph = DependencyGraph()
    private let database: DpkgDatabase
    private let index: DpkgAnswerIndex
    /// The number of comparisons that are left.
    ///
    /// Many dependencies on a name with many providers take long, even if they make no edges.
    private var looksLeft: Int
    /// The packages that the current package depends on.
    private var found: [Int] = []
    /// For each package, the last package that was found to depend on it and how strongly, as one number that grows
    /// with both.
    ///
    /// So nothing has to be cleared between packages, and `found` has each package once.
    private var lastNeed: [Int]

    init(_ database: DpkgDatabase) {
        self.database = database
        index = DpkgAnswerIndex(database)
        looksLeft = database.limits.resolutionSteps
        lastNeed = Array(repeating: 0, count: database.packages.count)
    }

    mutating func resolve(_ package: Int, includingWeak: Bool) throws(ParseError) {
        found.removeAll(keepingCapacity: true)
        var unmet: Set<String> = []
        for field in database.relations[package].fields where includingWeak || !field.isWeak {
            for need in field.needs {
                var isMet = false
                for alternative in field.alternatives[need.alternatives] {
                    let isAnswered = try find(alternative, for: package, isWeak: field.isWeak)
                    isMet = isMet || isAnswered
                }
                if !isMet && !field.isWeak && unmet.insert("\(field.name) \(need.text)").inserted {
                    graph.addUnmet(of: package, field: field.name, need: need.text, limits: database.limits)
                }
            }
        }
        guard found.count <= database.limits.edgeCount - graph.edges.count else {
            throw ParseError(.limit("edgeCount"), at: 0)
        }
        found.sort()
        for other in found {
            graph.edges.append(.init(from: package, to: other, isWeak: lastNeed[other] == weakNeed(of: package)))
        }
    }

    /// Records the packages that satisfy an alternative, and returns whether there is any.
    private mutating func find(
        _ alternative: DpkgRelations.Alternative, for package: Int, isWeak: Bool
    ) throws(ParseError) -> Bool {
        var isAnswered = false
        for answer in index[alternative.name] {
            // Long versions take longer to compare.
            looksLeft -= 1 + ((alternative.version?.length ?? 0) + (answer.version?.length ?? 0)) / 64
            guard looksLeft >= 0 else { throw ParseError(.limit("resolutionSteps"), at: 0) }
            guard index.fits(answer, alternative, of: package) else { continue }
            isAnswered = true
            guard answer.package != package else { continue }
            let last = lastNeed[answer.package]
            if last < weakNeed(of: package) { found.append(answer.package) }
            lastNeed[answer.package] = max(last, weakNeed(of: package) + (isWeak ? 0 : 1))
        }
        return isAnswered
    }

    /// The value of a weak dependency in `lastNeed`; a strong one is one more.
    private func weakNeed(of package: Int) -> Int {
        2 * package + 1
    }
}

/// The installed packages by every name that they have or provide.
private struct DpkgAnswerIndex {
    struct Answer {
        var package: Int
        /// The version of the package or of what it provides; nil satisfies no dependency on a version.
        var version: DebianVersion?
    }

    private var answers: [String: [Answer]] = [:]
    private let multiArch: [DpkgRelations.MultiArch]
    /// The architecture of each package, with the native one in place of `all` or none.
    private let architectures: [String]
    private let native: String

    init(_ database: DpkgDatabase) {
        let native = database.nativeArchitecture ?? "all"
        self.native = native
        multiArch = database.relations.map(\.multiArch)
        architectures = database.packages.map { package in
            guard let own = package.architecture, own != "all" else { return native }
            return own
        }
        answers.reserveCapacity(2 * database.packages.count)
        for (number, (package, relations)) in zip(database.packages, database.relations).enumerated() {
            // Only names of opkg can have capitals.
            let name = database.ecosystem == .opkg ? package.name.lowercased() : package.name
            answers[name, default: []].append(Answer(package: number, version: relations.version))
            for provided in relations.provides {
                answers[provided.name, default: []].append(Answer(package: number, version: provided.version))
            }
        }
    }

    subscript(name: String) -> [Answer] { answers[name] ?? [] }

    /// Whether architecture and version satisfy the alternative.
    func fits(_ answer: Answer, _ alternative: DpkgRelations.Alternative, of needing: Int) -> Bool {
        guard hasArchitecture(answer.package, alternative.qualifier, of: needing) else { return false }
        guard let relation = alternative.relation, let wanted = alternative.version else { return true }
        guard let version = answer.version else { return false }
        return version.holds(relation, wanted)
    }

    /// A dependency means the architecture of the package that has it, unless it states one (lib/dpkg/arch.c,
    /// depcon.c).
    private func hasArchitecture(_ package: Int, _ qualifier: String?, of needing: Int) -> Bool {
        switch qualifier {
        case nil: multiArch[package] == .foreign || architectures[package] == architectures[needing]
        case "any": multiArch[package] == .allowed
        case "native", "all": architectures[package] == native
        case let named: architectures[package] == named
        }
    }
}
