/// A set of paths in a root file system, described by patterns.
///
/// A pattern is a path without a leading slash. A component may have one star, which stands for any bytes of the name, none
/// included. A component `**` stands for any number of components, at the end for one at least; a pattern may have one.
///
/// | pattern | paths |
/// | --- | --- |
/// | `var/lib/dpkg/status` | that path |
/// | `var/lib/dpkg/status.d/*` | everything directly in that folder |
/// | `var/lib/dpkg/info/*.list` | what ends in `.list` directly in that folder |
/// | `var/lib/pacman/local/**/desc` | files named `desc` anywhere below that folder |
/// | `nix/store/**` | everything anywhere below that folder |
/// | `**/*.jar` | what ends in `.jar` anywhere |
/// | `**/conda-meta/*.json` | what ends in `.json` directly in any folder named `conda-meta` |
///
/// Patterns are written in source code and never taken from input.
package struct PathPatterns: Sendable, ExpressibleByArrayLiteral {
    /// The pattern of one component: a name, or what a name begins and ends with.
    private struct Component: Sendable {
        let prefix: [UInt8]
        /// Nil if the component has no star; then `prefix` is the whole name.
        let suffix: [UInt8]?

        init(_ text: Substring) {
            let parts = text.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
            prefix = Array(parts[0].utf8)
            suffix = parts.count > 1 ? Array(parts[1].utf8) : nil
        }

        func matches(_ name: ArraySlice<UInt8>) -> Bool {
            guard let suffix else { return name.elementsEqual(prefix) }
            return name.count >= prefix.count + suffix.count && name.starts(with: prefix)
                && name.suffix(suffix.count).elementsEqual(suffix)
        }
    }

    private struct Pattern: Sendable {
        let text: String
        /// The components from the root on, up to `**`.
        let head: [Component]
        /// The components after `**`; nil if there is no `**`.
        let tail: [Component]?

        init(_ text: String) {
            self.text = text
            let parts = text.split(separator: "/")
            if let wildcard = parts.firstIndex(of: "**") {
                head = parts[..<wildcard].map(Component.init)
                tail = parts[(wildcard + 1)...].map(Component.init)
            } else {
                head = parts.map(Component.init)
                tail = nil
            }
        }

        /// The pattern of the last component; nil if that is `**`.
        var name: Component? { tail.map(\.last) ?? head.last }

        func matches(_ path: [ArraySlice<UInt8>]) -> Bool {
            let tail = tail ?? []
            guard self.tail == nil ? path.count == head.count : path.count >= head.count + max(tail.count, 1)
            else {
                return false
            }
            return zip(head, path).allSatisfy { $0.matches($1) }
                && zip(tail, path.suffix(tail.count)).allSatisfy { $0.matches($1) }
        }
    }

    private var patterns: [Pattern] = []
    /// The patterns whose last component is a whole name, by that name.
    private var byName: [ArraySlice<UInt8>: [Int]] = [:]
    /// The patterns whose last component ends in a star and an extension, by that, from the last dot on.
    private var byExtension: [ArraySlice<UInt8>: [Int]] = [:]
    /// The patterns whose last component is a star and whose other components are names, by the path of their folder.
    private var byFolder: [ArraySlice<UInt8>: [Int]] = [:]
    /// The patterns that end in `**` and have names before it, by the path of their folder and a slash.
    private var subtrees: [(folder: [UInt8], number: Int)] = []
    /// The other patterns.
    private var others: [Int] = []
    /// The paths of the patterns without a wildcard, in the order of the patterns, each once.
    package private(set) var exactPaths: [String] = []
    /// The folders of the patterns with a wildcard in the last component and nowhere else, each once.
    package private(set) var folders: [String] = []

    /// The paths that one of the patterns matches.
    package init(_ patterns: [String]) {
        for pattern in patterns { insert(Pattern(pattern)) }
    }

    package init(arrayLiteral patterns: String...) {
        self.init(patterns)
    }

    private mutating func insert(_ pattern: Pattern) {
        let number = patterns.count
        let folder = Array(pattern.text.split(separator: "/").dropLast().joined(separator: "/").utf8)
        let above = pattern.tail == nil ? pattern.head.dropLast() : pattern.head[...]
        let hasPlainFolder = above.allSatisfy { $0.suffix == nil }
        if let name = pattern.name {
            if let suffix = name.suffix {
                if let dot = suffix.lastIndex(of: UInt8(ascii: ".")) {
                    byExtension[suffix[dot...], default: []].append(number)
                } else if pattern.tail == nil, hasPlainFolder {
                    byFolder[folder[...], default: []].append(number)
                } else {
                    others.append(number)
                }
            } else {
                byName[name.prefix[...], default: []].append(number)
            }
        } else if hasPlainFolder {
            subtrees.append((folder + [UInt8(ascii: "/")], number))
        } else {
            others.append(number)
        }
        patterns.append(pattern)
        guard pattern.tail == nil, pattern.head.dropLast().allSatisfy({ $0.suffix == nil }) else { return }
        if pattern.name?.suffix == nil {
            if !exactPaths.contains(pattern.text) { exactPaths.append(pattern.text) }
        } else {
            let folder = pattern.text.split(separator: "/").dropLast().joined(separator: "/")
            if !folders.contains(folder) { folders.append(folder) }
        }
    }

    /// The paths of both sets.
    package static func + (left: PathPatterns, right: PathPatterns) -> PathPatterns {
        var result = left
        for pattern in right.patterns { result.insert(pattern) }
        return result
    }

    /// Whether the path is in the set; it is written with single slashes, without one at either end.
    package func matches(_ path: ArraySlice<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        let cut = path.lastIndex(of: slash)
        let name = path[(cut.map { $0 + 1 } ?? path.startIndex)...]
        let folder = path[..<(cut ?? path.startIndex)]
        // Few paths have a name, an extension or a folder that a pattern has; only those are taken apart.
        if subtrees.contains(where: { path.starts(with: $0.folder) }) { return true }
        guard mayMatch(name) || byFolder[folder] != nil else { return false }
        return matches(path.split(separator: slash))
    }

    /// Whether the path with those components is in the set.
    package func matches(_ path: [ArraySlice<UInt8>]) -> Bool {
        guard let name = path.last else { return false }
        func areMatching(_ numbers: [Int]?) -> Bool { numbers?.contains { patterns[$0].matches(path) } ?? false }
        if areMatching(byName[name]) || areMatching(Self.fileExtension(of: name).flatMap { byExtension[$0] }) {
            return true
        }
        return byFolder.values.contains(where: areMatching) || areMatching(others)
            || subtrees.contains { patterns[$0.number].matches(path) }
    }

    /// Whether a name directly in one of ``folders`` is in the set.
    package func matches(_ name: ArraySlice<UInt8>, in folder: String) -> Bool {
        guard mayMatch(name) || byFolder[Array(folder.utf8)[...]] != nil else { return false }
        return matches(Array(folder.utf8).split(separator: UInt8(ascii: "/")) + [name])
    }

    /// Whether the last component of a pattern that is not found by its folder matches, which few names do.
    private func mayMatch(_ name: ArraySlice<UInt8>) -> Bool {
        byName[name] != nil || Self.fileExtension(of: name).map { byExtension[$0] != nil } ?? false
            || others.contains { patterns[$0].name?.matches(name) ?? true }
    }

    /// The name from its last dot on; nil if it has none.
    private static func fileExtension(of name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        name.lastIndex(of: UInt8(ascii: ".")).map { name[$0...] }
    }
}
