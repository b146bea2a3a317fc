import TestSupport
import Testing

/// The page that `outline --format html` writes, in a real browser.
@Suite struct BrowserTests {
    static let isInstalled =
        have("python3")
        && ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].contains { have($0) }

    @Test(.enabled(if: isInstalled, "there is no Chromium; .ci/setup test installs one"), .timeLimit(.minutes(3)))
    func `the page unfolds, searches and draws in a browser, without a network, whatever the names are`() throws {
        let result = try shell("python3 '\(packageFolder)/Tests/browser/page_test.py' '\(program)'")
        #expect(result.code == 0, "\(result.text)\(result.errors)")
    }
}
