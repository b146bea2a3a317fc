import ByteStreams
import SBOMModel
import StructuredText
import Testing

@testable import SBOMConversion
@testable import SBOMFormats

/// How many elements a document of its size may have.
@Suite struct DocumentAdmissionTests {
    private static func text(_ count: Int, _ syntax: DocumentSyntax, _ family: DocumentFamily, padding: Int = 0)
        -> [UInt8]
    {
        let space = String(repeating: " ", count: padding)
        let list = Array(repeating: "{}", count: count).joined(separator: ",")
        let text =
            switch (syntax, family) {
            case (.json, .cycloneDX): #"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[\#(list)\#(space)]}"#
            case (.json, .spdx):
                #"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[\#(list)\#(space)]}"#
            case (.xml, _):
                #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>"#
                    + String(repeating: "<component/>", count: count) + "\(space)</components></bom>"
            case (.tagValue, _):
                "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n\(space)\n"
                    + String(repeating: "PackageName: a\n", count: count)
            }
        return Array(text.utf8)
    }

    private static let kinds: [(DocumentSyntax, DocumentFamily)] = [
        (.json, .cycloneDX), (.json, .spdx), (.xml, .cycloneDX), (.tagValue, .spdx),
    ]

    private static func limits() -> Limits {
        var limits = Limits()
        limits.elementAllowance = 100
        limits.elementSize = 50
        return limits
    }

    private static func errors(_ bytes: [UInt8], _ limits: Limits) -> [String] {
        var errors: [String] = []
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch { errors.append("\(error)") }
        }
        attempt { _ = try DocumentGraph(parsing: bytes, limits: limits) }
        attempt { _ = try DocumentGraph(parsing: bytes, .bom, limits: limits) }
        let converter = DocumentConverter(carries: true, created: .unknown, reports: false, limits: limits)
        for target in [TargetFormat.spdx(.v2_3, .json), .cycloneDX(.v1_5, .xml)] {
            attempt { _ = try converter.convert(ParsedDocument(parsing: bytes, limits: limits), to: target) }
        }
        return errors
    }

    @Test(arguments: [50, 100, 101, 200])
    func `the elements of a small document are bounded by the allowance`(count: Int) {
        for (syntax, family) in Self.kinds {
            let errors = Self.errors(Self.text(count, syntax, family), Self.limits())
            #expect(errors.count == (count > 100 ? 4 : 0), "\(family) \(syntax): \(errors)")
            #expect(
                errors.allSatisfy { $0.hasPrefix("\(count) packages and files in ") && $0.contains("elementAllowance") }
            )
        }
    }

    @Test(arguments: [200, 400, 800])
    func `the elements of a large document are bounded by its size`(count: Int) {
        for (syntax, family) in Self.kinds {
            let size = Self.text(count, syntax, family).count
            for (padding, isRefused) in [(count * 50 - size, false), (count * 50 - size - 1, true)] {
                let errors = Self.errors(Self.text(count, syntax, family, padding: padding), Self.limits())
                #expect(errors.count == (isRefused ? 4 : 0), "\(family) \(syntax): \(errors)")
                #expect(errors.allSatisfy { $0.contains("elementSize of 50") })
            }
        }
    }

    @Test(arguments: ["dependencies", "services", "vulnerabilities", "unknown"])
    func `the objects of a document are bounded by its size, whatever they are`(list: String) {
        var limits = Limits()
        limits.objectAllowance = 100
        limits.objectSize = 10
        for count in [98, 400, 800] {
            let items = Array(repeating: "{}", count: count).joined(separator: ",")
            let json = Array(#"{"bomFormat":"CycloneDX","specVersion":"1.6","\#(list)":[\#(items)]}"#.utf8)
            let start = #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6">"#
            let xml = Array("\(start)<\(list)>\(String(repeating: "<x/>", count: count))</\(list)></bom>".utf8)
            for (text, names) in [(json, "objects"), (xml, "elements")] {
                let errors = Self.errors(text, limits)
                #expect(errors.count == (count > 100 ? 4 : 0), "\(errors)")
                #expect(
                    errors.allSatisfy {
                        $0.contains("\(names) in \(text.count) bytes, more than the limits objectAllowance")
                    })
            }
        }
    }

    @Test(arguments: [90, 400])
    func `the objects of an attested document are bounded by the size of the attestation`(count: Int) {
        var limits = Limits()
        limits.objectAllowance = 100
        limits.objectSize = 10
        let items = Array(repeating: "{}", count: count).joined(separator: ",")
        let text =
            #"{"predicateType":"https://cyclonedx.org/bom","predicate":{"bomFormat":"CycloneDX","specVersion":"1.6","#
            + #""services":[\#(items)]}}"#
        var error: DocumentError?
        do throws(DocumentError) {
            _ = try ParsedDocument(opening: Array(text.utf8), limits: limits)
        } catch let found {
            error = found
        }
        #expect((error != nil) == (count > 100))
        #expect(error?.description.contains("objectAllowance") ?? true)
    }

    @Test func `components inside of components and of the one that the document is about are counted`() throws {
        let text =
            #"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"components":[{},{"components":[{}]}]}},"#
            + #""components":[{"components":[{},{}]},1]}"#
        #expect(try ParsedDocument(parsing: Array(text.utf8), limits: Limits()).elementCount == 8)
        var limits = Limits()
        limits.elementAllowance = 7
        #expect(Self.errors(Array(text.utf8), limits).count == 4)
    }

    @Test func `a document of the densest elements that are real is within the limits`() {
        let component =
            #"{"type":"library","bom-ref":"left-pad@1","name":"left-pad","version":"1.3.0","purl":"pkg:npm/left-pad@1.3.0"}"#
        let count = 120_000
        let list = Array(repeating: component, count: count).joined(separator: ",")
        let bytes = Array(#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[\#(list)]}"#.utf8)
        #expect(throws: Never.self) { try Limits().admit(elements: count, inBytes: bytes.count) }
        #expect(throws: Never.self) { try Limits().admit(objects: count + 1, inBytes: bytes.count) }
    }

    /// `</` would end a text of tag-value, also if a combining character follows.
    @Test(arguments: [
        ("a</b", #""a<\/b""#), ("</\u{338}", "\"<\\/\u{338}\""),
        ("\u{FFFE}\u{FFFF}\u{FFFD}", "\"\\ufffe\\uffff\u{FFFD}\""),
        ("<<//", #""<<\//""#), ("é/<", #""é/<""#),
    ])
    func `JSON inside of other texts has nothing that ends them`(text: String, embedded: String) {
        #expect(JSONValue.string(text).embeddedText.unicodeScalars.elementsEqual(embedded.unicodeScalars))
    }
}
