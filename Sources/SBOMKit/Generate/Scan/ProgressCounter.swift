internal import Synchronization

/// The sum of the bytes that are read from layers in parallel, reported on each change.
final class ProgressCounter: Sendable {
    // A class, because several tasks share the sum.
    private let read = Atomic(0)
    private let total: Int
    private let report: @Sendable (Int, Int) -> Void

    /// Nil if there is no one to report to.
    init?(total: Int, report: (@Sendable (Int, Int) -> Void)?) {
        guard let report else { return nil }
        self.total = total
        self.report = report
    }

    func add(_ count: Int) {
        report(read.add(count, ordering: .relaxed).newValue, total)
    }
}
