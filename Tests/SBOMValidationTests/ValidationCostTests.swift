import ByteStreams
import SBOMFormats
import StructuredText
import Testing

@testable import SBOMValidation

/// What judging very many equal elements may cost.
@Suite struct ValidationCostTests {
    @Test(arguments: [100, 2_000, 40_000])
    func `no more violations are made than are reported`(count: Int) throws {
        let objects = Array(repeating: "{}", count: count).joined(separator: ",")
        let elements = String(repeating: "<component/>", count: count)
        let texts = [
            #"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[\#(objects)]}"#,
            #"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[\#(objects)],"relationships":[\#(objects)]}"#,
            #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>\#(elements)</components></bom>"#,
            "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n" + String(repeating: "x\n", count: count),
        ]
        for text in texts {
            let validator = DocumentValidator(limits: Limits(), violationLimit: 1_000)
            let report = try validator.validate(Array(text.utf8))
            for kind in [DocumentViolation.Kind.schema, .rule] {
                // Those of the syntax of tag-value come with those of the rules.
                #expect(report.violations.count { $0.kind == kind } <= 2_000)
            }
            #expect(report.violations.count >= 100 && report.isTruncated == (count > 1_000))
            #expect(!report.isSchemaValid || text.hasPrefix("SPDXVersion"))
        }
    }

    @Test(arguments: [2, 20, 200])
    func `verdicts beyond those that are remembered are the same`(count: Int) {
        var rules = RuleChecker(limit: 1_000, remembering: 20)
        for _ in 0..<2 {
            for number in 0..<count { rules.judge(expression: "unknown-\(number)", in: .spdx, at: .root) }
        }
        #expect(rules.verdicts.count == min(count, 20))
        #expect(rules.found.count == 2 * count && rules.found.allSatisfy { $0.name == "unknown-license" })
        #expect(RuleChecker(limit: 1).memory == Limits.rememberedExpressions)
    }
}
