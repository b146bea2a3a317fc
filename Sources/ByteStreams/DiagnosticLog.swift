/// Diagnostics in the order they were found, with a bound on how many of each code are kept.
///
/// A stranger chooses how many records of a file are bad. The first ``Limits/diagnosticCount`` diagnostics of a code are
/// kept; later ones are only counted, and ``diagnostics`` ends with one line for each code that says how many those are.
///
/// ```swift
/// var log = DiagnosticLog(limits: limits)
/// log.append(.blind, code: .rpmDamagedRecord, at: "\(path): line \(number)", "expected a digest")
/// return log.diagnostics
/// ```
package struct DiagnosticLog: Sendable {
    /// The diagnostics of one code.
    private struct Tally: Sendable {
        var kept = 0
        var dropped = 0
        /// The highest severity of those that were dropped.
        var severity = Diagnostic.Severity.note
        /// The place of the first one that was dropped.
        var place = ""
    }

    private let limit: Int
    private var kept: [Diagnostic] = []
    private var tallies: [Diagnostic.Code: Tally] = [:]
    /// The codes that have dropped diagnostics, in the order of their first one.
    private var exceeded: [Diagnostic.Code] = []

    /// An empty log that keeps ``Limits/diagnosticCount`` diagnostics of each code.
    package init(limits: Limits) {
        limit = limits.diagnosticCount
    }

    /// Whether nothing was added.
    package var isEmpty: Bool { kept.isEmpty && exceeded.isEmpty }

    /// Whether a diagnostic of severity ``Diagnostic/Severity/blind`` was added, kept or only counted.
    package var isBlind: Bool {
        kept.contains { $0.severity == .blind } || exceeded.contains { tallies[$0]?.severity == .blind }
    }

    /// What is kept, then a line for each code of which more was added: `more-diagnostics`, with the highest severity of
    /// those that it stands for.
    package var diagnostics: [Diagnostic] {
        kept
            + exceeded.map { code in
                let tally = tallies[code] ?? Tally()
                return Diagnostic(
                    tally.severity, code: .moreDiagnostics, at: tally.place,
                    "\(tally.dropped) more diagnostics like this (\(code.rawValue))")
            }
    }

    /// Adds a diagnostic.
    ///
    /// `place` and `message` are not evaluated once the bound is reached, except the place of the first diagnostic that is
    /// only counted.
    package mutating func append(
        _ severity: Diagnostic.Severity, code: Diagnostic.Code, at place: @autoclosure () -> String,
        _ message: @autoclosure () -> String
    ) {
        if tallies[code, default: Tally()].kept < limit {
            tallies[code, default: Tally()].kept += 1
            kept.append(Diagnostic(severity, code: code, at: place(), message()))
        } else {
            drop(1, severity, code: code, at: place())
        }
    }

    /// Adds a diagnostic.
    package mutating func append(_ diagnostic: Diagnostic) {
        append(diagnostic.severity, code: diagnostic.code, at: diagnostic.place, diagnostic.message)
    }

    /// Adds diagnostics in their order.
    package mutating func append(contentsOf diagnostics: some Sequence<Diagnostic>) {
        for diagnostic in diagnostics { append(diagnostic) }
    }

    /// Adds what another log has, its counts included; `prefix` is put before each place.
    package mutating func append(contentsOf other: DiagnosticLog, placesIn prefix: String = "") {
        for diagnostic in other.kept {
            append(diagnostic.severity, code: diagnostic.code, at: prefix + diagnostic.place, diagnostic.message)
        }
        for code in other.exceeded {
            guard let tally = other.tallies[code] else { continue }
            drop(tally.dropped, tally.severity, code: code, at: prefix + tally.place)
        }
    }

    private mutating func drop(
        _ count: Int, _ severity: Diagnostic.Severity, code: Diagnostic.Code, at place: @autoclosure () -> String
    ) {
        var tally = tallies[code] ?? Tally()
        if tally.dropped == 0 {
            tally.place = place()
            exceeded.append(code)
        }
        tally.dropped += count
        tally.severity = max(tally.severity, severity)
        tallies[code] = tally
    }
}
