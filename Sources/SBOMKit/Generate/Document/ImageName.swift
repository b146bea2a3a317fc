internal import ContainerImages

/// The name of an image, from the layout alone and never from its place on this machine.
package struct ImageName: Sendable, Hashable {
    /// The last part of the repository, else the title, else a placeholder.
    let name: String
    let tag: String?
    /// Whether nothing names the image; then ``name`` is a placeholder.
    let isUnnamed: Bool
    /// The registry and repository, if the layout has a reference with a registry.
    let repository: String?

    /// The name of an image or artifact.
    ///
    /// - Parameters:
    ///   - facts: What it says of itself.
    ///   - given: The name that the user gives it, which comes before all others.
    ///   - stated: The name that it states where annotations and labels have no title.
    ///   - placeholder: The name if nothing names it.
    init(
        _ facts: ImageFacts, named given: String?, stated: String? = nil, placeholder: String = "container-image"
    ) {
        var tag: String?
        var repository: String?
        if let reference = facts.fullReference ?? facts.tag {
            (repository, tag) = Self.parts(reference)
        }
        let labels = [facts.annotations, facts.labels]
        let title = labels.lazy.compactMap { $0["org.opencontainers.image.title"] }.first { !$0.isEmpty } ?? stated
        let found = given ?? repository?.split(separator: "/").last.map(String.init) ?? title ?? ""
        // SPDX 2.3 §6.4, §7.1: a single line.
        let line = found.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        name = line.isEmpty ? placeholder : line
        isUnnamed = line.isEmpty
        self.tag = tag
        let host = repository?.split(separator: "/", maxSplits: 1).first ?? ""
        let isRegistry = host.contains(".") || host.contains(":") || host == "localhost"
        self.repository = isRegistry && repository?.contains("/") == true ? repository : nil
    }

    /// Splits `[repository:]tag[@digest]`.
    ///
    /// A name without a colon or slash is a tag, as skopeo and umoci write it, unless a digest follows it.
    package static func parts(_ reference: String) -> (repository: String?, tag: String?) {
        func text(_ part: Substring) -> String? { part.isEmpty ? nil : String(part) }
        let parts = reference.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0]
        let lastSlash = whole.lastIndex(of: "/") ?? whole.startIndex
        if let colon = whole[lastSlash...].lastIndex(of: ":") {
            return (text(whole[..<colon]), text(whole[whole.index(after: colon)...]))
        }
        return whole.contains("/") || parts.count > 1 ? (text(whole), nil) : (nil, text(whole))
    }
}
