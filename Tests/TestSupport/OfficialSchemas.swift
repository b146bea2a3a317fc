/// The official schemas in the corpus, and the official validator that judges by them.
package enum OfficialSchemas {
    package static var folder: String? { corpus.map { $0 + "/schemas" } }

    /// Python with `jsonschema`, as `.ci/setup test` installs it.
    package static let python = packageFolder + "/.build/validators/bin/python"
    package static let hasValidator = (try? shell("\(python) -c 'import jsonschema, referencing'").code) == 0

    /// The file of a schema; editions of SPDX are named by their revision.
    package static func path(_ format: String, _ edition: String) -> String {
        format == "SPDX" ? "spdx/spdx-schema-\(edition).json" : "cyclonedx/bom-\(edition).schema.json"
    }

    /// The JSON documents of a format in the corpus.
    package static func documents(_ folder: String) -> [String] {
        guard let corpus else { return [] }
        var files: [String] = []
        var pending = ["\(corpus)/sbom/\(folder)"]
        while let next = pending.popLast() {
            let inner = names(inFolder: next)
            if inner.isEmpty { files.append(next) } else { pending += inner.map { "\(next)/\($0)" } }
        }
        return files.sorted()
    }

    /// The verdict of the official schema on a document.
    package struct Verdict {
        package let isValid: Bool
        /// Keyword and pointer of each violation that is not one of alternatives.
        package let places: Set<String>

        package init(isValid: Bool, places: Set<String>) {
            self.isValid = isValid
            self.places = places
        }
    }

    /// The verdicts of official schemas on documents, both given as paths; nil where the validator fails.
    package static func verdicts(_ questions: [(schema: String, document: String)]) throws -> [Verdict?] {
        let lines = questions.map { "\($0.schema)\t\($0.document)" }.joined(separator: "\n") + "\n"
        return try withTemporaryFolder { temporary in
            try write(Array(script.utf8), toFile: temporary + "/official.py")
            let result = try shell(
                "\(python) \(temporary)/official.py \(folder ?? "")", input: Array(lines.utf8))
            return result.text.split(separator: "\n").map { line in
                let parts = line.split(separator: "\t").map { String($0) }
                guard let verdict = parts.first, verdict == "valid" || verdict == "invalid" else { return nil }
                return Verdict(isValid: verdict == "valid", places: Set(parts.dropFirst()))
            }
        }
    }

    private static let script = """
        import json, re, sys
        import jsonschema
        from referencing import Registry, Resource
        folder = sys.argv[1]
        load = lambda path: json.loads(open(path, "rb").read())
        registry = Registry()
        for name in ("spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"):
            resource = Resource.from_contents(load(f"{folder}/cyclonedx/{name}"))
            for uri in (name, f"http://cyclonedx.org/schema/{name}"):
                registry = registry.with_resource(uri, resource)
        # The one format that decides: without it no algorithm of a signature is exactly one of two alternatives.
        formats = jsonschema.FormatChecker(formats=())
        formats.checkers = {"uri": (lambda text: re.match("[A-Za-z][-+.A-Za-z0-9]*:", text) is not None, ())}
        validators = {}
        for line in sys.stdin:
            schema, document = line.rstrip("\\n").split("\\t")
            if schema not in validators:
                content = load(f"{folder}/{schema}")
                kind = jsonschema.validators.validator_for(content, jsonschema.Draft7Validator)
                validators[schema] = kind(content, registry=registry, format_checker=formats)
            try:
                value = load(document)
                places = set()
                isValid = True
                for error in validators[schema].iter_errors(value):
                    isValid = False
                    if error.validator not in ("oneOf", "anyOf", "not"):
                        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in error.absolute_path)
                        places.add(error.validator + " " + "".join("/" + step for step in steps))
                print("\\t".join(["valid" if isValid else "invalid"] + sorted(places)).replace("\\n", " "))
            except Exception as error:
                print("error", type(error).__name__)
        """
}
