import TestSupport
import Testing

/// The page that `outline --format html` writes, in a real browser.
@Suite struct BrowserTests {
    static let isInstalled =
        have("python3")
        && ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].contains { have($0) }

    @Test(.needs(isInstalled, "a Chromium, which .ci/setup test installs"), .timeLimit(.minutes(10)))
    func `the page filters, searches and draws in a browser, by keyboard alone, whatever the document is`() throws {
        let result = try shell("python3 '\(packageFolder)/Tests/browser/page_test.py' '\(program)'")
        #expect(result.code == 0, "\(result.text)\(result.errors)")
    }
}
