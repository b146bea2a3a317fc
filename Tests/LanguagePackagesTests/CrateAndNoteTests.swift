import ByteStreams
import ContainerImages
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@testable import LanguagePackages

@Suite struct RustReaderTests {
    private static let list = """
        {"packages":[
        {"name":"adler","version":"1.0.2","source":"crates.io"},
        {"name":"app","version":"0.3.0","source":"local","dependencies":[0,2,3,4],"root":true},
        {"name":"cc","version":"1.0.90","source":"crates.io","kind":"build","dependencies":[0]},
        {"name":"fork","version":"2.0.0","source":"git","dependencies":[0]},
        {"name":"inner","version":"1.0.0","source":"registry"}],"format":0}
        """

    private func findings(_ text: String, limits: Limits = Limits()) -> LanguageFindings {
        RustReader.read(
            languageFiles([("bin/app", FileExtract([FileExtract.Part(".dep-v0", Array(text.utf8))]))]),
            in: PathTree(), limits: limits)
    }

    @Test func `crates are listed with their edges, without those that only build`() {
        let findings = findings(Self.list)
        #expect(findings.packages.map(\.name) == ["adler", "app", "fork", "inner"])
        #expect(findings.packages.map { $0.packageURL?.description } == ["pkg:cargo/adler@1.0.2", nil, nil, nil])
        #expect(findings.packages.map(\.isApplication) == [false, true, false, false])
        #expect(findings.packages.map(\.properties.last?.value) == ["crates.io", "local", "git", "registry"])
        #expect(findings.graph.edges.map { [$0.from, $0.to] } == [[1, 0], [1, 2], [1, 3], [2, 0]])
        #expect(findings.withoutDependencies.isEmpty)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"packages":[{"name":"a"}]}"#, #"{"packages":[{"name":"a","version":"1"}]}"#,
        #"{"packages":[{"name":"a","version":"1","root":true},{"name":"b","version":"1","root":true}]}"#,
        #"{"packages":[{"name":"a","version":"1","root":true,"dependencies":[1]}]}"#,
        #"{"packages":[{"name":"a","version":"1","root":true,"dependencies":[-1]}]}"#,
        #"{"packages":[{"name":"a","version":"1","root":true,"dependencies":["0"]}]}"#,
        #"{"packages":[{"name":"a","version":"1","root":true,"dependencies":[0]}]}"#,
        #"{"packages":[{"name":"a","version":"1","root":true,"dependencies":[99999999999999999999]}]}"#,
        """
        {"packages":[{"name":"a","version":"1","root":true,"dependencies":[1]},\
        {"name":"b","version":"1","dependencies":[2]},{"name":"c","version":"1","dependencies":[1]}]}
        """,
    ])
    func `a list that breaks a rule of cargo-auditable gives nothing`(_ text: String) {
        #expect(findings(text).packages.isEmpty)
        #expect(findings(text).diagnostics.map(\.code) == [.damagedCrateList])
    }

    @Test func `a long chain of crates takes no stack`() {
        let crates = (0..<20_000).map {
            #"{"name":"c","version":"1","dependencies":[\#($0 + 1)]\#($0 == 0 ? #","root":true"# : "")}"#
        }
        let text = #"{"packages":[\#(crates.joined(separator: ",")),{"name":"c","version":"1"}]}"#
        #expect(findings(text).graph.edges.count == 20_000)
    }

    @Test func `crates beyond languagePackageCount and edgeCount are left out with their file`() {
        var limits = Limits()
        limits.languagePackageCount = 3
        #expect(findings(Self.list, limits: limits).diagnostics.map(\.code) == [.languageLimit])
        limits = Limits()
        limits.edgeCount = 3
        #expect(findings(Self.list, limits: limits).diagnostics.map(\.code) == [.languageLimit])
    }

    @Test func `damaged lists of crates are read without a crash`() {
        for copy in mutations(of: Array(Self.list.utf8), count: 2_000, seed: 3) {
            _ = findings(String(decoding: copy, as: UTF8.self))
        }
    }
}

@Suite struct ELFNoteReaderTests {
    private func findings(_ notes: [(path: String, text: String)], limits: Limits = Limits()) -> LanguageFindings {
        let files = notes.map {
            (path: $0.path, extract: FileExtract([FileExtract.Part(".note.package", Array($0.text.utf8))]))
        }
        return ELFNoteReader.read(languageFiles(files), in: PathTree(), limits: limits)
    }

    private static let coreutils = """
        {"type":"rpm","name":"coreutils","version":"9.4-7.fc40","architecture":"x86_64","os":"fedora","osVersion":"40",\
        "osCpe":"cpe:/o:fedoraproject:fedora:40"}
        """

    @Test func `files with the same note are one source package`() {
        let findings = findings([("opt/b", Self.coreutils), ("opt/a", Self.coreutils), ("opt/c", "{}")])
        #expect(findings.packages.map(\.path) == ["opt/a"])
        #expect(findings.explained == ["opt/b"])
        #expect(
            findings.packages.map { $0.packageURL?.description }
                == ["pkg:rpm/fedora/coreutils@9.4-7.fc40?distro=fedora-40"])
        #expect(
            findings.packages[0].properties == [
                .init("elf:origin", "source package, from ELF note"), .init("elf:architecture", "x86_64"),
                .init("elf:osCpe", "cpe:/o:fedoraproject:fedora:40"),
            ])
        #expect(findings.diagnostics.map(\.place) == ["opt/c"])
        #expect(findings.diagnostics.map(\.code) == [.damagedPackageNote])
    }

    @Test(arguments: [
        (
            #"{"type":"deb","os":"debian","osVersion":"13","name":"bash","version":"5.2-1"}"#,
            "pkg:deb/debian/bash@5.2-1?distro=debian-13"
        ),
        (#"{"type":"apk","os":"wolfi","name":"curl","version":"8.1-r0"}"#, "pkg:apk/wolfi/curl@8.1-r0"),
        (#"{"type":"rpm","os":"fedora","name":"bind","version":"32:9.18-1"}"#, "pkg:rpm/fedora/bind@9.18-1?epoch=32"),
        (#"{"type":"rpm","name":"bind","version":"9.18-1"}"#, nil),
        (#"{"type":"other","os":"fedora","name":"bind","version":"9.18-1"}"#, nil),
    ])
    func `the package URL has the words of the note`(_ text: String, _ purl: String?) {
        #expect(findings([("a", text)]).packages.map { $0.packageURL?.description } == [purl])
    }

    @Test func `packages beyond languagePackageCount are left out`() {
        var limits = Limits()
        limits.languagePackageCount = 0
        #expect(findings([("a", Self.coreutils)], limits: limits).diagnostics.map(\.code) == [.languageLimit])
    }

    @Test func `damaged notes are read without a crash`() {
        for copy in mutations(of: Array(Self.coreutils.utf8), count: 1_000, seed: 3) {
            _ = findings([("a", String(decoding: copy, as: UTF8.self))])
        }
    }
}
