internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText
internal import Synchronization

extension FamilyConversion {
    /// Converts an SPDX document to CycloneDX.
    ///
    /// `version` is ignored if the document was converted from CycloneDX before.
    mutating func cycloneDX(from document: consuming JSONObject, version: CycloneDXVersion) -> JSONObject {
        let limits = options.limits
        var parts = SPDXParts(document)
        var carried = SPDXSide.takeCarried(from: &parts.header, of: .cycloneDX, limits: limits)
        let original = Self.takeText("specVersion", from: &carried).flatMap(CycloneDXVersion.init)
        isReturning = original != nil
        // Version 1.2 has no properties, so a document of a later version is not made by way of it.
        let version = original.map { $0 == .v1_2 && version > $0 ? .v1_3 : $0 } ?? version
        let head = DocumentMetadata(spdx: parts.header, options.defaults)
        let licenses = Self.licenses(of: parts)
        // What the reverse conversion knows before it reads the components.
        let listed = version >= .v1_3 ? licenses.listed : [:]
        let backLicenses = ExtractedLicenses(listed)
        let containedIDs = SPDXParts.contained(parts.units, parts.forms)
        let relationships = parts.takeRelationships()
        let (indices, references) = Self.references(parts.ids, documentID: parts.documentID)
        let sources = Self.sources(from: &parts, references)
        let read = Mutex<(links: SPDXLinks, others: [JSONValue])?>(nil)
        var (units, found, converted) = components(
            from: consume sources, meanwhile: { read.withLock { $0 = relationships.links(indices) } }, head,
            licenses.contents, listed, version)
        for licenses in found { backLicenses.add(licenses) }
        found = []
        let (links, others) = read.withLock { $0 } ?? (SPDXLinks(units: []), [])
        let roots = SPDXParts.roots(links, header: parts.header, indices: indices, forms: parts.forms)
        hasRestored = !carried.isEmpty || units.contains { $0.isRestored }
        let originalIDs = parts.ids
        let isSystem = units.map(\.isSystem)

        // Relationships and order.
        let forms = parts.forms
        let placement = place(
            &units, by: links, roots: roots, contained: SPDXParts.contained(containedIDs, indices), isSystem: isSystem,
            ids: originalIDs, carried: &carried)
        let (placed, order, refs) = (placement.links, placement.order, placement.refs)
        Self.correctIdentifiers(of: &units, order: placement.backwards, from: SPDXSide.self, originalIDs)

        // The reverse conversion.
        let backOrder = SPDXParts.packagesFirst(order, forms)
        let back = SPDXLinks(placed, isSystem: isSystem, rank: order)
        let canCarry = options.carries && version >= .v1_3
        let hasResidue = attach(
            &units, from: SPDXSide.self, to: CycloneDXSide.self, canCarry: canCarry,
            created: head.created.description, label: { originalIDs[$0] }
        ) { index in
            Self.residue(of: links.units[index], in: back.units[index], originalIDs)
        }

        // The document itself.
        let mainName = placed.main.flatMap { units[$0].object.text("name") }
        let (orderedRefs, mainRef) = (order.map { refs[$0] }, placed.main.map { refs[$0] })
        var header = header(of: head, carried, version, mainName, licenses, orderedRefs, mainRef)
        let backHead = DocumentMetadata(cycloneDX: header, options.defaults, refs: orderedRefs, main: mainRef)
        var residue = Self.residue(
            of: parts, links, others, in: backHead.spdx(mainName: mainName, licenses: backLicenses), back, backOrder)
        // A document that equals its own source needs no way back to this one.
        if original == nil || !residue.isEmpty || hasResidue {
            let value = parts.header["spdxVersion"]
            residue.append(GuardedPatch.Entry(path: "spdxVersion", guardHash: nil, value: value))
        }
        carry(
            residue, of: parts.header, from: SPDXSide.self, in: &header, of: CycloneDXSide.self,
            created: head.created.description, canCarry: canCarry)
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

    /// Takes the elements out of a document.
    private static func sources(from parts: inout SPDXParts, _ references: [String]) -> [Source] {
        var sources: [Source] = []
        sources.reserveCapacity(parts.units.count)
        for index in parts.units.indices {
            sources.append(Source(object: parts.units[index], id: references[index], form: parts.forms[index]))
        }
        parts.units = []
        return sources
    }

    /// The header of the CycloneDX document, with carried values that agree with the document.
    private mutating func header(
        of head: DocumentMetadata, _ carried: [GuardedPatch.Entry], _ version: CycloneDXVersion, _ mainName: String?,
        _ licenses: ExtractedLicenses, _ refs: [String], _ mainRef: String?
    ) -> JSONObject {
        var header = head.cycloneDX(
            version: version, mainName: mainName, licenses: licenses, refs: refs, main: mainRef)
        restoreHeader(carried, in: &header, of: .cycloneDX) { [defaults = Self.gaps(of: head, options)] restored in
            let back = DocumentMetadata(cycloneDX: restored, defaults, refs: refs, main: mainRef)
                .spdx(mainName: mainName, licenses: ExtractedLicenses())
            return DocumentMetadata(spdx: back, defaults)
                .cycloneDX(version: version, mainName: mainName, licenses: licenses, refs: refs, main: mainRef)
        }
        header.arrange(CycloneDXOrder.document)
        return header
    }

    /// Maps elements to components and back at once.
    ///
    /// One of the threads begins with `meanwhile`.
    private func components(
        from sources: consuming [Source], meanwhile: @Sendable () -> Void, _ head: DocumentMetadata,
        _ known: ExtractedLicenses.Contents, _ listed: ExtractedLicenses.Contents, _ version: CycloneDXVersion
    ) -> (units: [Unit], backLicenses: [ExtractedLicenses.Contents], converted: [[Source]]) {
        let (limits, created, tool) = (options.limits, head.created.description, head.tool)
        return units(sources, from: SPDXSide.self, to: CycloneDXSide.self, meanwhile: meanwhile) {
            let setting = CodecContext(created: created, tool: tool, licenses: ExtractedLicenses(known), limits: limits)
            let back = CodecContext(created: created, tool: tool, licenses: ExtractedLicenses(listed), limits: limits)
            return Codecs(
                from: SPDXElementCodec(setting: setting),
                to: CycloneDXComponentCodec(version: version, setting: setting),
                backFrom: CycloneDXComponentCodec(version: version, setting: back),
                backTo: SPDXElementCodec(setting: back),
                backLicenses: back.licenses, licenses: setting.licenses,
                backAlone: {
                    let alone = CodecContext(
                        created: created, tool: tool, licenses: ExtractedLicenses(listed), limits: limits)
                    return (CycloneDXComponentCodec(version: version, setting: alone), alone.licenses)
                })
        }
    }

    /// The residue of the relationships of an element, if the reverse conversion gives `back`.
    private static func residue(of links: [Link], in back: [Link], _ ids: [String]) -> [GuardedPatch.Entry] {
        if isSame(links, back) { return [] }
        return GuardedPatch.entries(
            of: object("#relationships", SPDXParts.list(links, ids)),
            missingFrom: object("#relationships", SPDXParts.list(back, ids)))
    }

    /// The residue of an SPDX document apart from its elements and its version.
    ///
    /// `header` and `back` are the header and the relationships that the reverse conversion gives.
    private static func residue(
        of parts: SPDXParts, _ links: SPDXLinks, _ others: [JSONValue], in header: JSONObject, _ back: SPDXLinks,
        _ backOrder: [Int]
    ) -> [GuardedPatch.Entry] {
        let count = backOrder.count
        var plain = parts.header
        plain.append("#lists", .string(parts.presentLists))
        plain.append("#elements", .string(NumberRuns.text(places(of: 0..<count, in: backOrder))))
        plain.append("#relationships", SPDXParts.list(links.document, parts.ids))
        plain.append("#relationshipOrder", .string(NumberRuns.text(links.order.map { Int($0) + 1 })))
        if !others.isEmpty { plain.append("#otherRelationships", .array(others)) }
        var again = header
        again.append("#lists", .string(SPDXParts.naturalLists(hasFiles: parts.forms.contains(.file))))
        again.append("#elements", .string(NumberRuns.text(Array(0..<count))))
        again.append("#relationships", SPDXParts.list(back.document, parts.ids))
        // The relationships of each element are restored exactly, so only the order across elements can differ.
        let naturalOrder = SPDXLinks.naturalOrder(links.document, links.units, Array(0..<count))
        again.append("#relationshipOrder", .string(NumberRuns.text(naturalOrder.map { Int($0) + 1 })))
        return GuardedPatch.entries(of: plain, missingFrom: again).filter { $0.path != "spdxVersion" }
    }

    /// The element that each `SPDXID` names, and a unique reference for each element.
    static func references(
        _ ids: [String], documentID: String
    ) -> (indices: [String: Int], references: [String]) {
        let (indices, made) = inParallel(
            { SPDXParts.indices(ids, documentID: documentID) }, { ids.map(SPDXElementCodec.reference) })
        // There is one fewer if an element has the identifier of the document.
        let areDistinct = indices.count == ids.count
        var references = made
        // If all identifiers are distinct and begin with `SPDXRef-`, all references are distinct.
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

    /// The relationships and the order of the components of a new document.
    private struct Placement: ElementPlacement {
        var links: CycloneDXLinks
        let isSystem: [Bool]
        /// The carried entries of `dependencies`, by component.
        var entries: [Int: JSONObject] = [:]
        var order: [Int] = []
        var refs: [String]
        /// Components that are not nested in what contains them, because they would be too deep.
        var tooDeep: Set<Int> = []
        /// The members `#lists` and `#dependencies`.
        var lists = JSONObject()
        var refused: [GuardedPatch.Entry] = []
        var rejected: [GuardedPatch.Entry] = []

        /// The order in which the reverse conversion reads the components.
        var backwards: [Int] { links.main.map { main in [main] + order.filter { $0 != main } } ?? order }

        var named: Set<Int> { StandingFacts(links).related }

        var facts: StandingFacts {
            let back = SPDXLinks(links, isSystem: isSystem, rank: order)
            return StandingFacts(back, contained: [], roots: back.document.map(\.to))
        }
    }

    /// Places components by the relationships, and by carriers that agree with these.
    private mutating func place(
        _ units: inout [Unit], by links: SPDXLinks, roots: [Int], contained: [(outer: Int, inner: Int)],
        isSystem: [Bool], ids: [String], carried: inout [GuardedPatch.Entry]
    ) -> Placement {
        let names: Set<String> = ["#main", "#components", "#lists", "#dependencies"]
        let (own, others) = carried.partitioned { names.contains(String($0.path.prefix { $0 != "/" })) }
        carried = others
        let naturalMain = roots.count == 1 ? roots[0] : nil
        let natural = { (hasMain: Bool) in
            CycloneDXLinks(links, main: hasMain ? naturalMain : nil, contained: contained, isSystem: isSystem)
        }
        let stated = StatedStanding(
            facts: StandingFacts(links, contained: contained, roots: roots), identifiers: ids, ignoresNewRoots: true,
            isCarrying: !own.isEmpty)
        return settle(
            &units, from: SPDXSide.self, to: CycloneDXSide.self, stated,
            attempt: { Self.placed(natural, $0, own, $1, isSystem: isSystem, ids: ids) })
    }

    /// Places components by the carriers that are believed.
    private static func placed(
        _ natural: (_ hasMain: Bool) -> CycloneDXLinks, _ units: [Unit], _ carried: [GuardedPatch.Entry],
        _ belief: Belief, isSystem: [Bool], ids: [String]
    ) -> Placement {
        let count = units.count
        let everyPlace = NumberRuns.text(Array(0..<count))
        var placement = Placement(
            links: natural(true), isSystem: isSystem, refs: units.map { $0.object.text("bom-ref") ?? "" })
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
        // A component precedes the components in it.
        placement.order = placement.links.order(rank: placement.order)
        for name in ["#lists", "#dependencies"] { if let value = pseudo[name] { placement.lists.append(name, value) } }
        Self.leaveOutNewDependencies(&placement)
        return placement
    }

    /// Removes carried entries of `dependencies` that state a dependency that the document does not state.
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

    /// Restores the carried parent and dependencies of components.
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
            // `ref` follows from the component.
            _ = entry.take("ref")
            placement.entries[index] = entry
            placement.links.needs[index] = CycloneDXParts.needs(entry, of: index, indices)
            placement.links.parents[index] = pseudo.text("#parent").flatMap { places[$0] } ?? -1
        }
        if let main = placement.links.main { placement.links.parents[main] = -1 }
        placement.tooDeep = placement.links.straighten()
    }

    /// The licenses that an SPDX document defines, and the number of elements that have only one of them.
    static func licenses(of parts: SPDXParts) -> ExtractedLicenses {
        let licenses = ExtractedLicenses()
        for (_, license) in parts.header.objects("hasExtractedLicensingInfos") {
            guard let id = license.text("licenseId") else { continue }
            licenses.add(id, name: license.text("name"), text: license.text("extractedText"))
        }
        guard !licenses.contents.isEmpty else { return licenses }
        for unit in parts.units {
            for name in ["licenseDeclared", "licenseConcluded"] {
                if let place = unit.place(of: name), case .string(let id) = unit.members[place].value {
                    licenses.use(id)
                }
            }
        }
        return licenses
    }
}
