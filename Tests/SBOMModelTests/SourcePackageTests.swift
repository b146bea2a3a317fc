import SBOMModel
import Testing

@Suite struct SourcePackageTests {
    @Test(arguments: [
        ("1.0", nil, "1.0", nil), ("1:2.3-4", "1", "2.3", "4"), ("2.3-rc1-4", nil, "2.3-rc1", "4"),
        ("0:1~beta+b1-1ubuntu2", "0", "1~beta+b1", "1ubuntu2"), ("a:1-2", nil, "a:1", "2"),
    ])
    func `a version is taken apart as dpkg and rpm do`(
        text: String, epoch: String?, version: String, release: String?
    ) {
        let source = SourcePackage(name: "a", fullVersion: text)
        #expect(source == SourcePackage(name: "a", epoch: epoch, version: version, release: release))
        #expect(source.statement == "built package from: a \(text)")
    }

    @Test func `what a statement says is what the properties say`() throws {
        let source = try #require(SourcePackage(statement: "built package from: lib-a 1:2.3-4"))
        #expect(source.isStatable)
        let details = source.details
        #expect(details.map(\.name) == ["SrcName", "SrcVersion", "SrcRelease", "SrcEpoch"])
        #expect(details.map(\.value) == ["lib-a", "2.3", "4", "1"])
        #expect(SourcePackage(details: details) == source)
        #expect(SourcePackage(details: details + [("SrcName", "b")]) == nil)
        #expect(SourcePackage(details: [("SrcName", "a")]) == nil)
    }

    @Test(arguments: [
        "", "built package from: ", "built package from: a", "built package from: a 1 2", "built package from: a  1",
        "built package from: a 1; came with layer 1", "Built package from: a 1", "built package from: a v1-1",
        "built package from: a 1-", "built package from:  1",
    ])
    func `a text that trivy reads otherwise is no statement`(text: String) {
        #expect(SourcePackage(statement: text) == nil)
    }

    @Test(arguments: [
        SourcePackage(name: "a b", version: "1"), SourcePackage(name: "a", version: "v1", release: "1"),
        SourcePackage(name: "a", version: "1 2"), SourcePackage(name: "a", version: "1", release: "2-3"),
        SourcePackage(name: "a", version: "1", release: ""), SourcePackage(name: "", version: "1"),
        SourcePackage(name: "a", epoch: "x", version: "1"), SourcePackage(name: "a", version: "2-1"),
    ])
    func `what a statement cannot say is not stated`(source: SourcePackage) {
        #expect(!source.isStatable)
    }
}
