internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText
internal import Synchronization

// The conversion of single elements, and what each of them carries.
extension FamilyConversion {
    /// One converted element.
    struct Unit: Sendable {
        var object: JSONObject
        var form: Element.Form
        /// Whether it is an image or an operating system.
        var isSystem: Bool
        /// The carried entries for its relationships.
        var links: [GuardedPatch.Entry] = []
        /// What the reverse conversion would not give.
        var residue: [GuardedPatch.Entry]
        var refused: [GuardedPatch.Entry] = []
        /// Carried entries that do not agree with the document.
        var rejected: [GuardedPatch.Entry] = []
        /// Whether it carried anything.
        var isRestored = false
        /// The identifier that the mapping gives, if a carried one or none replaced it.
        var naturalID: JSONValue?
        /// The text from which the reverse conversion makes its identifier.
        var returningID: Element.ID
        /// Whether the reverse conversion gives the identifier that the element has now.
        var returnsAsItself = true
        /// The names of its members, if the report needs them.
        var names: [String] = []

        static let empty = Unit(object: JSONObject(), form: .package, isSystem: false, residue: [], returningID: "")

        /// Stores the identifier of the element if the reverse conversion gives another one.
        mutating func noteIdentifier(_ member: String, was: String?, becomes: String) {
            residue.removeAll { $0.path == member }
            guard was != becomes else { return }
            residue.append(
                GuardedPatch.Entry(
                    path: member, guardHash: JSONValue.string(becomes).shortHash, value: was.map { .string($0) }))
        }

        /// Replaces the identifier that the element carried by the one that the mapping gives.
        mutating func takeBackIdentifier<Side: DocumentSide>(in side: Side.Type) {
            guard let naturalID else { return }
            self.naturalID = nil
            rejected.append(GuardedPatch.Entry(path: Side.identifier, guardHash: nil, value: nil))
            object.members.removeAll { $0.name == Side.identifier }
            object.append(Side.identifier, naturalID)
            object.arrange(Side.elementOrder)
            returningID = Side.id(of: object)
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

    /// The codecs of a conversion and of its reverse.
    struct Codecs {
        let from: any ElementCodec
        let to: any ElementCodec
        let backFrom: any ElementCodec
        let backTo: any ElementCodec
        /// The licenses that the reverse conversion finds.
        let backLicenses: ExtractedLicenses
        /// The licenses of the document.
        let licenses: ExtractedLicenses
        /// A codec of the reverse conversion that collects the licenses of one element; nil if that finds no licenses.
        var backAlone: (() -> (codec: any ElementCodec, licenses: ExtractedLicenses))?
    }

    /// An element before its conversion.
    struct Source: Sendable {
        var object: JSONObject
        let id: Element.ID
        let form: Element.Form
    }

    /// The number of elements that a thread converts at a time.
    private static let chunk = 500

    /// Maps all elements to the other side and back, in several threads.
    ///
    /// One of the threads begins with `meanwhile`.
    func units<From: DocumentSide, To: DocumentSide>(
        _ sources: consuming [Source], from side: From.Type, to target: To.Type, meanwhile: @Sendable () -> Void,
        _ codecs: @Sendable () -> Codecs
    ) -> (units: [Unit], backLicenses: [ExtractedLicenses.Contents], converted: [[Source]]) {
        var rest = sources[...]
        sources = []
        var chunks: [[Source]] = []
        while !rest.isEmpty {
            chunks.append(Array(rest.prefix(Self.chunk)))
            rest = rest.dropFirst(Self.chunk)
        }
        let (limits, wantsNames) = (options.limits, options.reports)
        rest = []
        let work = chunks
        let done = (0..<work.count + 1).parallelMap { turn -> (units: [Unit], licenses: ExtractedLicenses.Contents)? in
            guard turn > 0 else {
                meanwhile()
                return nil
            }
            let sources = work[turn - 1]
            let codecs = codecs()
            let units = sources.map { source in
                var source = source
                let carried = From.takeCarried(from: &source.object, of: To.family, limits: limits)
                var unit = Self.unit(source, carried: carried, codecs, from: From.self, to: To.self)
                if wantsNames { unit.names = source.object.members.map(\.name) }
                return unit
            }
            return (units, codecs.backLicenses.contents)
        }
        let results = done.compactMap { $0 }
        return (results.flatMap(\.units), results.map(\.licenses), work)
    }

    static func unit<From: DocumentSide, To: DocumentSide>(
        _ source: Source, carried: [GuardedPatch.Entry], _ codecs: Codecs, from side: From.Type, to target: To.Type
    ) -> Unit {
        var element = codecs.from.element(source.object, source.form)
        element.id = source.id
        let natural = codecs.to.object(element)
        var unit = Unit(
            object: natural, form: element.form,
            isSystem: element.isSystem, residue: [],
            returningID: "")
        if !carried.isEmpty { restore(carried, in: &unit, of: source, codecs, from: side, to: target) }
        var returning = codecs.backFrom.element(unit.object, element.form)
        returning.id = To.id(of: unit.object)
        unit.residue = GuardedPatch.entries(of: source.object, missingFrom: codecs.backTo.object(returning))
        if !From.mayLackIdentifier { unit.residue.removeAll { $0.path == From.identifier && $0.value == nil } }
        unit.returningID = returning.id
        unit.returnsAsItself = returning.id.isIdentical(to: source.id)
        return unit
    }

    /// Restores what an element carries, as far as the restored element still maps to the element of the document.
    static func restore<From: DocumentSide, To: DocumentSide>(
        _ carried: [GuardedPatch.Entry], in unit: inout Unit, of source: Source, _ codecs: Codecs,
        from side: From.Type, to target: To.Type
    ) {
        let (links, own) = carried.partitioned { isStructural($0.path) }
        unit.links = links
        unit.isRestored = true
        guard !own.isEmpty else { return }
        let (natural, form) = (unit.object, unit.form)
        func forward(_ object: JSONObject) -> (object: JSONObject, form: Element.Form, licenses: ExtractedLicenses?) {
            let alone = codecs.backAlone?()
            var element = (alone?.codec ?? codecs.backFrom).element(object, form)
            element.id = To.id(of: object)
            return (codecs.backTo.object(element), element.form, alone?.licenses)
        }
        /// The element as a reader that ignores carriers maps it.
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
            if residue.allSatisfy({ $0.path == From.identifier }) { return true }
            return PatchVerification.agrees(
                seen(again.object), with: natural, apartFrom: To.identifier, or: { known().object })
        }
        unit.refused = outcome.refused
        unit.rejected = outcome.rejected
        unit.object.arrange(To.elementOrder)
        let (was, becomes) = (natural[To.identifier], unit.object[To.identifier])
        if was != becomes { unit.naturalID = was }
    }

    /// Whether the licenses of a restored element have the names and texts that they have in the document.
    ///
    /// Equal identifiers such as `LicenseRef-x` are not enough: their texts may differ.
    static func keepsLicenses(_ found: ExtractedLicenses?, _ licenses: ExtractedLicenses) -> Bool {
        (found?.entries ?? [:]).allSatisfy { id, entry in
            let (name, text) = (entry.name ?? id, entry.text)
            guard let known = licenses.entries[id], known.isDefined else { return text == nil }
            guard entry.isDefined else { return true }
            // A long text that many elements repeat is omitted.
            return (known.name ?? id).isIdentical(to: name)
                && (text == nil || (known.text ?? known.name ?? id).isIdentical(to: text ?? name))
        }
    }

    /// Whether a value is a list that contains objects.
    static func containsElements(_ value: JSONValue?) -> Bool {
        value?.arrayContent?.contains { $0.objectContent != nil } ?? false
    }

    /// Adds the residue to all elements, in several threads, and counts it.
    ///
    /// `residueOfLinks` gives the residue of the relationships of an element. Elements draw from the budget in their order;
    /// an element that exceeds it carries nothing.
    ///
    /// Returns whether an element has something to carry.
    mutating func attach<From: DocumentSide, To: DocumentSide>(
        _ units: inout [Unit], from side: From.Type, to target: To.Type, canCarry: Bool, created: String,
        label: @Sendable (Int) -> String, residueOfLinks: @Sendable (Int) -> [GuardedPatch.Entry]
    ) -> Bool {
        let chunk = Self.chunk
        let wantsMapped = options.reports
        let linkResidues = units.indices.parallelMap(chunksOf: chunk) { $0.map(residueOfLinks) }
        var isCarried: [Bool] = []
        isCarried.reserveCapacity(units.count)
        for (index, residue) in linkResidues.joined().enumerated() {
            if !residue.isEmpty { units[index].residue += residue }
            isCarried.append(canCarry && budget.admits(units[index].residue.count))
        }
        let carried = isCarried
        let places = units.indices
        let work = Mutex(units)
        units = []
        let parts = places.parallelMap(chunksOf: chunk) { range in
            let first = range.lowerBound
            var mine = work.withLock { units in
                defer { for index in range { units[index] = Unit.empty } }
                return Array(units[range])
            }
            var report = ConversionReport()
            var hasResidue = false
            for index in mine.indices {
                let residue = mine[index].residue
                mine[index].residue = []
                let canCarry = carried[first + index]
                report.refuse(mine[index].refused, of: To.family)
                report.reject(mine[index].rejected, of: To.family, in: label(first + index))
                report.count(residue, of: From.family, isCarried: canCarry)
                if wantsMapped { report.countMapped(mine[index].names, apartFrom: residue, of: From.family) }
                guard !residue.isEmpty else { continue }
                hasResidue = true
                if canCarry { To.carry(residue, of: From.family, in: &mine[index].object, created: created) }
            }
            work.withLock { units in
                for index in mine.indices { units[first + index] = mine[index] }
            }
            return (report: report, hasResidue: hasResidue)
        }
        units = work.withLock { $0 }
        // In the order of the document: the report names the first members that are rejected.
        for part in parts { report.merge(part.report) }
        return parts.contains(where: \.hasResidue)
    }

    private static let structural = ["#relationships", "#dependency", "#parent"]

    /// Whether an entry is about relationships.
    private static func isStructural(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "#")
            ? structural.contains { path.hasPrefix($0) } : path == "hasFiles" || path.hasPrefix("hasFiles/")
    }
}
