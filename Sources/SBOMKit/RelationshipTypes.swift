internal import SBOMFormats
internal import SBOMModel

extension DocumentGraph {
    /// A type of relationship in the spelling of SPDX: `DEPENDS_ON` for `depends-on`.
    ///
    /// - Throws: ``SBOMError`` if SPDX 2.3 §11.1 does not have the type and the document does not use it.
    func relationshipType(_ word: String) throws(SBOMError) -> String {
        let used = kinds.flatMap { [$0.rawValue, $0.forward.kind.rawValue] }
        if used.contains(word) { return word }
        let type = word.uppercased().replacing("-", with: "_")
        let known = Relationship.Kind.specified.map(\.rawValue)
        // The vocabulary has such a type for some X, and documents have it for others.
        guard known.contains(type) || used.contains(type) || type.hasSuffix("_DEPENDENCY_OF") else {
            let question = Spelling.question(type, in: known + used)
            throw SBOMError(.usage, "\(word): expected a type of relationship such as DEPENDS_ON\(question)")
        }
        return type
    }
}

extension Outline {
    /// Types of relationships in the spelling of SPDX, for ``Options/types``.
    ///
    /// - Throws: ``SBOMError`` if SPDX does not have a type and the document does not use it.
    public func types(_ words: [String]) throws(SBOMError) -> Set<String> {
        var types: Set<String> = []
        for word in words { types.insert(try graph.relationshipType(word)) }
        return types
    }
}
