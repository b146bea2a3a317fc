internal import ByteStreams
internal import PackageDatabases

/// Builds the graph of the packages that one reader found, within the limits on its size and on the work for it.
///
/// A package whose dependencies exceed a limit has none in the graph, and is one of ``withoutDependencies``.
struct DependencyCollector {
    /// A dependency that a package states.
    struct Need {
        /// The name by which the package is looked for.
        var name: String
        /// The name and the accepted versions, for a message.
        var text: String
        /// The field that states it.
        var field: String
        /// Whether the package works without it.
        var isWeak = false
    }

    /// What was found for a dependency.
    enum Answer {
        /// These packages of the findings, one at least.
        case packages([Int])
        /// A package of the findings has the name, and not a version that is accepted.
        case otherVersion(Int)
        /// Something that is not a package of the findings meets it, or it does not have to be met.
        case met
        /// It is not installed.
        case unmet
    }

    /// The graph so far.
    private(set) var graph = DependencyGraph()
    /// The packages whose dependencies exceed a limit.
    private(set) var withoutDependencies: Set<Int> = []
    /// How many steps may still be taken.
    private(set) var stepsLeft: Int
    /// The limit that was exceeded first.
    private var exceeded: String?
    private let limits: Limits

    init(limits: Limits) {
        self.limits = limits
        stepsLeft = limits.resolutionSteps
    }

    /// Takes steps that are not for the dependencies of one package; false if there are none left.
    mutating func take(_ steps: Int) -> Bool {
        guard steps <= stepsLeft else {
            stepsLeft = 0
            exceeded = exceeded ?? "resolutionSteps"
            return false
        }
        stepsLeft -= steps
        return true
    }

    /// Searches for something, as long as steps are left; `find` subtracts those that it takes.
    mutating func search(_ find: (inout Int) -> Int?) -> Int? {
        guard take(1) else { return nil }
        let found = find(&stepsLeft)
        return take(0) ? found : nil
    }

    /// Adds the dependencies of a package.
    ///
    /// Packages have to be added in the order of their numbers.
    ///
    /// - Parameters:
    ///   - needs: What the package states.
    ///   - package: Its number.
    ///   - find: Looks for a dependency, and subtracts the steps that it takes; below 0 it may stop.
    /// - Returns: The packages that were found.
    @discardableResult
    mutating func add(
        _ needs: some Sequence<Need>, of package: Int, find: (Need, inout Int) -> Answer
    ) -> [Int] {
        var found: [Int: Bool] = [:]
        var unmet: [Need] = []
        for need in needs {
            guard take(1) else { return refuse(package) }
            let answer = find(need, &stepsLeft)
            guard take(0) else { return refuse(package) }
            switch answer {
            case .met: continue
            case .packages(let others):
                for other in others where other != package {
                    found[other] = (found[other] ?? true) && need.isWeak
                    if found.count > limits.edgeCount - graph.edges.count {
                        exceeded = exceeded ?? "edgeCount"
                        return refuse(package)
                    }
                }
            case .otherVersion(let other):
                if other != package { found[other] = (found[other] ?? true) && need.isWeak }
                if !need.isWeak { unmet.append(need) }
            case .unmet: if !need.isWeak { unmet.append(need) }
            }
        }
        var seen: Set<[String]> = []
        for need in unmet where seen.insert([need.field, need.text]).inserted {
            graph.addUnmet(of: package, field: need.field, need: need.text, limits: limits)
        }
        let sorted = found.sorted { $0.key < $1.key }
        graph.edges += sorted.map { DependencyGraph.Edge(from: package, to: $0.key, isWeak: $0.value) }
        return sorted.map(\.key)
    }

    /// Notes that the dependencies of a package are not known.
    @discardableResult
    mutating func refuse(_ package: Int) -> [Int] {
        withoutDependencies.insert(package)
        return []
    }

    /// The diagnostic about the limit that was exceeded.
    func diagnostic(for kind: PackageKind) -> Diagnostic? {
        exceeded.map {
            Diagnostic(
                .warning, code: .dependencyLimit, at: kind.rawValue,
                "\($0) is exceeded: the dependencies of \(withoutDependencies.count) packages are left out")
        }
    }
}

extension LanguageFindings {
    /// Takes over what was collected about dependencies.
    mutating func take(_ collector: DependencyCollector, of kind: PackageKind) {
        graph = collector.graph
        withoutDependencies.formUnion(collector.withoutDependencies)
        if let diagnostic = collector.diagnostic(for: kind) { diagnostics.append(diagnostic) }
    }
}

extension DiagnosticLog {
    /// Whether one more package may be listed; a diagnostic says so if not.
    ///
    /// - Parameters:
    ///   - count: How many packages are listed.
    ///   - path: The place of the one that is not.
    ///   - limits: The limits.
    /// - Returns: Whether there is room.
    mutating func hasRoom(for count: Int, at path: @autoclosure () -> String, limits: Limits) -> Bool {
        if count < limits.languagePackageCount { return true }
        append(
            .blind, code: .languagePackageLimit, at: path(),
            "languagePackageCount (\(limits.languagePackageCount)) is exceeded: this package and those after it are left out"
        )
        return false
    }
}
