internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// The relationships and the order of the elements of a new document.
protocol ElementPlacement {
    /// The order in which the way back reads the elements.
    var backwards: [Int] { get }
    /// Elements that are not inside what contains them, because they would be nested too deep.
    var tooDeep: Set<Int> { get }
    /// What the way back reads of the relationships.
    var facts: StandingFacts { get }
    /// The elements that a relationship of the new document names.
    var named: Set<Int> { get }
    /// Carried entries whose place was edited since.
    var refused: [GuardedPatch.Entry] { get }
    /// Carried entries that do not agree with the document.
    var rejected: [GuardedPatch.Entry] { get }
}

// The relationships that elements and the document carry are claims of whoever wrote the document. They are believed if
// the way back reads from the result what the document states.
extension FamilyConversion {
    /// Whose carriers of relationships are believed.
    struct Belief {
        /// The elements whose carriers are.
        var elements: Set<Int>
        /// Whether those of the document are.
        var inDocument = true

        static let nothing = Belief(elements: [], inDocument: false)
    }

    /// What a document states of its relationships, and what of it a placement must keep.
    struct StatedStanding {
        let facts: StandingFacts
        /// The identifiers of the elements in the document.
        let identifiers: [String]
        /// Whether a new document may be about an element if this one does not state what it is about.
        let ignoresNewRoots: Bool
        /// Whether anything is carried that has to be verified.
        let isCarrying: Bool
    }

    /// What the header of a new document takes part in.
    struct HeaderClaims {
        /// An identifier that no element may have.
        var reserved: String?
        /// Carried entries of the header that are not believed.
        var rejected: [GuardedPatch.Entry] = []
    }

    /// Places the elements of a new document, and stops believing carriers until the result agrees with the document.
    ///
    /// `attempt` places the elements by the carriers that are believed. `check` verifies the identifier that the header
    /// carries. `distrust` removes what the header carries of relationships, and returns it.
    mutating func settle<From: DocumentSide, To: DocumentSide, Placement: ElementPlacement>(
        _ units: inout [Unit], from side: From.Type, to target: To.Type, _ stated: StatedStanding,
        attempt: ([Unit], Belief) -> Placement,
        check: ([Unit], Placement) -> HeaderClaims = { _, _ in HeaderClaims() },
        distrust: () -> [GuardedPatch.Entry] = { [] }
    ) -> Placement {
        var belief = Belief(elements: Set(units.indices.filter { !units[$0].links.isEmpty }))
        var placement = attempt(units, belief)
        let isCarrying = stated.isCarrying || units.contains { !$0.links.isEmpty || $0.naturalID != nil }
        for round in 0...Limits.carrierRounds where isCarrying {
            let claims = check(units, placement)
            report.reject(claims.rejected, of: To.family, in: "")
            let isConfirmed = !Self.rejectIdentifiers(
                of: &units, placement, stated, from: side, to: target, reserved: claims.reserved)
            if !isConfirmed || !claims.rejected.isEmpty { placement = attempt(units, belief) }
            let differences = placement.facts.differences(
                from: stated.facts, apartFrom: placement.tooDeep, ignoringNewRoots: stated.ignoresNewRoots,
                or: { attempt(units, .nothing).facts })
            if differences.isEmpty { break }
            let isLast = round + 1 >= Limits.carrierRounds
            if isLast || differences.inRoots || belief.elements.isDisjoint(with: differences.elements) {
                belief.inDocument = false
                report.reject(distrust(), of: To.family, in: "")
            }
            if isLast { belief.elements = [] } else { belief.elements.subtract(differences.elements) }
            for index in units.indices
            where units[index].naturalID != nil && (isLast || differences.elements.contains(index)) {
                units[index].takeBackIdentifier(in: target)
            }
            placement = attempt(units, belief)
            if isLast { break }
        }
        report.refuse(placement.refused, of: To.family)
        report.reject(placement.rejected, of: To.family, in: "")
        for index in units.indices where !units[index].links.isEmpty && !belief.elements.contains(index) {
            units[index].rejected += units[index].links
        }
        return placement
    }

    /// Replaces carried identifiers that would not come back as those of the document, or that belong to another element;
    /// whether there are any.
    ///
    /// A relationship with an identifier that two elements have is read as one of the first. So the second may have it only
    /// if no relationship names it, or if it has the same name, version and package URL. `reserved` is the identifier of the
    /// document; an element may have it only if no relationship names it.
    private static func rejectIdentifiers<From: DocumentSide, To: DocumentSide>(
        of units: inout [Unit], _ placement: some ElementPlacement, _ stated: StatedStanding, from side: From.Type,
        to target: To.Type, reserved: String?
    ) -> Bool {
        guard units.contains(where: { $0.naturalID != nil }) else { return false }
        let named = placement.named
        var doubtful: [Int] = []
        var ids = UniqueIDs(units.count)
        var owners: [String: Int] = [:]
        for index in placement.backwards {
            let id = ids.unique(units[index].returningID)
            let text = units[index].object.text(To.identifier) ?? ""
            if units[index].naturalID != nil,
                From.identifier(id) != stated.identifiers[index] || text.isEmpty && !To.mayLackIdentifier
                    || text == reserved && named.contains(index)
            {
                doubtful.append(index)
            }
            guard !text.isEmpty else { continue }
            if let owner = owners[text] {
                if named.contains(index), !units[owner].isLike(units[index]) {
                    doubtful += [owner, index].filter { units[$0].naturalID != nil }
                }
            } else {
                owners[text] = index
            }
        }
        for index in Set(doubtful) { units[index].takeBackIdentifier(in: target) }
        return !doubtful.isEmpty
    }

    /// Corrects the residue of elements whose identifiers would become others on the way back because another element has
    /// them.
    ///
    /// `order` is that in which the way back reads them, and `identifiers` those of the document.
    static func correctIdentifiers<From: DocumentSide>(
        of units: inout [Unit], order: [Int], from side: From.Type, _ identifiers: [String]
    ) {
        // If each element comes back with the identifier that it has now, no two come back with the same.
        guard units.contains(where: { !$0.returnsAsItself }) else { return }
        var ids = UniqueIDs(units.count)
        for index in order {
            let id = ids.unique(units[index].returningID)
            guard id != units[index].returningID, From.mayLackIdentifier || !identifiers[index].isEmpty else {
                continue
            }
            units[index].noteIdentifier(
                From.identifier, was: identifiers[index].isEmpty ? nil : identifiers[index],
                becomes: From.identifier(id))
        }
    }
}
