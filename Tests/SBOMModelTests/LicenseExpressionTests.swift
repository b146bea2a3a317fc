import ByteStreams
import SBOMModel
import Testing

@Suite struct LicenseExpressionTests {
    typealias Node = LicenseExpression.Node

    static let mit = Node.license("MIT", orLater: false)
    static let isc = Node.license("ISC", orLater: false)
    static let exempted = Node.with(
        .license("GPL-2.0-only", orLater: false), exception: .named("Classpath-exception-2.0"))

    @Test(
        arguments: [
            ("MIT", mit, "MIT"),
            (" mit\t", mit, "MIT"),
            ("((MIT))", mit, "MIT"),
            ("Apache-2.0+", .license("Apache-2.0", orLater: true), "Apache-2.0+"),
            ("gpl-2.0+", .license("GPL-2.0+", orLater: false), "GPL-2.0+"),
            ("LicenseRef-a.b", .reference("LicenseRef-a.b", document: nil), "LicenseRef-a.b"),
            (
                "DocumentRef-d:LicenseRef-a", .reference("LicenseRef-a", document: "DocumentRef-d"),
                "DocumentRef-d:LicenseRef-a"
            ),
            (
                "GPL-2.0-only WITH classpath-exception-2.0", exempted, "GPL-2.0-only WITH Classpath-exception-2.0"
            ),
            (
                "MIT AND (ISC OR MIT) OR ISC", .any([.all([mit, .any([isc, mit])]), isc]), "MIT AND (ISC OR MIT) OR ISC"
            ),
            ("(MIT AND ISC) AND MIT", .all([.all([mit, isc]), mit]), "(MIT AND ISC) AND MIT"),
            ("MIT OR ((ISC) OR MIT)", .any([mit, .any([isc, mit])]), "MIT OR (ISC OR MIT)"),
            (
                "MIT WITH AdditionRef-a.b", .with(mit, exception: .addition("AdditionRef-a.b", document: nil)),
                "MIT WITH AdditionRef-a.b"
            ),
            (
                "MIT WITH DocumentRef-d+e:AdditionRef-a",
                .with(mit, exception: .addition("AdditionRef-a", document: "DocumentRef-d+e")),
                "MIT WITH DocumentRef-d+e:AdditionRef-a"
            ),
        ] as [(String, Node, String)])
    func `an expression is a tree, and keeps its text`(_ text: String, _ root: Node, _ description: String) {
        let expression = LicenseExpression(parsing: text)
        #expect(expression?.root == root)
        #expect(expression?.text == text)
        #expect(expression?.description == description)
    }

    @Test(arguments: [
        "", " ", "()", "MIT AND", "OR MIT", "MIT ISC", "MIT)", "(MIT", "MIT and ISC", "MIT WITH", "AND", "MIT WITH (a)",
        "(MIT) WITH Classpath-exception-2.0", "GPL-2.0-only with Classpath-exception-2.0",
    ])
    func `a text that breaks the grammar does not parse`(_ text: String) {
        #expect(LicenseExpression(parsingAnyNames: text) == nil)
    }

    @Test func `a name that is not on the list is unknown`() throws {
        let text = "Foo+ AND (MIT OR GPL-2.0-only WITH Bar) AND X.-1"
        #expect(LicenseExpression(parsing: text) == nil)
        let expression = try #require(LicenseExpression(parsingAnyNames: text))
        #expect(expression.unknownNames == ["Foo+", "Bar", "X.-1"])
        #expect(expression.description == text)
    }

    @Test(
        arguments: [
            ("MIT AND", .structure), ("MIT ISC", .structure), ("MIT and ISC", .structure),
            ("MIT/X11", .malformedName("MIT/X11")), ("MIT,ISC", .malformedName("MIT,ISC")),
            ("A+B", .malformedName("A+B")), ("MIT++", .malformedName("MIT++")), ("+", .malformedName("+")),
            ("a_b", .malformedName("a_b")), ("Lizenz-Ä", .malformedName("Lizenz-Ä")),
            ("LicenseRef-a_b", .malformedName("LicenseRef-a_b")), ("LicenseRef-a+", .malformedName("LicenseRef-a+")),
            ("LicenseRef-", .malformedName("LicenseRef-")), ("DocumentRef-d:MIT", .malformedName("DocumentRef-d:MIT")),
            ("DocumentRef-d_e:LicenseRef-a", .malformedName("DocumentRef-d_e:LicenseRef-a")),
            ("MIT OR NONE", .absence("NONE")), ("(NOASSERTION)", .absence("NOASSERTION")),
            ("MIT WITH NONE", .absence("NONE")),
            ("classpath-exception-2.0", .exceptionAsLicense("classpath-exception-2.0")),
            ("MIT AND LLVM-exception+", .exceptionAsLicense("LLVM-exception+")),
            ("rsync-linking-exception", .exceptionAsLicense("rsync-linking-exception")),
            ("GPL-2.0-only WITH MIT", .licenseAsException("MIT")),
            ("GPL-2.0-only WITH OpenMDW-1.0", .licenseAsException("OpenMDW-1.0")),
            ("MIT WITH LicenseRef-a", .licenseAsException("LicenseRef-a")),
            ("AdditionRef-a", .malformedName("AdditionRef-a")),
            ("MIT WITH AdditionRef-", .malformedName("AdditionRef-")),
            ("MIT WITH DocumentRef-d:LLVM-exception", .malformedName("DocumentRef-d:LLVM-exception")),
            ("MIT WITH LLVM-exception+", .malformedName("LLVM-exception+")),
        ] as [(String, LicenseExpression.Flaw)])
    func `what is no expression has a flaw`(_ text: String, _ flaw: LicenseExpression.Flaw) {
        #expect(throws: flaw) { try LicenseExpression(checking: text) }
        #expect(LicenseExpression(parsingAnyNames: text) == nil)
    }

    @Test(arguments: [
        "DocumentRef-d+e:LicenseRef-a", "LicenseRef-a WITH LLVM-exception", "MIT WITH Mine",
        "Apache-2.0+ WITH LLVM-exception",
        "None",
    ])
    func `names that may be on a newer list are names`(_ text: String) throws {
        #expect(try LicenseExpression(checking: text).description == text)
    }

    @Test func `the expression of a tree has the text that parses to the tree`() {
        let tree = Node.all([
            .any([Self.mit, .license("Foo", orLater: false)]), Self.exempted,
            .with(Self.isc, exception: .addition("AdditionRef-a", document: nil)),
        ])
        let expression = LicenseExpression(tree)
        #expect(LicenseExpression(parsingAnyNames: expression.text) == expression)
        #expect(expression.unknownNames == ["Foo"])
    }

    @Test func `the names of a text are its words without operators`() {
        #expect(
            LicenseExpression.names(in: "(MIT AND\nDocumentRef-d:LicenseRef-x)OR a WITH b and") == [
                "MIT", "DocumentRef-d:LicenseRef-x", "a", "b", "and",
            ])
    }

    @Test func `an expression longer or deeper than the limit does not parse`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "MIT" + String(repeating: ")", count: depth)
        }
        #expect(LicenseExpression(parsing: nested(Limits.licenseExpressionDepth - 1)) != nil)
        #expect(LicenseExpression(parsing: nested(Limits.licenseExpressionDepth)) == nil)
        let padding = String(repeating: " ", count: Limits.licenseExpressionLength - 3)
        #expect(LicenseExpression(parsing: padding + "MIT") != nil)
        #expect(LicenseExpression(parsing: padding + " MIT") == nil)
        let many = "MIT" + String(repeating: " OR MIT", count: Limits.licenseExpressionLength / 7 - 1)
        #expect(LicenseExpression(parsing: many)?.sorted { $0 } == "MIT")
    }

    @Test func `the list has the names and marks of its official release`() throws {
        #expect(LicenseList.licenses.count == 727)
        #expect(LicenseList.exceptions.count == 84)
        let mit = try #require(LicenseList.license(named: "mit"))
        #expect((mit.id, mit.name, mit.isDeprecated) == ("MIT", "MIT License", false))
        #expect(LicenseList.license(named: "GPL-2.0+")?.isDeprecated == true)
        #expect(LicenseList.exception(named: "llvm-EXCEPTION")?.name == "LLVM Exception")
        #expect(LicenseList.license(named: "LLVM-exception") == nil)
        for entry in LicenseList.licenses {
            #expect(LicenseExpression(parsing: entry.id)?.description == entry.id, "\(entry.id)")
        }
    }
}
