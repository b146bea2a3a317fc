internal import ByteStreams
package import SBOMModel
internal import StructuredText

/// The licenses of one document that are not on the SPDX License List, with their names and texts, by their
/// `LicenseRef-` identifiers.
///
/// A class, because the codecs share it: reading a component adds licenses, and writing one looks them up. Each thread
/// has an instance of its own.
package final class ExtractedLicenses {
    /// The licenses by their identifiers.
    package typealias Contents = [String: Entry]

    /// The name and text of one license.
    package struct Entry: Sendable {
        package var name: String?
        package var text: String?
        /// The number of elements whose license is this one alone.
        var useCount = 0
        /// Whether the document states a name or text; else it only names the license in an expression.
        package var isDefined = true
    }

    package private(set) var entries: Contents

    package init(_ contents: Contents = [:]) {
        entries = contents
    }

    package var contents: Contents { entries }

    /// Adds the licenses of another list that this list lacks.
    package func add(_ contents: Contents) {
        entries.merge(contents) { known, other in known.isDefined ? known : other }
    }

    /// The identifiers, sorted, so that they do not depend on the order in which elements are read.
    var order: [String] { entries.keys.sorted() }

    package func add(_ id: String, name: String?, text: String?) {
        guard entries[id]?.isDefined != true else { return }
        entries[id] = Entry(name: name, text: text)
    }

    /// Adds the licenses of an expression that have their texts in the document, in case the document states none.
    func mention(_ expression: String) {
        guard expression.hasBytes(of: "LicenseRef-") else { return }
        for name in LicenseExpression.names(in: expression) where entries[name] == nil && name.hasPrefix("LicenseRef-")
        {
            entries[name] = Entry(isDefined: false)
        }
    }

    /// Whether the copies of a license text could exceed ``Limits/inlinedLicenseText`` if all `count` elements had that
    /// license.
    package func mayMultiply(with count: Int) -> Bool {
        entries.values.contains { ($0.text?.utf8.count ?? 0) > Limits.inlinedLicenseText / max(count, 1) }
    }

    /// Counts one element whose license is this one alone.
    package func use(_ id: String) {
        entries[id]?.useCount += 1
    }

    /// Copies the use counts from another list, in which the licenses may have other identifiers.
    package func count(like other: ExtractedLicenses) {
        for id in entries.keys {
            guard let entry = entries[id] else { continue }
            // A component has the name of the license, and its text only if the copies stay within the limit.
            let ids = [id] + [entry.text, nil].map { Self.identifier(name: entry.name ?? id, text: $0) }
            entries[id]?.useCount = ids.lazy.compactMap { other.entries[$0]?.useCount }.first ?? 0
        }
    }

    /// The name to write for a license, and its text unless the copies of it would exceed
    /// ``Limits/inlinedLicenseText``.
    package func words(for id: String) -> (name: String, text: String?) {
        guard let entry = entries[id] else { return (id, nil) }
        let name = entry.name ?? id
        guard let text = entry.text, !text.isIdentical(to: name),
            text.utf8.count <= Limits.inlinedLicenseText / max(entry.useCount, 1)
        else { return (name, nil) }
        return (name, text)
    }

    /// The identifier for a license with a name and perhaps a text.
    static func identifier(name: String, text: String?) -> String {
        ExtractedLicense.identifier(name: name, text: text)
    }
}

extension ExtractedLicense {
    /// The identifier for a license with a name and perhaps a text.
    ///
    /// The same name and text always give the same identifier, and different ones give different identifiers.
    package static func identifier(name: String, text: String?) -> String {
        if name.hasPrefix("LicenseRef-"), LicenseExpression(parsing: name) != nil { return name }
        let word = Element.word(String(name.dropping(prefix: "LicenseRef-") ?? name[...]))
        guard text != nil || !word.isIdentical(to: name) || word.utf8.count > 60 else { return "LicenseRef-\(word)" }
        var hash = ShortHash()
        hash.add(name)
        if let text { hash.add(text) }
        return "LicenseRef-\(word.prefix(60))-\(hash.digits)"
    }
}
