/// A limit of ``Limits`` that is exceeded.
package struct LimitError: Error, Hashable, CustomStringConvertible {
    /// The name of the member of ``Limits``.
    package let name: String

    /// The limit of that name is exceeded.
    package init(name: String) {
        self.name = name
    }

    /// One line that names the limit.
    package var description: String { "more than the limit \(name) allows" }
}
