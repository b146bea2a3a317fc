import ByteStreams
import StructuredText
import TestSupport

/// The official schemas in the corpus, and the validator that is held to decide by them.
enum OfficialSchemas {
    static var folder: String? { corpus.map { $0 + "/schemas" } }

    /// Python with `jsonschema`, as `.ci/setup test` installs it.
    static let python = packageFolder + "/.build/validators/bin/python"
    static var isInstalled: Bool {
        corpus != nil && (try? shell("\(python) -c 'import jsonschema, referencing'").code) == 0
    }

    /// The file of a schema; editions of SPDX are named by their revision.
    static func path(_ format: String, _ edition: String) -> String {
        format == "SPDX" ? "spdx/spdx-schema-\(edition).json" : "cyclonedx/bom-\(edition).schema.json"
    }

    /// The JSON documents of a format in the corpus.
    static func documents(_ folder: String) -> [String] {
        guard let corpus else { return [] }
        var files: [String] = []
        var pending = ["\(corpus)/sbom/\(folder)"]
        while let next = pending.popLast() {
            let inner = names(inFolder: next)
            if inner.isEmpty { files.append(next) } else { pending += inner.map { "\(next)/\($0)" } }
        }
        return files.sorted()
    }

    /// What the official schemas say of documents: the schema's file, then the document's, a line each.
    static func verdicts(_ questions: [(schema: String, document: String)]) throws -> [Bool?] {
        let lines = questions.map { "\($0.schema)\t\($0.document)" }.joined(separator: "\n") + "\n"
        return try withTemporaryFolder { temporary in
            try write(Array(script.utf8), toFile: temporary + "/official.py")
            let result = try shell(
                "\(python) \(temporary)/official.py \(folder ?? "")", input: Array(lines.utf8))
            return result.text.split(separator: "\n").map { $0 == "valid" ? true : $0 == "invalid" ? false : nil }
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
                print("valid" if validators[schema].is_valid(value) else "invalid")
            except Exception as error:
                print("error", type(error).__name__)
        """
}
