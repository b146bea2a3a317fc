import ByteStreams
import SBOMModel
import StructuredText
import Testing

@testable import SBOMConversion
@testable import SBOMFormats

/// What a conversion may add to the text of a document.
@Suite struct OutputSizeTests {
    private func convert(
        _ text: String, to target: TargetFormat, _ limits: Limits = Limits()
    ) throws -> (bytes: [UInt8], report: ConversionReport) {
        let converter = DocumentConverter(carries: true, created: .unknown, reports: false, limits: limits)
        let converted = try converter.convert(
            try ParsedDocument(parsing: Array(text.utf8), limits: limits), to: target)
        return (converted.bytes, converted.report)
    }

    @Test(arguments: [100, 200, 400])
    func `the text of a nested component does not grow with its depth`(depth: Int) throws {
        let open = Array(repeating: #"{"type":"library","name":"a","components":["#, count: depth).joined()
        let close = Array(repeating: "]}", count: depth).joined()
        let text = #"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[\#(open)\#(close)]}"#
        for syntax in [DocumentSyntax.xml, .json] {
            let size = try convert(text, to: .cycloneDX(.v1_5, syntax)).bytes.count
            #expect(size < 18 * text.utf8.count)
        }
    }

    /// A member of 11 bytes is carried in 20 times as many.
    @Test(arguments: [1_000, 4_000, 16_000])
    func `the members that a document carries are bounded by its size`(count: Int) throws {
        var limits = Limits()
        limits.carriedEntries = 2_000
        let members = (0..<count).map { #""m\#($0)":1"# }.joined(separator: ",")
        let spdx = #"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[],\#(members)}"#
        let cycloneDX = #"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[],\#(members)}"#
        let conversions: [(text: String, target: TargetFormat)] = [
            (spdx, .spdx(.v2_3, .tagValue)), (spdx, .cycloneDX(.v1_6, .json)), (cycloneDX, .spdx(.v2_3, .json)),
            (cycloneDX, .cycloneDX(.v1_6, .xml)), (cycloneDX, .cycloneDX(.v1_2, .xml)),
        ]
        for (text, target) in conversions {
            let (bytes, report) = try convert(text, to: target, limits)
            let isCarried = count < limits.carriedEntries
            #expect(report.count(.carried) >= (isCarried ? count : 0), "\(target)")
            #expect(report.count(.dropped) >= (isCarried ? 0 : count), "\(target)")
            #expect(bytes.count < text.utf8.count + 400 * limits.carriedEntries, "\(target)")
            #expect(isCarried || bytes.count < text.utf8.count + 4_000, "\(target)")
        }
    }

    @Test func `the first elements carry all of their members, the others none`() throws {
        let packages = (0..<12).map { number in
            """
            {"SPDXID": "SPDXRef-\(number)", "name": "p\(number)", "downloadLocation": "NOASSERTION", "a": 1, "b": 2, "c": 3}
            """
        }
        let text =
            #"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[\#(packages.joined(separator: ","))]}"#
        let full = try convert(text, to: .cycloneDX(.v1_6, .json)).report
        let each = full.count(.carried) / 12
        #expect(each >= 3 && full.count(.dropped) == 0)
        var limits = Limits()
        limits.carriedEntries = 4 * each
        limits.carriedEntrySize = 1 << 20
        for _ in 0..<3 {
            let (bytes, report) = try convert(text, to: .cycloneDX(.v1_6, .json), limits)
            #expect(report.count(.carried) <= limits.carriedEntries)
            #expect(report.count(.carried) + report.count(.dropped) == full.count(.carried))
            let document = try ParsedDocument(parsing: bytes, limits: limits).content
            let carriers = document.objects("components").map { $0.object.objects("properties").count }
            let first = carriers.prefix { $0 > 0 }
            #expect(first.count >= 3 && Set(first).count == 1)
            #expect(carriers.dropFirst(first.count).allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: [1, 4, 5])
    func `a license text of several components stands once in the document, and comes back`(count: Int) throws {
        let license = String(repeating: "a", count: Limits.inlinedLicenseText / 4)
        let packages = (0..<count).map { number in
            """
            {"SPDXID": "SPDXRef-\(number)", "name": "p\(number)", "downloadLocation": "NOASSERTION",
             "licenseDeclared": "LicenseRef-x"}
            """
        }
        // A single package would be the component that the document is about.
        let other = #"{"SPDXID": "SPDXRef-other", "name": "other", "downloadLocation": "NOASSERTION"}"#
        let text = """
            {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
             "packages": [\(packages.joined(separator: ",")), \(other)],
             "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-x", "name": "X", "extractedText": "\(license)"}]}
            """
        let converted = try convert(text, to: .cycloneDX(.v1_6, .json)).bytes
        let components = try ParsedDocument(parsing: converted, limits: Limits()).content.objects("components")
        let texts = components.filter {
            $0.object.objects("licenses").first?.object["license"]?.objectContent?["text"] != nil
        }
        #expect(texts.isEmpty)
        #expect(converted.count < license.utf8.count + 100_000)
        let back = try convert(String(decoding: converted, as: UTF8.self), to: .spdx(.v2_3, .json)).bytes
        let restored = try ParsedDocument(parsing: back, limits: Limits()).content
        let licenses = restored.objects("hasExtractedLicensingInfos")
        #expect(licenses.map { $0.object.text("extractedText") } == [license])
    }

    @Test(arguments: [4, 5])
    func `a license text of components of CycloneDX is repeated up to a limit, and comes back beyond it too`(
        count: Int
    ) throws {
        let license = String(repeating: "a", count: Limits.inlinedLicenseText / 4)
        let components = (0..<count).map { number in
            """
            {"type": "library", "name": "p\(number)",
             "licenses": [{"license": {"name": "X", "text": {"content": "\(license)"}}}]}
            """
        }
        let text = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
             "components": [\(components.joined(separator: ","))]}
            """
        let converted = try convert(text, to: .spdx(.v2_3, .json)).bytes
        let back = try convert(String(decoding: converted, as: UTF8.self), to: .cycloneDX(.v1_6, .json)).bytes
        let restored = try ParsedDocument(parsing: back, limits: Limits()).content.objects("components")
        #expect(
            restored.map { $0.object.objects("licenses").first?.object["license"]?.objectContent?["text"] }
                == Array(repeating: ["content": .string(license)], count: count))
    }

    @Test func `of more violations than are handled at once, only what violates is removed`() throws {
        let unknown = (0...Limits.schemaViolations).map { JSONObject.Member(name: "m\($0)", value: 1) }
        func component(_ name: String, _ more: [JSONObject.Member]) -> JSONValue {
            .object(
                JSONObject([.init(name: "type", value: "library"), .init(name: "name", value: .string(name))] + more))
        }
        let plain = component("b", [.init(name: "description", value: "c")])
        var content = JSONObject([
            .init(name: "bomFormat", value: "CycloneDX"), .init(name: "specVersion", value: "1.5"),
            .init(name: "version", value: 1),
            .init(name: "components", value: .array([component("a", unknown), plain])),
        ])
        try SchemaPruning(
            family: .cycloneDX, version: "1.5", isStrict: false, DocumentDefaults(created: .unknown, uuid: "")
        ).fit(&content)
        #expect(content["components"] == .array([component("a", []), plain]))
    }
}
