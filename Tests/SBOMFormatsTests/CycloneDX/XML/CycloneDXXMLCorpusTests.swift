import ByteStreams
import SBOMFormats
import SBOMValidation
import StructuredText
import TestSupport
import Testing

/// The spelling of CycloneDX in XML held against all documents of the corpus, and against the official XML schemas.
@Suite(.needsCorpus)
struct CycloneDXXMLCorpusTests {
    @Test func `every XML document is the same after it was read and written`() throws {
        var (total, unusual) = (0, 0)
        for path in OfficialSchemas.documents("cyclonedx-xml") {
            guard let document = try? XMLDocument(parsing: try bytes(ofFile: path), limits: Limits()) else { continue }
            guard let reading = try? CycloneDXXML.read(document, limits: Limits()) else { continue }
            total += 1
            if case .object(let note) = reading.content["#xml"], note["document"] != nil { unusual += 1 }
            let written = try CycloneDXXML.write(reading.content, version: reading.version, limits: Limits())
            let again = try XMLDocument(parsing: written.bytes, limits: Limits())
            #expect(again.isEquivalent(to: document), "\(path)")
            #expect(written.omissions.isEmpty, "\(path): \(written.omissions.prefix(3))")
            // The shape is what the writer goes by, so it has to survive on its own, too.
            let reread = try CycloneDXXML.read(again, limits: Limits())
            #expect(reread.content.isEquivalent(to: reading.content), "\(path)")
        }
        print("XML documents that come back equal: \(total), kept whole: \(unusual)")
        #expect(total > 300)
        #expect(unusual == 0)
    }

    @Test func `what a JSON document says comes back from XML that is valid`() throws {
        try withTemporaryFolder { folder in
            var written: [(path: String, version: String)] = []
            var (total, whole) = (0, 0)
            for (number, path) in OfficialSchemas.documents("cyclonedx-json").enumerated() {
                guard let document = try? JSONDocument(parsing: try bytes(ofFile: path), limits: Limits()),
                    case .object(let content) = document.root,
                    let report = try? DocumentValidator(limits: Limits(), violationLimit: 10).validate(document),
                    report.isSchemaValid, report.format == .cycloneDX
                else { continue }
                total += 1
                let (bytes, omissions) = try CycloneDXXML.write(content, version: report.version, limits: Limits())
                let reading = try CycloneDXXML.read(try XMLDocument(parsing: bytes, limits: Limits()), limits: Limits())
                let expected = ShapeComparison(omissions, version: report.version).expected(of: content)
                let isSame = reading.content.isEquivalent(to: expected)
                #expect(
                    isSame,
                    "\(path): \(isSame ? "" : difference(.object(reading.content), .object(expected), "") ?? "?")")
                if omissions.allSatisfy({ $0.pointer.description == "/$schema" }) { whole += 1 }
                let file = "\(folder)/\(number).xml"
                try write(bytes, toFile: file)
                written.append((file, report.version))
            }
            print("valid JSON documents: \(total), of which XML holds everything: \(whole)")
            #expect(total > 300)
            guard OfficialXMLSchemas.isInstalled else {
                print("xmllint is not there: what was written is not validated")
                return
            }
            let verdicts = try OfficialXMLSchemas.verdicts(written, in: folder)
            var valid = 0
            for (document, verdict) in zip(written, verdicts) {
                if verdict.isValid { valid += 1 }
                #expect(verdict.isValid, "\(document.path): \(verdict.errors.prefix(3))")
            }
            print("valid by the official XML schema: \(valid) of \(written.count)")
        }
    }
}

/// The first difference of two values, for messages.
func difference(_ one: JSONValue, _ other: JSONValue, _ path: String) -> String? {
    switch (one, other) {
    case (.object(let one), .object(let other)):
        for member in one.members where other[member.name] == nil {
            return
                "\(path)/\(member.name) is new: \(String(decoding: JSONWriter.bytes(of: member.value, .compact).prefix(200), as: UTF8.self))"
        }
        for member in other.members {
            guard let value = one[member.name] else { return "\(path)/\(member.name) is gone" }
            if let found = difference(value, member.value, "\(path)/\(member.name)") { return found }
        }
        return nil
    case (.array(let one), .array(let other)):
        guard one.count == other.count else { return "\(path) has \(one.count) for \(other.count)" }
        for (index, (one, other)) in zip(one, other).enumerated() {
            if let found = difference(one, other, "\(path)/\(index)") { return found }
        }
        return nil
    default: return one == other ? nil : "\(path): \(one) for \(other)"
    }
}

/// What is expected back of a document, given what was said to be left out.
struct ShapeComparison {
    private var gone: Set<JSONPointer> = []
    private var trimmed: Set<JSONPointer> = []
    private var filled: [JSONPointer: [String]] = [:]
    private let version: String

    init(_ omissions: [CycloneDXXMLOmission], version: String) {
        self.version = version
        for omission in omissions {
            switch omission.reason {
            case .characters, .piece: break
            case .space: trimmed.insert(omission.pointer)
            case .filled(let name): filled[omission.pointer, default: []].append(name)
            case .noPlace, .null, .kind, .value, .missing, .member, .alternative, .duplicate:
                gone.insert(omission.pointer)
            }
        }
    }

    func expected(of content: JSONObject) -> JSONObject {
        guard case .object(let object) = value(.object(content), .root) else { return JSONObject() }
        return object
    }

    private func value(_ value: JSONValue, _ pointer: JSONPointer) -> JSONValue? {
        if gone.contains(pointer) { return nil }
        switch value {
        case .object(let object):
            var kept = JSONObject()
            for member in object.members {
                guard let inner = self.value(member.value, pointer.appending(member.name)) else { continue }
                kept.append(member.name, usual(inner, member.name, pointer))
            }
            for name in filled[pointer] ?? [] { kept.append(name, "") }
            return .object(kept)
        case .array(let items):
            let kept = items.enumerated().compactMap { self.value($0.element, pointer.appending($0.offset)) }
            return kept.isEmpty && isDirect(pointer.tokens) ? nil : .array(kept)
        case .number(let number):
            // The same number in the only way that XML has.
            guard number.digits.contains(where: { $0 == "e" || $0 == "E" || $0 == "." }),
                let double = Double(number.digits), double == double.rounded(),
                number.digits.contains("e") || number.digits.contains("E")
            else { return value }
            return .number(JSONNumber(Int(double)))
        case .string(let text):
            guard trimmed.contains(pointer) else { return value }
            return .string(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        case .null, .bool: return value
        }
    }

    /// XML cannot tell none of these from an array of none: there is nothing around them.
    private static let direct: Set<String> = [
        "url", "contact", "omniborId", "swhid", "dependsOn", "provides", "identity", "sensitiveData",
        "certificationLevel",
        "cryptoRefArray", "encr", "prf", "integ", "ke", "auth", "map", "openCre", "certificateState", "patentAssignee",
        "counterEvidence", "expressionDetails", "energyProviders",
    ]

    private func isDirect(_ tokens: [String]) -> Bool {
        let name = tokens.last ?? ""
        // Of services the data has an element around it, of components not.
        return Self.direct.contains(name) || name == "data" && tokens.dropLast(2).last != "services"
    }

    private func usual(_ value: JSONValue, _ name: String, _ pointer: JSONPointer) -> JSONValue {
        // An identity alone is an array of one.
        if name == "identity", version > "1.5", case .object = value { return [value] }
        // Tools without components and services are no tools.
        if name == "tools", case .object(let tools) = value, tools.isEmpty { return [] }
        return value
    }
}

/// The official XML schemas in the corpus, and xmllint, which decides by them.
enum OfficialXMLSchemas {
    static var isInstalled: Bool { corpus != nil && have("xmllint") }

    struct Verdict {
        let isValid: Bool
        let errors: [String]
    }

    /// What the schema of its version says of each document.
    static func verdicts(_ documents: [(path: String, version: String)], in folder: String) throws -> [Verdict] {
        let schemas = (corpus ?? "") + "/schemas/cyclonedx"
        var verdicts: [String: Verdict] = [:]
        for version in Set(documents.map(\.version)).sorted() {
            // The list of licences next to it, so that nothing is fetched.
            let text = String(decoding: try bytes(ofFile: "\(schemas)/bom-\(version).xsd"), as: UTF8.self)
            let local = text.replacing(
                "schemaLocation=\"http://cyclonedx.org/schema/spdx\"", with: "schemaLocation=\"spdx.xsd\"")
            try write(Array(local.utf8), toFile: "\(folder)/schemas/bom-\(version).xsd")
            try write(try bytes(ofFile: schemas + "/spdx.xsd"), toFile: "\(folder)/schemas/spdx.xsd")
            let paths = documents.filter { $0.version == version }.map(\.path)
            let result = try shell(
                "xargs -d '\\n' xmllint --nonet --noout --huge --schema \(folder)/schemas/bom-\(version).xsd",
                input: Array((paths.joined(separator: "\n") + "\n").utf8))
            let lines = result.errors.split(separator: "\n").map { String($0) }
            for path in paths {
                let errors = lines.filter { $0.hasPrefix(path + ":") }
                verdicts[path] = Verdict(isValid: lines.contains("\(path) validates"), errors: errors)
            }
        }
        return documents.map { verdicts[$0.path] ?? Verdict(isValid: false, errors: ["nothing was said"]) }
    }
}

extension CycloneDXXMLCorpusTests {
    /// Twins of the specification's tests that do not say the same themselves: other texts, or elements that only one
    /// of them has.
    private static let unlike: Set<String> = [
        "valid-component-ref-1.2.xml",
        "valid-license-expression-1.2.xml",
        "valid-license-name-1.2.xml",
        "valid-service-1.2.xml",
        "valid-bom-1.3.xml",
        "valid-component-ref-1.3.xml",
        "valid-compositions-1.3.xml",
        "valid-external-reference-1.3.xml",
        "valid-license-name-1.3.xml",
        "valid-metadata-timestamp-1.3.xml",
        "valid-properties-1.3.xml",
        "valid-service-empty-objects-1.3.xml",
        "valid-bom-1.4.xml",
        "valid-dependency-1.4.xml",
        "valid-license-expression-1.4.xml",
        "valid-license-name-1.4.xml",
        "valid-properties-1.4.xml",
        "valid-release-notes-1.4.xml",
        "valid-service-1.4.xml",
        "valid-service-empty-objects-1.4.xml",
        "valid-vulnerability-1.4.xml",
        "valid-component-ref-1.5.xml",
        "valid-dependency-1.5.xml",
        "valid-formulation-1.5.xml",
        "valid-license-expression-1.5.xml",
        "valid-license-id-1.5.xml",
        "valid-license-name-1.5.xml",
        "valid-machine-learning-1.5.xml",
        "valid-saasbom-1.5.xml",
        "valid-service-1.5.xml",
        "valid-vulnerability-1.5.xml",
        "valid-cryptography-full-1.6.xml",
        "valid-formulation-1.6.xml",
        "valid-citations-1.7.xml",
        "valid-cryptography-certificate-1.7.xml",
        "valid-cryptography-full-1.7.xml",
        "valid-cryptography-full-deprecated-1.7.xml",
        "valid-formulation-1.7.xml",
        "valid-license-choice-1.7.xml",
        "valid-metadata-timestamp-1.7.xml",
        "valid-service-empty-objects-1.7.xml",
    ]

    @Test func `twins of the specification's tests give the same shape`() throws {
        var (same, total) = (0, 0)
        for path in OfficialSchemas.documents("cyclonedx-xml/CycloneDX+specification") {
            let twin = path.replacing("cyclonedx-xml", with: "cyclonedx-json").replacing(".xml", with: ".json")
            guard let name = path.split(separator: "/").last, name.hasPrefix("valid-"),
                let other = try? bytes(ofFile: twin),
                let document = try? JSONDocument(parsing: other, limits: Limits()),
                case .object(let content) = document.root,
                let xml = try? XMLDocument(parsing: try bytes(ofFile: path), limits: Limits()),
                let reading = try? CycloneDXXML.read(xml, limits: Limits())
            else { continue }
            total += 1
            let found = CycloneDXXML.withoutNotes(reading.content)
            let omissions = try CycloneDXXML.write(content, version: reading.version, limits: Limits()).omissions
            let expected = ShapeComparison(omissions, version: reading.version).expected(of: content)
            if found.isEquivalent(to: expected) {
                same += 1
                #expect(!Self.unlike.contains(String(name)), "\(name) is like its twin")
            } else {
                let first = difference(.object(found), .object(expected), "") ?? "?"
                #expect(Self.unlike.contains(String(name)), "\(name): \(first)")
            }
        }
        print("twins of the same shape: \(same) of \(total)")
    }
}
