internal import ByteStreams
package import SBOMModel
package import StructuredText

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
        /// Whether the table of a CycloneDX document states it.
        package var isListed = false
        /// Whether the document states a name or text; else it only names the license in an expression.
        package var isDefined = true
    }

    package private(set) var entries: Contents {
        didSet { forms = nil }
    }
    /// How CycloneDX writes the licenses, once that was asked for.
    private var forms: CycloneDXForms?
    /// The identifiers of the licenses of the table of a CycloneDX document by name; nil for a name of several.
    private var listedNames: [String: String?]

    package init(_ contents: Contents = [:]) {
        entries = contents
        listedNames = Dictionary(
            contents.compactMap { id, entry in entry.isListed ? (entry.name ?? id, id) : nil },
            uniquingKeysWith: { _, _ in nil })
    }

    package var contents: Contents { entries }

    /// Adds the licenses of another list that this list lacks, and the texts that its licenses lack.
    package func add(_ contents: Contents) {
        entries.merge(contents) { known, other in
            known.isDefined && (known.text != nil || other.text == nil) ? known : other
        }
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

    /// The text of a license, unless that is its name.
    package func ownText(of id: String) -> String? {
        guard let entry = entries[id], let text = entry.text else { return nil }
        return text.isIdentical(to: entry.name ?? id) ? nil : text
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

// MARK: CycloneDX

/// How CycloneDX writes the licenses of a document that are not on the SPDX License List.
///
/// CycloneDX has no list of licenses: a component has the name of its license, and perhaps the text, or an expression.
/// The identifier and text of a license often do not follow from that. Such a license has a row in a table: a property of
/// the document with its identifier, its name in the first line, and its text in the others.
struct CycloneDXForms {
    /// What a component has whose license is this one alone.
    enum Form: Equatable {
        /// The name, and perhaps the text.
        case named(String, text: String?)
        /// The identifier as an expression, because the name does not identify the license.
        case expression
    }

    /// By identifier; a license without a form has its name and perhaps its text.
    let forms: [String: Form]
    /// The properties of the document, in the order of the identifiers.
    let table: [(name: String, value: String)]

    static let prefix = "sbomkit:license:"
}

extension ExtractedLicenses {
    /// How CycloneDX writes the licenses.
    private var cycloneDXForms: CycloneDXForms {
        if let forms { return forms }
        var (made, table): ([String: CycloneDXForms.Form], [(name: String, value: String)]) = ([:], [])
        let names = Dictionary(entries.map { ($1.name ?? $0, 1) }, uniquingKeysWith: +)
        for id in order {
            guard let entry = entries[id], entry.isDefined else { continue }
            let name = entry.name ?? id
            let text = ownText(of: id)
            // A component states such a license with its name and text.
            guard Self.identifier(name: name, text: text) != id, !name.contains(where: \.isNewline) else { continue }
            let isUnique = names[name] == 1 && !name.isEmpty && !name.hasPrefix("LicenseRef-") && !isReserved(name)
            made[id] = isUnique ? .named(name, text: nil) : .expression
            table.append((CycloneDXForms.prefix + id, (entry.name ?? "") + (text.map { "\n\($0)" } ?? "")))
        }
        let forms = CycloneDXForms(forms: made, table: table)
        self.forms = forms
        return forms
    }

    /// Whether a text in the place of the name of a license is not read as a name.
    private func isReserved(_ name: String) -> Bool {
        name == "NONE" || name == Element.noAssertion || LicenseExpression(parsing: name) != nil
    }

    /// What a component of CycloneDX has whose license is this one alone.
    func cycloneDXForm(of id: String, hasTable: Bool) -> CycloneDXForms.Form {
        let form = hasTable ? cycloneDXForms.forms[id] : nil
        if let form { return form }
        let (name, text) = words(for: id)
        return .named(name, text: text)
    }

    /// The properties of a CycloneDX document that state licenses.
    var cycloneDXTable: [(name: String, value: String)] { entries.isEmpty ? [] : cycloneDXForms.table }

    /// The licenses that the table states, as a reader of the document finds them before it reads the components.
    package var listed: Contents {
        let found = ExtractedLicenses()
        for (name, value) in cycloneDXTable { found.read(property: name, value) }
        return found.entries
    }

    /// Reads the table in the header of a CycloneDX document.
    package func readTable(in header: JSONObject) {
        guard let metadata = header["metadata"]?.objectContent else { return }
        for (_, property) in metadata.objects("properties") {
            guard let name = property.text("name"), let value = property.text("value") else { continue }
            read(property: name, value)
        }
    }

    private func read(property: String, _ value: String) {
        guard property.hasBytes(of: CycloneDXForms.prefix), let id = property.dropping(prefix: CycloneDXForms.prefix),
            SPDXIdentifier.isLicense(String(id)), entries[String(id)] == nil
        else { return }
        let parts = value.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.flatMap { $0.isEmpty ? nil : String($0) }
        var entry = Entry(name: name, text: parts.count == 2 ? String(parts[1]) : nil)
        entry.isListed = true
        entries[String(id)] = entry
        let key = name ?? String(id)
        listedNames[key] = .some(listedNames[key] == nil ? String(id) : nil)
    }

    /// The license of the table with a name and perhaps a text.
    func listed(named name: String, text: String?) -> String? {
        guard let id = listedNames[name].flatMap(\.self), let entry = entries[id] else { return nil }
        guard let text else { return id }
        return entry.text?.isIdentical(to: text) == true ? id : nil
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
