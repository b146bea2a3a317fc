import ByteStreams
import ContainerImages
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@testable import LanguagePackages

@Suite struct CondaReaderTests {
    private static let numpy = """
        {"name":"numpy","version":"1.26.4","build":"py312h1","build_number":0,"subdir":"linux-64",
        "channel":"https://conda.anaconda.org/conda-forge/linux-64","fn":"numpy-1.26.4-py312h1.conda",
        "url":"https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py312h1.conda",
        "sha256":"\(String(repeating: "0a", count: 32))","md5":"\(String(repeating: "0b", count: 16))",
        "license":"BSD-3-Clause","requested_spec":"numpy",
        "depends":["python >=3.12,<3.13.0a0","libblas >=3.9.0,<4.0a0","missing","__glibc >=2.17"],
        "files":["lib/python3.12/site-packages/numpy/core.so","../../etc/passwd","/etc/passwd",
        "lib/python3.12/site-packages/numpy-1.26.4.dist-info/METADATA"],
        "paths_data":{"paths":[{"_path":"a"}]},"link":{"source":"x"}}
        """
    private static let python = #"{"name":"python","version":"3.12.2","depends":[],"fn":"python-3.12.2-0.tar.bz2"}"#
    private static let blas = #"{"name":"libblas","version":"3.8","requested_spec":""}"#

    private func findings(_ texts: [String: String], limits: Limits = Limits()) -> LanguageFindings {
        CondaReader.read(languageFiles(texts: texts), in: PathTree(), limits: limits)
    }

    private static let environment = [
        "opt/conda/conda-meta/libblas-3.8-0.json": blas, "opt/conda/conda-meta/numpy-1.26.4-py312h1.json": numpy,
        "opt/conda/conda-meta/python-3.12.2-0.json": python, "opt/conda/conda-meta/x.json": "{",
    ]

    @Test func `packages of an environment have their edges, files and facts`() {
        let findings = findings(Self.environment)
        #expect(findings.packages.map(\.name) == ["libblas", "numpy", "python"])
        let numpy = findings.packages[1]
        #expect(
            numpy.packageURL?.description
                == "pkg:conda/numpy@1.26.4?build=py312h1&channel=conda-forge&subdir=linux-64&type=conda")
        #expect(findings.packages[2].packageURL?.description == "pkg:conda/python@3.12.2?type=tar.bz2")
        #expect(findings.packages.map(\.isRequested) == [false, true, false])
        #expect(numpy.checksums.map(\.algorithm) == ["SHA256", "MD5"])
        #expect(numpy.license?.declared?.description == "BSD-3-Clause")
        #expect(numpy.license?.path == numpy.path)
        #expect(findings.graph.edges.map { [$0.from, $0.to] } == [[1, 2]])
        #expect(findings.graph.unmet.map(\.need) == ["libblas >=3.9.0,<4.0a0", "missing"])
        let site = "opt/conda/lib/python3.12/site-packages"
        #expect(findings.explained == [site + "/numpy/core.so", site + "/numpy-1.26.4.dist-info/METADATA"])
        #expect(findings.ownedPaths == [site + "/numpy/core.so": 1, site + "/numpy-1.26.4.dist-info/METADATA": 1])
        #expect(findings.diagnostics.map(\.code) == [.damagedCondaPackage])
    }

    @Test func `environments are kept apart`() {
        let findings = findings(["a/conda-meta/n.json": Self.numpy, "b/conda-meta/p.json": Self.python])
        #expect(findings.packages.count == 2)
        #expect(findings.graph.edges.isEmpty)
    }

    @Test(arguments: [
        ("a", "1", true), ("a >=1.2,<2", "1.10", true), ("a >=1.2,<2", "2.0", false), ("a 1.2.*", "1.2.3", true),
        ("a 1.2.*", "1.3", false), ("a ==1.0", "1", true), ("a !=1.0", "1.0", false), ("a =1.2", "1.2.9", true),
        ("a>=3", "2", false), ("c::a >2", "2.0.1", true), ("a 1.2 build_0", "1.2", true), ("a <3.0a0", "9", true),
        ("a <=99999999999999999999", "1", true), ("a[version='>=3']", "1", true),
    ])
    func `bounds of numbers are compared`(_ need: String, _ version: String, _ isMet: Bool) {
        #expect(CondaMatch(need)?.name == "a")
        #expect(CondaMatch(need)?.accepts(version) == isMet)
    }

    @Test func `the digests of the files are not kept`() throws {
        let reduced = try #require(CondaReader.reduced(Array(Self.numpy.utf8), of: []))
        let text = String(decoding: reduced, as: UTF8.self)
        #expect(!text.contains("paths_data") && text.contains("site-packages"))
        #expect(CondaReader.reduced([1, 2], of: []) == [1, 2])
    }

    @Test func `packages, edges, steps and files beyond the limits are reported`() {
        var limits = Limits()
        limits.languagePackageCount = 1
        #expect(findings(Self.environment, limits: limits).packages.count == 1)
        #expect(findings(Self.environment, limits: limits).diagnostics.map(\.code).contains(.languageLimit))
        for limit in [\Limits.edgeCount, \Limits.resolutionSteps] {
            limits = Limits()
            limits[keyPath: limit] = limit == \.edgeCount ? 0 : 2
            let found = findings(Self.environment, limits: limits)
            #expect(found.diagnostics.map(\.code).contains(.languageLimit))
            #expect(found.withoutDependencies == [1, 2])
        }
        limits = Limits()
        limits.recordedFileCount = 1
        let found = findings(Self.environment, limits: limits)
        #expect(found.explained.count == 1 && found.diagnostics.map(\.code).contains(.languageLimit))
    }

    @Test func `damaged records are read without a crash`() {
        for copy in mutations(of: Array(Self.numpy.utf8), count: 1_500, seed: 3) {
            let text = String(decoding: copy, as: UTF8.self)
            _ = findings(["a/conda-meta/n.json": text, "a/conda-meta/p.json": Self.python])
            _ = CondaReader.reduced(copy, of: [])
        }
    }
}
