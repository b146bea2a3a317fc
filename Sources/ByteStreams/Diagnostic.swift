/// Something a reader found that did not stop it.
///
/// A bad record in a good file costs that record and leaves a diagnostic; a bad file is thrown. Diagnostics travel as
/// values up to the one place that prints them, and into the document that they make incomplete.
package struct Diagnostic: Sendable, Hashable {
    /// How much it matters.
    package enum Severity: Sendable, Hashable {
        /// Worth knowing; nothing is missing because of it.
        case note
        /// Something is odd, damaged or left out, and the document says so.
        case warning
        /// A database or a system that is there could not be read: the document is incomplete (`--fail-on-blind`).
        case blind
    }

    /// What it is about, for grouping and for scripts: a word with hyphens, such as `half-installed`.
    package var code: String
    /// How much it matters.
    package var severity: Severity
    /// Where it was found: a path in the image with a line or record, a digest.
    package var place: String
    /// What was found and, if something is wrong, what was expected: one line, without a full stop.
    package var message: String

    /// A diagnostic; whoever prints it escapes what a stranger put into `place` and `message`.
    package init(_ severity: Severity, code: String, at place: String, _ message: String) {
        self.severity = severity
        self.code = code
        self.place = place
        self.message = message
    }
}
