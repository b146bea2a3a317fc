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
            case "expression": findings.judge(expression: text, in: .cycloneDX, at: pointer())
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
        // A stack instead of recursion: each value with the number of its parts that were visited. The pointer is made of
        // these numbers, and only for a violation.
        var open: [(value: JSONValue, next: Int)] = [(.array([root]), 0)]
        while let (value, next) = open.last {
            let (inner, place) = Self.nextInner(of: value, from: next)
            open[open.count - 1].next = place
            guard let inner else {
                open.removeLast()
                continue
            }
            open.append((inner, 0))
            guard case .object(let object) = inner else { continue }
            for member in object.members {
                switch member.value {
                case .string(let text):
                    switch member.name {
                    case "bom-ref", "purl", "expression":
                        visit(member.name, text, { Self.pointer(open).appending(member.name) }, &self)
                    default: break
                    }
                case .object(let license) where member.name == "license":
                    if license.text("id") != nil { usesLicenseList = true }
                case .null, .bool, .number, .object, .array: break
                }
            }
        }
    }

    /// The first object or array in a value from a place on, and the place behind it.
    private static func nextInner(of value: JSONValue, from place: Int) -> (value: JSONValue?, place: Int) {
        var place = place
        switch value {
        case .object(let object):
            while place < object.members.count {
                place += 1
                switch object.members[place - 1].value {
                case .object, .array:
                    guard !foreign.contains(object.members[place - 1].name) else { continue }
                    return (object.members[place - 1].value, place)
                case .null, .bool, .number, .string: continue
                }
            }
        case .array(let items):
            while place < items.count {
                place += 1
                switch items[place - 1] {
                case .object, .array: return (items[place - 1], place)
                case .null, .bool, .number, .string: continue
                }
            }
        case .null, .bool, .number, .string: break
        }
        return (nil, place)
    }

    /// The pointer to the last of some values, of which each is in the one before; the first is a list of the root.
    private static func pointer(_ open: [(value: JSONValue, next: Int)]) -> JSONPointer {
        open.dropFirst().dropLast().reduce(.root) { pointer, step in
            switch step.value {
            case .object(let object): pointer.appending(object.members[step.next - 1].name)
            case .array, .null, .bool, .number, .string: pointer.appending(step.next - 1)
            }
        }
    }
}
