import ByteStreams
import SBOMFormats
import SBOMKit
import StructuredText
import Testing

@Suite struct SBOMErrorTests {
    private struct Surprise: Error {}

    @Test func `a fault of ours is not blamed on the input`() {
        #expect(SBOMError(fault: Surprise()).code == .internal)
        #expect(SBOMError(writing: Surprise()).code == .internal)
        #expect(SBOMError(writing: XMLWriterError.name("a b")).code == .internal)
    }

    @Test func `a document that exceeds a limit in its new form is bad input`() throws {
        var limits = Limits()
        limits.documentDepth = 2
        let error = try #require(throws: XMLError.self) {
            _ = try XMLDocument(parsing: Array("<a><b><c/></b></a>".utf8), limits: limits)
        }
        #expect(SBOMError(writing: error).code == .badInput)
    }

    @Test func `the error of a document names its position`() throws {
        let bytes = Array("{\"bomFormat\":\n  x}".utf8)
        let error = try #require(throws: SBOMError.self) { try Outline(bytes) }
        #expect(error.code == .badInput)
        #expect(error.position == TextPosition(line: 2, column: 3))
    }

    @Test func `every entry refuses a document that exceeds the limit by one byte`() {
        let bytes = [UInt8](repeating: 0x20, count: Limits().documentSize + 1)
        let message = "larger than the limit documentSize of 268435456 bytes"
        func refused(_ body: () throws -> Void) {
            let error = #expect(throws: SBOMError.self) { try body() }
            #expect(error?.code == .badInput)
            #expect(error?.description == message)
        }
        refused { _ = try Converter().convert(bytes, to: .spdx) }
        refused { _ = try Validator().validate(bytes) }
        refused { _ = try Outline(bytes) }
        refused { _ = try Query("all").matches(in: bytes) }
        refused { _ = try DocumentDifference(from: bytes, to: bytes) }
    }
}
