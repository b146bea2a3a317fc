internal import ByteStreams

/// The licenses of the paragraphs of a machine-readable copyright file as expressions of SPDX.
struct MachineReadableLicenses {
    private let file: MachineReadableCopyright
    private let commonLicenses: [String: [UInt8]]
    /// What the texts of this and of other files state.
    private(set) var statements: LicenseStatements
    /// The paragraphs that state a license and no files, by their synopsis in lower case (§6.5).
    private let standAlone: [String: MachineReadableCopyright.Field]
    /// The texts of the licenses that the expressions name by references.
    private(set) var texts: [LicenseFinding.Text] = []
    /// What is known of a name, by the place of its text; 0 for none.
    private var known: [Key: String] = [:]
    /// The references to texts: a text may stand several times in a file.
    private var references: [Wording: String] = [:]
    /// The texts by their places, so that licenses with one text share it.
    private var textsByPlace: [Int: String] = [:]

    private struct Wording: Hashable {
        let name: String
        let text: String?
    }

    private struct Key: Hashable {
        let name: String
        let text: Int
    }

    init(
        _ file: MachineReadableCopyright, _ commonLicenses: [String: [UInt8]], _ statements: consuming LicenseStatements
    ) {
        self.file = file
        self.commonLicenses = commonLicenses
        self.statements = statements
        standAlone = Dictionary(
            file.paragraphs.enumerated().compactMap { number, paragraph in
                guard paragraph["files"] == nil, let license = paragraph["license"], file.hasText(license) else {
                    return nil
                }
                return (file.firstLine(license).lowercased(), license)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The expression of the license of a paragraph, with references to ``texts``; nil if it states none.
    mutating func expression(of number: Int) -> String? {
        guard let field = license(of: number) else { return nil }
        let (synopsis, isAlone) = synopsis(field)
        guard !synopsis.isEmpty else { return expression(ofTextOnly: field) }
        guard !isAbsence(synopsis) else { return nil }
        // A name that is known as a whole, or a text that has the whole synopsis for its name.
        guard let tree = LicenseSynopsis(synopsis) else {
            let isText = synopsis.split(separator: " ").count > Limits.licenseNameWords && !synopsis.contains("/")
            return expression(ofName: isText ? "unnamed" : synopsis, field, isWhole: isAlone)
        }
        if case .name(let name) = tree { return expression(ofName: name, field, isWhole: isAlone) }
        var names = 0
        let text = tree.expression { name in
            names += 1
            return expression(ofName: name, field, isWhole: false)
        }
        return names <= Limits.licenseParts ? text : expression(ofName: synopsis, field, isWhole: isAlone)
    }

    /// The field with the license of a paragraph; where a blank line parts it from its files, that of the next paragraph.
    private func license(of number: Int) -> MachineReadableCopyright.Field? {
        if let field = file.paragraphs[number]["license"] { return field }
        guard number > 0, file.paragraphs[number]["files"] != nil, number + 1 < file.paragraphs.count else {
            return nil
        }
        let next = file.paragraphs[number + 1]
        return next["files"] == nil ? next["license"] : nil
    }

    /// The synopsis, and whether all that follows is the text.
    private func synopsis(_ field: MachineReadableCopyright.Field) -> (text: String, hasOwnText: Bool) {
        let line = file.firstLine(field)
        let lowered = line.lowercased()
        // A long synopsis that goes on in the next line.
        if lowered.hasSuffix(",") || lowered.hasSuffix(" and") || lowered.hasSuffix(" or"),
            let next = file.text(field, limit: Limits.licenseSynopsisLength).text.split(separator: "\n").first
        {
            return ("\(line) \(next)", false)
        }
        return (line, true)
    }

    /// Whether a synopsis says that there is no license to state.
    private func isAbsence(_ synopsis: String) -> Bool {
        ["none", "unknown", "n/a", "tbd", "fixme", "todo", "-", "?"].contains(synopsis.lowercased())
    }

    /// The license of a field without a synopsis: the first line of the text if it is one, or what the text states.
    private mutating func expression(ofTextOnly field: MachineReadableCopyright.Field) -> String? {
        guard file.hasText(field) else { return nil }
        let first = file.text(field, limit: Limits.licenseSynopsisLength).text.split(separator: "\n").first ?? ""
        if first.utf8.count <= 60, let tree = LicenseSynopsis(String(first)) {
            var isKnown = true
            let text = tree.expression { name in
                let expression = DebianLicenseNames.expression(for: name)
                isKnown = isKnown && expression != nil
                return expression ?? ""
            }
            if isKnown { return text }
        }
        return expression(ofName: "unnamed", field, isWhole: true)
    }

    /// The expression for one name.
    ///
    /// Names mean what the specification and SPDX's list say, unless a text of this name alone plainly states another
    /// license: the text is what is granted. Where both name a license of GNU in different versions, the text stays a text.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - field: The field that has it.
    ///   - isWhole: Whether the text in the field is that of this name alone.
    /// - Returns: An expression, or a reference to a new member of ``texts``.
    private mutating func expression(
        ofName name: String, _ field: MachineReadableCopyright.Field, isWhole: Bool
    ) -> String {
        let lowered = name.lowercased()
        let inField = file.hasText(field) ? field : nil
        let own = (isWhole ? inField : nil) ?? standAlone[lowered]
        let source = own ?? standAlone[file.firstLine(field).lowercased()] ?? inField
        let key = Key(name: lowered, text: source?.rest.lowerBound ?? 0)
        if let expression = known[key] { return expression }
        let expression = DebianLicenseNames.expression(for: name)
        let statement = own.map { statements.statement(file.bytes[$0.rest]) }
        let stated = statement.flatMap { $0.isUnderstood && !$0.licenses.isEmpty ? $0.licenses : nil }
        let result: String
        if let expression {
            let other = stated.flatMap { $0.count == 1 && $0[0] != expression ? $0[0] : nil }
            if let other, !expression.hasBytes(of: " ") {
                result = Self.areVersions(expression, other) ? reference(to: name, own, statement) : other
            } else {
                result = expression
            }
        } else if let stated {
            result = stated.joined(separator: " AND ")
        } else {
            result = reference(to: name, source, statement)
        }
        known[key] = result
        return result
    }

    /// Whether two licenses are of GNU and differ in more than in the later versions: then either may be a mistake.
    private static func areVersions(_ one: String, _ other: String) -> Bool {
        func parts(_ license: String) -> [Substring] {
            license.split(separator: "-", maxSplits: 2).prefix(2).map(\.self)
        }
        let gnu: Set<Substring> = ["GPL", "LGPL", "AGPL", "GFDL"]
        let (one, other) = (parts(one), parts(other))
        return one != other && gnu.contains(one.first ?? "") && gnu.contains(other.first ?? "")
    }

    private mutating func reference(
        to name: String, _ source: MachineReadableCopyright.Field?, _ statement: LicenseStatement?
    ) -> String {
        var text: String?
        if let source {
            let place = source.rest.lowerBound
            text = textsByPlace[place] ?? self.text(source, statement)
            textsByPlace[place] = text
        }
        let wording = Wording(name: name, text: text)
        if let known = references[wording] { return known }
        let reference = "LicenseRef-\(texts.count + 1)"
        texts.append(LicenseFinding.Text(reference, name: name, text: text))
        references[wording] = reference
        return reference
    }

    /// The text of a field; where that only says that a file has the text, the file.
    private func text(_ field: MachineReadableCopyright.Field, _ statement: LicenseStatement?) -> String {
        if let statement, statement.isUnderstood, statement.commonLicenses.count == 1,
            let bytes = statement.commonLicenses.first.flatMap({ commonLicenses[$0] })
        {
            return String(decoding: bytes.prefix(Limits.licenseTextLength), as: UTF8.self)
        }
        let first = file.firstLine(field)
        let isText = first.split(separator: " ").count > Limits.licenseNameWords
        let (text, isCut) = file.text(field, limit: Limits.licenseTextLength, includingFirst: isText)
        return isCut ? "\(text)\n[The text is longer than the limit licenseTextLength.]" : text
    }
}
