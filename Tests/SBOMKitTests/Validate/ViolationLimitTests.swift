import ByteStreams
import SBOMKit
import Testing

@Suite struct ViolationLimitTests {
    @Test(arguments: [5, 50, 500])
    func `as many violations are reported as the limit allows`(count: Int) throws {
        let components = (0..<count).map { #"{"name":"\#($0)"}"# }.joined(separator: ",")
        let text = #"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[\#(components)]}"#
        var limits = Limits()
        limits.violationCount = 50
        let report = try Validator(limits: limits).validate(Array(text.utf8))
        #expect(report.violations.count { $0.isError && $0.name == "required" } == min(count, 50))
        #expect(report.isTruncated == (count >= 50))
    }
}
