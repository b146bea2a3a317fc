internal import ByteStreams
internal import Dispatch
internal import SBOMModel
internal import StructuredText
internal import Synchronization

/// Reads and writes single elements in the shape of one family of formats.
protocol ElementCodec {
    func element(_ object: JSONObject, _ form: Element.Form) -> Element
    func object(_ element: Element) -> JSONObject
}

extension SPDXElementCodec: ElementCodec {}

extension CycloneDXComponentCodec: ElementCodec {
    func element(_ object: JSONObject, _ form: Element.Form) -> Element { element(object) }
    func object(_ element: Element) -> JSONObject { component(element) }
}

/// Converts documents between the families, and writes down what the way back would not give.
///
/// A document is taken apart into elements, their links, and a header. Each of them goes to the other family and at
/// once back again; what is different then is residue, which the new document carries. Where the document has itself
/// been made from one of the other family, the residue it carries from there is put back first.
struct FamilyConversion {
    /// What decides how a document is converted, beside itself.
    struct Options {
        /// What the new document gets where this one states nothing.
        var defaults: DocumentDefaults
        /// Whether what has no place is written into the document all the same.
        var carries = true
        /// Whether the report is to name what has a place of its own, too.
        var reports = false
        var limits = Limits()

        init(defaults: DocumentDefaults) {
            self.defaults = defaults
        }
    }

    let options: Options
    private(set) var report = ConversionReport()
    /// Whether something was put back that a document carried, which may be anything.
    private(set) var hasRestored = false
    /// What is needed no more, to be freed when there is time: of a large document that takes as long as to write it.
    private(set) var remains: [any Sendable] = []

    init(options: Options) {
        self.options = options
    }

    // MARK: Elements

    /// What became of one element.
    private struct Unit: Sendable {
        var object: JSONObject
        var form: Element.Form
        /// Whether it is an image or an operating system.
        var isSystem: Bool
        /// What was carried of its links.
        var links: [GuardedPatch.Entry] = []
        /// What the way back would not give.
        var residue: [GuardedPatch.Entry]
        var refused: [GuardedPatch.Entry] = []
        /// Whether it carried anything.
        var isRestored = false
        /// What the way back makes its identifier of.
        var returningID: Element.ID
        /// Whether that is what it is called now.
        var returnsAsItself = true
        /// What members it had, if a report is to name them.
        var names: [String] = []

        static let empty = Unit(object: JSONObject(), form: .package, isSystem: false, residue: [], returningID: "")
    }

    /// What reads and writes elements, there and back.
    private struct Codecs {
        let from: any ElementCodec
        let to: any ElementCodec
        let backFrom: any ElementCodec
        let backTo: any ElementCodec
        /// The licences that are found on the way back.
        let backLicenses: ExtractedLicenses
    }

    /// What an element is before it is converted.
    private struct Source: Sendable {
        var object: JSONObject
        let id: Element.ID
        let form: Element.Form
    }

    /// How many elements are converted in one go by one thread.
    private static let chunk = 500

    /// Converts all elements and turns each round at once, several threads side by side.
    ///
    /// What was carried is taken out of the elements by `take`, and `returningID` tells what the way back would call one.
    /// One of the threads begins with what is to be done meanwhile.
    private static func units(
        _ sources: consuming [Source], meanwhile: @Sendable () -> Void, _ codecs: @Sendable () -> Codecs,
        take: @Sendable (inout JSONObject) -> [GuardedPatch.Entry], returningID: @Sendable (JSONObject) -> Element.ID,
        order: MemberOrder, wantsNames: Bool
    ) -> (units: [Unit], backLicenses: [ExtractedLicenses.Contents], remains: [[Source]]) {
        var rest = sources[...]
        sources = []
        var chunks: [[Source]] = []
        while !rest.isEmpty {
            chunks.append(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        rest = []
        let count = chunks.count
        let work = chunks
        let done = Mutex<[(units: [Unit], licenses: ExtractedLicenses.Contents)?]>(Array(repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count + 1) { turn in
            guard turn > 0 else {
                meanwhile()
                return
            }
            let number = turn - 1
            let sources = work[number]
            let codecs = codecs()
            let units = sources.map { source in
                var source = source
                let carried = take(&source.object)
                var unit = unit(source, carried: carried, codecs, returningID: returningID, order: order)
                if wantsNames { unit.names = source.object.members.map(\.name) }
                return unit
            }
            let licenses = codecs.backLicenses.contents
            done.withLock { $0[number] = (units, licenses) }
        }
        let results = done.withLock { $0 }.compactMap { $0 }
        return (results.flatMap(\.units), results.map(\.licenses), work)
    }

    private static func unit(
        _ source: Source, carried: [GuardedPatch.Entry], _ codecs: Codecs, returningID: (JSONObject) -> Element.ID,
        order: MemberOrder
    ) -> Unit {
        var element = codecs.from.element(source.object, source.form)
        element.id = source.id
        var object = codecs.to.object(element)
        var refused: [GuardedPatch.Entry] = []
        var links: [GuardedPatch.Entry] = []
        if !carried.isEmpty {
            links = carried.filter { isStructural($0.path) }
            refused = GuardedPatch.restore(carried.filter { !isStructural($0.path) }, in: &object)
            object.arrange(order)
        }
        var returning = codecs.backFrom.element(object, element.form)
        returning.id = returningID(object)
        let again = codecs.backTo.object(returning)
        return Unit(
            object: object, form: element.form,
            isSystem: element.purpose == .container || element.purpose == .operatingSystem, links: links,
            residue: GuardedPatch.entries(of: source.object, missingFrom: again), refused: refused,
            isRestored: !carried.isEmpty, returningID: returning.id,
            returnsAsItself: returning.id.isIdentical(to: source.id))
    }

    /// Writes into all elements what they carry, several threads side by side, and counts it.
    ///
    /// `residueOfLinks` gives what the way back would not give of how an element stands to others.
    private static func attach(
        _ units: inout [Unit], of family: DocumentFamily, refusedOf other: DocumentFamily, canCarry: Bool,
        wantsMapped: Bool, residueOfLinks: @Sendable (Int) -> [GuardedPatch.Entry],
        _ append: @Sendable (inout JSONObject, [GuardedPatch.Entry]) -> Void
    ) -> (report: ConversionReport, hasResidue: Bool) {
        let count = (units.count + chunk - 1) / chunk
        let work = Mutex(units)
        units = []
        let total = Mutex((report: ConversionReport(), hasResidue: false))
        DispatchQueue.concurrentPerform(iterations: count) { number in
            let first = number * chunk
            var mine = work.withLock { units in
                let range = first..<min(first + chunk, units.count)
                defer { for index in range { units[index] = Unit.empty } }
                return Array(units[range])
            }
            var report = ConversionReport()
            var hasResidue = false
            for index in mine.indices {
                let residue = mine[index].residue + residueOfLinks(first + index)
                mine[index].residue = []
                report.refuse(mine[index].refused, of: other)
                report.count(residue, of: family, isCarried: canCarry)
                if wantsMapped { report.countMapped(mine[index].names, apartFrom: residue, of: family) }
                guard !residue.isEmpty else { continue }
                hasResidue = true
                if canCarry { append(&mine[index].object, residue) }
            }
            work.withLock { units in
                for index in mine.indices { units[first + index] = mine[index] }
            }
            total.withLock {
                $0.report.merge(report)
                $0.hasResidue = $0.hasResidue || hasResidue
            }
        }
        units = work.withLock { $0 }
        return total.withLock { $0 }
    }

    /// Corrects the residue of elements whose identifiers would be someone else's on the way back, and so be others.
    ///
    /// `order` is that in which the way back reads them.
    private static func correct(
        _ units: inout [Unit], order: [Int], identifier member: String, is original: (Int) -> String?,
        written: (Element.ID) -> String
    ) {
        // As long as each comes back as it is called now, no two come back as the same.
        guard units.contains(where: { !$0.returnsAsItself }) else { return }
        var ids = UniqueIDs(units.count)
        for index in order {
            let id = ids.unique(units[index].returningID)
            guard id != units[index].returningID else { continue }
            units[index].residue.removeAll { $0.path == member }
            let (was, becomes) = (original(index), written(id))
            if was != becomes {
                units[index].residue.append(
                    GuardedPatch.Entry(
                        path: member, guardHash: JSONValue.string(becomes).shortHash, value: was.map { .string($0) }))
            }
        }
    }

    private static let structural = ["#relationships", "#dependency", "#parent"]

    private static func isStructural(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "#") && structural.contains { path.hasPrefix($0) }
    }

    // MARK: SPDX to CycloneDX

    /// Makes a CycloneDX document of an SPDX one; `version` counts unless the document has been a CycloneDX one before.
    mutating func cycloneDX(from document: consuming JSONObject, version: CycloneDXVersion) -> JSONObject {
        let limits = options.limits
        var parts = SPDXParts(document)
        var carried = PatchCarrier.takeAnnotations(from: &parts.header, of: .cycloneDX, limits: limits)
        let original = Self.takeText("specVersion", from: &carried).flatMap(CycloneDXVersion.init)
        let version = original ?? version
        let head = DocumentMetadata(spdx: parts.header, options.defaults)
        let licenses = Self.licenses(of: parts)
        let backLicenses = ExtractedLicenses()
        let known = licenses.contents
        let containedIDs = SPDXParts.contained(parts.units, parts.forms)
        let relationships = parts.takeRelationships()
        let (indices, references) = Self.references(parts.ids, documentID: parts.documentID)
        var sources: [Source] = []
        sources.reserveCapacity(parts.units.count)
        for index in parts.units.indices {
            sources.append(Source(object: parts.units[index], id: references[index], form: parts.forms[index]))
        }
        parts.units = []
        let (created, tool) = (head.created, head.tool)
        let read = Mutex<(links: SPDXLinks, others: [JSONValue])?>(nil)
        let taken = sources
        sources = []
        var (units, found, converted) = Self.units(
            consume taken, meanwhile: { read.withLock { $0 = relationships.links(indices) } },
            {
                let setting = CodecContext(created: created, tool: tool, licenses: ExtractedLicenses(known))
                let back = CodecContext(created: created, tool: tool, licenses: ExtractedLicenses())
                return Codecs(
                    from: SPDXElementCodec(setting: setting),
                    to: CycloneDXComponentCodec(version: version, setting: setting),
                    backFrom: CycloneDXComponentCodec(version: version, setting: back),
                    backTo: SPDXElementCodec(setting: back),
                    backLicenses: back.licenses)
            },
            take: { PatchCarrier.takeAnnotations(from: &$0, of: .cycloneDX, limits: limits) },
            returningID: { CycloneDXComponentCodec.identifier(ofComponent: $0) }, order: CycloneDXOrder.component,
            wantsNames: options.reports)
        for licenses in found { backLicenses.add(licenses) }
        found = []
        let (links, others) = read.withLock { $0 } ?? (SPDXLinks(units: []), [])
        let roots = SPDXParts.roots(links, header: parts.header, indices: indices, forms: parts.forms)
        hasRestored = !carried.isEmpty || units.contains { $0.isRestored }
        let originalIDs = parts.ids
        let count = units.count
        let refs = units.map { $0.object.text("bom-ref") ?? "" }
        let isSystem = units.map(\.isSystem)
        let everyPlace = NumberRuns.text(0..<count)

        // How the elements stand to each other.
        let main = roots.count == 1 ? roots[0] : nil
        var pseudo = JSONObject()
        if main != nil { pseudo.append("#main", "0") }
        restore("#main", from: &carried, in: &pseudo, of: .cycloneDX)
        var placed = CycloneDXLinks(
            links, main: pseudo["#main"] == nil ? nil : main, contained: SPDXParts.contained(containedIDs, indices),
            isSystem: isSystem)
        placed.forgetUnnamed(refs)
        let entries = restoreLinks(of: &placed, units: units, refs: refs, ids: parts.ids)
        let natural = placed.order(rank: Array(0..<count))
        pseudo.append("#components", .string(everyPlace))
        pseudo.append("#lists", .string(CycloneDXParts.naturalLists))
        pseudo.append("#dependencies", count == 0 ? [] : [.string(everyPlace)])
        for name in ["#components", "#lists", "#dependencies"] {
            restore(name, from: &carried, in: &pseudo, of: .cycloneDX)
        }
        let order = Self.order(pseudo["#components"], natural)
        if pseudo["#main"] != nil, placed.main == nil { placed.main = order.first { placed.parents[$0] < 0 } }
        let backwards = placed.main.map { main in [main] + order.filter { $0 != main } } ?? order
        Self.correct(
            &units, order: backwards, identifier: "SPDXID", is: { originalIDs[$0].isEmpty ? nil : originalIDs[$0] },
            written: { "SPDXRef-\($0)" })

        // The way back.
        let forms = parts.forms
        let backOrder = order.filter { forms[$0] == .package } + order.filter { forms[$0] == .file }
        let back = SPDXLinks(placed, isSystem: isSystem, rank: order)
        let canCarry = options.carries && version >= .v1_3
        let (counts, hasResidue) = Self.attach(
            &units, of: .spdx, refusedOf: .cycloneDX, canCarry: canCarry, wantsMapped: options.reports,
            residueOfLinks: { index in
                if Self.isSame(links.units[index], back.units[index]) { return [] }
                return GuardedPatch.entries(
                    of: Self.object("#relationships", SPDXParts.list(links.units[index], originalIDs)),
                    missingFrom: Self.object("#relationships", SPDXParts.list(back.units[index], originalIDs)))
            },
            {
                $0.appendItems(
                    $1.map { PatchCarrier.property($0, of: .spdx) }, to: "properties", order: CycloneDXOrder.component)
            })
        report.merge(counts)

        // The document itself.
        let mainName = placed.main.flatMap { units[$0].object.text("name") }
        var header = head.cycloneDX(version: version, mainName: mainName)
        report.refuse(GuardedPatch.restore(carried, in: &header), of: .cycloneDX)
        header.arrange(CycloneDXOrder.document)

        var plain = parts.header
        plain.append("#lists", .string(parts.presentLists))
        plain.append("#elements", .string(NumberRuns.text(Self.places(of: 0..<count, in: backOrder))))
        plain.append("#relationships", SPDXParts.list(links.document, parts.ids))
        plain.append("#relationshipOrder", .string(NumberRuns.text(links.order.lazy.map { Int($0) + 1 })))
        if !others.isEmpty { plain.append("#otherRelationships", .array(others)) }
        let backHead = DocumentMetadata(cycloneDX: header, options.defaults)
        var again = backHead.spdx(mainName: mainName, licenses: backLicenses)
        again.append("#lists", .string(SPDXParts.naturalLists(hasFiles: forms.contains(.file))))
        again.append("#elements", .string(everyPlace))
        again.append("#relationships", SPDXParts.list(back.document, parts.ids))
        // The list of each element comes back as it was, so that only the order between them is in question.
        let naturalOrder = SPDXLinks.naturalOrder(links.document, links.units, Array(0..<count))
        again.append("#relationshipOrder", .string(NumberRuns.text(naturalOrder.lazy.map { Int($0) + 1 })))
        var residue = GuardedPatch.entries(of: plain, missingFrom: again).filter { $0.path != "spdxVersion" }
        // Nothing to come back to where the document is what this one was made from.
        if original == nil || !residue.isEmpty || hasResidue {
            residue.append(GuardedPatch.Entry(path: "spdxVersion", guardHash: nil, value: plain["spdxVersion"]))
        }

        // Together.
        report.count(residue, of: .spdx, isCarried: canCarry)
        if options.reports { report.countMapped(parts.header.members.map(\.name), apartFrom: residue, of: .spdx) }
        if canCarry {
            var metadata = header["metadata"]?.objectContent ?? JSONObject()
            metadata.appendItems(
                residue.map { PatchCarrier.property($0, of: .spdx) }, to: "properties", order: CycloneDXOrder.metadata)
            header.set("metadata", .object(metadata))
        }
        for name in ["#lists", "#dependencies"] { if let value = pseudo[name] { header.append(name, value) } }
        let objects = units.map(\.object)
        units = []
        remains.append((links, back, indices, references, parts, relationships, converted))
        converted = []
        return CycloneDXParts.document(
            header, units: consume objects, placed, entries: entries, refs: refs, order: order)
    }

    /// Which element each `SPDXID` names, and what each element is called beside all others.
    private static func references(
        _ ids: [String], documentID: String
    ) -> (indices: [String: Int], references: [String]) {
        let found = Mutex<(indices: [String: Int], areDistinct: Bool)>(([:], false))
        let made = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 2) { turn in
            if turn == 0 {
                let indices = SPDXParts.indices(ids, documentID: documentID)
                // One less where an element has the document's, which then is not plain either.
                found.withLock { $0 = (indices, indices.count == ids.count) }
            } else {
                let references = ids.map(SPDXElementCodec.reference)
                made.withLock { $0 = references }
            }
        }
        let (indices, areDistinct) = found.withLock { $0 }
        var references = made.withLock { $0 }
        // Where no two have one `SPDXID` and all are spelled as they should be, no two have one reference.
        let isPlain =
            areDistinct
            && references.indices.allSatisfy { index in
                !references[index].isEmpty && references[index] != "DOCUMENT"
                    && references[index].utf8.count < ids[index].utf8.count
            }
        if !isPlain {
            var unique = UniqueIDs(references.count)
            for index in references.indices { references[index] = unique.unique(references[index]) }
        }
        return (indices, references)
    }

    /// Puts back what components carry of their place; gives what `dependencies` is to say of those that carry something.
    private mutating func restoreLinks(
        of placed: inout CycloneDXLinks, units: [Unit], refs: [String], ids: [String]
    ) -> [Int: JSONObject] {
        guard units.contains(where: { !$0.links.isEmpty }) else { return [:] }
        var entries: [Int: JSONObject] = [:]
        let indices = CycloneDXParts.indices(refs)
        let places = CycloneDXParts.indices(ids)
        for index in units.indices where !units[index].links.isEmpty {
            var pseudo = Self.object("#dependency", .object(CycloneDXParts.entry(placed.needs[index], refs)))
            if placed.parents[index] >= 0 { pseudo.append("#parent", .string(ids[placed.parents[index]])) }
            report.refuse(GuardedPatch.restore(units[index].links, in: &pseudo), of: .cycloneDX)
            let entry = pseudo["#dependency"]?.objectContent ?? JSONObject()
            entries[index] = entry
            placed.needs[index] = CycloneDXParts.needs(entry, of: index, indices)
            placed.parents[index] = pseudo.text("#parent").flatMap { places[$0] } ?? -1
        }
        if let main = placed.main { placed.parents[main] = -1 }
        placed.straighten()
        return entries
    }

    /// The licences that an SPDX document states, and how many elements have each of them alone.
    private static func licenses(of parts: SPDXParts) -> ExtractedLicenses {
        let licenses = ExtractedLicenses()
        for (_, license) in parts.header.objects("hasExtractedLicensingInfos") {
            guard let id = license.text("licenseId") else { continue }
            licenses.add(id, name: license.text("name"), text: license.text("extractedText"))
        }
        guard licenses.mayMultiply(with: parts.units.count) else { return licenses }
        for unit in parts.units {
            for name in ["licenseDeclared", "licenseConcluded"] {
                if let place = unit.place(of: name), case .string(let id) = unit.members[place].value {
                    licenses.use(id)
                }
            }
        }
        return licenses
    }

    // MARK: CycloneDX to SPDX

    /// Makes an SPDX document of a CycloneDX one.
    mutating func spdx(from document: consuming JSONObject, version: CycloneDXVersion) -> JSONObject {
        let limits = options.limits
        var parts = CycloneDXParts(document)
        var carried: [GuardedPatch.Entry] = []
        if var metadata = parts.header["metadata"]?.objectContent {
            carried = PatchCarrier.takeProperties(from: &metadata, of: .spdx, limits: limits)
            parts.header.set("metadata", .object(metadata))
        }
        let original = Self.takeText("spdxVersion", from: &carried)
        let head = DocumentMetadata(cycloneDX: parts.header, options.defaults)
        let licenses = ExtractedLicenses()
        let backLicenses = ExtractedLicenses()
        let setting = CodecContext(created: head.created, tool: head.tool, licenses: licenses)
        let from = CycloneDXComponentCodec(version: version, setting: setting)

        // All licences are known before the first component is written, as they are on the way back.
        Self.readLicenses(of: parts.units, from)
        let mainName = parts.links.main.flatMap { parts.units[$0].text("name") }
        var header = head.spdx(mainName: mainName, licenses: licenses)
        let (found, own) = carried.partitioned {
            Self.structuralOfHeader.contains(String($0.path.prefix { $0 != "/" }))
        }
        var structure = found
        report.refuse(GuardedPatch.restore(own, in: &header), of: .spdx)
        for (_, license) in header.objects("hasExtractedLicensingInfos") {
            guard let id = license.text("licenseId") else { continue }
            backLicenses.add(id, name: license.text("name"), text: license.text("extractedText"))
        }
        backLicenses.count(like: licenses)
        let backHead = DocumentMetadata(spdx: header, options.defaults)
        var ids = UniqueIDs(parts.units.count)
        var sources: [Source] = []
        sources.reserveCapacity(parts.units.count)
        for unit in parts.units {
            sources.append(
                Source(
                    object: unit, id: ids.unique(CycloneDXComponentCodec.identifier(ofComponent: unit)), form: .package)
            )
        }
        parts.units = []
        let (known, backKnown) = (licenses.contents, backLicenses.contents)
        let (created, tool) = (head.created, head.tool)
        let (backCreated, backTool) = (backHead.created, backHead.tool)
        let taken = sources
        sources = []
        var (units, _, converted) = Self.units(
            consume taken, meanwhile: {},
            {
                let setting = CodecContext(created: created, tool: tool, licenses: ExtractedLicenses(known))
                let back = CodecContext(created: backCreated, tool: backTool, licenses: ExtractedLicenses(backKnown))
                return Codecs(
                    from: CycloneDXComponentCodec(version: version, setting: setting),
                    to: SPDXElementCodec(setting: setting),
                    backFrom: SPDXElementCodec(setting: back),
                    backTo: CycloneDXComponentCodec(version: version, setting: back),
                    backLicenses: ExtractedLicenses())
            },
            take: { PatchCarrier.takeProperties(from: &$0, of: .spdx, limits: limits) },
            returningID: { SPDXElementCodec.reference($0.text("SPDXID") ?? "") }, order: SPDXOrder.element,
            wantsNames: options.reports)
        hasRestored = original != nil || !structure.isEmpty || !own.isEmpty || units.contains { $0.isRestored }
        let originalRefs = parts.refs
        let count = units.count
        let forms = units.map(\.form)
        let isSystem = units.map(\.isSystem)
        let spdxIDs = units.map { $0.object.text("SPDXID") ?? "" }
        let everyPlace = NumberRuns.text(0..<count)

        // How the elements stand to each other.
        let indices = SPDXParts.indices(spdxIDs, documentID: header.text("SPDXID") ?? "SPDXRef-DOCUMENT")
        var links = SPDXLinks(parts.links, isSystem: isSystem, rank: Array(0..<count))
        let natural = (0..<count).filter { forms[$0] == .package } + (0..<count).filter { forms[$0] == .file }
        restoreLinks(of: &links, units: units, ids: spdxIDs, indices: indices)
        var pseudo = JSONObject()
        pseudo.append("#lists", .string(SPDXParts.naturalLists(hasFiles: forms.contains(.file))))
        pseudo.append("#elements", .string(everyPlace))
        pseudo.append("#relationships", SPDXParts.list(links.document, spdxIDs))
        for name in ["#lists", "#elements", "#relationships", "#otherRelationships"] {
            restore(name, from: &structure, in: &pseudo, of: .spdx)
        }
        if let list = pseudo["#relationships"].flatMap({ SPDXParts.links($0, indices) }) { links.document = list }
        let order = Self.order(pseudo["#elements"], natural)
        Self.correct(
            &units, order: order.filter { forms[$0] == .package } + order.filter { forms[$0] == .file },
            identifier: "bom-ref", is: { originalRefs[$0].isEmpty ? nil : originalRefs[$0] }, written: { $0 })
        links.order = SPDXLinks.naturalOrder(links.document, links.units, order)
        let ranks = Self.ranks(order)
        pseudo.append(
            "#relationshipOrder",
            .string(NumberRuns.text(links.order.lazy.map { $0 < 0 ? 0 : ranks[Int($0)] + 1 })))
        restore("#relationshipOrder", from: &structure, in: &pseudo, of: .spdx)
        if let text = pseudo.text("#relationshipOrder"),
            let places = NumberRuns.numbers(text, limit: max(links.order.count, count) + 1)
        {
            links.order = places.filter { $0 <= count }.map { $0 == 0 ? -1 : Int32(order[$0 - 1]) }
        }

        // The way back.
        let roots = SPDXParts.roots(links, header: header, indices: indices, forms: forms)
        let naturalMain = roots.count == 1 ? roots.first : nil
        let main = parts.links.main
        var back = CycloneDXLinks(
            links, main: main,
            contained: SPDXParts.contained(SPDXParts.contained(units.map(\.object), forms), indices),
            isSystem: isSystem)
        back.forgetUnnamed(parts.refs)
        let (was, becomes) = (parts, back)
        let (counts, hasResidue) = Self.attach(
            &units, of: .cycloneDX, refusedOf: .spdx, canCarry: options.carries, wantsMapped: options.reports,
            residueOfLinks: { index in
                var plain = JSONObject()
                var again = JSONObject()
                if !was.isPlain(index, becomes.needs[index]) {
                    if let entry = was.entries[index] { plain.append("#dependency", .object(entry)) }
                    again.append("#dependency", .object(CycloneDXParts.entry(becomes.needs[index], was.refs)))
                }
                let (parent, newParent) = (was.links.parents[index], becomes.parents[index])
                if parent != newParent {
                    if parent >= 0 { plain.append("#parent", .string(spdxIDs[parent])) }
                    if newParent >= 0 { again.append("#parent", .string(spdxIDs[newParent])) }
                }
                return plain.isEmpty && again.isEmpty ? [] : GuardedPatch.entries(of: plain, missingFrom: again)
            },
            { $0.appendItems(Self.annotations($1, created: backCreated), to: "annotations", order: SPDXOrder.element) })
        report.merge(counts)
        let backOrder = CycloneDXLinks(main: main, parents: parts.links.parents, needs: []).order(rank: order)
        var plain = parts.header
        plain.append("#lists", .string(parts.presentLists))
        plain.append("#components", .string(NumberRuns.text(Self.places(of: 0..<count, in: backOrder))))
        plain.append("#dependencies", .array(parts.dependencyOrder))
        if main != nil { plain.append("#main", "0") }
        var again = backHead.cycloneDX(version: version, mainName: mainName)
        again.append("#lists", .string(CycloneDXParts.naturalLists))
        again.append("#components", .string(everyPlace))
        again.append("#dependencies", count == 0 ? [] : [.string(everyPlace)])
        if naturalMain != nil { again.append("#main", "0") }
        var residue = GuardedPatch.entries(of: plain, missingFrom: again).filter { $0.path != "specVersion" }
        if original == nil || !residue.isEmpty || hasResidue {
            residue.append(GuardedPatch.Entry(path: "specVersion", guardHash: nil, value: .string(version.rawValue)))
        }

        // Together.
        report.count(residue, of: .cycloneDX, isCarried: options.carries)
        if options.reports { report.countMapped(parts.header.members.map(\.name), apartFrom: residue, of: .cycloneDX) }
        if options.carries {
            header.appendItems(
                Self.annotations(residue, created: backCreated), to: "annotations", order: SPDXOrder.document)
        }
        if let original { header.set("spdxVersion", .string(original)) }
        remains.append((parts, back, converted))
        converted = []
        if let lists = pseudo["#lists"] { header.append("#lists", lists) }
        header.arrange(SPDXOrder.document)
        return SPDXParts.document(
            header, units: units.map(\.object), forms: forms, ids: spdxIDs, order: order, links: links,
            others: pseudo["#otherRelationships"])
    }

    /// Puts back what elements carry of their relationships.
    ///
    /// Where dependencies were edited since, those that are new are added to what was carried, and those that are gone
    /// are taken away; relationships that CycloneDX has no place for stay.
    private mutating func restoreLinks(
        of links: inout SPDXLinks, units: [Unit], ids: [String], indices: [String: Int]
    ) {
        guard units.contains(where: { !$0.links.isEmpty }) else { return }
        for index in units.indices where !units[index].links.isEmpty {
            let natural = links.units[index]
            var pseudo = Self.object("#relationships", SPDXParts.list(natural, ids))
            let refused = GuardedPatch.restore(units[index].links, in: &pseudo)
            report.refuse(refused, of: .spdx)
            guard refused.isEmpty else {
                let old =
                    refused.first { $0.path == "#relationships" }.flatMap(\.value)
                    .flatMap { SPDXParts.links($0, indices) } ?? []
                let targets = Set(natural.map(\.to))
                let kept = old.filter { $0.to < 0 || $0.kind.structure == nil || targets.contains($0.to) }
                let known = Set(kept.map(\.to))
                links.units[index] = kept + natural.filter { !known.contains($0.to) }
                continue
            }
            links.units[index] = pseudo["#relationships"].flatMap { SPDXParts.links($0, indices) } ?? []
        }
    }

    /// Adds all licences of components to the licences of the document.
    private static func readLicenses(of components: [JSONObject], _ codec: CycloneDXComponentCodec) {
        for component in components {
            guard let licenses = component["licenses"]?.arrayContent, !licenses.isEmpty else { continue }
            var element = Element(id: "", name: "")
            codec.read(licenses: licenses, to: &element)
            for text in [element.licenseDeclared, element.licenseConcluded] {
                if let text { codec.setting.licenses.use(text) }
            }
        }
    }

    // MARK: Pieces

    /// What carries entries in SPDX.
    private static func annotations(_ residue: [GuardedPatch.Entry], created: String) -> [JSONValue] {
        let annotator = SPDXElementCodec(
            setting: CodecContext(created: created, tool: "", licenses: ExtractedLicenses()))
        return residue.map { annotator.annotation(PatchCarrier.comment($0, of: .cycloneDX), by: PatchCarrier.tool) }
    }

    private static let structuralOfHeader: Set<String> = [
        "#lists", "#elements", "#relationships", "#relationshipOrder", "#otherRelationships", "#components",
        "#dependencies", "#main",
    ]

    /// Puts back the entries at or below one member.
    private mutating func restore(
        _ name: String, from entries: inout [GuardedPatch.Entry], in object: inout JSONObject, of family: DocumentFamily
    ) {
        guard entries.contains(where: { $0.path.hasPrefix(name) }) else { return }
        let (mine, others) = entries.partitioned { $0.path == name || $0.path.hasPrefix(name + "/") }
        entries = others
        report.refuse(GuardedPatch.restore(mine, in: &object), of: family)
    }

    /// Takes an entry that is a text.
    private static func takeText(_ path: String, from entries: inout [GuardedPatch.Entry]) -> String? {
        guard let index = entries.firstIndex(where: { $0.path == path && $0.guardHash == nil }) else { return nil }
        return entries.remove(at: index).value?.textContent
    }

    /// The elements in the order that runs of places in another order give; that other one where they give none.
    private static func order(_ runs: JSONValue?, _ natural: [Int]) -> [Int] {
        guard let text = runs?.textContent, let places = NumberRuns.numbers(text, limit: natural.count + 1),
            places.count == natural.count, Set(places).count == places.count, places.allSatisfy({ $0 < natural.count })
        else { return natural }
        return places.map { natural[$0] }
    }

    /// Which place each element has in an order.
    private static func ranks(_ order: [Int]) -> [Int] {
        var ranks = Array(repeating: 0, count: order.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        return ranks
    }

    private static func places(of elements: Range<Int>, in order: [Int]) -> [Int] {
        let ranks = ranks(order)
        return elements.map { ranks[$0] }
    }

    private static func object(_ name: String, _ value: JSONValue) -> JSONObject {
        JSONObject([.init(name: name, value: value)])
    }

    private static func isSame(_ one: [Link], _ other: [Link]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { $0.isSame(as: $1) }
    }
}

extension Array {
    /// Those that fulfil a condition, and the others.
    func partitioned(_ condition: (Element) -> Bool) -> (yes: [Element], no: [Element]) {
        var (yes, no): ([Element], [Element]) = ([], [])
        for element in self {
            if condition(element) { yes.append(element) } else { no.append(element) }
        }
        return (yes, no)
    }
}
