internal import ByteStreams
internal import Dispatch
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText
internal import Synchronization

// How single elements are converted, and what each of them carries.
extension FamilyConversion {
    /// What became of one element.
    struct Unit: Sendable {
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
    struct Codecs {
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
    struct Source: Sendable {
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
    static func units(
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

    static func unit(
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
    static func restore(
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
    static func keepsLicenses(_ found: ExtractedLicenses?, _ licenses: ExtractedLicenses) -> Bool {
        (found?.entries ?? [:]).allSatisfy { id, entry in
            let (name, text) = (entry.name ?? id, entry.text)
            guard let known = licenses.entries[id] else { return text == nil }
            // A text that would multiply is left out.
            return (known.name ?? id).isIdentical(to: name)
                && (text == nil || (known.text ?? known.name ?? id).isIdentical(to: text ?? name))
        }
    }

    /// Whether a value is a list with objects in it, which in the place of a list of elements are elements.
    static func containsElements(_ value: JSONValue?) -> Bool {
        value?.arrayContent?.contains { $0.objectContent != nil } ?? false
    }

    /// Writes into all elements what they carry, several threads side by side, and counts it.
    ///
    /// `residueOfLinks` gives what the way back would not give of how an element stands to others. What is beyond the
    /// budget is dropped; the elements take from it in their order.
    static func attach(
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
    static func correct(
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
    struct Identity {
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
    static func confirm(
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
}
