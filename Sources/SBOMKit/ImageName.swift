internal import OCIImages

/// What an image is called, as far as the layout itself says: never by where it lies on this machine.
package struct ImageName: Sendable, Hashable {
    /// The last part of the repository, the title that the image gives itself, or `container-image`.
    let name: String
    let tag: String?
    /// Registry and repository, where the layout has a reference with a registry in it.
    let repository: String?

    init(_ image: Image, named given: String?) {
        var tag: String?
        var repository: String?
        if let reference = image.fullReference ?? image.tag {
            (repository, tag) = Self.parts(reference)
        }
        let labels = [image.descriptor.annotations, image.manifest.annotations, image.configuration.labels]
        let title = labels.lazy.compactMap { $0["org.opencontainers.image.title"] }.first { !$0.isEmpty }
        name = given ?? repository?.split(separator: "/").last.map(String.init) ?? title ?? "container-image"
        self.tag = tag
        let host = repository?.split(separator: "/", maxSplits: 1).first ?? ""
        let isRegistry = host.contains(".") || host.contains(":") || host == "localhost"
        self.repository = isRegistry && repository?.contains("/") == true ? repository : nil
    }

    /// Takes `[repository:]tag[@digest]` apart; a name without a colon or slash is a tag, as `skopeo` and `umoci` write it.
    package static func parts(_ reference: String) -> (repository: String?, tag: String?) {
        let whole = reference.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let lastSlash = whole.lastIndex(of: "/") ?? whole.startIndex
        if let colon = whole[lastSlash...].lastIndex(of: ":") {
            return (String(whole[..<colon]), String(whole[whole.index(after: colon)...]))
        }
        return whole.contains("/") ? (String(whole), nil) : (nil, String(whole))
    }
}
