import ByteStreams
import SBOMFormats
import SBOMValidation
import StructuredText
import TestSupport
import Testing

/// Real documents, there and back again.
@Suite(.needsCorpus)
struct SPDXTagValueCorpusTests {
    static func files(_ folder: String) throws -> [String] {
        let found = try shell("find '\(corpus ?? "")/sbom/\(folder)' -type f | sort").text
        return found.split(separator: "\n").map { String($0) }
    }

    /// Reads the tags and values of a document without the code that is tested, a line of JSON for each document.
    static let peer = #"""
        import json, re, sys
        for path in sys.stdin.read().splitlines():
            data = open(path, "rb").read()
            text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
            first = re.search("\r\n|\r|\n", text)
            if first and first[0] != "\n":
                text = text.replace("\r\n", "\n")
            if first and first[0] == "\r":
                text = text.replace("\r", "\n")
            blank, pairs, rest = " \t\r\v\f", [], 0
            tag = re.compile(r"[ \t\r\v\f]*([A-Za-z][A-Za-z0-9]*)[ \t\r\v\f]*:[ \t\r\v\f]*")
            while rest < len(text):
                end = text.find("\n", rest)
                end = len(text) if end < 0 else end
                found = tag.match(text, rest)
                if found and text.startswith("<text>", found.end()):
                    close = text.find("</text>", found.end() + 6)
                    if close < 0:
                        close, end, after = len(text), len(text), len(text)
                    else:
                        after = close + 7
                        end = text.find("\n", after)
                        end = len(text) if end < 0 else end
                    value = text[found.end() + 6:close]
                    if text[after:end].strip(blank): value = text[found.end():end].strip(blank)
                    pairs.append([found[1], value])
                elif found:
                    pairs.append([found[1], text[found.end():end].strip(blank)])
                rest = end + 1
            print(json.dumps(pairs))
        """#

    static func pairs(_ paths: [String]) throws -> [[UInt8]] {
        try withTemporaryFolder { folder in
            try write(Array(peer.utf8), toFile: "\(folder)/peer.py")
            let result = try shell("python3 '\(folder)/peer.py'", input: Array(paths.joined(separator: "\n").utf8))
            try #require(result.code == 0, "\(result.errors)")
            return result.output.split(separator: 0x0A).map { Array($0) }
        }
    }

    @Test(.needs(have("python3"), "python3"))
    func `every document in tag-value comes back with the same tags in the same order`() throws {
        try withTemporaryFolder { folder in
            var (paths, written, others, laidOut, size) = ([String](), [String](), [String](), 0, 0)
            for path in try Self.files("spdx-tagvalue") {
                let original = try bytes(ofFile: path)
                guard SPDXTagValue.isTagValue(original) else {
                    others.append(path)
                    continue
                }
                let reading = try SPDXTagValue.read(original, limits: Limits(), making: .layout)
                let writing = SPDXTagValue.write(reading.content, limits: Limits())
                #expect(writing.omissions.isEmpty, "\(path): \(writing.omissions.prefix(3))")
                if let layout = reading.content[SPDXTagValue.layoutMember] {
                    laidOut += 1
                    size += JSONWriter.bytes(of: layout, .compact).count
                    #expect(writing.followsLayout, "\(path)")
                }
                let again = try SPDXTagValue.read(writing.bytes, limits: Limits(), making: .layout)
                #expect(again.content == reading.content, "\(path)")
                paths.append(path)
                written.append("\(folder)/\(paths.count)")
                try write(writing.bytes, toFile: "\(folder)/\(paths.count)")
            }
            let (before, after) = (try Self.pairs(paths), try Self.pairs(written))
            try #require(before.count == paths.count && after.count == paths.count)
            var same = 0
            for (index, path) in paths.enumerated() {
                let isSame = before[index] == after[index]
                same += isSame ? 1 : 0
                #expect(isSame, "\(path)")
            }
            print("tag-value: \(same) of \(paths.count) the same, \(laidOut) with layouts of \(size) bytes together")
            print("no tag-value: \(others)")
            #expect(paths.count > 90)
        }
    }

    @Test func `every valid JSON document comes back from tag-value, but for what is listed`() throws {
        let validator = DocumentValidator(limits: Limits(), violationLimit: 10)
        var (valid, same, listed) = (0, 0, 0)
        var reasons: [String: Int] = [:]
        for path in try Self.files("spdx-json") {
            let original = try bytes(ofFile: path)
            guard let report = try? validator.validate(original), report.isSchemaValid,
                case .object(let content)? = try? JSONValue(parsing: original, limits: Limits()),
                content["spdxVersion"] != nil
            else { continue }
            valid += 1
            let writing = SPDXTagValue.write(content, limits: Limits())
            let again = try SPDXTagValue.read(writing.bytes, limits: Limits(), making: .layout)
            #expect(again.notices.isEmpty, "\(path): \(again.notices.prefix(3))")
            #expect(again.content[SPDXTagValue.layoutMember] == nil, "\(path)")
            let isSame = again.content.isEquivalent(to: content)
            same += isSame ? 1 : 0
            listed += isSame || writing.omissions.isEmpty ? 0 : 1
            #expect(isSame == writing.omissions.isEmpty, "\(path): \(writing.omissions.prefix(3))")
            let omissions = writing.omissions.map { omission in
                let members = omission.pointer.tokens.filter { Int($0) == nil }
                return "\(omission.reason) \(members.joined(separator: "/"))"
            }
            for omission in Set(omissions) { reasons[omission, default: 0] += 1 }
        }
        print("JSON: \(same) of \(valid) the same, \(listed) differ as listed")
        for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) { print("    \(count) \(reason)") }
        #expect(valid > 100)
    }

    static let python = "\(packageFolder)/.build/validators/bin/python"
    static let hasTools = names(inFolder: "\(packageFolder)/.build/validators/bin").contains("pyspdxtools")

    /// What the official tools say of documents, a word for each: `valid`, `invalid`, or `unread`.
    ///
    /// Documents are told by the word before their path.
    static let tools = #"""
        import logging, sys
        from spdx_tools.spdx.parser.json import json_parser
        from spdx_tools.spdx.parser.tagvalue import tagvalue_parser
        from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
        logging.disable(logging.CRITICAL)
        for line in sys.stdin.read().splitlines():
            form, path = line.split(" ", 1)
            try:
                document = (json_parser if form == "json" else tagvalue_parser).parse_from_file(path)
                messages = [message.validation_message for message in validate_full_spdx_document(document)]
                print("invalid" if messages else "valid", " ".join(" ".join(messages)[:300].split()))
            except Exception as error:
                print("unread", " ".join(str(getattr(error, "messages", error))[:300].split()))
        """#

    static func verdicts(_ lines: [String]) throws -> [(word: String, why: String)] {
        try withTemporaryFolder { folder in
            try write(Array(tools.utf8), toFile: "\(folder)/tools.py")
            let result = try shell("'\(python)' '\(folder)/tools.py'", input: Array(lines.joined(separator: "\n").utf8))
            try #require(result.code == 0, "\(result.errors)")
            return result.text.split(separator: "\n").map { line in
                let parts = line.split(separator: " ", maxSplits: 1)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }
        }
    }

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `the official tools accept what is written of a JSON document that they accept`() throws {
        let validator = DocumentValidator(limits: Limits(), violationLimit: 10)
        try withTemporaryFolder { folder in
            var (paths, lines) = ([String](), [String]())
            for path in try Self.files("spdx-json") {
                let original = try bytes(ofFile: path)
                // The tools need seconds for a hundred kilobytes.
                guard original.count < 60_000, let report = try? validator.validate(original), report.isSchemaValid,
                    report.version == "2.3",
                    case .object(let content)? = try? JSONValue(parsing: original, limits: Limits())
                else { continue }
                let written = "\(folder)/\(paths.count)"
                try write(SPDXTagValue.write(content, limits: Limits()).bytes, toFile: written)
                paths.append(path)
                lines += ["json \(path)", "tag-value \(written)"]
            }
            let verdicts = try Self.verdicts(lines)
            try #require(verdicts.count == lines.count)
            var (accepted, both) = (0, 0)
            for (index, path) in paths.enumerated() where verdicts[2 * index].word == "valid" {
                accepted += 1
                both += verdicts[2 * index + 1].word == "valid" ? 1 : 0
                let name = path.split(separator: "/").suffix(2).joined(separator: "/")
                if Self.explained.contains(name) { continue }
                #expect(verdicts[2 * index + 1].word == "valid", "\(path): \(verdicts[2 * index + 1].why)")
            }
            print("official tools: \(both) accepted as tag-value of \(accepted) accepted as JSON of \(paths.count)")
            #expect(accepted > 30)
        }
    }

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `the verdict on a document in JSON is that of the official tools, but for what is explained`() throws {
        let validator = DocumentValidator(limits: Limits(), violationLimit: 100)
        var (paths, ours) = ([String](), [ValidationReport]())
        for path in try Self.files("spdx-json") {
            let original = try bytes(ofFile: path)
            guard original.count < 60_000, let report = try? validator.validate(original) else { continue }
            paths.append(path)
            ours.append(report)
        }
        let verdicts = try Self.verdicts(paths.map { "json \($0)" })
        try #require(verdicts.count == paths.count)
        var agreements = 0
        for (index, path) in paths.enumerated() {
            let (word, why) = verdicts[index]
            let errors = ours[index].violations.filter { $0.severity == .error }
            if (word == "valid") == errors.isEmpty { agreements += 1 }
            if word == "valid" {
                #expect(
                    errors.allSatisfy { Self.ownRules.contains($0.name) || $0.kind == .schema }, "\(path): \(errors)")
            } else if errors.isEmpty {
                #expect(Self.theirRules.contains { why.contains($0) }, "\(path): \(why)")
            }
        }
        #expect(agreements > paths.count * 4 / 5, "\(agreements) of \(paths.count)")
    }

    /// The rules that the official tools do not have, by docs/validation.md.
    static let ownRules: Set<String> = [
        "address", "external-reference", "license-list-version", "missing-license-text", "package-url",
        "package-url-type",
    ]
    /// The beginnings of what the official tools say where we do not agree, by docs/validation.md.
    static let theirRules = [
        "Unrecognized license reference", "externalPackageRef type in category",
        "there must be at least one relationship",
    ]

    /// Documents of which the official tools say something else, and docs/validation.md why.
    static let explained: Set<String> = [
        // They read no version in tag-value that is `NOASSERTION`, which in JSON they do.
        "ImagingTools+Acf/sbom.spdx.json",
        // A package URL without the namespace that its type demands.
        "OpenChain-Project+Telco-WG/tools__openchain_telco_sbom_validator__testing__linked-sboms-03__recipe-xz.spdx",
        // Tags of a package after a relationship.
        "chainguard-dev+bom-shelter/in-the-wild__spdx__julia.spdx",
        // Two external documents of the same name.
        "philips-software+SPDXMerge/spdx__output__result.spdx",
        // `ArtifactOfProjectName`, which came from SPDX 1 and is known to JSON's schema.
        "spdx+spdx-online-tools/src__examples__SPDXTagExample-v2.2.spdx",
        // UTF-16.
        "spdx+tools-python/spdx__data__SPDXTagExample-UTF-16.spdx",
    ]

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `the verdict on the syntax of a document in tag-value is that of the official tools`() throws {
        let validator = DocumentValidator(limits: Limits(), violationLimit: 10)
        var (paths, ours) = ([String](), [ValidationReport]())
        for path in try Self.files("spdx-tagvalue") {
            let original = try bytes(ofFile: path)
            guard original.count < 60_000, let report = try? validator.validate(original) else { continue }
            paths.append(path)
            ours.append(report)
        }
        let verdicts = try Self.verdicts(paths.map { "tag-value \($0)" })
        try #require(verdicts.count == paths.count)
        var counts: [String: Int] = [:]
        for (index, path) in paths.enumerated() {
            let (word, why) = verdicts[index]
            counts["\(ours[index].isValid ? "valid" : "invalid"), by the tools \(word)", default: 0] += 1
            let name = path.split(separator: "/").suffix(2).joined(separator: "/")
            // What the tools call invalid and we do not is explained in docs/validation.md.
            if Self.explained.contains(name) { continue }
            if word == "valid" { #expect(ours[index].isValid, "\(name): \(ours[index].violations.prefix(3))") }
            if word == "unread" { #expect(!ours[index].isValid, "\(name): \(why)") }
        }
        for (verdict, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(verdict): \(count)") }
    }
}
