internal import Foundation
package import Testing

/// Whether this is a run of continuous integration (`CI=true`), which has everything that tests need but the corpus.
package let isContinuousIntegration = ["true", "1"].contains(ProcessInfo.processInfo.environment["CI"] ?? "")

extension Trait where Self == ConditionTrait {
    /// Skips a test where something that it needs is missing; in continuous integration the test fails instead.
    ///
    /// - Parameters:
    ///   - isPresent: Whether everything is present.
    ///   - what: What the test needs, and how to get it.
    ///   - sourceLocation: The place of the test.
    /// - Returns: The trait.
    package static func needs(
        _ isPresent: @autoclosure @escaping @Sendable () -> Bool, _ what: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Self {
        .enabled(what, sourceLocation: sourceLocation) {
            if isPresent() { return true }
            if isContinuousIntegration { throw MissingNeed(what: what) }
            return false
        }
    }

    /// Skips a test where the collection of real documents and images is missing, in continuous integration too.
    package static var needsCorpus: Self { .enabled(if: corpus != nil, "SBOMKIT_CORPUS names no folder") }
}

/// Something that a test needs and continuous integration does not have.
private struct MissingNeed: Error, CustomStringConvertible {
    let what: Comment
    var description: String { "CI=true, but missing: \(what)" }
}
