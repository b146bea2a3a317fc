internal import ByteStreams
package import SBOMModel
internal import StructuredText

/// The licences of one document that are on no list: SPDX's `LicenseRef-` identifiers and the words and texts behind them.
///
/// A class, because reading components adds to it and writing them looks things up; each thread has one of its own.
package final class ExtractedLicenses {
    /// What is in such a list.
    package typealias Contents = [String: Entry]

    /// What stands behind a `LicenseRef-`.
    package struct Entry: Sendable {
        package var name: String?
        package var text: String?
        /// How many elements have this licence and nothing beside it.
        var useCount = 0
    }

    package private(set) var entries: Contents

    package init(_ contents: Contents = [:]) {
        entries = contents
    }

    package var contents: Contents { entries }

    /// Adds what another list has and this has not.
    package func add(_ contents: Contents) {
        entries.merge(contents) { known, _ in known }
    }

    /// The identifiers, sorted: in which order elements are read does not count.
    var order: [String] { entries.keys.sorted() }

    package func add(_ id: String, name: String?, text: String?) {
        guard entries[id] == nil else { return }
        entries[id] = Entry(name: name, text: text)
    }

    /// Whether a text could come to more than it may if all of so many elements had its licence.
    package func mayMultiply(with count: Int) -> Bool {
        entries.values.contains { ($0.text?.utf8.count ?? 0) > Limits.inlinedLicenseText / max(count, 1) }
    }

    /// Counts one element that has the licence alone.
    package func use(_ id: String) {
        entries[id]?.useCount += 1
    }

    /// Takes over how often licences are used from another list, in which they may have other identifiers.
    package func count(like other: ExtractedLicenses) {
        for id in entries.keys {
            guard let entry = entries[id] else { continue }
            // In a component it stands by its words, and without its text where that would multiply.
            let ids = [id] + [entry.text, nil].map { Self.identifier(name: entry.name ?? id, text: $0) }
            entries[id]?.useCount = ids.lazy.compactMap { other.entries[$0]?.useCount }.first ?? 0
        }
    }

    /// The words for a licence, and its text unless that would multiply.
    package func words(for id: String) -> (name: String, text: String?) {
        guard let entry = entries[id] else { return (id, nil) }
        let name = entry.name ?? id
        guard let text = entry.text, !text.isIdentical(to: name),
            text.utf8.count <= Limits.inlinedLicenseText / max(entry.useCount, 1)
        else { return (name, nil) }
        return (name, text)
    }

    /// The identifier for a license that is known by name and perhaps text.
    static func identifier(name: String, text: String?) -> String {
        ExtractedLicense.identifier(name: name, text: text)
    }
}

extension ExtractedLicense {
    /// The identifier for a license that is known by name and perhaps text.
    ///
    /// The same words always give the same identifier, and different words different identifiers.
    package static func identifier(name: String, text: String?) -> String {
        if name.hasPrefix("LicenseRef-"), LicenseExpression(parsing: name) != nil { return name }
        let word = Element.word(name)
        guard text != nil || !word.isIdentical(to: name) || word.utf8.count > 60 else { return "LicenseRef-\(word)" }
        var hash = ShortHash()
        hash.add(name)
        if let text { hash.add(text) }
        return "LicenseRef-\(word.prefix(60))-\(hash.digits)"
    }
}
