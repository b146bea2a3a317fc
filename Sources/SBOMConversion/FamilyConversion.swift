internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// Converts documents between the families, and stores what the reverse conversion would not give.
///
/// A document is split into elements, their relationships, and a header. Each part is mapped to the other family and
/// mapped back at once. The differences are the residue, which the new document carries. If the document was itself
/// converted from the other family, the residue that it carries is restored first. ``GuardedPatch`` explains the words.
struct FamilyConversion {
    /// The options of a conversion.
    struct Options {
        /// The values of the new document that this one does not state.
        var defaults: DocumentDefaults
        /// Whether the new document carries what it has no member for.
        var carries = true
        /// Whether the report also counts members that were mapped.
        var reports = false
        let limits: Limits

        init(defaults: DocumentDefaults, limits: Limits) {
            self.limits = limits
            self.defaults = defaults
        }
    }

    let options: Options
    var report = ConversionReport()
    /// The number of members that the new document may still carry.
    var budget: CarrierBudget
    /// Whether carried values were restored, which may be invalid.
    var hasRestored = false
    /// Whether the document was converted from the other family before.
    var isReturning = false
    /// The trees that the conversion used.
    ///
    /// They are freed with it: freeing them takes as long as writing the document.
    var workingTrees: (any Sendable)?

    init(options: Options, budget: CarrierBudget) {
        self.options = options
        self.budget = budget
    }

    // MARK: Pieces

    static let structuralOfHeader: Set<String> = [
        "#lists", "#elements", "#relationships", "#relationshipOrder", "#otherRelationships", "#components",
        "#dependencies", "#main",
    ]

    /// The defaults for a restored header: values of the document, so that a default never counts as a difference.
    static func gaps(of head: DocumentMetadata, _ options: Options) -> DocumentDefaults {
        DocumentDefaults(created: head.created, uuid: options.defaults.uuid)
    }

    /// Restores what is carried of a header, as far as it agrees with the document.
    ///
    /// `seen` maps a restored header back and forward again, as a reader that ignores carriers would see it. It returns nil
    /// if the header cannot agree with the document.
    package mutating func restoreHeader(
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

    /// Adds the residue of the header to the new document.
    mutating func carry<From: DocumentSide, To: DocumentSide>(
        _ residue: [GuardedPatch.Entry], of original: JSONObject, from side: From.Type, in header: inout JSONObject,
        of target: To.Type, created: String, canCarry: Bool
    ) {
        let isCarried = canCarry && budget.admits(residue.count)
        report.count(residue, of: From.family, isCarried: isCarried)
        if options.reports { report.countMapped(original.members.map(\.name), apartFrom: residue, of: From.family) }
        guard isCarried else { return }
        To.carry(residue, of: From.family, inDocument: &header, created: created)
    }

    /// Removes the entry of a path, and returns its text.
    static func takeText(_ path: String, from entries: inout [GuardedPatch.Entry]) -> String? {
        guard let index = entries.firstIndex(where: { $0.path == path && $0.guardHash == nil }) else { return nil }
        return entries.remove(at: index).value?.textContent
    }

    /// The natural order, permuted by the places in `runs`; the natural order if these are not a permutation.
    static func order(_ runs: JSONValue?, _ natural: [Int]) -> [Int] {
        guard let text = runs?.textContent, let places = NumberRuns.numbers(text, limit: natural.count + 1),
            places.count == natural.count, Set(places).count == places.count, places.allSatisfy({ $0 < natural.count })
        else { return natural }
        return places.map { natural[$0] }
    }

    /// The place of each element in an order.
    static func ranks(_ order: [Int]) -> [Int] {
        var ranks = Array(repeating: 0, count: order.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        return ranks
    }

    static func places(of elements: Range<Int>, in order: [Int]) -> [Int] {
        let ranks = ranks(order)
        return elements.map { ranks[$0] }
    }

    static func object(_ name: String, _ value: JSONValue) -> JSONObject {
        JSONObject([.init(name: name, value: value)])
    }

    static func isSame(_ one: [Link], _ other: [Link]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { $0.isSame(as: $1) }
    }
}

extension Array {
    /// The elements that satisfy a condition, and the others.
    func partitioned(_ condition: (Element) -> Bool) -> (yes: [Element], no: [Element]) {
        var (yes, no): ([Element], [Element]) = ([], [])
        for element in self {
            if condition(element) { yes.append(element) } else { no.append(element) }
        }
        return (yes, no)
    }
}
