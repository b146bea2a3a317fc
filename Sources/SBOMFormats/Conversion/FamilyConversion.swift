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
    /// The number of members that the new document may still carry.
    private(set) var budget: CarrierBudget
    /// Whether something was put back that a document carried, which may be anything.
    private(set) var hasRestored = false
    /// The trees that the conversion worked on; they are freed with it, because to free them takes as long as to write the
    /// document.
    private var workingTrees: (any Sendable)?

    init(options: Options, budget: CarrierBudget) {
        self.options = options
        self.budget = budget
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
        /// What it carried that does not agree with the rest of the document.
        var rejected: [GuardedPatch.Entry] = []
        /// Whether it carried anything.
        var isRestored = false
        /// The identifier that the mapping gives, if the element carried another one or none.
        var naturalID: JSONValue?
        /// What the way back makes its identifier of.
        var returningID: Element.ID
        /// Whether that is what it is called now.
        var returnsAsItself = true
        /// What members it had, if a report is to name them.
        var names: [String] = []

        static let empty = Unit(object: JSONObject(), form: .package, isSystem: false, residue: [], returningID: "")

        /// Notes whether the way back gives the identifier that the element has in the document.
        mutating func noteIdentifier(_ member: String, was: String?, becomes: String) {
            residue.removeAll { $0.path == member }
            guard was != becomes else { return }
            residue.append(
                GuardedPatch.Entry(
                    path: member, guardHash: JSONValue.string(becomes).shortHash, value: was.map { .string($0) }))
        }

        /// Takes an identifier that was carried for what it is not.
        mutating func takeBackIdentifier(_ identity: Identity) {
            guard let naturalID else { return }
            self.naturalID = nil
            rejected.append(GuardedPatch.Entry(path: identity.member, guardHash: nil, value: nil))
            object.members.removeAll { $0.name == identity.member }
            object.append(identity.member, naturalID)
            object.arrange(identity.order)
            returningID = identity.returningID(object)
            returnsAsItself = false
        }

        /// Whether an element has the same name, version and package URL.
        func isLike(_ other: Unit) -> Bool {
            func names(_ unit: Unit) -> [String?] {
                let references = unit.object.objects("externalRefs").map(\.object)
                let purl = references.first { $0.text("referenceType") == "purl" }?.text("referenceLocator")
                return ["group", "name", "fileName", "version", "versionInfo", "purl"].map(unit.object.text) + [purl]
            }
            return names(self) == names(other)
        }
    }

    /// What reads and writes elements, there and back.
    private struct Codecs {
        let from: any ElementCodec
        let to: any ElementCodec
        let backFrom: any ElementCodec
        let backTo: any ElementCodec
        /// The licenses that are found on the way back.
        let backLicenses: ExtractedLicenses
        /// The licenses of the document.
        let licenses: ExtractedLicenses
        /// A reader for the way back that collects the licenses of one element alone; nil if the way back finds none.
        var backAlone: (() -> (codec: any ElementCodec, licenses: ExtractedLicenses))?
        /// The member that identifies an element in the document, and in the one that is made.
        let identifiers: (from: String, to: String)
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
    ) -> (units: [Unit], backLicenses: [ExtractedLicenses.Contents], converted: [[Source]]) {
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
        let natural = codecs.to.object(element)
        var unit = Unit(
            object: natural, form: element.form,
            isSystem: element.isSystem, residue: [],
            returningID: "")
        if !carried.isEmpty { restore(carried, in: &unit, of: source, codecs, returningID: returningID, order: order) }
        var returning = codecs.backFrom.element(unit.object, element.form)
        returning.id = returningID(unit.object)
        unit.residue = GuardedPatch.entries(of: source.object, missingFrom: codecs.backTo.object(returning))
        unit.returningID = returning.id
        unit.returnsAsItself = returning.id.isIdentical(to: source.id)
        return unit
    }

    /// Puts back what an element carries, as far as what comes of it still says what the document says.
    private static func restore(
        _ carried: [GuardedPatch.Entry], in unit: inout Unit, of source: Source, _ codecs: Codecs,
        returningID: (JSONObject) -> Element.ID, order: MemberOrder
    ) {
        let (links, own) = carried.partitioned { isStructural($0.path) }
        unit.links = links
        unit.isRestored = true
        guard !own.isEmpty else { return }
        let (natural, form) = (unit.object, unit.form)
        func forward(_ object: JSONObject) -> (object: JSONObject, form: Element.Form, licenses: ExtractedLicenses?) {
            let alone = codecs.backAlone?()
            var element = (alone?.codec ?? codecs.backFrom).element(object, form)
            element.id = returningID(object)
            return (codecs.backTo.object(element), element.form, alone?.licenses)
        }
        /// What a reader who knows no carriers makes of an element of the document.
        func seen(_ object: JSONObject) -> JSONObject {
            var element = codecs.from.element(object, source.form)
            element.id = source.id
            return codecs.to.object(element)
        }
        var naturalAgain: (object: JSONObject, form: Element.Form)?
        func known() -> (object: JSONObject, form: Element.Form) {
            if let naturalAgain { return naturalAgain }
            let again = forward(natural)
            let known = (seen(again.object), again.form)
            naturalAgain = known
            return known
        }
        let outcome = PatchVerification.restore(own, in: &unit.object) { restored in
            let again = forward(restored)
            guard !Self.containsElements(restored["components"]), again.form == form || again.form == known().form,
                Self.keepsLicenses(again.licenses, codecs.licenses)
            else { return false }
            let residue = GuardedPatch.entries(of: source.object, missingFrom: again.object)
            if residue.allSatisfy({ $0.path == codecs.identifiers.from }) { return true }
            return PatchVerification.agrees(
                seen(again.object), with: natural, apartFrom: codecs.identifiers.to, or: { known().object })
        }
        unit.refused = outcome.refused
        unit.rejected = outcome.rejected
        unit.object.arrange(order)
        let (was, becomes) = (natural[codecs.identifiers.to], unit.object[codecs.identifiers.to])
        if was != becomes { unit.naturalID = was }
    }

    /// Whether what was put back says the same of each license as the document does.
    ///
    /// An identifier such as `LicenseRef-x` is the same whatever its text is.
    private static func keepsLicenses(_ found: ExtractedLicenses?, _ licenses: ExtractedLicenses) -> Bool {
        (found?.entries ?? [:]).allSatisfy { id, entry in
            let (name, text) = (entry.name ?? id, entry.text)
            guard let known = licenses.entries[id] else { return text == nil }
            // A text that would multiply is left out.
            return (known.name ?? id).isIdentical(to: name)
                && (text == nil || (known.text ?? known.name ?? id).isIdentical(to: text ?? name))
        }
    }

    /// Whether a value is a list with objects in it, which in the place of a list of elements are elements.
    private static func containsElements(_ value: JSONValue?) -> Bool {
        value?.arrayContent?.contains { $0.objectContent != nil } ?? false
    }

    /// Writes into all elements what they carry, several threads side by side, and counts it.
    ///
    /// `residueOfLinks` gives what the way back would not give of how an element stands to others. What is beyond the
    /// budget is dropped; the elements take from it in their order.
    private static func attach(
        _ units: inout [Unit], of family: DocumentFamily, refusedOf other: DocumentFamily, canCarry: Bool,
        _ budget: inout CarrierBudget, wantsMapped: Bool, label: @Sendable (Int) -> String,
        residueOfLinks: @Sendable (Int) -> [GuardedPatch.Entry],
        _ append: @Sendable (inout JSONObject, [GuardedPatch.Entry]) -> Void
    ) -> (report: ConversionReport, hasResidue: Bool) {
        let linkResidues = units.indices.parallelMap(chunksOf: chunk) { $0.map(residueOfLinks) }
        var isCarried: [Bool] = []
        isCarried.reserveCapacity(units.count)
        for (index, residue) in linkResidues.joined().enumerated() {
            if !residue.isEmpty { units[index].residue += residue }
            isCarried.append(canCarry && budget.admits(units[index].residue.count))
        }
        let carried = isCarried
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
                let residue = mine[index].residue
                mine[index].residue = []
                let canCarry = carried[first + index]
                report.refuse(mine[index].refused, of: other)
                report.reject(mine[index].rejected, of: other, in: label(first + index))
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
            units[index].noteIdentifier(member, was: original(index), becomes: written(id))
        }
    }

    /// What decides whether an identifier that was carried is believed.
    private struct Identity {
        /// The member of a new element that identifies it.
        let member: String
        /// The member of an element of the document that does.
        let originalMember: String
        /// What each element of the document is called.
        let originals: [String]
        /// What an element is called on the way back by its identifier.
        let written: (Element.ID) -> String
        /// What the way back makes its identifier of.
        let returningID: (JSONObject) -> Element.ID
        /// Whether an element may be without an identifier.
        let mayBeAbsent: Bool
        let order: MemberOrder
    }

    /// Takes back identifiers that were carried and would not come back as what the elements are called in the document, or
    /// that belong to another element; gives whether there are any.
    ///
    /// Two elements may have the same identifier only if they have the same name, version and package URL. `order` is that
    /// in which the way back reads the elements, and `reserved` an identifier that none of them may have.
    private static func confirm(
        _ units: inout [Unit], order: [Int], _ identity: Identity, reserved: String?
    ) -> Bool {
        guard units.contains(where: { $0.naturalID != nil }) else { return false }
        var doubtful: [Int] = []
        var ids = UniqueIDs(units.count)
        var owners: [String: Int] = [:]
        for index in order {
            let id = ids.unique(units[index].returningID)
            let text = units[index].object.text(identity.member) ?? ""
            if units[index].naturalID != nil,
                identity.written(id) != identity.originals[index] || text.isEmpty && !identity.mayBeAbsent
                    || text == reserved
            {
                doubtful.append(index)
            }
            guard !text.isEmpty else { continue }
            if let owner = owners[text] {
                if !units[owner].isLike(units[index]) {
                    doubtful += [owner, index].filter { units[$0].naturalID != nil }
                }
            } else {
                owners[text] = index
            }
        }
        for index in Set(doubtful) { units[index].takeBackIdentifier(identity) }
        return !doubtful.isEmpty
    }

    private static let structural = ["#relationships", "#dependency", "#parent"]

    /// Whether an entry says how an element stands to others.
    private static func isStructural(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "#")
            ? structural.contains { path.hasPrefix($0) } : path == "hasFiles" || path.hasPrefix("hasFiles/")
    }

    // MARK: SPDX to CycloneDX

    /// Makes a CycloneDX document of an SPDX one; `version` counts unless the document has been a CycloneDX one before.
    mutating func cycloneDX(from document: consuming JSONObject, version: CycloneDXVersion) -> JSONObject {
        let limits = options.limits
        var parts = SPDXParts(document)
        var carried = PatchCarrier.takeAnnotations(from: &parts.header, of: .cycloneDX, limits: limits)
        let original = Self.takeText("specVersion", from: &carried).flatMap(CycloneDXVersion.init)
        // Version 1.2 has no properties, and is nothing to make a document of a later version from.
        let version = original.map { $0 == .v1_2 && version > $0 ? .v1_3 : $0 } ?? version
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
        let (created, tool) = (head.created.description, head.tool)
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
                    backLicenses: back.licenses, licenses: setting.licenses,
                    backAlone: {
                        let alone = CodecContext(created: created, tool: tool, licenses: ExtractedLicenses())
                        return (CycloneDXComponentCodec(version: version, setting: alone), alone.licenses)
                    },
                    identifiers: ("SPDXID", "bom-ref"))
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
        let isSystem = units.map(\.isSystem)
        let everyPlace = NumberRuns.text(0..<count)

        // How the elements stand to each other.
        let forms = parts.forms
        let identity = Identity(
            member: "bom-ref", originalMember: "SPDXID", originals: originalIDs, written: { "SPDXRef-\($0)" },
            returningID: { CycloneDXComponentCodec.identifier(ofComponent: $0) }, mayBeAbsent: true,
            order: CycloneDXOrder.component)
        let placement = place(
            &units, by: links, roots: roots, contained: SPDXParts.contained(containedIDs, indices), isSystem: isSystem,
            identity: identity, carried: &carried)
        let (placed, order, refs) = (placement.links, placement.order, placement.refs)
        Self.correct(
            &units, order: placement.backwards, identifier: "SPDXID",
            is: { originalIDs[$0].isEmpty ? nil : originalIDs[$0] }, written: identity.written)

        // The way back.
        let backOrder = order.filter { forms[$0] == .package } + order.filter { forms[$0] == .file }
        let back = SPDXLinks(placed, isSystem: isSystem, rank: order)
        let canCarry = options.carries && version >= .v1_3
        let (counts, hasResidue) = Self.attach(
            &units, of: .spdx, refusedOf: .cycloneDX, canCarry: canCarry, &budget, wantsMapped: options.reports,
            label: { originalIDs[$0] },
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
        let (orderedRefs, mainRef) = (order.map { refs[$0] }, placed.main.map { refs[$0] })
        var header = head.cycloneDX(version: version, mainName: mainName, refs: orderedRefs, main: mainRef)
        restoreHeader(carried, in: &header, of: .cycloneDX) { [defaults = Self.gaps(of: head, options)] restored in
            let back = DocumentMetadata(cycloneDX: restored, defaults, refs: orderedRefs, main: mainRef)
                .spdx(mainName: mainName, licenses: ExtractedLicenses())
            return DocumentMetadata(spdx: back, defaults)
                .cycloneDX(version: version, mainName: mainName, refs: orderedRefs, main: mainRef)
        }
        header.arrange(CycloneDXOrder.document)

        var plain = parts.header
        plain.append("#lists", .string(parts.presentLists))
        plain.append("#elements", .string(NumberRuns.text(Self.places(of: 0..<count, in: backOrder))))
        plain.append("#relationships", SPDXParts.list(links.document, parts.ids))
        plain.append("#relationshipOrder", .string(NumberRuns.text(links.order.lazy.map { Int($0) + 1 })))
        if !others.isEmpty { plain.append("#otherRelationships", .array(others)) }
        let backHead = DocumentMetadata(cycloneDX: header, options.defaults, refs: orderedRefs, main: mainRef)
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
        let isCarried = canCarry && budget.admits(residue.count)
        report.count(residue, of: .spdx, isCarried: isCarried)
        if options.reports { report.countMapped(parts.header.members.map(\.name), apartFrom: residue, of: .spdx) }
        if isCarried {
            var metadata = header["metadata"]?.objectContent ?? JSONObject()
            metadata.appendItems(
                residue.map { PatchCarrier.property($0, of: .spdx) }, to: "properties", order: CycloneDXOrder.metadata)
            header.set("metadata", .object(metadata))
        }
        for name in ["#lists", "#dependencies"] {
            if let value = placement.lists[name] { header.append(name, value) }
        }
        let objects = units.map(\.object)
        units = []
        workingTrees = (links, back, indices, references, parts, relationships, converted)
        converted = []
        return CycloneDXParts.document(
            header, units: consume objects, placed, entries: placement.entries, refs: refs, order: order)
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

    /// How components stand to each other, and in which order.
    private struct Placement {
        var links: CycloneDXLinks
        /// What `dependencies` is to say of components that carried it.
        var entries: [Int: JSONObject] = [:]
        var order: [Int] = []
        var refs: [String]
        /// Components that are not inside of what contains them, because that is too deep.
        var tooDeep: Set<Int> = []
        /// The members `#lists` and `#dependencies`.
        var lists = JSONObject()
        var refused: [GuardedPatch.Entry] = []
        var rejected: [GuardedPatch.Entry] = []

        /// The order in which the way back reads the components.
        var backwards: [Int] { links.main.map { main in [main] + order.filter { $0 != main } } ?? order }
    }

    /// Which carriers of how elements stand to each other are believed.
    private struct Belief {
        /// Those of which elements.
        var elements: Set<Int>
        /// Whether those of the document are.
        var inDocument = true
    }

    /// Says how components stand to each other, as relationships have it and as far as what was carried agrees with them.
    private mutating func place(
        _ units: inout [Unit], by links: SPDXLinks, roots: [Int], contained: [(outer: Int, inner: Int)],
        isSystem: [Bool], identity: Identity, carried: inout [GuardedPatch.Entry]
    ) -> Placement {
        let names: Set<String> = ["#main", "#components", "#lists", "#dependencies"]
        let (own, others) = carried.partitioned { names.contains(String($0.path.prefix { $0 != "/" })) }
        carried = others
        let naturalMain = roots.count == 1 ? roots[0] : nil
        let natural = { (hasMain: Bool) in
            CycloneDXLinks(links, main: hasMain ? naturalMain : nil, contained: contained, isSystem: isSystem)
        }
        var belief = Belief(elements: Set(units.indices.filter { !units[$0].links.isEmpty }))
        var placement = placed(natural, units, own, belief, ids: identity.originals)
        let isCarrying = !own.isEmpty || units.contains { !$0.links.isEmpty || $0.naturalID != nil }
        guard isCarrying else { return placement }
        let said = StandingFacts(links, contained: contained, roots: roots)
        func facts(_ placement: Placement) -> StandingFacts {
            let back = SPDXLinks(placement.links, isSystem: isSystem, rank: placement.order)
            return StandingFacts(back, contained: [], roots: back.document.map(\.to))
        }
        for round in 0...Limits.carrierRounds {
            if Self.confirm(&units, order: placement.backwards, identity, reserved: nil) {
                placement = placed(natural, units, own, belief, ids: identity.originals)
            }
            let differences = facts(placement).differences(
                from: said, apartFrom: placement.tooDeep, ignoringNewRoots: true,
                or: { facts(placed(natural, units, [], Belief(elements: []), ids: identity.originals)) })
            if differences.isEmpty { break }
            let all = round + 1 >= Limits.carrierRounds
            if all || differences.inRoots || belief.elements.isDisjoint(with: differences.elements) {
                belief.inDocument = false
            }
            if all { belief.elements = [] } else { belief.elements.subtract(differences.elements) }
            for index in units.indices
            where units[index].naturalID != nil && (all || differences.elements.contains(index)) {
                units[index].takeBackIdentifier(identity)
            }
            placement = placed(natural, units, own, belief, ids: identity.originals)
            if all { break }
        }
        report.refuse(placement.refused, of: .cycloneDX)
        report.reject(placement.rejected, of: .cycloneDX, in: "")
        for index in units.indices where !units[index].links.isEmpty && !belief.elements.contains(index) {
            units[index].rejected += units[index].links
        }
        return placement
    }

    /// Places components by what is carried, as far as it is believed.
    private func placed(
        _ natural: (_ hasMain: Bool) -> CycloneDXLinks, _ units: [Unit], _ carried: [GuardedPatch.Entry],
        _ belief: Belief, ids: [String]
    ) -> Placement {
        let count = units.count
        let everyPlace = NumberRuns.text(0..<count)
        var placement = Placement(links: natural(true), refs: units.map { $0.object.text("bom-ref") ?? "" })
        var pseudo = JSONObject()
        if placement.links.main != nil { pseudo.append("#main", "0") }
        let own = belief.inDocument ? carried : []
        if !belief.inDocument { placement.rejected += carried }
        func restore(_ names: [String]) {
            let entries = own.filter { names.contains(String($0.path.prefix { $0 != "/" })) }
            placement.refused += GuardedPatch.restore(entries, in: &pseudo)
        }
        restore(["#main"])
        if pseudo["#main"] == nil, placement.links.main != nil { placement.links = natural(false) }
        placement.links.forgetUnnamed(placement.refs)
        Self.restoreLinks(of: &placement, units: units, believed: belief.elements, ids: ids)
        let order = placement.links.order(rank: Array(0..<count))
        pseudo.append("#components", .string(everyPlace))
        pseudo.append("#lists", .string(CycloneDXParts.naturalLists))
        pseudo.append("#dependencies", count == 0 ? [] : [.string(everyPlace)])
        restore(["#components", "#lists", "#dependencies"])
        placement.order = Self.order(pseudo["#components"], order)
        if pseudo["#main"] != nil, placement.links.main == nil {
            placement.links.main = placement.order.first { placement.links.parents[$0] < 0 }
        }
        // Each component has to come before what is inside of it.
        placement.order = placement.links.order(rank: placement.order)
        for name in ["#lists", "#dependencies"] { if let value = pseudo[name] { placement.lists.append(name, value) } }
        Self.leaveOutNewDependencies(&placement)
        return placement
    }

    /// Takes out what is carried of `dependencies` in full if it says of a component that it needs what it does not need.
    private static func leaveOutNewDependencies(_ placement: inout Placement) {
        guard let items = placement.lists["#dependencies"]?.arrayContent,
            items.contains(where: { $0.objectContent != nil })
        else { return }
        let indices = CycloneDXParts.indices(placement.refs)
        let kept = items.filter { item in
            guard let object = item.objectContent, let index = object.text("ref").flatMap({ indices[$0] }) else {
                return true
            }
            return Set(CycloneDXParts.needs(object, of: index, indices)).isSubset(of: placement.links.needs[index])
        }
        guard kept.count < items.count else { return }
        placement.lists.set("#dependencies", .array(kept))
        placement.rejected.append(GuardedPatch.Entry(path: "#dependencies", guardHash: nil, value: nil))
    }

    /// Puts back what components carry of their place.
    private static func restoreLinks(
        of placement: inout Placement, units: [Unit], believed: Set<Int>, ids: [String]
    ) {
        guard !believed.isEmpty else { return }
        let indices = CycloneDXParts.indices(placement.refs)
        let places = CycloneDXParts.indices(ids)
        for index in units.indices where believed.contains(index) {
            var pseudo = Self.object(
                "#dependency", .object(CycloneDXParts.entry(placement.links.needs[index], placement.refs)))
            let parent = placement.links.parents[index]
            if parent >= 0 { pseudo.append("#parent", .string(ids[parent])) }
            placement.refused += GuardedPatch.restore(units[index].links, in: &pseudo)
            var entry = pseudo["#dependency"]?.objectContent ?? JSONObject()
            // Of which component it is is not carried.
            _ = entry.take("ref")
            placement.entries[index] = entry
            placement.links.needs[index] = CycloneDXParts.needs(entry, of: index, indices)
            placement.links.parents[index] = pseudo.text("#parent").flatMap { places[$0] } ?? -1
        }
        if let main = placement.links.main { placement.links.parents[main] = -1 }
        placement.tooDeep = placement.links.straighten()
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
        let original = Self.takeText("spdxVersion", from: &carried)?.dropping(prefix: "SPDX-")
            .flatMap { SPDXVersion(rawValue: String($0)) }
        let mainRef = parts.links.main.map { parts.refs[$0] }
        let head = DocumentMetadata(cycloneDX: parts.header, options.defaults, refs: parts.refs, main: mainRef)
        let licenses = ExtractedLicenses()
        let setting = CodecContext(created: head.created.description, tool: head.tool, licenses: licenses)
        let from = CycloneDXComponentCodec(version: version, setting: setting)

        // All licences are known before the first component is written, as they are on the way back.
        Self.readLicenses(of: parts.units, from)
        let mainName = parts.links.main.flatMap { parts.units[$0].text("name") }
        var header = head.spdx(mainName: mainName, licenses: licenses)
        let (found, own) = carried.partitioned {
            Self.structuralOfHeader.contains(String($0.path.prefix { $0 != "/" }))
        }
        let structure = found
        let naturalHeader = header
        let componentRefs = parts.refs
        restoreHeader(own, in: &header, of: .spdx) { [defaults = Self.gaps(of: head, options)] restored in
            guard Self.keepsLicenses(of: restored, licenses) else { return nil }
            let back = DocumentMetadata(spdx: restored, defaults)
                .cycloneDX(version: version, mainName: mainName, refs: componentRefs, main: mainRef)
            return DocumentMetadata(cycloneDX: back, defaults, refs: componentRefs, main: mainRef)
                .spdx(mainName: mainName, licenses: licenses)
        }
        let backLicenses = Self.licenses(of: header, like: licenses)
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
        let (created, tool) = (head.created.description, head.tool)
        let (backCreated, backTool) = (backHead.created.description, backHead.tool)
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
                    backLicenses: ExtractedLicenses(), licenses: setting.licenses, identifiers: ("bom-ref", "SPDXID"))
            },
            take: { PatchCarrier.takeProperties(from: &$0, of: .spdx, limits: limits) },
            returningID: { SPDXElementCodec.reference($0.text("SPDXID") ?? "") }, order: SPDXOrder.element,
            wantsNames: options.reports)
        hasRestored = original != nil || !structure.isEmpty || !own.isEmpty || units.contains { $0.isRestored }
        Self.defineLicenses(usedBy: units, in: &header, as: naturalHeader)
        let originalRefs = parts.refs
        let count = units.count
        let forms = units.map(\.form)
        let isSystem = units.map(\.isSystem)
        let everyPlace = NumberRuns.text(0..<count)

        // How the elements stand to each other.
        let identity = Identity(
            member: "SPDXID", originalMember: "bom-ref", originals: originalRefs, written: { $0 },
            returningID: { SPDXElementCodec.reference($0.text("SPDXID") ?? "") }, mayBeAbsent: false,
            order: SPDXOrder.element)
        let standing = stand(
            &units, by: parts, isSystem: isSystem, header: &header, identity: identity, carried: structure)
        let (links, order, spdxIDs) = (standing.links, standing.order, standing.ids)
        let main = parts.links.main
        let (back, naturalMain) = (standing.back, standing.main)
        Self.correct(
            &units, order: order.filter { forms[$0] == .package } + order.filter { forms[$0] == .file },
            identifier: "bom-ref", is: { originalRefs[$0].isEmpty ? nil : originalRefs[$0] }, written: { $0 })

        // The way back.
        let (was, becomes) = (parts, back)
        let (counts, hasResidue) = Self.attach(
            &units, of: .cycloneDX, refusedOf: .spdx, canCarry: options.carries, &budget, wantsMapped: options.reports,
            label: { originalRefs[$0] },
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
        var again = backHead.cycloneDX(version: version, mainName: mainName, refs: parts.refs, main: mainRef)
        again.append("#lists", .string(CycloneDXParts.naturalLists))
        again.append("#components", .string(everyPlace))
        again.append("#dependencies", count == 0 ? [] : [.string(everyPlace)])
        if naturalMain != nil { again.append("#main", "0") }
        var residue = GuardedPatch.entries(of: plain, missingFrom: again).filter { $0.path != "specVersion" }
        if original == nil || !residue.isEmpty || hasResidue {
            residue.append(GuardedPatch.Entry(path: "specVersion", guardHash: nil, value: .string(version.rawValue)))
        }

        // Together.
        let isCarried = options.carries && budget.admits(residue.count)
        report.count(residue, of: .cycloneDX, isCarried: isCarried)
        if options.reports { report.countMapped(parts.header.members.map(\.name), apartFrom: residue, of: .cycloneDX) }
        if isCarried {
            header.appendItems(
                Self.annotations(residue, created: backCreated), to: "annotations", order: SPDXOrder.document)
        }
        if let original { header.set("spdxVersion", .string("SPDX-\(original.rawValue)")) }
        workingTrees = (parts, back, converted)
        converted = []
        header.append("#lists", .string(standing.lists))
        header.arrange(SPDXOrder.document)
        return SPDXParts.document(
            header, units: units.map(\.object), forms: forms, ids: spdxIDs, order: order, links: links,
            others: standing.others)
    }

    /// How the elements of a new SPDX document stand to each other, and in which order.
    private struct Standing {
        var links: SPDXLinks
        var order: [Int]
        var ids: [String]
        /// What the elements are to each other on the way back.
        var back: CycloneDXLinks
        /// What the way back takes for the component that the document is about.
        var main: Int?
        var hasFiles: [Int: JSONValue] = [:]
        var lists = ""
        var others: JSONValue?
        var refused: [GuardedPatch.Entry] = []
        var rejected: [GuardedPatch.Entry] = []
    }

    /// Says how elements stand to each other, as the document has it and as far as what was carried agrees with it.
    private mutating func stand(
        _ units: inout [Unit], by parts: CycloneDXParts, isSystem: [Bool], header: inout JSONObject, identity: Identity,
        carried: [GuardedPatch.Entry]
    ) -> Standing {
        let forms = units.map(\.form)
        var belief = Belief(elements: Set(units.indices.filter { !units[$0].links.isEmpty }))
        func attempt(_ belief: Belief) -> Standing {
            standing(units, by: parts, isSystem: isSystem, header: header, carried, belief)
        }
        var result = attempt(belief)
        let isCarrying =
            !carried.isEmpty || header["documentDescribes"] != nil || header.text("SPDXID") != "SPDXRef-DOCUMENT"
            || units.contains { !$0.links.isEmpty || $0.naturalID != nil }
        if isCarrying {
            let said = StandingFacts(parts.links)
            for round in 0...Limits.carrierRounds {
                let order = result.order.filter { forms[$0] == .package } + result.order.filter { forms[$0] == .file }
                if let id = header.text("SPDXID"), id != "SPDXRef-DOCUMENT",
                    id.isEmpty || units.contains(where: { $0.object.text("SPDXID") == id })
                {
                    header.set("SPDXID", "SPDXRef-DOCUMENT")
                    report.reject([GuardedPatch.Entry(path: "SPDXID", guardHash: nil, value: nil)], of: .spdx, in: "")
                    result = attempt(belief)
                }
                if Self.confirm(&units, order: order, identity, reserved: header.text("SPDXID")) {
                    result = attempt(belief)
                }
                let differences = StandingFacts(result.back, main: result.main).differences(
                    from: said, apartFrom: [], ignoringNewRoots: false,
                    or: {
                        let natural = attempt(Belief(elements: [], inDocument: false))
                        return StandingFacts(natural.back, main: natural.main)
                    })
                if differences.isEmpty { break }
                let all = round + 1 >= Limits.carrierRounds
                if all || differences.inRoots || belief.elements.isDisjoint(with: differences.elements) {
                    belief.inDocument = false
                    if header.take("documentDescribes") != nil {
                        report.reject(
                            [GuardedPatch.Entry(path: "documentDescribes", guardHash: nil, value: nil)], of: .spdx,
                            in: "")
                    }
                }
                if all { belief.elements = [] } else { belief.elements.subtract(differences.elements) }
                result = attempt(belief)
                if all { break }
            }
        }
        for (index, list) in result.hasFiles {
            units[index].object.append("hasFiles", list)
            units[index].object.arrange(SPDXOrder.element)
        }
        report.refuse(result.refused, of: .spdx)
        report.reject(result.rejected, of: .spdx, in: "")
        for index in units.indices where !units[index].links.isEmpty && !belief.elements.contains(index) {
            units[index].rejected += units[index].links
        }
        return result
    }

    /// Says how elements stand to each other by what is carried, as far as it is believed.
    private func standing(
        _ units: [Unit], by parts: CycloneDXParts, isSystem: [Bool], header: JSONObject,
        _ carried: [GuardedPatch.Entry], _ belief: Belief
    ) -> Standing {
        let count = units.count
        let forms = units.map(\.form)
        let ids = units.map { $0.object.text("SPDXID") ?? "" }
        let documentID = header.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        let indices = SPDXParts.indices(ids, documentID: documentID)
        let main = parts.links.main
        let everyPlace = NumberRuns.text(0..<count)
        var result = Standing(
            links: SPDXLinks(parts.links, isSystem: isSystem, rank: Array(0..<count)), order: [], ids: ids,
            back: CycloneDXLinks(main: nil, parents: [], needs: []))
        let natural = (0..<count).filter { forms[$0] == .package } + (0..<count).filter { forms[$0] == .file }
        let own = belief.inDocument ? carried : []
        if !belief.inDocument { result.rejected += carried }
        Self.restoreLinks(of: &result, units: units, believed: belief.elements, indices: indices)
        var pseudo = JSONObject()
        func restore(_ names: [String]) {
            let entries = own.filter { names.contains(String($0.path.prefix { $0 != "/" })) }
            result.refused += GuardedPatch.restore(entries, in: &pseudo)
        }
        pseudo.append("#lists", .string(SPDXParts.naturalLists(hasFiles: forms.contains(.file))))
        pseudo.append("#elements", .string(everyPlace))
        pseudo.append("#relationships", SPDXParts.list(result.links.document, ids))
        restore(["#lists", "#elements", "#relationships", "#otherRelationships"])
        result.lists = pseudo.text("#lists") ?? ""
        if let list = pseudo["#relationships"].flatMap({ SPDXParts.links($0, indices) }) {
            result.links.document = list
        }
        result.order = Self.order(pseudo["#elements"], natural)
        result.links.order = SPDXLinks.naturalOrder(result.links.document, result.links.units, result.order)
        let ranks = Self.ranks(result.order)
        pseudo.append(
            "#relationshipOrder",
            .string(NumberRuns.text(result.links.order.lazy.map { $0 < 0 ? 0 : ranks[Int($0)] + 1 })))
        restore(["#relationshipOrder"])
        Self.arrangeRelationships(&result, by: pseudo.text("#relationshipOrder"))
        let others = pseudo["#otherRelationships"]?.arrayContent ?? []
        let kept = others.filter { !Self.isOfElement($0, indices, documentID: documentID) }
        if kept.count < others.count {
            result.rejected.append(GuardedPatch.Entry(path: "#otherRelationships", guardHash: nil, value: nil))
        }
        if !kept.isEmpty { result.others = .array(kept) }

        var contained: [(outer: Int, inner: String)] = []
        for (outer, list) in result.hasFiles.sorted(by: { $0.key < $1.key }) {
            for item in list.arrayContent ?? [] { if let id = item.textContent { contained.append((outer, id)) } }
        }
        result.back = CycloneDXLinks(
            result.links, main: main, contained: SPDXParts.contained(contained, indices), isSystem: isSystem)
        result.back.forgetUnnamed(parts.refs)
        let roots = SPDXParts.roots(result.links, header: header, indices: indices, forms: forms)
        result.main = roots.count == 1 ? roots.first : nil
        return result
    }

    /// Puts relationships into the order that was carried, if all of them have a place in it.
    private static func arrangeRelationships(_ result: inout Standing, by text: String?) {
        let (links, order) = (result.links, result.order)
        guard let text, let places = NumberRuns.numbers(text, limit: max(links.order.count, order.count) + 1) else {
            return
        }
        let sources = places.filter { $0 <= order.count }.map { $0 == 0 ? -1 : Int32(order[$0 - 1]) }
        var counts = Array(repeating: 0, count: order.count + 1)
        for source in sources { counts[Int(source) + 1] += 1 }
        let isWhole =
            counts[0] == links.document.count
            && links.units.indices.allSatisfy { counts[$0 + 1] == links.units[$0].count }
        guard isWhole else {
            result.rejected.append(GuardedPatch.Entry(path: "#relationshipOrder", guardHash: nil, value: nil))
            return
        }
        result.links.order = sources
    }

    /// Whether a relationship that is carried with its place is of an element or of the document.
    private static func isOfElement(_ item: JSONValue, _ indices: [String: Int], documentID: String) -> Bool {
        guard let relationship = item.arrayContent?.last?.objectContent,
            let source = relationship.text("spdxElementId"), relationship.text("relationshipType") != nil,
            relationship.text("relatedSpdxElement") != nil
        else { return false }
        return source == documentID || indices[source] != nil
    }

    /// Puts back what elements carry of their relationships.
    ///
    /// Where dependencies were edited since, those that are new are added to what was carried, and those that are gone
    /// are taken away; relationships that CycloneDX has no place for stay.
    private static func restoreLinks(
        of result: inout Standing, units: [Unit], believed: Set<Int>, indices: [String: Int]
    ) {
        for index in believed.sorted() {
            let natural = result.links.units[index]
            var pseudo = Self.object("#relationships", SPDXParts.list(natural, result.ids))
            let refused = GuardedPatch.restore(units[index].links, in: &pseudo)
            result.refused += refused
            result.hasFiles[index] = pseudo["hasFiles"]
            guard !refused.contains(where: { $0.path.hasPrefix("#") }) else {
                let old =
                    refused.first { $0.path == "#relationships" }.flatMap(\.value)
                    .flatMap { SPDXParts.links($0, indices) } ?? []
                let targets = Set(natural.map(\.to))
                let kept = old.filter { $0.to < 0 || $0.kind.structure == nil || targets.contains($0.to) }
                let known = Set(kept.filter { $0.kind.structure != nil }.map(\.to))
                result.links.units[index] = kept + natural.filter { !known.contains($0.to) }
                continue
            }
            result.links.units[index] = pseudo["#relationships"].flatMap { SPDXParts.links($0, indices) } ?? []
        }
    }

    /// The licenses of an SPDX document, counted like those of the components that it is made from.
    private static func licenses(of header: JSONObject, like licenses: ExtractedLicenses) -> ExtractedLicenses {
        let found = ExtractedLicenses()
        for (_, license) in header.objects("hasExtractedLicensingInfos") {
            guard let id = license.text("licenseId") else { continue }
            found.add(id, name: license.text("name"), text: license.text("extractedText"))
        }
        found.count(like: licenses)
        return found
    }

    /// Whether a header says the same of each license that it has in common with the components.
    private static func keepsLicenses(of header: JSONObject, _ licenses: ExtractedLicenses) -> Bool {
        let restored = Self.licenses(of: header, like: licenses)
        return licenses.entries.allSatisfy { id, entry in
            guard restored.entries[id] != nil else { return true }
            let (name, text) = restored.words(for: id)
            let own = entry.text.flatMap { $0.isIdentical(to: entry.name ?? id) ? nil : $0 }
            return name.isIdentical(to: entry.name ?? id) && (text ?? "").isIdentical(to: own ?? "")
        }
    }

    /// Defines the licenses that elements have and that are missing from a header after carriers were put back in it.
    private static func defineLicenses(usedBy units: [Unit], in header: inout JSONObject, as natural: JSONObject) {
        let member = "hasExtractedLicensingInfos"
        let known = Set(header.objects(member).compactMap { $0.object.text("licenseId") })
        var missing: [String: JSONValue] = [:]
        for (_, license) in natural.objects(member) {
            if let id = license.text("licenseId"), !known.contains(id) { missing[id] = .object(license) }
        }
        guard !missing.isEmpty else { return }
        var used: Set<String> = []
        for unit in units {
            for name in ["licenseDeclared", "licenseConcluded"] {
                let words = (unit.object.text(name) ?? "").split { " ()".contains($0) }
                used.formUnion(words.lazy.map(String.init).filter { missing[$0] != nil })
            }
        }
        let added = used.sorted().compactMap { missing[$0] }
        guard !added.isEmpty else { return }
        header.set(member, .array((header[member]?.arrayContent ?? []) + added))
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

    /// What stands for what a header does not say once something was carried that it does not: what the document says, as
    /// what fills a gap is not there to be compared.
    private static func gaps(of head: DocumentMetadata, _ options: Options) -> DocumentDefaults {
        DocumentDefaults(created: head.created, uuid: options.defaults.uuid)
    }

    /// Puts back what is carried of a header, as far as it agrees with what the document says of itself.
    ///
    /// `seen` gives what a reader who knows no carriers makes of what comes of a header on the way back, or nil if that is
    /// something else in any case.
    private mutating func restoreHeader(
        _ carried: [GuardedPatch.Entry], in header: inout JSONObject, of family: DocumentFamily,
        seen: (JSONObject) -> JSONObject?
    ) {
        guard !carried.isEmpty else { return }
        let natural = header
        let elements = ["packages", "files", "relationships", "components", "dependencies"]
        let outcome = PatchVerification.restore(carried, in: &header) { restored in
            guard !elements.contains(where: { Self.containsElements(restored[$0]) }),
                restored["metadata"]?.objectContent?["component"]?.objectContent == nil, let again = seen(restored)
            else { return false }
            return PatchVerification.agrees(
                again, with: natural, apartFrom: "hasExtractedLicensingInfos", or: { seen(natural) ?? natural })
        }
        report.refuse(outcome.refused, of: family)
        report.reject(outcome.rejected, of: family, in: "")
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
