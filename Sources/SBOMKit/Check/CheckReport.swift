internal import StructuredText

/// The checks of several documents, as text, JSON or Markdown.
public struct CheckReport: Sendable {
    /// The checks, each with the name of its document.
    public private(set) var checks: [(name: String, check: DocumentCheck)] = []

    /// Creates a report without checks.
    public init() {}

    /// Adds the check of a document.
    public mutating func append(_ check: DocumentCheck, of name: String) { checks.append((name, check)) }

    /// Whether all documents pass.
    public var passes: Bool { checks.allSatisfy(\.check.passes) }

    /// Lines of text for one document, the verdict last.
    ///
    /// Control characters and invisible characters are escaped: `\u{202e}`.
    public static func lines(_ check: DocumentCheck, of name: String) -> [String] {
        var lines: [String] = []
        for section in check.sections {
            lines.append("\(name): \(section.name): \(summary(of: section))")
            lines += section.findings.map { "\(name): \(section.name): \($0.severity.rawValue): \(text(of: $0))" }
        }
        let errors = check.sections.reduce(0) { $0 + $1.findings.count { $0.severity == .error } }
        let verdict = errors == 0 ? "passes" : "fails, \(errors) \(errors == 1 ? "error" : "errors")"
        lines.append("\(name): \(check.format): \(check.profile.rawValue): \(verdict)")
        return lines.map(VisibleText.of)
    }

    /// The findings of a check as text: `trivy: 12 packages dropped, because …`, `supplier: 1 package without a supplier: …`.
    ///
    /// `rule` is the name of the rule, which the text has too.
    public static func findings(_ check: DocumentCheck) -> [(isError: Bool, text: String, rule: String)] {
        check.sections.flatMap { section in
            section.findings.map {
                ($0.severity == .error, VisibleText.of("\(section.name): \(text(of: $0))"), $0.rule)
            }
        }
    }

    /// `packages 12, read 12, sources 9, system debian 12`; of a field `11 of 12, required (NTIA 2021, …)`.
    private static func summary(of section: DocumentCheck.Section) -> String {
        if section.facts.map(\.name) == Standard.factNames {
            let facts = section.facts.map { text(of: $0) }
            return "\(facts[1]) of \(facts[0]), \(facts[2]) (\(facts[3]))"
        }
        return section.facts.map { "\($0.name) \(text(of: $0))" }.joined(separator: ", ")
    }

    private static func text(of fact: DocumentCheck.Fact) -> String {
        switch fact.value {
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }

    private static func text(of finding: DocumentCheck.Finding) -> String {
        guard finding.count > 0 else { return "\(finding.message) [\(finding.rule)]" }
        let more = finding.count - finding.examples.count
        let names = finding.examples.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
        let count = finding.count == 1 ? "1 package" : "\(finding.count) packages"
        return "\(count) \(finding.message): \(names) [\(finding.rule)]"
    }

    /// For each profile a table with a row for each scanner or field of each document, and the findings below it, in
    /// GitHub-flavored Markdown.
    public var markdown: String {
        var profiles: [DocumentCheck.Profile] = []
        for (_, check) in checks where !profiles.contains(check.profile) { profiles.append(check.profile) }
        return profiles.map(markdown).joined(separator: "\n")
    }

    private func markdown(_ profile: DocumentCheck.Profile) -> String {
        let checks = checks.filter { $0.check.profile == profile }
        let names = checks.first?.check.sections.first?.facts.map(\.name) ?? []
        let reader = profile == .scanner ? "reader" : "field"
        var rows: [[String]] = []
        var findings: [[String]] = []
        for (name, check) in checks {
            for section in check.sections {
                let values = section.facts.map { Self.text(of: $0) }
                rows.append([name, check.format, section.name] + values + [section.passes ? "passes" : "fails"])
                findings += section.findings.map { [name, section.name, $0.severity.rawValue, Self.text(of: $0)] }
            }
        }
        let table = MarkdownTable.text(["document", "format", reader] + names + ["verdict"], rows)
        guard !findings.isEmpty else { return table }
        return table + "\n" + MarkdownTable.text(["document", reader, "severity", "finding"], findings)
    }

    /// A JSON document in the shape `sbomkit-check/1`: `passes`, and an object for each document and profile with the sections of the check.
    public var json: String {
        let root: JSONValue = [
            "schema": "sbomkit-check/1", "passes": .bool(passes),
            "documents": .array(
                checks.map { name, check in
                    [
                        "file": .string(name), "format": .string(check.format),
                        "profile": .string(check.profile.rawValue), "passes": .bool(check.passes),
                        "sections": .array(check.sections.map(Self.json)),
                    ]
                }),
        ]
        return String(decoding: JSONWriter.bytes(of: root, .pretty), as: UTF8.self)
    }

    private static func json(_ section: DocumentCheck.Section) -> JSONValue {
        var facts = JSONObject()
        for fact in section.facts {
            switch fact.value {
            case .number(let number): facts.append(fact.name, .number(JSONNumber(number)))
            case .text(let text): facts.append(fact.name, .string(text))
            }
        }
        return [
            "name": .string(section.name), "passes": .bool(section.passes), "facts": .object(facts),
            "findings": .array(
                section.findings.map { finding in
                    [
                        "severity": .string(finding.severity.rawValue), "rule": .string(finding.rule),
                        "message": .string(finding.message), "count": .number(JSONNumber(finding.count)),
                        "examples": .array(finding.examples.map { .string($0) }),
                    ]
                }),
        ]
    }
}
