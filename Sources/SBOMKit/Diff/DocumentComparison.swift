internal import SBOMFormats

/// What of two documents is compared.
struct DocumentComparison {
    let scope: DocumentDifference.Scope
    /// Whether only what both documents state is compared, because different programs made them or in different formats.
    let isOfCommonFacts: Bool
    /// The entries of the old document that are images or operating systems, and those that are the same as one.
    let oldSystems: Set<Int>
    /// The same of the new document.
    let newSystems: Set<Int>
    /// The parts that only one of the documents states anything of.
    private(set) var omissions: [DocumentDifference.Omission] = []

    init(
        _ scope: DocumentDifference.Scope, old oldGraph: DocumentGraph, _ old: ComparedDocument,
        new newGraph: DocumentGraph, _ new: ComparedDocument, _ matching: DocumentMatching
    ) {
        self.scope = scope
        let areOtherTools =
            !oldGraph.tools.isEmpty && !newGraph.tools.isEmpty && oldGraph.tools.isDisjoint(with: newGraph.tools)
        isOfCommonFacts = scope == .contents && (areOtherTools || oldGraph.format != newGraph.format)
        var oldSystems = Set(old.entries.indices.filter { old.entries[$0].isSystem })
        var newSystems = Set(new.entries.indices.filter { new.entries[$0].isSystem })
        for pair in matching.pairs {
            guard oldSystems.contains(pair.old) || newSystems.contains(pair.new) else { continue }
            oldSystems.insert(pair.old)
            newSystems.insert(pair.new)
        }
        self.oldSystems = scope == .contents ? oldSystems : []
        self.newSystems = scope == .contents ? newSystems : []
        guard isOfCommonFacts else { return }
        let topics: [(DocumentDifference.Part, (ComparedDocument.Entry) -> Bool)] = [
            (.licenses, { !$0.declared.isEmpty || !$0.concluded.isEmpty }), (.suppliers, { !$0.suppliers.isEmpty }),
            (.files, \.identity.isFile),
        ]
        for (part, isStated) in topics {
            func states(_ document: ComparedDocument, _ systems: Set<Int>) -> Bool {
                document.entries.indices.contains { !systems.contains($0) && isStated(document.entries[$0]) }
            }
            let sides = (states(old, oldSystems), states(new, newSystems))
            if sides.0 != sides.1 {
                omissions.append(.init(part: part, relationship: nil, statedBy: sides.0 ? .old : .new))
            }
        }
    }

    /// Whether a part is compared.
    func includes(_ part: DocumentDifference.Part) -> Bool { !omissions.contains { $0.part == part } }
}
