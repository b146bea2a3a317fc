internal import ByteStreams
internal import StructuredText

extension ValidationResults {
    /// The results as a JSON document, in the shape `sbomkit-validation/1`.
    public var json: String {
        let items = documents.map { file, outcome -> JSONValue in
            var object = JSONObject([.init(name: "file", value: .string(file))])
            switch outcome {
            case .failed(let error): object.append("failure", .string(error.message))
            case .judged(let report):
                object.append("format", .string(report.format))
                object.append("valid", .bool(report.isValid))
                let errors = report.violations.count(where: \.isError)
                object.append("errors", .number(JSONNumber(errors)))
                object.append("warnings", .number(JSONNumber(report.violations.count - errors)))
                object.append("truncated", .bool(report.isTruncated))
                if let list = report.licenseList { object.append("licenseList", .string(list)) }
                object.append("violations", .array(report.groups.map(Self.json)))
            }
            return .object(object)
        }
        let value: JSONValue = ["schema": "sbomkit-validation/1", "documents": .array(items)]
        return String(decoding: JSONWriter.bytes(of: value, .pretty), as: UTF8.self)
    }

    private static func json(_ group: Validator.ViolationGroup) -> JSONValue {
        let violation = group.first
        var object = JSONObject([.init(name: "severity", value: violation.isError ? "error" : "warning")])
        object.append("rule", .string(violation.rule))
        object.append("expected", .string(violation.expected))
        if let found = violation.found { object.append("found", .string(found)) }
        object.append("count", .number(JSONNumber(group.places.count)))
        let places = group.places.map { place -> JSONValue in
            var object = JSONObject([.init(name: "line", value: .number(JSONNumber(place.line)))])
            object.append("column", .number(JSONNumber(place.column)))
            object.append("pointer", .string(place.pointer))
            if let tag = place.tag { object.append("tag", .string(tag)) }
            if let element = place.element { object.append("element", .string(element)) }
            return .object(object)
        }
        object.append("places", .array(places))
        return .object(object)
    }

    // MARK: SARIF

    /// The results in the Static Analysis Results Interchange Format (SARIF 2.1.0).
    public var sarif: String {
        var rules: [String: Int] = [:]
        var ruleItems: [JSONValue] = []
        var results: [JSONValue] = []
        var failures: [JSONValue] = []
        for (file, outcome) in documents {
            switch outcome {
            case .failed(let error):
                failures.append([
                    "level": "error", "message": ["text": .string(error.message)],
                    "locations": [["physicalLocation": ["artifactLocation": ["uri": .string(Self.address(file))]]]],
                ])
            case .judged(let report):
                for violation in report.violations {
                    let index = rules[violation.rule] ?? ruleItems.count
                    if index == ruleItems.count {
                        rules[violation.rule] = index
                        ruleItems.append(Self.sarifRule(violation))
                    }
                    results.append(Self.sarif(violation, in: file, rule: index))
                }
            }
        }
        let driver: JSONValue = [
            "name": "sbomkit", "version": .string(Generator.version), "rules": .array(ruleItems),
        ]
        var invocation = JSONObject([.init(name: "executionSuccessful", value: .bool(failures.isEmpty))])
        if !failures.isEmpty { invocation.append("toolExecutionNotifications", .array(failures)) }
        let run: JSONValue = [
            "tool": ["driver": driver], "columnKind": "unicodeCodePoints", "invocations": [.object(invocation)],
            "results": .array(results),
        ]
        let value: JSONValue = [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run],
        ]
        return String(decoding: JSONWriter.bytes(of: value, .pretty), as: UTF8.self)
    }

    private static func sarifRule(_ violation: Validator.Violation) -> JSONValue {
        let text =
            violation.isFromSchema
            ? "The schema of the version of the document, keyword \(violation.name)"
            : "The specification of the format, rule \(violation.name)"
        return [
            "id": .string(violation.rule), "shortDescription": ["text": .string(text)],
        ]
    }

    private static func sarif(_ violation: Validator.Violation, in file: String, rule: Int) -> JSONValue {
        var logical = JSONObject()
        if let element = violation.element { logical.append("name", .string(element)) }
        logical.append("fullyQualifiedName", .string(violation.tag ?? violation.pointer))
        let location: JSONValue = [
            "physicalLocation": [
                "artifactLocation": ["uri": .string(address(file))],
                "region": [
                    "startLine": .number(JSONNumber(violation.line)),
                    "startColumn": .number(JSONNumber(violation.column)),
                ],
            ],
            "logicalLocations": [.object(logical)],
        ]
        return [
            "ruleId": .string(violation.rule), "ruleIndex": .number(JSONNumber(rule)),
            "level": violation.isError ? "error" : "warning",
            "message": ["text": .string("\(violation.subject): \(violation.demand)")], "locations": [location],
        ]
    }

    /// A path as a reference to a file (RFC 3986 §4.1); a colon would end the scheme.
    private static func address(_ path: String) -> String {
        let signs = Set("-._~/".utf8)
        let encoded = PercentEncoding.encoded(path.utf8) { byte in
            byte.isASCIILetter || byte.isASCIIDigit || signs.contains(byte)
        }
        return path.hasPrefix("/") ? "file://\(encoded)" : encoded
    }
}
