/// The pairs of packages and files of two documents that are the same, possibly in another version.
///
/// The matching is symmetric: exchanging the two documents gives the same pairs.
struct DocumentMatching {
    typealias Entry = ComparedDocument.Entry

    private(set) var pairs: [(old: Int, new: Int)] = []
    private let old: [Entry]
    private let new: [Entry]
    private var restOfOld: Set<Int>
    private var restOfNew: Set<Int>

    init(_ old: ComparedDocument, _ new: ComparedDocument) {
        self.old = old.entries
        self.new = new.entries
        restOfOld = Set(old.entries.indices)
        restOfNew = Set(new.entries.indices)
        // If each document describes one element, the two are matched even if their names differ.
        if old.described.count == 1, new.described.count == 1, let one = old.described.first,
            let other = new.described.first, self.old[one].identity.isFile == self.new[other].identity.isFile
        {
            pair(one, other)
        }
        match({ $0.identity }, { $0.identity })
        // Tools name vendors differently, and some leave the architecture out.
        match({ Self.withArchitecture($0) }, { Self.withArchitecture($0) })
        match({ Self.product($0, hasArchitecture: false) }, { Self.product($0, hasArchitecture: true) })
        match({ Self.product($0, hasArchitecture: true) }, { Self.product($0, hasArchitecture: false) })
        // Packages without a package URL can be matched only by name.
        match({ Self.name($0, hasLocator: false) }, { Self.name($0, hasLocator: false) })
        match({ Self.name($0, hasLocator: false) }, { Self.name($0, hasLocator: true) })
        match({ Self.name($0, hasLocator: true) }, { Self.name($0, hasLocator: false) })
    }

    /// The entries without a match in the other document, in their order.
    var onlyOld: [Int] { restOfOld.sorted() }
    var onlyNew: [Int] { restOfNew.sorted() }

    private static func withArchitecture(_ entry: Entry) -> String? {
        entry.identity.withoutVendor.map { "\($0)?\(entry.identity.architecture)" }
    }

    private static func product(_ entry: Entry, hasArchitecture: Bool) -> String? {
        entry.identity.architecture.isEmpty == hasArchitecture ? nil : entry.identity.withoutVendor
    }

    private static func name(_ entry: Entry, hasLocator: Bool) -> String? {
        guard !entry.identity.isFile, (entry.identity.type != nil) == hasLocator else { return nil }
        return entry.plainName
    }

    private mutating func pair(_ one: Int, _ other: Int) {
        restOfOld.remove(one)
        restOfNew.remove(other)
        pairs.append((one, other))
    }

    /// Pairs the remaining entries of both sides that have the same key.
    private mutating func match<Key: Hashable>(_ oldKey: (Entry) -> Key?, _ newKey: (Entry) -> Key?) {
        guard !restOfOld.isEmpty, !restOfNew.isEmpty else { return }
        var ofOld: [Key: [Int]] = [:]
        for place in restOfOld {
            if let key = oldKey(old[place]) { ofOld[key, default: []].append(place) }
        }
        var ofNew: [Key: [Int]] = [:]
        for place in restOfNew {
            if let key = newKey(new[place]), ofOld[key] != nil { ofNew[key, default: []].append(place) }
        }
        for (key, right) in ofNew {
            if let left = ofOld[key] { pairGroup(left, right) }
        }
    }

    /// Pairs the versions of one package: first equal versions, then the newest of the others on both sides, and so on.
    private mutating func pairGroup(_ left: [Int], _ right: [Int]) {
        if left.count == 1, right.count == 1 { return pair(left[0], right[0]) }
        var left = left.sorted { old[$0].precedesInText(old[$1]) }[...]
        var right = right.sorted { new[$0].precedesInText(new[$1]) }[...]
        var restOfLeft: [Int] = []
        var restOfRight: [Int] = []
        while let one = left.first, let other = right.first {
            let (version, otherVersion) = (old[one].canonicalVersion, new[other].canonicalVersion)
            if version == otherVersion { pair(one, other) }
            if version <= otherVersion {
                left.removeFirst()
                if version != otherVersion { restOfLeft.append(one) }
            }
            if otherVersion <= version {
                right.removeFirst()
                if version != otherVersion { restOfRight.append(other) }
            }
        }
        let newestLeft = (restOfLeft + left).sorted { old[$1].precedes(old[$0]) }
        let newestRight = (restOfRight + right).sorted { new[$1].precedes(new[$0]) }
        for (one, other) in zip(newestLeft, newestRight) { pair(one, other) }
    }
}

extension ComparedDocument.Entry {
    fileprivate func precedesInText(_ other: Self) -> Bool {
        if canonicalVersion != other.canonicalVersion { return canonicalVersion < other.canonicalVersion }
        return sortKey < other.sortKey
    }

    fileprivate func precedes(_ other: Self) -> Bool {
        switch order.compare(canonicalVersion, other.canonicalVersion) {
        case .before: true
        case .after: false
        case .same, nil: precedesInText(other)
        }
    }
}
