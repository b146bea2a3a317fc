/// The results of the validation of several documents, for output.
///
/// ```swift
/// var results = ValidationResults()
/// results.add(try Validator().validate(bytes), of: "vendor.cdx.json")
/// print(results.sarif)
/// ```
public struct ValidationResults: Sendable {
    /// What came of one document.
    enum Outcome {
        case judged(Validator.Report)
        /// Why it could not be judged.
        case failed(SBOMError)
    }

    /// The documents in the order in which they were added.
    private(set) var documents: [(file: String, outcome: Outcome)] = []

    /// No results.
    public init() {}

    /// Adds the report of a document.
    public mutating func add(_ report: Validator.Report, of file: String) { documents.append((file, .judged(report))) }

    /// Adds a document that could not be judged.
    public mutating func add(_ failure: SBOMError, of file: String) { documents.append((file, .failed(failure))) }
}

extension Validator {
    /// Violations that are equal but for the items of lists in which they are.
    public struct ViolationGroup: Sendable {
        /// The first of them.
        public let first: Violation
        /// The places of all of them, in the order of the document.
        public let places: [Violation]
    }
}

extension Validator.Report {
    /// The violations, equal ones together, in the order of the first of each.
    public var groups: [Validator.ViolationGroup] {
        var places: [GroupKey: Int] = [:]
        var groups: [[Validator.Violation]] = []
        for violation in violations {
            let key = GroupKey(violation)
            if let place = places[key] {
                groups[place].append(violation)
            } else {
                places[key] = groups.count
                groups.append([violation])
            }
        }
        return groups.compactMap { group in
            group.first.map { Validator.ViolationGroup(first: $0, places: group) }
        }
    }

    private struct GroupKey: Hashable {
        let isError: Bool
        let name: String
        let expected: String
        let found: String?
        let tag: String?
        /// The pointer with `*` for each index; the path without numbers.
        let pattern: String

        init(_ violation: Validator.Violation) {
            isError = violation.isError
            name = violation.name
            expected = violation.expected
            found = violation.found
            tag = violation.tag
            pattern = violation.pointer.split(separator: "/", omittingEmptySubsequences: false).map { step in
                if !step.isEmpty, step.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return "*" }
                return step.hasSuffix("]") ? String(step.prefix { $0 != "[" }) : String(step)
            }.joined(separator: "/")
        }
    }
}

extension Validator.Violation {
    /// The rule: its name, or `schema/` with the keyword of the schema.
    var rule: String { isFromSchema ? "schema/\(name)" : name }

    /// The tag, or else the pointer, with the name of the element that is there.
    var subject: String {
        let place = tag ?? (pointer.isEmpty ? "the document" : pointer)
        return element.map { "\(place) (\($0))" } ?? place
    }

    /// What was expected, and what was found.
    var demand: String { "expected \(expected)\(found.map { ", found \($0)" } ?? "")" }
}
