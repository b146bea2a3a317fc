internal import Testing

/// A text of any length as the argument of a test, with a short name in the report.
package struct TestText: Sendable, CustomTestStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var testDescription: String {
        let line = text.replacing("\n", with: "⏎")
        return line.count <= 60 ? line : "\(line.prefix(50))… (\(text.count) characters)"
    }
}
