package import SBOMModel

/// What was found out about the license of a package: the expression, the rule that gave it, and the place of the evidence.
package struct LicenseFinding: Sendable, Hashable {
    /// The rule by which ``declared`` was found.
    ///
    /// The raw value must not change, because documents contain it.
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        /// No rule applies to the file, or the rules contradict each other: ``declared`` is nil.
        case none
        /// The paragraph `Files: *` of a machine-readable copyright file (DEP-5).
        case dep5
        /// The field `License` in the header of a machine-readable copyright file without `Files: *`.
        case dep5Header = "dep5-header"
        /// All paragraphs of a machine-readable copyright file without `Files: *`, which together cover all files.
        case dep5AllFiles = "dep5-all-files"
        /// A reference to a file in `/usr/share/common-licenses`, with the words about its version.
        case commonLicense = "common-licenses-reference"
        /// Lines with `SPDX-License-Identifier:`.
        case identifierLine = "spdx-license-identifier"
        /// Notices that are recognized by the hashes of their words.
        case knownNotice = "known-notice"
        /// The License tag of an rpm header.
        case licenseTag = "license-tag"
        /// The field for the license in the description that a package of a language ships.
        case packageMetadata = "package-metadata"
        /// The label `org.opencontainers.image.licenses` of an image.
        case imageLabel = "image-label"
    }

    /// The license of some of the files only.
    package struct Part: Sendable, Hashable {
        /// The license of these files.
        package var license: LicenseExpression
        /// The patterns of their paths in the source package, as the file writes them.
        package var patterns: [String]

        package init(_ license: LicenseExpression, patterns: [String]) {
            self.license = license
            self.patterns = patterns
        }
    }

    /// The text of a license that an expression of this finding names by a reference.
    package struct Text: Sendable, Hashable {
        /// The reference in the expressions of this finding: `LicenseRef-` and its name.
        package var reference: String
        /// The name of the license, as it is written where it was found.
        package var name: String
        /// The text of the license; nil if it is not known.
        package var text: String?

        package init(_ reference: String, name: String, text: String?) {
            self.reference = reference
            self.name = name
            self.text = text
        }
    }

    /// The license of the package; nil if no rule tells it, which documents state as NOASSERTION.
    package var declared: LicenseExpression?
    /// The licenses of some of the files, where they differ from ``declared``, each expression once.
    package var parts: [Part] = []
    /// The texts of the licenses that the expressions name by references, each reference once.
    package var texts: [Text] = []
    /// The copyright notice of the package, verbatim.
    package var copyright: String?
    /// The rule by which ``declared`` was found.
    package var rule: Rule
    /// The path of the file with the evidence, without a leading slash; nil if it is the record in the database.
    package var path: String?
    /// The lines with the evidence, counted from 1; nil if it is the whole file.
    package var lines: ClosedRange<Int>?

    /// The License tag or the label, if it is not the expression itself.
    package var tag: String?

    package init(_ rule: Rule, at path: String?, lines: ClosedRange<Int>? = nil) {
        self.rule = rule
        self.path = path
        self.lines = lines
    }

    /// The rule and the place of the evidence, in the form in which documents state them: `dep5
    /// usr/share/doc/bash/copyright:12-30`, `license-tag GPLv2+ and BSD`; nil if the record in the database has the
    /// expression itself.
    package var source: String? {
        guard let path else { return tag.map { "\(rule.rawValue) \($0)" } }
        guard let lines else { return "\(rule.rawValue) \(path)" }
        let end = lines.count == 1 ? "" : "-\(lines.upperBound)"
        return "\(rule.rawValue) \(path):\(lines.lowerBound)\(end)"
    }
}

extension LicenseFinding {
    /// What a License tag or a label states; nil if it states nothing.
    ///
    /// - Parameters:
    ///   - tag: The tag or label.
    ///   - rule: What it is.
    ///   - text: The text of the license that the package ships, for a tag that names one license.
    package init?(licenseTag tag: String, rule: Rule = .licenseTag, text: () -> String? = { nil }) {
        guard let read = LicenseTag(tag) else { return nil }
        self.init(rule, at: nil)
        declared = read.expression
        if !read.expression.description.utf8.elementsEqual(tag.utf8) { self.tag = tag }
        let isOneLicense = read.terms.count == 1 && read.expression.description == read.terms.first?.reference
        texts = read.terms.map { Text($0.reference, name: $0.words, text: isOneLicense ? text() : nil) }
    }
}
