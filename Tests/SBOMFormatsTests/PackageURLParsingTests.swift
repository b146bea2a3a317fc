import ByteStreams
import SBOMModel
import StructuredText
import TestSupport
import Testing

@Suite struct PackageURLParsingTests {
    @Test(arguments: [
        (
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"
        ),
        (
            "PKG:Golang/google.golang.org/genproto#googleapis/api/",
            "pkg:golang/google.golang.org/genproto#googleapis/api"
        ),
        ("pkg:golang/a/b#/x//%20y/.././", "pkg:golang/a/b#x/%20y"),
        ("pkg://npm//foobar@12.3.1/", "pkg:npm/foobar@12.3.1"),
        ("pkg:npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
        ("pkg:npm/@angular/animation", "pkg:npm/%40angular/animation"),
        ("pkg:docker/a@sha256:244?repository_url=gcr.io&empty=", "pkg:docker/a@sha256:244?repository_url=gcr.io"),
        ("pkg:generic/a%20b@1%2B2", "pkg:generic/a%20b@1%2B2"),
    ])
    func `a package URL is read in every spelling and written in one`(_ text: String, _ canonical: String) {
        #expect(PackageURL(parsing: text)?.description == canonical)
    }

    @Test(arguments: [
        "", "pkg", "pkg:", "pkg:deb", "pkg:deb/", "pkg:/a", "deb/a", "pkg:1deb/a", "pkg:d_b/a", "pkg:deb/%zz",
        "pkg:deb/%C3",
        "pkg:deb/a?arch", "pkg:deb/a?1=x", "pkg:deb/a?a%20b=x", "pkg:deb/a?x=1&x=2", "pkg:deb/@1", "http:deb/a",
        "pkg:deb/a#%2",
    ])
    func `what is no package URL is refused`(_ text: String) {
        #expect(PackageURL(parsing: text) == nil)
    }

    @Test(.needsCorpus)
    func `the tests of the specification pass`() throws {
        let folder = try #require(corpus) + "/schemas/purl/tests"
        var count = 0
        var contradictions = 0
        for path in ["spec", "types"].flatMap({ inner in
            names(inFolder: "\(folder)/\(inner)").map { "\(folder)/\(inner)/\($0)" }
        }) {
            let file = try JSONValue(parsing: try bytes(ofFile: path), limits: Limits())
            guard case .object(let object) = file, case .array(let tests) = object["tests"] else { continue }
            for case .object(let test) in tests where test["test_type"] == "parse" || test["test_type"] == "validate" {
                guard case .string(let input) = test["input"] else { continue }
                count += 1
                let flaw = PackageURL.flaw(in: input)
                if test["expected_failure"] == true {
                    #expect(flaw != nil, "\(path): \(input)")
                } else if case .keyInCapitals = flaw {
                    // Some tests accept what others and ECMA-427 §5.6.6 forbid.
                    contradictions += 1
                    #expect(PackageURL(parsing: input) != nil, "\(path): \(input)")
                } else {
                    #expect(flaw == nil, "\(path): \(input)")
                }
            }
        }
        #expect(count > 100 && contradictions < 10, "\(count) tests were run, \(contradictions) of them do not agree")
    }

    @Test(.needsCorpus)
    func `what types demand is what their definitions demand`() throws {
        let folder = try #require(corpus) + "/schemas/purl/types"
        for name in names(inFolder: folder) {
            guard
                case .object(let type) = try JSONValue(
                    parsing: try bytes(ofFile: "\(folder)/\(name)"), limits: Limits()),
                let word = type.text("type"), let namespace = type["namespace_definition"]?.objectContent
            else { continue }
            let rules = try #require(PackageURL.registeredRules(for: word), "\(word)")
            #expect("\(rules.namespace)" == namespace.text("requirement"), "\(word)")
            let keys = type.objects("qualifiers_definition").filter { $0.object.text("requirement") == "required" }
            #expect(rules.requiredQualifier == keys.first?.object.text("key") && keys.count < 2, "\(word)")
        }
    }
}
