internal import SBOMFormats
internal import StructuredText

extension RuleChecker {
    /// Validates a CycloneDX document against the rules that its schema cannot express.
    mutating func judgeCycloneDX(_ root: JSONValue) {
        guard let document = root.objectContent else { return }
        var known: Set<String> = []
        walk(root) { name, text, pointer, findings in
            switch name {
            case "bom-ref":
                if !known.insert(text).inserted {
                    findings.add(
                        .duplicateIdentifier, at: pointer(), expected: "a bom-ref that nothing before has", found: text)
                }
            case "purl": findings.judge(packageURL: text, at: pointer())
            case "expression": findings.judge(expression: text, at: pointer())
            default: break
            }
        }
        let dependencies = JSONPointer.root.appending("dependencies")
        for (index, dependency) in document.objects("dependencies") {
            let place = dependencies.appending(index)
            if let ref = dependency.text("ref") { judge(ref: ref, known, at: place.appending("ref")) }
            for name in ["dependsOn", "provides"] {
                for (number, ref) in dependency.texts(name) {
                    judge(ref: ref, known, at: place.appending(name).appending(number))
                }
            }
        }
        let lists = [
            ("compositions", ["assemblies", "dependencies", "vulnerabilities"]), ("annotations", ["subjects"]),
        ]
        for (list, names) in lists {
            for (index, item) in document.objects(list) {
                for name in names {
                    for (number, ref) in item.texts(name) {
                        judge(
                            ref: ref, known,
                            at: .root.appending(list).appending(index).appending(name).appending(number))
                    }
                }
            }
        }
        for (index, vulnerability) in document.objects("vulnerabilities") {
            for (number, affected) in vulnerability.objects("affects") {
                guard let ref = affected.text("ref") else { continue }
                judge(
                    ref: ref, known,
                    at: .root.appending("vulnerabilities").appending(index).appending("affects").appending(number)
                        .appending("ref"))
            }
        }
    }

    private mutating func judge(ref: String, _ known: Set<String>, at pointer: @autoclosure () -> JSONPointer) {
        // A BOM-Link refers to another document.
        guard !known.contains(ref), !ref.hasPrefix("urn:cdx:") else { return }
        add(.danglingReference, at: pointer(), expected: "the bom-ref of something in the document", found: ref)
    }

    /// Members whose content CycloneDX does not define, or in which the same names have other meanings.
    private static let foreign: Set<String> = ["properties", "signature", "conditions"]

    /// Visits every string member with a relevant name, at any depth, in the order of the text.
    private mutating func walk(
        _ root: JSONValue, _ visit: (String, String, () -> JSONPointer, inout RuleChecker) -> Void
    ) {
        // A stack instead of recursion; the last value is visited first.
        var pending: [(value: JSONValue, pointer: JSONPointer)] = [(root, .root)]
        while let (value, pointer) = pending.popLast() {
            switch value {
            case .object(let object):
                if object["license"]?.objectContent?.text("id") != nil { usesLicenseList = true }
                for member in object.members {
                    guard case .string(let text) = member.value else { continue }
                    switch member.name {
                    case "bom-ref", "purl", "expression":
                        visit(member.name, text, { pointer.appending(member.name) }, &self)
                    default: break
                    }
                }
                for member in object.members.reversed() where !Self.foreign.contains(member.name) {
                    switch member.value {
                    case .object, .array: pending.append((member.value, pointer.appending(member.name)))
                    case .null, .bool, .number, .string: break
                    }
                }
            case .array(let items):
                for (index, item) in items.enumerated().reversed() {
                    switch item {
                    case .object, .array: pending.append((item, pointer.appending(index)))
                    case .null, .bool, .number, .string: break
                    }
                }
            case .null, .bool, .number, .string: break
            }
        }
    }
}
