/// A version of a format: numbers with dots between them, compared number by number.
package struct VersionNumber: Sendable, Hashable, Comparable {
    private let numbers: [Int]

    /// Parses a version; nil if a part of it is not a decimal number.
    package init?(_ text: some StringProtocol) {
        var numbers: [Int] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = Int(part), number >= 0 else { return nil }
            numbers.append(number)
        }
        self.numbers = numbers
    }

    package static func < (left: VersionNumber, right: VersionNumber) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }
}

/// A range of versions as our schemas write it, both ends included: `[1.5-]`, `[-1.4]`, `[1.5-1.6]` or `[1.4]`.
package struct VersionRange: Sendable, Hashable {
    private let since: VersionNumber?
    private let until: VersionNumber?

    /// Parses a range; nil if it does not parse.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
        let ends = text.dropFirst().dropLast().split(separator: "-", omittingEmptySubsequences: false)
        guard let first = ends.first, let last = ends.last, ends.count <= 2 else { return nil }
        since = VersionNumber(first)
        until = VersionNumber(last)
        guard since != nil || first.isEmpty, until != nil || last.isEmpty, since != nil || until != nil else {
            return nil
        }
    }

    /// Whether a version is in the range.
    package func contains(_ version: VersionNumber) -> Bool {
        if let since, version < since { return false }
        if let until, until < version { return false }
        return true
    }
}
