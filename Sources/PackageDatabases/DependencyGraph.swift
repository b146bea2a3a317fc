package import ByteStreams

/// Which packages of one database depend on which, and which dependencies are unmet.
///
/// Packages are numbered by their position in the array that the graph was resolved over.
package struct DependencyGraph: Sendable, Hashable {
    /// One package depends on another.
    ///
    /// There is one edge for each ordered pair, and none from a package to itself.
    package struct Edge: Sendable, Hashable {
        package var from: Int
        package var to: Int
        /// Whether the dependency is only a weak one, such as a recommendation or suggestion.
        package var isWeak: Bool

        package init(from: Int, to: Int, isWeak: Bool = false) {
            self.from = from
            self.to = to
            self.isWeak = isWeak
        }
    }

    /// A dependency of an installed package that no installed package meets.
    package struct UnmetNeed: Sendable, Hashable {
        /// The package that has the dependency.
        package var package: Int
        /// The field or tag of the dependency: `Depends`, `Pre-Depends`, `Requires`.
        package var field: String
        /// The dependency as the database has it, with blanks folded: `libfoo (>= 2) | libbar`.
        package var need: String

        package init(package: Int, field: String, need: String) {
            self.package = package
            self.field = field
            self.need = need
        }
    }

    /// Sorted by `from`, then `to`.
    package var edges: [Edge] = []
    /// The unmet dependencies in the order of the packages and of their records, each once.
    ///
    /// For each package only the first ones are listed, ``Limits/diagnosticCount`` at most.
    package private(set) var unmet: [UnmetNeed] = []
    /// How many different unmet dependencies each package has, for the packages that have any.
    package private(set) var unmetCounts: [Int: Int] = [:]
    /// The number of different unmet dependencies, including those that are counted but not listed.
    package var unmetCount: Int { unmetCounts.values.reduce(0, +) }

    /// What is unusual about the dependencies as a whole.
    package var notices: [Diagnostic] = []

    package init() {}

    /// Adds an unmet dependency that was not added before.
    ///
    /// `need` is not evaluated if the dependency is counted but not listed.
    package mutating func addUnmet(of package: Int, field: String, need: @autoclosure () -> String, limits: Limits) {
        let count = unmetCounts[package, default: 0]
        unmetCounts[package] = count + 1
        guard count < limits.diagnosticCount else { return }
        unmet.append(UnmetNeed(package: package, field: field, need: need()))
    }

    /// Adds a graph whose packages are `offset` positions further on in the common array.
    package mutating func append(_ other: DependencyGraph, offset: Int) {
        edges += other.edges.map { Edge(from: $0.from + offset, to: $0.to + offset, isWeak: $0.isWeak) }
        unmet += other.unmet.map { UnmetNeed(package: $0.package + offset, field: $0.field, need: $0.need) }
        for (package, count) in other.unmetCounts { unmetCounts[package + offset] = count }
        notices += other.notices
    }
}
