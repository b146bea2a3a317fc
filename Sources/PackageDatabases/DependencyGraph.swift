/// Which packages of one database need which, and what nothing installed answers.
///
/// Packages are named by their place in the array that the graph was resolved over.
package struct DependencyGraph: Sendable, Hashable {
    /// One package needs another.
    ///
    /// Each ordered pair stands once; a package never needs itself.
    package struct Edge: Sendable, Hashable {
        package var from: Int
        package var to: Int
        /// Only a recommendation or suggestion asks for it; nothing requires it.
        package var isWeak: Bool

        package init(from: Int, to: Int, isWeak: Bool = false) {
            self.from = from
            self.to = to
            self.isWeak = isWeak
        }
    }

    /// A need of an installed package that no installed package answers: a known unknown.
    package struct UnmetNeed: Sendable, Hashable {
        /// Whose need it is.
        package var package: Int
        /// The field or tag it stands in: `Depends`, `Pre-Depends`, `Requires`.
        package var field: String
        /// The need as the database spells it, blanks folded: `libfoo (>= 2) | libbar`.
        package var need: String

        package init(package: Int, field: String, need: String) {
            self.package = package
            self.field = field
            self.need = need
        }
    }

    /// Sorted by `from`, then `to`.
    package var edges: [Edge] = []
    /// In the order of the packages, then as the record has them.
    package var unmet: [UnmetNeed] = []

    package init() {}

    /// Adds a graph whose packages stand `offset` places further on in the common array.
    package mutating func append(_ other: DependencyGraph, offset: Int) {
        edges += other.edges.map { Edge(from: $0.from + offset, to: $0.to + offset, isWeak: $0.isWeak) }
        unmet += other.unmet.map { UnmetNeed(package: $0.package + offset, field: $0.field, need: $0.need) }
    }
}
