import ByteStreams
import TestSupport
import Testing

@Suite struct DiagnosticLogTests {
    private static func limits(_ count: Int) -> Limits {
        var limits = Limits()
        limits.diagnosticCount = count
        return limits
    }

    @Test func `the first diagnostics of a code are kept, and the rest is counted`() {
        var log = DiagnosticLog(limits: Self.limits(2))
        for number in 1...5 {
            log.append(number == 4 ? .blind : .warning, code: "bad-line", at: "f:\(number)", "bad")
            if number == 3 { log.append(.note, code: "odd", at: "f", "odd") }
        }
        #expect(
            log.diagnostics == [
                Diagnostic(.warning, code: "bad-line", at: "f:1", "bad"),
                Diagnostic(.warning, code: "bad-line", at: "f:2", "bad"),
                Diagnostic(.note, code: "odd", at: "f", "odd"),
                Diagnostic(.blind, code: .moreDiagnostics, at: "f:3", "3 more diagnostics like this (bad-line)"),
            ])
        #expect(log.isBlind)
    }

    @Test func `a log of exactly as many as are kept has no closing line`() {
        var log = DiagnosticLog(limits: Limits())
        #expect(log.isEmpty && !log.isBlind && log.diagnostics.isEmpty)
        for _ in 0..<100 { log.append(.warning, code: "bad", at: "", "") }
        #expect(log.diagnostics.count == 100)
        log.append(.warning, code: "bad", at: "", "")
        #expect(log.diagnostics.count == 101)
    }

    @Test func `logs add up to what one log would have`() {
        var (first, second, one) = (
            DiagnosticLog(limits: Self.limits(3)), DiagnosticLog(limits: Self.limits(3)),
            DiagnosticLog(limits: Self.limits(3))
        )
        for number in 0..<20 {
            let diagnostic = Diagnostic(.warning, code: number % 3 == 0 ? "a" : "b", at: "\(number)", "bad")
            if number < 10 { first.append(diagnostic) } else { second.append(diagnostic) }
            one.append(diagnostic)
        }
        first.append(contentsOf: second)
        #expect(first.diagnostics == one.diagnostics)
    }

    @Test func `texts that are not kept are not made`() {
        var log = DiagnosticLog(limits: Self.limits(1))
        var made = 0
        func text() -> String {
            made += 1
            return "text"
        }
        for _ in 0..<1_000 { log.append(.warning, code: "bad", at: "", text()) }
        #expect(made == 1)
    }
}
