internal import SBOMFormats

/// A search for elements by name, license or layer.
struct OutlineSearch: Sendable {
    /// Text to search for; case does not matter.
    ///
    /// Text with `*`, `?` or `[` is a pattern that must match the whole.
    struct Words: Sendable {
        private static let (star, any, open, close, not, to) = (
            UInt32(0x2A), UInt32(0x3F), UInt32(0x5B), UInt32(0x5D), UInt32(0x21), UInt32(0x2D)
        )
        private let pattern: [UInt32]
        private let isGlob: Bool

        init(_ text: String) {
            pattern = text.lowercased().unicodeScalars.map(\.value)
            isGlob = pattern.contains { $0 == Self.star || $0 == Self.any || $0 == Self.open }
        }

        func match(_ text: String) -> Bool {
            let scalars = text.lowercased().unicodeScalars.map(\.value)
            if isGlob { return Self.glob(pattern, scalars) }
            guard let first = pattern.first else { return true }
            guard scalars.count >= pattern.count else { return false }
            for start in 0...(scalars.count - pattern.count)
            where scalars[start] == first && scalars[start..<(start + pattern.count)].elementsEqual(pattern) {
                return true
            }
            return false
        }

        // Only the last star needs backtracking, so the time is bounded by the product of both lengths.
        private static func glob(_ pattern: [UInt32], _ text: [UInt32]) -> Bool {
            var (at, place) = (0, 0)
            var last: (at: Int, place: Int)?
            while place < text.count {
                if at < pattern.count, pattern[at] == Self.star {
                    last = (at, place)
                    at += 1
                    continue
                }
                if at < pattern.count, let next = one(pattern, at, text[place]) {
                    at = next
                    place += 1
                    continue
                }
                guard let back = last else { return false }
                last = (back.at, back.place + 1)
                (at, place) = (back.at + 1, back.place + 1)
            }
            return pattern[at...].allSatisfy { $0 == Self.star }
        }

        // The index in the pattern after the part that matches the scalar; nil if the part does not match.
        private static func one(_ pattern: [UInt32], _ at: Int, _ scalar: UInt32) -> Int? {
            if pattern[at] == any { return at + 1 }
            if pattern[at] == open, let end = pattern[(at + 1)...].dropFirst().firstIndex(of: close) {
                var set = pattern[(at + 1)..<end]
                let isInverted = set.first == Self.not
                if isInverted { set = set.dropFirst() }
                var isIn = false
                while let low = set.popFirst() {
                    if set.count > 1, set.first == Self.to {
                        set = set.dropFirst()
                        guard let high = set.popFirst() else { break }
                        if low <= scalar, scalar <= high { isIn = true }
                    } else if low == scalar {
                        isIn = true
                    }
                }
                return isIn != isInverted ? end + 1 : nil
            }
            return pattern[at] == scalar ? at + 1 : nil
        }
    }

    private let name: Words?
    private let license: LicenseSearch?
    private let layer: String?

    /// The search of the options; nil if they have none.
    init?(_ options: Outline.Options) {
        guard options.find != nil || options.license != nil || options.layer != nil else { return nil }
        name = options.find.map(Words.init)
        license = options.license.map(LicenseSearch.init)
        layer = options.layer
    }

    /// A search by name or package URL.
    init(name: String) {
        self.name = Words(name)
        license = nil
        layer = nil
    }

    /// Whether an element of a graph matches.
    func match(_ element: Int32, in graph: DocumentGraph) -> Bool {
        let elements = graph.elements
        if let name {
            let place = Int(element)
            let (text, version, purl) = (elements.names[place], elements.versions[place], elements.packageURLs[place])
            guard
                name.match(version.isEmpty ? text : "\(text)@\(version)") || name.match(text)
                    || !purl.isEmpty && name.match(purl)
            else { return false }
        }
        if let license, !license.match(element, in: graph) { return false }
        if let layer {
            let isThere = elements.layer(element).split(separator: " ").contains { mark in
                let digest = mark.hasPrefix("sha256:") ? mark.dropFirst("sha256:".count) : ""
                return mark == layer
                    || layer.utf8.count >= 4 && (mark.hasPrefix(layer) || digest.hasPrefix(layer)) && !digest.isEmpty
            }
            guard isThere else { return false }
        }
        return true
    }

    /// Whether each element of a graph matches.
    func matches(in graph: DocumentGraph) -> [Bool] {
        (0..<Int32(graph.elements.count)).map { match($0, in: graph) }
    }
}

extension Outline {
    /// The number of elements that the searches of the options find; nil if they search for nothing.
    public func matchCount(_ options: Options) -> Int? {
        OutlineSearch(options).map { search in
            (0..<Int32(graph.elements.count)).count { search.match($0, in: graph) }
        }
    }

    /// The names that are most similar to what ``Options/find`` searches for.
    public func nearestNames(_ options: Options) -> [String] {
        options.find.map { Spelling.words(near: $0, in: graph.elements.names) } ?? []
    }

    /// What to say of ``Options/license`` if the SPDX License List has no such license and no such family; nil if it has.
    ///
    /// A document may still have a license of that name.
    public func unknownLicense(_ options: Options) -> String? { options.license.flatMap { LicenseSearch($0).question } }
}
