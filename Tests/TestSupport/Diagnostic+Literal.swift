package import ByteStreams

extension Diagnostic.Code: ExpressibleByStringLiteral {
    /// Tests write codes as scripts see them.
    package init(stringLiteral value: String) {
        self.init(rawValue: value)
    }
}
