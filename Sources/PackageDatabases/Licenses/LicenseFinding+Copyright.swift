internal import ByteStreams
internal import SBOMModel

extension LicenseFinding {
    /// What a copyright file of Debian states about the license of a package (Debian policy §12.5).
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - path: Its path, without a leading slash.
    ///   - commonLicenses: The files in `/usr/share/common-licenses`, by their names.
    package init(copyrightFile bytes: [UInt8], at path: String, commonLicenses: [String: [UInt8]]) {
        var statements = LicenseStatements()
        self.init(copyrightFile: bytes, at: path, commonLicenses: commonLicenses, &statements)
    }

    /// The same with what texts of other files state.
    init(
        copyrightFile bytes: [UInt8], at path: String, commonLicenses: [String: [UInt8]],
        _ statements: inout LicenseStatements
    ) {
        if bytes.count > Limits.copyrightFileSize {
            self.init(.none, at: path)
        } else if let file = MachineReadableCopyright(bytes) {
            self.init(file, at: path, commonLicenses, &statements)
        } else {
            self.init(freeForm: bytes, at: path)
        }
    }

    // MARK: Free form

    private init(freeForm bytes: [UInt8], at path: String) {
        self.init(.none, at: path)
        let lines = IdentifierLines(bytes)
        let statement = LicenseStatement(lines.rest[...])
        guard statement.isUnderstood, let identifiers = lines.expressions else { return }
        let expressions = identifiers + statement.licenses.filter { !identifiers.contains($0) }
        guard let license = Self.conjunction(expressions) else { return }
        declared = license
        rule = statement.isNamed ? .commonLicense : statement.licenses.isEmpty ? .identifierLine : .knownNotice
        let first = [lines.first, statement.lines?.lowerBound].compactMap(\.self).min()
        let last = [lines.last, statement.lines?.upperBound].compactMap(\.self).max()
        if let first, let last { self.lines = (first + 1)...(last + 1) }
    }

    /// The expression by which all of some expressions apply; nil if there are none.
    private static func conjunction(_ expressions: [String]) -> LicenseExpression? {
        let text =
            expressions.count == 1
            ? expressions[0]
            : expressions.map { $0.contains(" OR ") ? "(\($0))" : $0 }.joined(separator: " AND ")
        return LicenseExpression(parsing: text)
    }

    // MARK: Machine-readable form

    private init(
        _ file: MachineReadableCopyright, at path: String, _ commonLicenses: [String: [UInt8]],
        _ statements: inout LicenseStatements
    ) {
        self.init(.none, at: path)
        var reader = MachineReadableLicenses(file, commonLicenses, statements)
        defer { statements = reader.statements }
        let paragraphs = file.paragraphs.enumerated().filter { $0.element["files"] != nil }
        // The last paragraph that matches a file is the one that counts (DEP-5 §6.4), and this one matches all files.
        let general = paragraphs.last { file.patterns($0.element).contains { $0 == "*" || $0 == "./*" } }
        var stated: [(license: String, patterns: [String], isPackaging: Bool)] = []
        var numbers: [String: Int] = [:]
        for (number, paragraph) in paragraphs where number != general?.offset {
            guard let license = reader.expression(of: number) else { continue }
            let patterns = file.patterns(paragraph)
            let isPackaging = patterns.allSatisfy { $0.hasPrefix("debian/") || $0.hasPrefix("./debian/") }
            if let known = numbers[license] {
                stated[known].patterns += patterns
                stated[known].isPackaging = stated[known].isPackaging && isPackaging
            } else {
                numbers[license] = stated.count
                stated.append((license, patterns, isPackaging))
            }
        }
        if let general {
            declared = reader.expression(of: general.offset).flatMap(LicenseExpression.init(parsing:))
            if declared != nil { rule = .dep5 }
            lines = general.element.lines
            copyright = general.element["copyright"].flatMap(file.copyright)
        } else if let header = file.paragraphs.first, header["files"] == nil, header["license"] != nil,
            file.hasFormat, let license = reader.expression(of: 0).flatMap(LicenseExpression.init(parsing:))
        {
            declared = license
            rule = .dep5Header
            lines = header.lines
            copyright = header["copyright"].flatMap(file.copyright)
        } else {
            // Every file of a package must be covered (Debian policy §12.5), so all of these licenses make that of the package.
            let licenses = stated.filter { !$0.isPackaging }.map(\.license)
            if licenses.count <= Limits.licenseParts, let license = Self.conjunction(licenses) {
                declared = license
                rule = .dep5AllFiles
                lines = paragraphs.first.flatMap { first in
                    paragraphs.last.map { first.element.lines.lowerBound...$0.element.lines.upperBound }
                }
            }
        }
        let known = declared?.description
        parts = stated.compactMap { part in
            guard let license = LicenseExpression(parsing: part.license), license.description != known else {
                return nil
            }
            return Part(license, patterns: part.patterns)
        }
        texts = reader.texts
    }
}

/// Lines of a file that begin with `SPDX-License-Identifier:` behind marks of comments (SPDX 2.3 annex E).
private struct IdentifierLines {
    /// The expressions, each once; nil if one does not parse.
    private(set) var expressions: [String]? = []
    /// The first and the last of the lines, counted from 0.
    private(set) var first: Int?
    private(set) var last: Int?
    /// The file with blanks in place of these lines.
    private(set) var rest: [UInt8]

    init(_ bytes: [UInt8]) {
        rest = bytes
        let tag = Array("SPDX-License-Identifier:".utf8)
        var start = 0
        for (number, line) in ByteLines(bytes).enumerated() {
            defer { start += line.count + 1 }
            let text = line.drop { !$0.isASCIILetter }
            guard text.starts(with: tag) else { continue }
            for index in line.indices { rest[index] = 0x20 }
            first = first ?? number
            last = number
            let words = DpkgControlFile.folded(text.dropFirst(tag.count))
                .split(separator: " ").filter { $0 != "*/" && $0 != "-->" }.joined(separator: " ")
            guard let expression = LicenseExpression(parsing: words) else {
                expressions = nil
                return
            }
            let name = expression.description
            if expressions?.contains(name) == false { expressions?.append(name) }
        }
    }
}
