internal import SBOMFormats
internal import SBOMModel

/// What is different between two documents of whatever formats.
///
/// Packages are the same by their package URLs without version, distribution, epoch and source package; then by the type
/// and name in them; those without a package URL by their names; files by their paths. Of several versions
/// of a package those that both documents have are the same, and of the others the newest are compared with one another.
/// What the two documents are about, if it is one thing each, is compared whatever it is called.
public struct DocumentDifference: Sendable {
    /// What can be compared.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        case packages
        case licences
        case suppliers
        case files
        case edges
    }

    /// A package or file.
    public struct Item: Sendable, Hashable {
        /// Its name; of a file its path.
        public let name: String
        /// Its version, with the epoch that some tools have only in the package URL.
        public let version: String?
        /// The type of its package URL, such as `deb`; `file` of a file.
        public let type: String?
        /// Its architecture, as its package URL has it.
        public let architecture: String?
        /// Its package URL as it is written.
        public let purl: String?
        /// The name, and if there are others of that name, what tells it from them: type, namespace, architecture.
        public let label: String
        /// The label, and if there are other versions of it in the same document, the version.
        public let fullLabel: String
    }

    /// A package or file that is another in the new document.
    public struct Change: Sendable, Hashable {
        /// Which way it went.
        public enum Direction: String, Sendable, Hashable {
            case upgraded
            case downgraded
            /// To what is neither newer nor older.
            case changed
        }

        /// What it was.
        public let old: Item
        /// What it is.
        public let new: Item
        /// Whether the new version comes after the old one.
        public let direction: Direction
    }

    /// What is said of something, and was said otherwise.
    public struct Statement: Sendable, Hashable {
        /// What it is about, as it is in the new document.
        public let item: Item
        /// `licence`, `concluded licence` or `supplier`.
        public let subject: String
        /// What was said; nil for nothing.
        public let old: String?
        /// What is said; nil for nothing.
        public let new: String?
    }

    /// A relationship that only one of the documents has.
    public struct Edge: Sendable, Hashable {
        /// What it is of; nil for the document.
        public let from: Item?
        /// Its type, such as `DEPENDS_ON`; DEPENDENCY_OF and its like are turned round.
        public let type: String
        /// What the type leaves out: `test` for TEST_DEPENDENCY_OF; empty if it leaves out nothing.
        public let qualifier: String
        /// What it leads to; nil for what is in another document.
        public let to: Item?
        /// What it leads to in another document.
        public let outside: String?
        /// Whether it is only there because a package or file is.
        public let isImplied: Bool
    }

    /// What was compared.
    public let parts: Set<Part>
    /// The packages that only the new document has, by name.
    public private(set) var added: [Item] = []
    /// The packages that only the old document has, by name.
    public private(set) var removed: [Item] = []
    /// The packages that both have in different versions, by name.
    public private(set) var changed: [Change] = []
    /// What is said of licences, by name.
    public private(set) var licences: [Statement] = []
    /// What is said of suppliers, by name.
    public private(set) var suppliers: [Statement] = []
    /// The files that only the new document has, by path.
    public private(set) var addedFiles: [Item] = []
    /// The files that only the old document has, by path.
    public private(set) var removedFiles: [Item] = []
    /// The files that both have with different contents, by path.
    public private(set) var changedFiles: [Change] = []
    /// The relationships that only the new document has.
    public private(set) var addedEdges: [Edge] = []
    /// The relationships that only the old document has.
    public private(set) var removedEdges: [Edge] = []
    /// What was unusual about the old document, in its order.
    public let oldNotices: [Notice]
    /// What was unusual about the new document, in its order.
    public let newNotices: [Notice]

    /// Whether the documents say the same, as far as they were compared.
    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && licences.isEmpty && suppliers.isEmpty
            && addedFiles.isEmpty && removedFiles.isEmpty && changedFiles.isEmpty && addedEdges.isEmpty
            && removedEdges.isEmpty
    }

    /// Compares two documents, whose formats are told by their content.
    ///
    /// - Parameters:
    ///   - old: The whole document that comes first.
    ///   - new: The whole document that is held against it.
    ///   - parts: What to compare.
    /// - Throws: ``SBOMError`` if one of them is no document of a format that is known.
    public init(from old: [UInt8], to new: [UInt8], in parts: Set<Part> = Set(Part.allCases)) throws(SBOMError) {
        self.init(from: try DocumentGraph(reading: old), to: try DocumentGraph(reading: new), in: parts)
    }

    /// Compares two files or images.
    ///
    /// - Parameters:
    ///   - old: A document, `-` for standard input, or an image: `oci:DIR[:TAG|@DIGEST]`, or a folder that is an OCI layout.
    ///   - new: What is held against it, likewise.
    ///   - parts: What to compare.
    ///   - options: How images are read.
    /// - Returns: What is different.
    /// - Throws: ``SBOMError`` if something is not there, or is no document and no image.
    public static func between(
        _ old: String, and new: String, in parts: Set<Part> = Set(Part.allCases),
        readingImages options: Generator.Options = Generator.Options()
    ) async throws(SBOMError) -> DocumentDifference {
        guard old != "-" || new != "-" else {
            throw SBOMError(.usage, "standard input can be one of the documents, not both")
        }
        return DocumentDifference(
            from: try await reading(old, options), to: try await reading(new, options), in: parts)
    }

    private static func reading(
        _ place: String, _ options: Generator.Options
    ) async throws(SBOMError) -> DocumentGraph {
        // An image is what is in it, whatever is attached to it.
        guard InputDocument.isImage(place) else {
            return try InputDocument(at: place).parsed { bytes throws(SBOMError) in
                try DocumentGraph(reading: bytes)
            }
        }
        return try DocumentGraph(reading: await Generator(options: options).read(place).document(.spdx))
    }

    init(from oldGraph: DocumentGraph, to newGraph: DocumentGraph, in parts: Set<Part>) {
        self.parts = parts
        oldNotices = oldGraph.notices.map(Notice.init)
        newNotices = newGraph.notices.map(Notice.init)
        let old = ComparedDocument(oldGraph)
        let new = ComparedDocument(newGraph)
        let matching = DocumentMatching(old, new)
        let labels = DocumentLabels(old, new, matching)
        func items(_ document: ComparedDocument, _ places: [Int], areFiles: Bool) -> [Item] {
            places.filter { document.entries[$0].identity.isFile == areFiles }
                .sorted { document.ranks[$0] < document.ranks[$1] }.map { labels.item(document.entries[$0]) }
        }
        let pairs = matching.pairs.sorted { new.ranks[$0.new] < new.ranks[$1.new] }.map { pair in
            (old.entries[pair.old], new.entries[pair.new])
        }
        if parts.contains(.packages) {
            added = items(new, matching.onlyNew, areFiles: false)
            removed = items(old, matching.onlyOld, areFiles: false)
            changed = pairs.compactMap { Self.change($0, $1, labels, areFiles: false) }
        }
        if parts.contains(.files) {
            addedFiles = items(new, matching.onlyNew, areFiles: true)
            removedFiles = items(old, matching.onlyOld, areFiles: true)
            changedFiles = pairs.compactMap { Self.change($0, $1, labels, areFiles: true) }
        }
        if parts.contains(.licences) { licences = pairs.flatMap { Self.licences($0, $1, labels) } }
        if parts.contains(.suppliers) { suppliers = pairs.compactMap { Self.supplier($0, $1, labels) } }
        if parts.contains(.edges) {
            let compared = ComparedEdges(old: oldGraph, old, new: newGraph, new, matching)
            addedEdges = compared.onlyNew(new, labels)
            removedEdges = compared.onlyOld(old, labels)
        }
    }

    // MARK: Packages, files and what is said of them

    private typealias Entry = ComparedDocument.Entry

    private static func change(_ old: Entry, _ new: Entry, _ labels: DocumentLabels, areFiles: Bool) -> Change? {
        guard old.identity.isFile == areFiles else { return nil }
        let direction: Change.Direction
        if areFiles {
            // Only what both have a digest of can be told.
            let isOther = old.checksums.contains { algorithm, values in
                new.checksums[algorithm].map { $0 != values } ?? false
            }
            guard isOther else { return nil }
            direction = .changed
        } else if old.plainName != new.plainName, old.identity.name != new.identity.name {
            direction = .changed
        } else {
            guard old.canonicalVersion != new.canonicalVersion else { return nil }
            let order = old.order == new.order ? old.order : .natural
            let isKnown = !old.canonicalVersion.isEmpty && !new.canonicalVersion.isEmpty
            switch isKnown ? order.compare(old.canonicalVersion, new.canonicalVersion) : nil {
            case .same: return nil
            case .before: direction = .upgraded
            case .after: direction = .downgraded
            case nil: direction = .changed
            }
        }
        return Change(old: labels.item(old), new: labels.item(new), direction: direction)
    }

    private static func licences(_ old: Entry, _ new: Entry, _ labels: DocumentLabels) -> [Statement] {
        var statements: [Statement] = []
        func compare(_ one: Set<String>, _ other: Set<String>, _ subject: String) {
            guard one != other else { return }
            func text(_ licences: Set<String>) -> String? {
                licences.isEmpty ? nil : licences.sorted().joined(separator: "; ")
            }
            statements.append(
                Statement(item: labels.item(new), subject: subject, old: text(one), new: text(other)))
        }
        // Some tools declare what others conclude: what counts first is what either says at all.
        compare(
            old.declared.isEmpty ? old.concluded : old.declared, new.declared.isEmpty ? new.concluded : new.declared,
            "licence")
        if !old.declared.isEmpty, !new.declared.isEmpty, !old.concluded.isEmpty, !new.concluded.isEmpty,
            old.declared != old.concluded || new.declared != new.concluded
        {
            compare(old.concluded, new.concluded, "concluded licence")
        }
        return statements
    }

    private static func supplier(_ old: Entry, _ new: Entry, _ labels: DocumentLabels) -> Statement? {
        func names(_ entry: Entry) -> Set<String> { Set(entry.suppliers.map { $0.name.lowercased() }) }
        func addresses(_ entry: Entry) -> Set<String> { Set(entry.suppliers.compactMap { $0.email?.lowercased() }) }
        func text(_ entry: Entry) -> String? {
            let texts = entry.suppliers.map { actor in actor.name + (actor.email.map { " (\($0))" } ?? "") }
            return texts.isEmpty ? nil : texts.sorted().joined(separator: "; ")
        }
        // Whether it is a person or an organization is a guess of most tools, and some leave the address out.
        let isSame =
            names(old) == names(new)
            && (addresses(old) == addresses(new) || addresses(old).isEmpty || addresses(new).isEmpty)
        return isSame
            ? nil : Statement(item: labels.item(new), subject: "supplier", old: text(old), new: text(new))
    }
}
