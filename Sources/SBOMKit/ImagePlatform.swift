internal import ContainerImages

/// The platform of an image: `os/architecture[/variant]`, for instance `linux/arm64/v8`.
public struct ImagePlatform: Sendable, Hashable, CustomStringConvertible {
    let platform: Platform

    /// Parses a platform; nil if the text does not have two or three parts.
    public init?(_ text: String) {
        guard let platform = Platform(parsing: text) else { return nil }
        self.platform = platform
    }

    /// The platform in the form that was parsed.
    public var description: String { platform.description }
}
