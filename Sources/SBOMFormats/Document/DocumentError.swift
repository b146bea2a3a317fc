package import StructuredText

/// The reason why a document cannot be read or converted.
package struct DocumentError: Error, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: Sendable, Hashable {
        /// The text breaks the rules of its syntax, or exceeds a limit.
        case syntax
        /// The document is neither SPDX nor CycloneDX.
        case unknownFormat
        /// The document has a version that is not supported.
        case unknownVersion
        /// The document cannot be made valid in the format that was asked for.
        case notConvertible
        /// A table of the program cannot be used; the document is not to blame.
        case internalFailure
    }

    package let code: Code
    /// The place of the failure; nil if it has none.
    package let place: TextPlace?
    package let reason: String

    package init(_ code: Code, place: TextPlace? = nil, reason: String) {
        self.code = code
        self.place = place
        self.reason = reason
    }

    package var description: String { reason }
}
