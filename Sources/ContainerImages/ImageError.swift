/// Why an image cannot be read.
package struct ImageError: Error, Hashable, CustomStringConvertible {
    /// The kind of an error, for exit codes.
    package enum Code: Sendable, Hashable {
        /// Nothing exists at the place that was named.
        case missing
        /// The content is damaged, or is not what it should be.
        case malformed
        /// The reference matches several images, or none.
        case unresolved
    }

    /// What the caller can do about an error.
    package enum Remedy: Sendable, Hashable {
        /// Select an image by tag, digest or platform.
        case selectImage
        /// Select a platform.
        case selectPlatform
        /// State who asks the registry.
        case logIn
        /// Ask the registry without encryption.
        case usePlainHTTP
        /// Trust the authority of the registry's certificate.
        case trustAuthority
    }

    /// The kind of the error.
    package let code: Code
    /// The folder, and the blob or file in it.
    package let place: String
    /// What is wrong and what was expected: one line of text, parts of which may come from the input.
    package let message: String
    /// What can be selected, one line of text each.
    package let choices: [String]
    /// What the caller can do about it; nil if nothing.
    package let remedy: Remedy?

    init(_ code: Code, at place: String, _ message: String, choices: [String] = [], remedy: Remedy? = nil) {
        self.code = code
        self.place = place
        self.message = message
        self.choices = choices
        self.remedy = remedy
    }

    package var description: String {
        choices.isEmpty ? "\(place): \(message)" : "\(place): \(message); there is: \(choices.joined(separator: "; "))"
    }
}
