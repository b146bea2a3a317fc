/// Something a reader found that did not stop it.
///
/// A bad record in a good file costs that record and leaves a diagnostic; a bad file is thrown. Diagnostics travel as
/// values up to the one place that prints them, and into the document that they make incomplete.
package struct Diagnostic: Sendable, Hashable {
    /// How much it matters.
    package enum Severity: Sendable, Hashable, Comparable {
        /// Worth knowing; nothing is missing because of it.
        case note
        /// Something is odd, damaged or left out, and the document says so.
        case warning
        /// Something that is present could not be read, or belongs to no package: the document is incomplete.
        case blind
    }

    /// What a diagnostic is about: a word with hyphens, such as `half-installed`.
    ///
    /// The vocabulary is open. Each module declares the codes of its own diagnostics as static members, and whoever looks
    /// for a diagnostic compares with those.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The word, as scripts see it.
        package let rawValue: String

        /// A code; static members are made with it.
        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The closing line of a ``DiagnosticLog``: how many diagnostics of a code were counted and not kept.
        package static let moreDiagnostics = Code(rawValue: "more-diagnostics")
    }

    /// What it is about, for grouping and for scripts.
    package var code: Code
    /// How much it matters.
    package var severity: Severity
    /// Where it was found: a path in the image with a line or record, or a digest.
    package var place: String
    /// What was found and, if something is wrong, what was expected: one line, without a full stop.
    package var message: String

    /// A diagnostic; whoever prints it escapes what a stranger put into `place` and `message`.
    package init(_ severity: Severity, code: Code, at place: String, _ message: String) {
        self.severity = severity
        self.code = code
        self.place = place
        self.message = message
    }
}
