internal import ByteStreams
internal import ContainerImages
internal import SBOMFormats
internal import SBOMModel

/// The difference between two documents of any format.
///
/// Packages are matched by their package URLs without version, distribution, epoch and source package, then by the type
/// and name in them. Packages without a package URL are matched by name, files by path. If a package has several
/// versions, equal ones are matched first, then the newest of the others. If each document describes one element, the
/// two are matched even if their names differ.
///
/// Unless everything is compared, the documents are compared by what they state of packages, files and the relationships
/// between these: not by the images and operating systems that contain them. Of documents of different programs or
/// formats, only what both state is compared.
public struct DocumentDifference: Sendable {
    /// A part of the comparison.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        case packages
        case licenses
        case suppliers
        case files
        case edges
    }

    /// How much of the documents is compared.
    public enum Scope: Sendable, Hashable {
        /// What is in the images: packages, files and the relationships between them. Of documents of different programs
        /// or formats, what both state.
        case contents
        /// Everything, also the names, versions and digests of images and operating systems, and what contains what.
        case everything
    }

    /// One of the two documents.
    public enum Side: String, Sendable, Hashable {
        case old
        case new
    }

    /// Something that is not compared, because only one of two documents of different programs or formats states it.
    public struct Omission: Sendable, Hashable {
        /// The part.
        public let part: Part
        /// The type of relationships, if the part is ``Part/edges``: `DEPENDS_ON`, `CONTAINS of files`.
        public let relationship: String?
        /// The document that states it.
        public let statedBy: Side
    }

    /// A package or file.
    public struct Item: Sendable, Hashable {
        /// The name; for a file the path.
        public let name: String
        /// The version, with the epoch, which some tools state only in the package URL.
        public let version: String?
        /// The type of the package URL, such as `deb`; `file` for a file.
        public let type: String?
        /// The architecture in the package URL.
        public let architecture: String?
        /// The package URL as the document spells it.
        public let purl: String?
        /// The name, with type, namespace and architecture as far as needed to distinguish items of the same name.
        public let label: String
        /// The label, with the version if the same document has several versions.
        public let fullLabel: String
    }

    /// A package or file that changed.
    public struct Change: Sendable, Hashable {
        /// The direction of a change of version.
        public enum Direction: String, Sendable, Hashable {
            case upgraded
            case downgraded
            /// The new version is neither newer nor older.
            case changed
        }

        /// The item in the old document.
        public let old: Item
        /// The item in the new document.
        public let new: Item
        /// The order of the two versions.
        public let direction: Direction
    }

    /// A statement about a package that changed.
    public struct Statement: Sendable, Hashable {
        /// The package, as it is in the new document.
        public let item: Item
        /// `license`, `concluded license` or `supplier`.
        public let subject: String
        /// The old statement; nil if there was none.
        public let old: String?
        /// The new statement; nil if there is none.
        public let new: String?
    }

    /// A relationship that only one of the documents has.
    public struct Edge: Sendable, Hashable {
        /// The item that it starts from; nil for the document.
        public let from: Item?
        /// The type, such as `DEPENDS_ON`; inverse types such as DEPENDENCY_OF are reversed.
        public let type: String
        /// The part of the original type that ``type`` leaves out: `test` for TEST_DEPENDENCY_OF; else empty.
        public let qualifier: String
        /// The item that it leads to; nil for an element of another document.
        public let to: Item?
        /// The element of another document that it leads to.
        public let outside: String?
        /// Whether the relationship was added or removed together with a package or file.
        public let isImplied: Bool
    }

    /// The parts that were compared.
    public let parts: Set<Part>
    /// The packages that only the new document has, by name.
    public private(set) var added: [Item] = []
    /// The packages that only the old document has, by name.
    public private(set) var removed: [Item] = []
    /// The packages that both have in different versions, by name.
    public private(set) var changed: [Change] = []
    /// The changed licenses, by name of the package.
    public private(set) var licenses: [Statement] = []
    /// The changed suppliers, by name of the package.
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
    /// What was not compared, because only one of the documents states it.
    public private(set) var omissions: [Omission] = []
    /// What was unusual about the old document, in its order.
    public let oldNotices: [Notice]
    /// What was unusual about the new document, in its order.
    public let newNotices: [Notice]

    /// Whether no difference was found in the parts that were compared.
    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && licenses.isEmpty && suppliers.isEmpty
            && addedFiles.isEmpty && removedFiles.isEmpty && changedFiles.isEmpty && addedEdges.isEmpty
            && removedEdges.isEmpty
    }

    /// Compares two documents; their formats are detected from the content.
    ///
    /// - Parameters:
    ///   - old: The whole old document.
    ///   - new: The whole new document.
    ///   - parts: The parts to compare.
    ///   - scope: How much of these is compared.
    /// - Throws: ``SBOMError`` if a format is unknown, or a document is damaged or exceeds a limit.
    public init(
        from old: [UInt8], to new: [UInt8], in parts: Set<Part> = Set(Part.allCases), comparing scope: Scope = .contents
    ) throws(SBOMError) {
        let limits = Limits()
        self.init(
            from: try DocumentGraph(reading: old, limits: limits), to: try DocumentGraph(reading: new, limits: limits),
            in: parts, comparing: scope)
    }

    /// Compares two files or images.
    ///
    /// - Parameters:
    ///   - old: A document, `-` for standard input, or an image: `oci:DIR[:TAG|@DIGEST]`, or a folder that is an OCI
    ///     layout.
    ///   - new: The new document or image, likewise.
    ///   - parts: The parts to compare.
    ///   - scope: How much of these is compared.
    ///   - options: The options for reading images.
    ///   - progress: As for ``Generator/read(_:progress:)``, of one image after the other.
    /// - Returns: The difference.
    /// - Throws: ``SBOMError`` if one of them does not exist, or is neither a document nor an image that can be read.
    public static func between(
        _ old: String, and new: String, in parts: Set<Part> = Set(Part.allCases), comparing scope: Scope = .contents,
        readingImages options: Generator.Options = Generator.Options(),
        progress: (@Sendable (_ read: Int, _ total: Int) -> Void)? = nil
    ) async throws(SBOMError) -> DocumentDifference {
        guard old != "-" || new != "-" else {
            throw SBOMError(.usage, "standard input can be one of the documents, not both")
        }
        let (oldGraph, oldNotices) = try await reading(old, options, progress)
        let (newGraph, newNotices) = try await reading(new, options, progress)
        return DocumentDifference(
            from: oldGraph, to: newGraph, in: parts, comparing: scope, oldNotices: oldNotices, newNotices: newNotices)
    }

    private static func reading(
        _ place: String, _ options: Generator.Options, _ progress: (@Sendable (Int, Int) -> Void)?
    ) async throws(SBOMError) -> (graph: DocumentGraph, notices: [Notice]) {
        // An image is compared by its content, not by an SBOM that is attached to it.
        guard ImageLocation.isImage(place) else {
            let document = try InputDocument(at: place)
            let graph = try document.parsed { bytes throws(SBOMError) in
                try DocumentGraph(reading: bytes, limits: Limits())
            }
            return (graph, document.notices)
        }
        let inventory = try await Generator(options: options).read(place, progress: progress)
        return (try inventory.graph(), inventory.sourceNotices)
    }

    /// Compares two documents; the given notices are about the images that they come from.
    init(
        from oldGraph: DocumentGraph, to newGraph: DocumentGraph, in parts: Set<Part>, comparing scope: Scope,
        oldNotices: [Notice] = [], newNotices: [Notice] = []
    ) {
        self.parts = parts
        self.oldNotices = oldNotices + oldGraph.notices.map(Notice.init)
        self.newNotices = newNotices + newGraph.notices.map(Notice.init)
        let old = ComparedDocument(oldGraph)
        let new = ComparedDocument(newGraph)
        let matching = DocumentMatching(old, new)
        let labels = DocumentLabels(old, new, matching)
        let comparison = DocumentComparison(scope, old: oldGraph, old, new: newGraph, new, matching)
        let onlyOld = matching.onlyOld.filter { !comparison.oldSystems.contains($0) }
        let onlyNew = matching.onlyNew.filter { !comparison.newSystems.contains($0) }
        func items(_ document: ComparedDocument, _ places: [Int], areFiles: Bool) -> [Item] {
            places.filter { document.entries[$0].identity.isFile == areFiles }
                .sorted { document.ranks[$0] < document.ranks[$1] }.map { labels.item(document.entries[$0]) }
        }
        let pairs = matching.pairs.filter { !comparison.oldSystems.contains($0.old) }
            .sorted { new.ranks[$0.new] < new.ranks[$1.new] }
            .map { pair in (old.entries[pair.old], new.entries[pair.new]) }
        omissions = comparison.omissions.filter { parts.contains($0.part) }
        if parts.contains(.packages) {
            added = items(new, onlyNew, areFiles: false)
            removed = items(old, onlyOld, areFiles: false)
            changed = pairs.compactMap { Self.change($0, $1, labels, areFiles: false) }
        }
        if parts.contains(.files), comparison.includes(.files) {
            addedFiles = items(new, onlyNew, areFiles: true)
            removedFiles = items(old, onlyOld, areFiles: true)
            changedFiles = pairs.compactMap { Self.change($0, $1, labels, areFiles: true) }
        }
        // What a program does not state of a package, another one may.
        func isCompared(_ statement: Statement) -> Bool {
            !comparison.isOfCommonFacts || statement.old != nil && statement.new != nil
        }
        if parts.contains(.licenses), comparison.includes(.licenses) {
            licenses = pairs.flatMap { Self.licenses($0, $1, labels) }.filter(isCompared)
        }
        if parts.contains(.suppliers), comparison.includes(.suppliers) {
            suppliers = pairs.compactMap { Self.supplier($0, $1, labels) }.filter(isCompared)
        }
        if parts.contains(.edges) {
            let compared = ComparedEdges(old: oldGraph, old, new: newGraph, new, matching, comparison)
            omissions += compared.omissions
            addedEdges = compared.onlyNew(new, labels)
            removedEdges = compared.onlyOld(old, labels)
        }
    }

    // MARK: Packages, files and statements about them

    private typealias Entry = ComparedDocument.Entry

    private static func change(_ old: Entry, _ new: Entry, _ labels: DocumentLabels, areFiles: Bool) -> Change? {
        guard old.identity.isFile == areFiles else { return nil }
        let direction: Change.Direction
        if areFiles {
            // Only digests of the same algorithm can be compared.
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

    private static func licenses(_ old: Entry, _ new: Entry, _ labels: DocumentLabels) -> [Statement] {
        var statements: [Statement] = []
        func compare(_ one: Set<String>, _ other: Set<String>, _ subject: String) {
            guard one != other else { return }
            func text(_ licenses: Set<String>) -> String? {
                licenses.isEmpty ? nil : licenses.sorted().joined(separator: "; ")
            }
            statements.append(
                Statement(item: labels.item(new), subject: subject, old: text(one), new: text(other)))
        }
        // One tool declares the license that another one concludes, so first a license of either kind is compared.
        compare(
            old.declared.isEmpty ? old.concluded : old.declared, new.declared.isEmpty ? new.concluded : new.declared,
            "license")
        if !old.declared.isEmpty, !new.declared.isEmpty, !old.concluded.isEmpty, !new.concluded.isEmpty,
            old.declared != old.concluded || new.declared != new.concluded
        {
            compare(old.concluded, new.concluded, "concluded license")
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
        // Most tools guess whether a supplier is a person or an organization, and some omit the address.
        let isSame =
            names(old) == names(new)
            && (addresses(old) == addresses(new) || addresses(old).isEmpty || addresses(new).isEmpty)
        return isSame
            ? nil : Statement(item: labels.item(new), subject: "supplier", old: text(old), new: text(new))
    }
}
