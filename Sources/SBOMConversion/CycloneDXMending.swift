internal import SBOMFormats
internal import SBOMModel
internal import SBOMValidation
internal import StructuredText

/// Changes in a CycloneDX document what violates a rule.
enum CycloneDXMending {
    /// Changes a document, and returns whether there was something to change.
    static func mend(_ violations: [DocumentViolation], in content: inout JSONObject) -> Bool {
        var edits = ValueEdits()
        let root = JSONValue.object(content)
        for violation in violations {
            let tokens = violation.pointer.tokens
            guard let last = tokens.last else { continue }
            if last == "expression", tokens.dropLast(2).last == "licenses" {
                let choice = tokens.dropLast()
                guard let license = license(of: root[pointer(choice)]) else {
                    edits.plan(choice, .removal)
                    continue
                }
                edits.plan(choice, .value(license))
            } else if last == "ref" {
                // An entry about nothing in the document.
                edits.plan(tokens.dropLast(), .removal)
            } else if last == "purl", let purl = root[violation.pointer]?.textContent.flatMap(PackageURL.init(parsing:))
            {
                // What the definition of its type demands is not made up: scanners know the package by what it has.
                edits.plan(tokens, .value(.string(purl.description)))
            } else {
                // A reference in a list, or a member that a component may lack: its identifier, its package URL.
                edits.plan(tokens, .removal)
            }
        }
        guard !edits.isEmpty else { return false }
        content = JSONObject()
        var value = root
        edits.apply(to: &value)
        if case .object(let mended) = value { content = mended }
        return true
    }

    /// What is no expression as the name of a license; nil if there are no words.
    private static func license(of choice: JSONValue?) -> JSONValue? {
        guard let choice = choice?.objectContent, let words = choice.text("expression"),
            words.utf8.contains(where: { $0 > 0x20 })
        else { return nil }
        var license = JSONObject([.init(name: "name", value: .string(words))])
        for name in ["bom-ref", "acknowledgement"] {
            if let value = choice[name] { license.append(name, value) }
        }
        return ["license": .object(license)]
    }

    private static func pointer(_ tokens: some Sequence<String>) -> JSONPointer {
        tokens.reduce(.root) { $0.appending($1) }
    }
}
