internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel

/// A search for elements by license, the same for `query` and `outline`.
///
/// - The text of a whole expression matches that expression.
/// - A license matches itself in an expression: `MIT`, `BSD-3-Clause`, `GPL-2.0-or-later`.
/// - A license with a version matches all its forms: `GPL-2.0` matches `GPL-2.0-only`, `GPL-2.0-or-later`, `GPL-2.0+` and
///   `GPLv2`, and `BSD-3` matches `BSD-3-Clause`. `GPL-2` is `GPL-2.0`.
/// - The name of a family, which is no license itself, matches all its versions: `GPL`, `BSD`, `Apache`. It does not
///   match other families: `GPL` matches neither `LGPL` nor `AGPL`.
/// - A text with `*` must match a whole expression, or a license in it; `*` is any run of characters.
/// - `NOASSERTION` matches elements without a license.
///
/// Case does not matter. Exceptions count as licenses. A `LicenseRef-` is known by its identifier, with and without the
/// prefix, and by its name in the document.
struct LicenseSearch: Sendable {
    /// The text as it was given.
    private let typed: String
    private let text: String
    private let pattern: WildcardText
    /// The license or family; nil for a text with `*`.
    private let name: LicenseName?
    /// Whether the text is a license without a version, of which there is no family.
    private let isLicense: Bool

    init(_ text: String) {
        typed = text
        self.text = text.lowercased()
        pattern = WildcardText(self.text)
        name = text.contains("*") ? nil : LicenseName(text)
        isLicense = LicenseList.license(text) != nil
    }

    /// Whether elements without a license are searched for.
    var isForUnstated: Bool { text == "noassertion" }

    /// What to say where nothing matches and the SPDX License List has no such license and no such family; nil if it has.
    ///
    /// Of an expression each license counts. Nothing is said of patterns and of references.
    var question: String? {
        guard !typed.contains("*"), !isForUnstated, text != "none" else { return nil }
        let names = typed.contains(" ") ? LicenseExpression.names(in: typed) : [typed]
        return names.lazy.compactMap(Self.question(about:)).first
    }

    private static func question(about text: String) -> String? {
        guard !text.lowercased().hasPrefix("licenseref-") else { return nil }
        let name = LicenseName(text)
        let entries = LicenseList.licenses + LicenseList.exceptions
        var families: Set<String> = []
        for entry in entries {
            let other = LicenseName(entry.id)
            if name.includes(other, isLicense: false) { return nil }
            families.insert(other.family)
        }
        // A family is what is meant more often than one of its versions.
        let known = families.sorted().map { $0.uppercased() } + entries.map(\.id)
        let meant = Spelling.nearest(to: text, among: known).map { "; did you mean \($0)?" } ?? ""
        return "no license and no family of the SPDX License List is named \"\(text)\"\(meant)"
    }

    /// Whether the declared or the concluded license of an element matches.
    func match(_ element: Int32, in graph: DocumentGraph) -> Bool {
        let stated = [graph.elements.licenseDeclared(element), graph.elements.licenseConcluded(element)]
            .filter { !$0.isEmpty }
        if stated.isEmpty { return isForUnstated }
        return stated.contains { match(expression: $0, graph.licenseNames) }
    }

    /// Whether an expression or one of the licenses in it matches.
    ///
    /// - Parameters:
    ///   - expression: The expression; it need not parse.
    ///   - names: The names of the `LicenseRef-`s by their identifiers.
    /// - Returns: Whether there is a match.
    func match(expression: String, _ names: [String: String]) -> Bool {
        if pattern.matches(expression.lowercased()) { return true }
        return LicenseExpression.names(in: expression).contains { license in
            match(license: license) || names[license].map { match(license: $0) } ?? false
        }
    }

    private func match(license: String) -> Bool {
        guard let name else { return pattern.matches(license.lowercased()) }
        return license.lowercased() == text || name.includes(LicenseName(license), isLicense: isLicense)
    }
}

/// The identifier of a license, taken apart: `GPL`, `2`, `-or-later`.
private struct LicenseName: Sendable {
    /// The name without the version, in lower case.
    let family: String
    /// The version without `.0` at its end; empty if the name has no version.
    private let version: String
    /// What follows the version: `-only`, `-or-later`, `-clause`; empty if nothing does.
    private let form: String

    /// A version begins with a digit behind a hyphen, or behind `v` as in `GPLv2+`.
    init(_ text: String) {
        var bytes = Array(text.lowercased().utf8)[...]
        let prefix = Array("licenseref-".utf8)
        if bytes.starts(with: prefix) { bytes = bytes.dropFirst(prefix.count) }
        let hyphens = " -_".utf8
        let digit = bytes.indices.first { place in
            guard bytes[place].isASCIIDigit, place > bytes.startIndex else { return false }
            let before = bytes[place - 1]
            return hyphens.contains(before) || before == UInt8(ascii: "v") && place - 1 > bytes.startIndex
        }
        guard let digit else {
            var name = bytes
            // `GPL+`, and `GPL with Classpath exception` in other words than those of SPDX.
            if name.last == UInt8(ascii: "+") { name = name.dropLast() }
            for mark in [" with ", "-with-"].map({ Array($0.utf8) }) {
                let cut = name.indices.first { name[$0...].starts(with: mark) }
                if let cut, cut > name.startIndex { name = name[..<cut] }
            }
            family = String(decoding: name, as: UTF8.self)
            version = ""
            form = String(decoding: bytes[name.endIndex...], as: UTF8.self)
            return
        }
        var name = bytes[..<digit]
        if name.last == UInt8(ascii: "v") { name = name.dropLast() }
        while let last = name.last, hyphens.contains(last) { name = name.dropLast() }
        let number = bytes[digit...].prefix { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
        var version = number
        while version.suffix(2).elementsEqual(".0".utf8) { version = version.dropLast(2) }
        family = String(decoding: name, as: UTF8.self)
        self.version = String(decoding: version, as: UTF8.self)
        let rest = String(decoding: bytes[number.endIndex...], as: UTF8.self)
        // The deprecated identifiers of the licenses of GNU: `GPL-2.0` and `GPL-2.0+` (SPDX License List).
        form = rest == "+" ? "-or-later" : rest
    }

    private static let familiesOfGNU: Set<String> = ["gpl", "lgpl", "agpl", "gfdl"]

    /// Whether another license is this one, or belongs to it if this is a family or has a version only.
    func includes(_ other: LicenseName, isLicense: Bool) -> Bool {
        guard other.family == family else { return false }
        if version.isEmpty { return isLicense ? other.version.isEmpty && other.form == form : true }
        guard other.version == version else { return false }
        if form.isEmpty || other.form == form { return true }
        return form == "-only" && other.form.isEmpty && Self.familiesOfGNU.contains(family)
    }
}
