internal import Synchronization

/// Adds up what layers read in parallel report, and hands the sum on.
final class ProgressCounter: Sendable {
    // A class, because several tasks share the one sum.
    private let read = Atomic(0)
    private let total: Int
    private let report: @Sendable (Int, Int) -> Void

    /// Nil where nobody wants to know.
    init?(total: Int, report: (@Sendable (Int, Int) -> Void)?) {
        guard let report else { return nil }
        self.total = total
        self.report = report
    }

    func add(_ count: Int) {
        report(read.add(count, ordering: .relaxed).newValue, total)
    }
}
