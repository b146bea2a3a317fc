internal import ContainerImages

/// The name of an image, from the layout alone and never from its place on this machine.
package struct ImageName: Sendable, Hashable {
    /// The last part of the repository, else the title in the image's labels, else `container-image`.
    let name: String
    let tag: String?
    /// Whether nothing names the image; then ``name`` is `container-image`.
    let isUnnamed: Bool
    /// The registry and repository, if the layout has a reference with a registry.
    let repository: String?

    init(_ image: Image, named given: String?) {
        var tag: String?
        var repository: String?
        if let reference = image.facts.fullReference ?? image.facts.tag {
            (repository, tag) = Self.parts(reference)
        }
        let labels = [image.facts.annotations, image.facts.labels]
        let title = labels.lazy.compactMap { $0["org.opencontainers.image.title"] }.first { !$0.isEmpty }
        let found = given ?? repository?.split(separator: "/").last.map(String.init) ?? title ?? ""
        // SPDX 2.3 §6.4, §7.1: a single line.
        let line = found.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        name = line.isEmpty ? "container-image" : line
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
