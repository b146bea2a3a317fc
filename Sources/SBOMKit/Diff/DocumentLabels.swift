/// Names for packages and files that cannot be confused with one another.
struct DocumentLabels {
    private var identities: [String: Set<ComparedDocument.Identity>] = [:]
    private var severalVersions: Set<ComparedDocument.Identity> = []

    init(_ old: ComparedDocument, _ new: ComparedDocument, _ matching: DocumentMatching) {
        // An entry that both documents have gets one label, even if they spell its identity differently. The spelling
        // that comes first in order is used.
        var others: [Int: ComparedDocument.Entry] = [:]
        for pair in matching.pairs { others[pair.old] = new.entries[pair.new] }
        for (place, entry) in old.entries.enumerated() {
            let other = others[place] ?? entry
            let first = other.sortKey < entry.sortKey ? other : entry
            identities[entry.plainName, default: []].insert(first.identity)
            identities[other.plainName, default: []].insert(first.identity)
        }
        for place in matching.onlyNew {
            identities[new.entries[place].plainName, default: []].insert(new.entries[place].identity)
        }
        for document in [old, new] {
            // Each version is an entry. If a document has only one version of a package, the label needs no version.
            var own: Set<ComparedDocument.Identity> = []
            for entry in document.entries where !entry.identity.isFile {
                if !own.insert(entry.identity).inserted { severalVersions.insert(entry.identity) }
            }
        }
    }

    func item(_ entry: ComparedDocument.Entry) -> DocumentDifference.Item {
        let identity = entry.identity
        let name = entry.name.isEmpty ? entry.id : entry.name
        var addition = ""
        if let same = identities[entry.plainName], same.count > 1 {
            let differing = [
                same.contains { $0.type != identity.type || $0.isFile != identity.isFile }
                    ? identity.type ?? (identity.isFile ? "file" : identity.purpose.lowercased()) : "",
                same.contains { $0.namespace != identity.namespace } ? identity.namespace : "",
                same.contains { $0.architecture != identity.architecture } ? identity.architecture : "",
            ].filter { !$0.isEmpty }
            if !differing.isEmpty { addition = " (\(differing.joined(separator: ", ")))" }
        }
        return DocumentDifference.Item(
            name: entry.name, version: entry.version, type: identity.isFile ? "file" : identity.type,
            architecture: identity.architecture.isEmpty ? nil : identity.architecture, purl: entry.purl,
            label: name + addition,
            fullLabel: severalVersions.contains(identity)
                ? name + (entry.version.map { "@\($0)" } ?? "") + addition : name + addition)
    }
}
