import TestSupport
import Testing

/// Text from an input reaches a terminal and readers of lines as text, in every verb.
@Suite struct VisibleTextTests {
    /// Characters that a terminal obeys, that some readers take for the end of a line, or that are invisible.
    static let characters: [Unicode.Scalar] = [
        "\u{7}", "\u{8}", "\u{9}", "\u{A}", "\u{B}", "\u{C}", "\u{D}", "\u{1B}", "\u{1C}", "\u{1D}",
        "\u{1E}", "\u{7F}", "\u{85}", "\u{9B}", "\u{AD}",
        "\u{34F}", "\u{61C}", "\u{115F}", "\u{180E}", "\u{200B}", "\u{200D}", "\u{200E}", "\u{200F}", "\u{2028}",
        "\u{2029}", "\u{202A}", "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}", "\u{2060}", "\u{2066}", "\u{2067}",
        "\u{2068}", "\u{2069}", "\u{3164}", "\u{FE0F}", "\u{FEFF}", "\u{FFA0}", "\u{FFF9}", "\u{FFFE}", "\u{E0041}",
    ]

    static let lines = [
        "outline A", "outline --purl A", "outline --spdx-ids A", "outline --ascii A", "outline --summary A",
        "outline --why part A", "outline --format dot A", "outline --format mermaid A", "outline --format html A",
        "outline --license L A", "query A all --fields name,version,license,supplier,originator,url,purl,id,type",
        "query --purl A all", "query A nothing:\\\"$TEXT\\\"", "query A name:\\\"$TEXT\\\"", "diff A B", "diff B A",
        "diff --format markdown A B", "diff --format markdown B A", "validate A", "validate B",
        "convert A --to cyclonedx --report text -o /dev/null", "convert A --to spdx@2.2 --strict --no-carry",
        "outline --why $TEXT A", "outline no$TEXT", "generate no$TEXT", "diff no$TEXT A",
    ]

    @Test(arguments: lines)
    func `no character of an input is obeyed or invisible`(line: String) throws {
        try withTemporaryFolder { folder in
            var results: [ShellResult] = []
            for text in ["~", String(String.UnicodeScalarView(Self.characters))] {
                for name in ["A", "B"] {
                    try write(Array(document(name, text).utf8), toFile: "\(folder)/\(name)")
                }
                // A file name cannot be anything, but a shell's variable can.
                try write(Array(text.utf8), toFile: "\(folder)/text")
                results.append(
                    try shell("cd '\(folder)'; TEXT=$(cat text; echo x); '\(program)' \(quoted(line))"))
            }
            let (plain, odd) = (results[0], results[1])
            // With such a text a document may become invalid, and a member lose its place.
            let isComparable = !line.hasPrefix("validate") && !line.contains("--report")
            #expect(plain.code == odd.code || !isComparable)
            for (text, expected) in [(odd.text, plain.text), (odd.errors, plain.errors)] {
                // Between the columns of a report there are tabs of our own.
                let ours: [Unicode.Scalar] = line.contains("--report") ? ["\n", "\t"] : ["\n"]
                let found = text.unicodeScalars.filter { !ours.contains($0) && Self.characters.contains($0) }
                #expect(found.isEmpty, "\(found.map { String($0.value, radix: 16) })")
                // No line is forged.
                guard isComparable else { continue }
                if line.contains("--strict") {
                    // Other members may be dropped, so the form of the lines is compared, not their number.
                    let forged = text.split(whereSeparator: \.isNewline).filter {
                        !$0.hasPrefix("sbomkit: ") && !($0.hasPrefix("  SPDX ") && $0.hasSuffix(")"))
                    }
                    #expect(forged.isEmpty)
                    continue
                }
                #expect(
                    text.split(whereSeparator: \.isNewline).count == expected.split(whereSeparator: \.isNewline).count)
            }
            #expect((odd.text + odd.errors).contains("202e") || line.hasPrefix("query A name:"))
        }
    }

    /// The line with its variables in double quotes, so that the shell does not split them.
    private func quoted(_ line: String) -> String {
        line.split(separator: " ").map { $0.contains("$") ? "\"\($0)\"" : String($0) }.joined(separator: " ")
    }

    /// An SPDX document with a text in all its values.
    private func document(_ name: String, _ text: String) -> String {
        let text = text.unicodeScalars.map { scalar -> String in
            scalar.value < 0x20
                ? "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16) : "\(scalar)"
        }.joined()
        func package(_ id: String, _ name: String) -> String {
            #"""
            {"SPDXID": "SPDXRef-\#(id)", "name": "\#(name)\#(text)", "versionInfo": "1\#(text)",
             "downloadLocation": "https://x/\#(text)", "licenseDeclared": "L\#(text)", "licenseConcluded": "L\#(text)",
             "supplier": "Organization: S\#(text)", "originator": "Person: O\#(text)", "comment": "c\#(text)",
             "sourceInfo": "from\#(text)", "homepage": "https://y/\#(text)",
             "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                               "referenceLocator": "pkg:generic/\#(name)\#(text)@1"}],
             "annotations": [{"annotator": "Tool: \#(text)", "annotationType": "OTHER", "annotationDate": "\#(text)",
                              "comment": "\#(text)"}]}
            """#
        }
        func edge(_ from: String, _ type: String, _ to: String) -> String {
            #"{"spdxElementId": "SPDXRef-\#(from)", "relationshipType": "\#(type)", "relatedSpdxElement": "SPDXRef-\#(to)"}"#
        }
        return #"""
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "document\#(text)",
             "dataLicense": "CC0-1.0", "documentNamespace": "https://z/\#(text)",
             "creationInfo": {"created": "2020-01-01T00:00:00Z", "creators": ["Tool: t\#(text)"]},
             "packages": [\#(package("whole", "whole")), \#(package("part\(text)", "part\(name)")),
                          \#(package("part\(text)", "twice")), \#(package("stray", "stray"))],
             "relationships": [\#(edge("DOCUMENT", "DESCRIBES", "whole")), \#(edge("whole", "CONTAINS", "part\(text)")),
                               \#(edge("whole", "ODD\(text)", "stray")), \#(edge("whole", "CONTAINS", "none\(text)"))],
             "odd\#(text)": "\#(text)"}
            """#
    }
}
