import ByteStreams
import ContainerImages
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@testable import LanguagePackages

@Suite struct RReaderTests {
    private static let built = "Built: R 4.3.1; x86_64-pc-linux-gnu; 2023-06-17 00:00:00 UTC; unix\n"
    private static let dplyr = """
        Package: dplyr
        Version: 1.1.2
        Title: A Grammar of Data
            Manipulation
        Depends: R (>= 3.5.0)
        Imports: generics, methods, rlang (>= 1.1.0),
            missing (>= 1.0), old (>= 2.0-1)
        LinkingTo: cpp11, absent
        License: MIT + file LICENSE
        URL: https://dplyr.tidyverse.org, https://github.com/tidyverse/dplyr
        Maintainer: Hadley Wickham <hadley@example.com>
        Repository: CRAN

        """ + built
    private static let library = "usr/local/lib/R/site-library"
    private static let base = "usr/local/lib/R/library"

    private static func package(_ name: String, _ version: String, _ more: String = "") -> String {
        "Package: \(name)\nVersion: \(version)\n\(more)\(built)"
    }

    private static let files = [
        "\(library)/dplyr/DESCRIPTION": dplyr, "\(library)/rlang/DESCRIPTION": package("rlang", "1.1.1"),
        "\(library)/old/DESCRIPTION": package("old", "2.0-0"), "\(library)/cpp11/DESCRIPTION": package("cpp11", "0.4"),
        "\(base)/base/DESCRIPTION": package("base", "4.3.1", "Priority: base\nLicense: Part of R\n"),
        "\(base)/methods/DESCRIPTION": package("methods", "4.3.1", "Priority: base\n"),
        "\(base)/generics/DESCRIPTION": package("generics", "0.1.3", "RemoteType: github\nRemoteSha: 0123\n"),
        "srv/library/source/DESCRIPTION": "Package: source\nVersion: 1\n",
        "srv/library/nameless/DESCRIPTION": "Version: 1\n" + built,
    ]

    private func findings(_ texts: [String: String], limits: Limits = Limits()) -> LanguageFindings {
        RReader.read(languageFiles(texts: texts), in: PathTree(), limits: limits)
    }

    @Test func `installed packages are found, and those that are part of R are R`() {
        let findings = findings(Self.files)
        #expect(findings.packages.map(\.name) == ["R", "generics", "cpp11", "dplyr", "old", "rlang"])
        #expect(findings.packages[0].packageURL?.description == "pkg:generic/R@4.3.1")
        #expect(findings.packages[0].license == nil)
        let dplyr = findings.packages[3]
        #expect(dplyr.packageURL?.description == "pkg:cran/dplyr@1.1.2")
        #expect(dplyr.summary == "A Grammar of Data Manipulation")
        #expect(dplyr.homepage == "https://dplyr.tidyverse.org")
        #expect(dplyr.license?.path == dplyr.path)
        #expect(dplyr.license?.declared?.description == "MIT")
        #expect(findings.packages[1].packageURL == nil)
        #expect(findings.packages[1].properties.map(\.name) == ["r:RemoteType", "r:RemoteSha", "r:Built"])
        #expect(findings.graph.edges.map { [$0.from, $0.to] } == [[3, 0], [3, 1], [3, 2], [3, 5]])
        #expect(findings.graph.edges.map(\.isWeak) == [false, false, true, false])
        #expect(findings.graph.unmet.map(\.need) == ["missing (>= 1.0)", "old (>= 2.0-1)"])
        #expect(findings.diagnostics.map(\.code) == [.damagedRPackage])
    }

    @Test(arguments: [
        ("a (>= 1.0-2)", "1.0.3", true), ("a (>= 1.0-2)", "1.0.1", false), ("a (> 1)", "1.0", true),
        ("a (<= 1)", "1", true), ("a (< 2)", "2", false), ("a (== 1.5)", "1.5", true), ("a (!= 1.5)", "1.5", false),
        ("a (>= r5)", "1", true), ("a (>=", "1", true), ("a", "1", true), ("a (>= 1)", "x", true),
    ])
    func `versions are compared number by number`(_ need: String, _ version: String, _ isMet: Bool) {
        let needs = RDescription.needs(need)
        #expect(needs.map(\.name) == ["a"])
        #expect(needs.first?.accepts(version) == isMet)
    }

    @Test func `packages, edges and steps beyond the limits are reported`() {
        var limits = Limits()
        limits.languagePackageCount = 1
        #expect(findings(Self.files, limits: limits).packages.count == 1)
        for limit in [\Limits.edgeCount, \Limits.resolutionSteps] {
            limits = Limits()
            limits[keyPath: limit] = 1
            let found = findings(Self.files, limits: limits)
            #expect(found.diagnostics.map(\.code).contains(.languageLimit))
            #expect(found.withoutDependencies == [3, 4, 5])
        }
    }

    @Test func `damaged descriptions are read without a crash`() {
        for copy in mutations(of: Array(Self.dplyr.utf8), count: 1_500, seed: 3) {
            var files = Self.files
            files["\(Self.library)/dplyr/DESCRIPTION"] = String(decoding: copy, as: UTF8.self)
            _ = findings(files)
        }
    }
}
