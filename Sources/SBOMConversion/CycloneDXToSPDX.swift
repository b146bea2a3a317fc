internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension FamilyConversion {
    /// Converts a CycloneDX document to SPDX.
    mutating func spdx(from document: consuming JSONObject, version: CycloneDXVersion) -> JSONObject {
        var parts = CycloneDXParts(document)
        var carried: [GuardedPatch.Entry] = []
        if var metadata = parts.header["metadata"]?.objectContent {
            carried = CycloneDXSide.takeCarried(from: &metadata, of: .spdx, limits: options.limits)
            parts.header.set("metadata", .object(metadata))
        }
        let original = Self.takeText("spdxVersion", from: &carried)?.dropping(prefix: "SPDX-")
            .flatMap { SPDXVersion(rawValue: String($0)) }
        isReturning = original != nil
        let mainRef = parts.links.main.map { parts.refs[$0] }
        let head = DocumentMetadata(cycloneDX: parts.header, options.defaults, refs: parts.refs, main: mainRef)
        let licenses = ExtractedLicenses()
        let setting = CodecContext(
            created: head.created.description, tool: head.tool, licenses: licenses, limits: options.limits)
        let from = CycloneDXComponentCodec(version: version, setting: setting)

        // All licenses are known before the first component is mapped, as in the reverse conversion.
        licenses.readTable(in: parts.header)
        Self.readLicenses(of: parts.units, from)
        let mainName = parts.links.main.flatMap { parts.units[$0].text("name") }
        var header = head.spdx(mainName: mainName, licenses: licenses)
        let (found, own) = carried.partitioned {
            Self.structuralOfHeader.contains(String($0.path.prefix { $0 != "/" }))
        }
        let structure = found
        let naturalHeader = header
        restoreHeader(own, in: &header, of: head, licenses, version, mainName, parts.refs, mainRef)
        let backLicenses = Self.licenses(of: header, like: licenses)
        let backHead = DocumentMetadata(spdx: header, options.defaults)
        let backCreated = backHead.created.description
        let sources = Self.sources(from: &parts)
        var (units, _, converted) = elements(
            from: consume sources, head, backHead, licenses.contents, backLicenses.contents, version)
        hasRestored = original != nil || !structure.isEmpty || !own.isEmpty || units.contains { $0.isRestored }
        Self.defineLicenses(licenses, usedBy: units, in: &header, as: naturalHeader)
        let forms = units.map(\.form)
        let isSystem = units.map(\.isSystem)

        // Relationships and order.
        let standing = stand(&units, by: parts, isSystem: isSystem, header: &header, carried: structure)
        let (links, order, spdxIDs) = (standing.links, standing.order, standing.ids)
        let main = parts.links.main
        let (back, naturalMain) = (standing.back, standing.main)
        Self.correctIdentifiers(of: &units, order: standing.backwards, from: CycloneDXSide.self, parts.refs)

        // The reverse conversion.
        let hasResidue = carryResidue(of: &units, parts, back, spdxIDs, created: backCreated)
        let backOrder = CycloneDXLinks(main: main, parents: parts.links.parents, needs: []).order(rank: order)
        let backHeader = backHead.cycloneDX(
            version: version, mainName: mainName, licenses: backLicenses, refs: parts.refs, main: mainRef)
        var residue = Self.residue(of: parts, in: backHeader, backOrder, hasMain: naturalMain != nil)
        if original == nil || !residue.isEmpty || hasResidue {
            residue.append(GuardedPatch.Entry(path: "specVersion", guardHash: nil, value: .string(version.rawValue)))
        }
        carry(
            residue, of: parts.header, from: CycloneDXSide.self, in: &header, of: SPDXSide.self, created: backCreated,
            canCarry: options.carries)
        if let original { header.set("spdxVersion", .string("SPDX-\(original.rawValue)")) }
        workingTrees = (parts, back, converted)
        converted = []
        header.append("#lists", .string(standing.lists))
        header.arrange(SPDXOrder.document)
        return SPDXParts.document(
            header, units: units.map(\.object), forms: forms, ids: spdxIDs, order: order, links: links,
            others: standing.others)
    }

    /// Takes the components out of a document.
    private static func sources(from parts: inout CycloneDXParts) -> [Source] {
        var ids = UniqueIDs(parts.units.count)
        var sources: [Source] = []
        sources.reserveCapacity(parts.units.count)
        for unit in parts.units {
            let id = ids.unique(CycloneDXComponentCodec.identifier(ofComponent: unit))
            sources.append(Source(object: unit, id: id, form: .package))
        }
        parts.units = []
        return sources
    }

    /// Restores what is carried of the header of an SPDX document, as far as it agrees with the document.
    private mutating func restoreHeader(
        _ carried: [GuardedPatch.Entry], in header: inout JSONObject, of head: DocumentMetadata,
        _ licenses: ExtractedLicenses, _ version: CycloneDXVersion, _ mainName: String?, _ refs: [String],
        _ mainRef: String?
    ) {
        restoreHeader(carried, in: &header, of: .spdx) { [defaults = Self.gaps(of: head, options)] restored in
            guard Self.keepsLicenses(of: restored, licenses) else { return nil }
            let back = DocumentMetadata(spdx: restored, defaults)
                .cycloneDX(
                    version: version, mainName: mainName, licenses: ExtractedLicenses(), refs: refs, main: mainRef)
            return DocumentMetadata(cycloneDX: back, defaults, refs: refs, main: mainRef)
                .spdx(mainName: mainName, licenses: licenses)
        }
    }

    /// Maps components to SPDX elements and back at once.
    private func elements(
        from sources: consuming [Source], _ head: DocumentMetadata, _ backHead: DocumentMetadata,
        _ known: ExtractedLicenses.Contents, _ backKnown: ExtractedLicenses.Contents, _ version: CycloneDXVersion
    ) -> (units: [Unit], backLicenses: [ExtractedLicenses.Contents], converted: [[Source]]) {
        let (limits, created, tool) = (options.limits, head.created.description, head.tool)
        let (backCreated, backTool) = (backHead.created.description, backHead.tool)
        return units(sources, from: CycloneDXSide.self, to: SPDXSide.self, meanwhile: {}) {
            let setting = CodecContext(created: created, tool: tool, licenses: ExtractedLicenses(known), limits: limits)
            let back = CodecContext(
                created: backCreated, tool: backTool, licenses: ExtractedLicenses(backKnown), limits: limits)
            return Codecs(
                from: CycloneDXComponentCodec(version: version, setting: setting),
                to: SPDXElementCodec(setting: setting),
                backFrom: SPDXElementCodec(setting: back),
                backTo: CycloneDXComponentCodec(version: version, setting: back),
                backLicenses: ExtractedLicenses(), licenses: setting.licenses)
        }
    }

    /// Adds the residue to elements, and returns whether there is any.
    ///
    /// `back` are the places of components that the reverse conversion gives.
    private mutating func carryResidue(
        of units: inout [Unit], _ parts: CycloneDXParts, _ back: CycloneDXLinks, _ ids: [String], created: String
    ) -> Bool {
        attach(
            &units, from: CycloneDXSide.self, to: SPDXSide.self, canCarry: options.carries, created: created,
            label: { parts.refs[$0] }
        ) { index in
            var plain = JSONObject()
            var again = JSONObject()
            if !parts.isPlain(index, back.needs[index]) {
                if let entry = parts.entries[index] { plain.append("#dependency", .object(entry)) }
                again.append("#dependency", .object(CycloneDXParts.entry(back.needs[index], parts.refs)))
            }
            let (parent, newParent) = (parts.links.parents[index], back.parents[index])
            if parent != newParent {
                if parent >= 0 { plain.append("#parent", .string(ids[parent])) }
                if newParent >= 0 { again.append("#parent", .string(ids[newParent])) }
            }
            return plain.isEmpty && again.isEmpty ? [] : GuardedPatch.entries(of: plain, missingFrom: again)
        }
    }

    /// The residue of a CycloneDX document apart from its components and its version.
    ///
    /// `header` is the header that the reverse conversion gives; `hasMain` is whether it gives a main component.
    private static func residue(
        of parts: CycloneDXParts, in header: JSONObject, _ backOrder: [Int], hasMain: Bool
    ) -> [GuardedPatch.Entry] {
        let count = backOrder.count
        let everyPlace = NumberRuns.text(Array(0..<count))
        var plain = parts.header
        plain.append("#lists", .string(parts.presentLists))
        plain.append("#components", .string(NumberRuns.text(places(of: 0..<count, in: backOrder))))
        plain.append("#dependencies", .array(parts.dependencyOrder))
        if parts.links.main != nil { plain.append("#main", "0") }
        var again = header
        again.append("#lists", .string(CycloneDXParts.naturalLists))
        again.append("#components", .string(everyPlace))
        again.append("#dependencies", count == 0 ? [] : [.string(everyPlace)])
        if hasMain { again.append("#main", "0") }
        return GuardedPatch.entries(of: plain, missingFrom: again).filter { $0.path != "specVersion" }
    }

    /// The relationships and the order of the elements of a new SPDX document.
    private struct Standing: ElementPlacement {
        var links: SPDXLinks
        let forms: [Element.Form]
        var order: [Int]
        var ids: [String]
        /// The relationships that the reverse conversion gives.
        var back: CycloneDXLinks
        /// The component that the document is about in the reverse conversion.
        var main: Int?
        var hasFiles: [Int: JSONValue] = [:]
        var lists = ""
        var others: JSONValue?
        var refused: [GuardedPatch.Entry] = []
        var rejected: [GuardedPatch.Entry] = []

        var backwards: [Int] { SPDXParts.packagesFirst(order, forms) }
        var tooDeep: Set<Int> { [] }
        var facts: StandingFacts { StandingFacts(back, main: main) }

        var named: Set<Int> {
            var named = Set(links.document.map(\.to))
            for (source, list) in links.units.enumerated() where !list.isEmpty {
                named.insert(source)
                named.formUnion(list.lazy.map(\.to))
            }
            return named
        }
    }

    /// Relates elements by the document, and by carriers that agree with it.
    private mutating func stand(
        _ units: inout [Unit], by parts: CycloneDXParts, isSystem: [Bool], header: inout JSONObject,
        carried: [GuardedPatch.Entry]
    ) -> Standing {
        let documentID = "SPDXRef-DOCUMENT"
        let stated = StatedStanding(
            facts: StandingFacts(parts.links), identifiers: parts.refs, ignoresNewRoots: false,
            isCarrying: !carried.isEmpty || header["documentDescribes"] != nil || header.text("SPDXID") != documentID)
        var claimed = header
        let result = settle(
            &units, from: CycloneDXSide.self, to: SPDXSide.self, stated,
            attempt: { Self.standing($0, by: parts, isSystem: isSystem, header: claimed, carried, $1) },
            check: { units, placement in
                var claims = HeaderClaims(reserved: claimed.text("SPDXID"))
                if let id = claims.reserved, id != documentID,
                    id.isEmpty || placement.named.contains(where: { $0 >= 0 && units[$0].object.text("SPDXID") == id })
                {
                    claimed.set("SPDXID", .string(documentID))
                    claims.reserved = documentID
                    claims.rejected = [GuardedPatch.Entry(path: "SPDXID", guardHash: nil, value: nil)]
                }
                return claims
            },
            distrust: {
                guard claimed.take("documentDescribes") != nil else { return [] }
                return [GuardedPatch.Entry(path: "documentDescribes", guardHash: nil, value: nil)]
            })
        header = claimed
        for (index, list) in result.hasFiles {
            units[index].object.append("hasFiles", list)
            units[index].object.arrange(SPDXOrder.element)
        }
        return result
    }

    /// Relates elements by the carriers that are believed.
    private static func standing(
        _ units: [Unit], by parts: CycloneDXParts, isSystem: [Bool], header: JSONObject,
        _ carried: [GuardedPatch.Entry], _ belief: Belief
    ) -> Standing {
        let count = units.count
        let forms = units.map(\.form)
        let ids = units.map { $0.object.text("SPDXID") ?? "" }
        let documentID = header.text("SPDXID") ?? "SPDXRef-DOCUMENT"
        let indices = SPDXParts.indices(ids, documentID: documentID)
        let main = parts.links.main
        let everyPlace = NumberRuns.text(Array(0..<count))
        var result = Standing(
            links: SPDXLinks(parts.links, isSystem: isSystem, rank: Array(0..<count)), forms: forms, order: [],
            ids: ids,
            back: CycloneDXLinks(main: nil, parents: [], needs: []))
        let natural = SPDXParts.packagesFirst(Array(0..<count), forms)
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
            .string(NumberRuns.text(result.links.order.map { $0 < 0 ? 0 : ranks[Int($0)] + 1 })))
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

    /// Sorts relationships by the carried order, if it has a place for each.
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

    /// Whether the source of a carried relationship is an element or the document.
    private static func isOfElement(_ item: JSONValue, _ indices: [String: Int], documentID: String) -> Bool {
        guard let relationship = item.arrayContent?.last?.objectContent,
            let source = relationship.text("spdxElementId"), relationship.text("relationshipType") != nil,
            relationship.text("relatedSpdxElement") != nil
        else { return false }
        return source == documentID || indices[source] != nil
    }

    /// Restores the carried relationships of elements.
    ///
    /// If dependencies were edited since, added ones are added to the carried ones, and removed ones are removed.
    /// Relationships that CycloneDX cannot hold are kept.
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

    /// The licenses of an SPDX document, with the counts of the components that it is converted from.
    static func licenses(of header: JSONObject, like licenses: ExtractedLicenses) -> ExtractedLicenses {
        let found = ExtractedLicenses()
        for (_, license) in header.objects("hasExtractedLicensingInfos") {
            guard let id = license.text("licenseId") else { continue }
            found.add(id, name: license.text("name"), text: license.text("extractedText"))
        }
        found.count(like: licenses)
        return found
    }

    /// Whether each license that a header shares with the components has the same name and text.
    static func keepsLicenses(of header: JSONObject, _ licenses: ExtractedLicenses) -> Bool {
        let restored = Self.licenses(of: header, like: licenses)
        return licenses.entries.allSatisfy { id, entry in
            guard entry.isDefined, restored.entries[id] != nil else { return true }
            // The table has every text; components have those that are not too long.
            let text = entry.isListed ? restored.ownText(of: id) : restored.words(for: id).text
            let name = restored.words(for: id).name
            let own = licenses.ownText(of: id)
            return name.isIdentical(to: entry.name ?? id) && (text ?? "").isIdentical(to: own ?? "")
        }
    }

    /// Defines licenses of elements that are missing from a restored header.
    private static func defineLicenses(
        _ licenses: ExtractedLicenses, usedBy units: [Unit], in header: inout JSONObject, as natural: JSONObject
    ) {
        let member = "hasExtractedLicensingInfos"
        let known = Set(header.objects(member).compactMap { $0.object.text("licenseId") })
        var missing: [String: JSONValue] = [:]
        for (_, license) in natural.objects(member) {
            guard let id = license.text("licenseId"), licenses.entries[id]?.isDefined == true, !known.contains(id)
            else {
                continue
            }
            missing[id] = .object(license)
        }
        guard !missing.isEmpty else { return }
        var used: Set<String> = []
        for unit in units {
            for name in ["licenseDeclared", "licenseConcluded"] {
                let words = (unit.object.text(name) ?? "").split { " ()".contains($0) }
                used.formUnion(words.map(String.init).filter { missing[$0] != nil })
            }
        }
        let added = used.sorted().compactMap { missing[$0] }
        guard !added.isEmpty else { return }
        header.set(member, .array((header[member]?.arrayContent ?? []) + added))
    }

    /// Adds all licenses of components to the licenses of the document.
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
}
