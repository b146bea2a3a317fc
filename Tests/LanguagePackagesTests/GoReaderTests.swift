import ByteStreams
import ContainerImages
import Foundation
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@testable import LanguagePackages

@Suite struct GoReaderTests {
    private func findings(
        _ modules: String, version: String = "go1.22.3", limits: Limits = Limits()
    ) -> LanguageFindings {
        let parts = [
            FileExtract.Part("go.version", Array(version.utf8)), FileExtract.Part("go.modinfo", Array(modules.utf8)),
        ]
        return GoReader.read(languageFiles([("usr/bin/app", FileExtract(parts))]), in: PathTree(), limits: limits)
    }

    private func lines(_ packages: [LanguagePackage]) -> [String] {
        packages.map { "\($0.name) \($0.version ?? "-") \($0.packageURL?.description ?? "-")" }
    }

    private static let modules = """
        path\tgithub.com/Acme/app/cmd/app
        mod\tgithub.com/Acme/app\tv1.2.3\th1:main=
        dep\tgithub.com/BurntSushi/toml\tv1.3.2\th1:toml=
        dep\tgopkg.in/yaml.v3\tv3.0.1
        =>\tgithub.com/fork/yaml/v3\tv3.0.2\th1:yaml=
        dep\texample.com/local\tv0.0.0
        =>\t./local\t
        build\t-compiler=gc
        build\tvcs=git
        build\tvcs.revision=0123
        build\tvcs.modified=false

        """

    @Test func `the main module depends on the standard library and on every module`() {
        let findings = findings(Self.modules)
        #expect(
            lines(findings.packages) == [
                "github.com/Acme/app v1.2.3 pkg:golang/github.com/acme/app@v1.2.3",
                "stdlib 1.22.3 pkg:golang/stdlib@1.22.3",
                "github.com/BurntSushi/toml v1.3.2 pkg:golang/github.com/burntsushi/toml@v1.3.2",
                "github.com/fork/yaml/v3 v3.0.2 pkg:golang/github.com/fork/yaml/v3@v3.0.2",
                "example.com/local - -",
            ])
        #expect(findings.graph.edges.map(\.from) == [0, 0, 0, 0])
        #expect(findings.graph.edges.map(\.to) == [1, 2, 3, 4])
        #expect(findings.withoutDependencies == [2, 3, 4])
        #expect(findings.packages.map(\.isApplication) == [true, false, false, false, false])
        #expect(
            findings.packages[0].properties == [
                .init("go:h1", "h1:main="), .init("go:path", "github.com/Acme/app/cmd/app"), .init("go:vcs", "git"),
                .init("go:vcs.revision", "0123"), .init("go:vcs.modified", "false"),
            ])
        #expect(
            findings.packages[3].properties == [
                .init("go:replaces", "gopkg.in/yaml.v3@v3.0.1"), .init("go:h1", "h1:yaml="),
            ])
        #expect(
            findings.packages[4].properties == [
                .init("go:replaces", "example.com/local@v0.0.0"), .init("go:replacement", "./local"),
            ])
        #expect(findings.diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("go1.22.3", "1.22.3", "pkg:golang/stdlib@1.22.3"),
        ("go1.26.5 (Red Hat 1.26.5-1.el9)", "1.26.5", "pkg:golang/stdlib@1.26.5"),
        ("go1.25 X:nocoverageredesign", "1.25", "pkg:golang/stdlib@1.25"),
        ("go1.26-X:jsonv2", "1.26", "pkg:golang/stdlib@1.26"), ("go1.22rc1", "1.22rc1", "pkg:golang/stdlib@1.22rc1"),
        ("devel +abcdef Mon", "devel +abcdef Mon", "pkg:golang/stdlib"),
        ("devel go1.22-abc", "devel go1.22-abc", "pkg:golang/stdlib"),
    ])
    func `the version of the standard library is that of the release`(
        _ text: String, _ version: String, _ purl: String
    ) {
        #expect(lines(findings("", version: text).packages) == ["stdlib \(version) \(purl)"])
    }

    @Test(arguments: [
        (#"-ldflags="-s -X main.version=1.2.3""#, "1.2.3"), (#"-ldflags="-X 'main.version=v2.0.0' -w""#, "v2.0.0"),
        (#"-ldflags=-X=main.Version=3.1"#, "3.1"), (#"-ldflags="-X main.version=1.0 -X main.version=1.1""#, "1.1"),
        (#"-ldflags="-X main.version=dev""#, nil), (#"-ldflags="-X example.com/a.version=1.0""#, nil),
        (#"-ldflags="-X main.versionSuffix=1.0""#, nil), (#"-ldflags="-X 'main.version=1.0 beta'""#, nil),
        (#"-ldflags="-X"#, nil), ("-trimpath=true", nil),
    ])
    func `a development version gives way to that of the linker flags, or to none`(
        _ flags: String, _ version: String?
    ) {
        let text = "path\texample.com/a\nmod\texample.com/a\t(devel)\t\nbuild\t\(flags)\n"
        let main = findings(text).packages[0]
        #expect(main.version == version)
        #expect(main.packageURL?.description == "pkg:golang/example.com/a" + (version.map { "@\($0)" } ?? ""))
    }

    @Test func `a stated version goes before the linker flags`() {
        let text = "mod\texample.com/a\tv1.0.0\nbuild\t-ldflags=\"-X main.version=2.0.0\"\n"
        #expect(findings(text).packages[0].version == "v1.0.0")
    }

    @Test func `without a main module there are no edges`() {
        for text in ["", "path\tcommand-line-arguments\ndep\texample.com/b\tv1.0.0\n"] {
            let findings = findings(text)
            #expect(findings.packages.first?.name == "stdlib")
            #expect(findings.graph.edges.isEmpty)
        }
        let older = findings("path\texample.com/a/cmd\ndep\t\t\ndep\texample.com/b\tv1.0.0\n")
        #expect(older.withoutDependencies == [0, 2])
        #expect(
            lines(older.packages) == [
                "example.com/a/cmd - -", "stdlib 1.22.3 pkg:golang/stdlib@1.22.3",
                "example.com/b v1.0.0 pkg:golang/example.com/b@v1.0.0",
            ])
    }

    @Test func `lines of another form are counted`() {
        let findings = findings("dep\nmod\ta\n=>\tb\tv1\nnonsense\nbuild\tx\nbuild\t\"a\\q\"=1\n")
        #expect(findings.packages.map(\.name) == ["stdlib"])
        #expect(findings.diagnostics.map(\.code) == [.damagedGoModules])
        #expect(findings.diagnostics.first?.message.hasSuffix(": 6") == true)
    }

    @Test func `module paths that no package URL can have are listed without one`() {
        let findings = findings("mod\tone\tv1\ndep\ta//b\tv1\ndep\t../c\tv1\n")
        #expect(findings.packages.map { $0.packageURL != nil } == [false, true, false, false])
    }

    @Test func `packages and edges beyond languagePackageCount and edgeCount are left out with their file`() {
        var limits = Limits()
        limits.languagePackageCount = 4
        #expect(findings(Self.modules, limits: limits).packages.isEmpty)
        #expect(findings(Self.modules, limits: limits).diagnostics.map(\.code) == [.languageLimit])
        limits = Limits()
        limits.edgeCount = 3
        #expect(findings(Self.modules, limits: limits).diagnostics.map(\.code) == [.languageLimit])
        limits.edgeCount = 4
        #expect(findings(Self.modules, limits: limits).packages.count == 5)
    }

    @Test func `damaged lists of modules are read without a crash`() {
        let text = Self.modules + "build\t-ldflags=\"-X 'main.version=1.0' \\\"a\\\" \\u00e9\"\n"
        for copy in mutations(of: Array(text.utf8), count: 3_000, seed: 5) {
            _ = findings(String(decoding: copy, as: UTF8.self))
        }
    }

    @Test(.needs(have("go"), "go: apt-get install golang-go"))
    func `the modules equal those that go version -m prints`() throws {
        try withTemporaryFolder { folder in
            try write(Array("module example.com/Hello\n\ngo 1.18\n".utf8), toFile: folder + "/go.mod")
            try write(Array("package main\n\nfunc main() { println(1) }\n".utf8), toFile: folder + "/main.go")
            let environment = ["GOFLAGS": "-mod=mod", "GOPROXY": "off", "HOME": folder, "CGO_ENABLED": "0"]
            for (name, flags) in [("plain", ""), ("pie", "-buildmode=pie"), ("stripped", "-ldflags '-s -w'")] {
                let built = try shell("cd '\(folder)' && go build \(flags) -o \(name)", environment: environment)
                try #require(built.code == 0, "\(built.errors)")
                try compare(folder + "/" + name)
            }
        }
    }

    @Test func `executables of this machine agree with go version -m`() throws {
        guard have("go") else { return }
        for name in ["docker", "skopeo", "buildah", "terraform", "go", "gh", "podman"] where have(name) {
            let path = try shell("readlink -f $(command -v \(name))").text.trimmingCharacters(in: .newlines)
            try compare(path)
        }
    }

    /// Compares what is kept of an executable with what Go prints.
    private func compare(_ path: String) throws {
        let file = try bytes(ofFile: path)
        guard ExecutableReader.reads(file) else { return }
        let printed = try shell("go version -m '\(path)'")
        try #require(printed.code == 0)
        var lines = printed.text.split(separator: "\n")
        let version = try #require(lines.first?.split(separator: " ", maxSplits: 1).last)
        lines.removeFirst()
        for found in [streamed(file), whole(file)] {
            #expect(found?.text("go.version") == String(version), "\(path)")
            let modules = found?.text("go.modinfo") ?? ""
            // Go shows each line of the list after a tab, and adds an empty sum to a replacement.
            let ours = modules.split(separator: "\n").map { "\t" + $0 }
            func trimmed(_ lines: [String]) -> [String] {
                lines.map { $0.replacing(#/\t+$/#, with: "") }.filter { !$0.isEmpty }
            }
            #expect(trimmed(ours) == trimmed(lines.map(String.init)), "\(path)")
        }
    }
}
