internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

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
    /// Whether something was put back that a document carried, which may be anything.
    var hasRestored = false
    /// The trees that the conversion worked on; they are freed with it, because to free them takes as long as to write the
    /// document.
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

    /// What stands for what a header does not say once something was carried that it does not: what the document says, as
    /// what fills a gap is not there to be compared.
    static func gaps(of head: DocumentMetadata, _ options: Options) -> DocumentDefaults {
        DocumentDefaults(created: head.created, uuid: options.defaults.uuid)
    }

    /// Puts back what is carried of a header, as far as it agrees with what the document says of itself.
    ///
    /// `seen` gives what a reader who knows no carriers makes of what comes of a header on the way back, or nil if that is
    /// something else in any case.
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

    /// Writes into a document what the way back would not give of the document itself.
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

    /// Takes an entry that is a text.
    static func takeText(_ path: String, from entries: inout [GuardedPatch.Entry]) -> String? {
        guard let index = entries.firstIndex(where: { $0.path == path && $0.guardHash == nil }) else { return nil }
        return entries.remove(at: index).value?.textContent
    }

    /// The elements in the order that runs of places in another order give; that other one where they give none.
    static func order(_ runs: JSONValue?, _ natural: [Int]) -> [Int] {
        guard let text = runs?.textContent, let places = NumberRuns.numbers(text, limit: natural.count + 1),
            places.count == natural.count, Set(places).count == places.count, places.allSatisfy({ $0 < natural.count })
        else { return natural }
        return places.map { natural[$0] }
    }

    /// Which place each element has in an order.
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
    /// Those that fulfil a condition, and the others.
    func partitioned(_ condition: (Element) -> Bool) -> (yes: [Element], no: [Element]) {
        var (yes, no): ([Element], [Element]) = ([], [])
        for element in self {
            if condition(element) { yes.append(element) } else { no.append(element) }
        }
        return (yes, no)
    }
}
