/// Why an image cannot be read.
package struct ImageError: Error, Hashable, CustomStringConvertible {
    /// What kind of trouble it is, for exit codes.
    package enum Code: Sendable, Hashable {
        /// There is nothing at the place that was named.
        case missing
        /// What is there is damaged, or not what it should be.
        case malformed
        /// The reference fits several images, or none.
        case unresolved
    }

    package let code: Code
    /// Where: the folder, and the blob or file in it.
    package let place: String
    /// What is wrong, and what was expected; further lines list what there is to choose from.
    package let message: String

    init(_ code: Code, at place: String, _ message: String) {
        self.code = code
        self.place = place
        self.message = message
    }

    package var description: String { "\(place): \(message)" }
}
