import ByteStreams
import ContainerImages
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@testable import LanguagePackages

@Suite("Python distributions")
struct PythonReaderTests {
    private static let site = "usr/local/lib/python3.12/site-packages"

    /// The description of a distribution.
    private static func metadata(_ name: String, _ version: String, _ more: String...) -> String {
        "Metadata-Version: 2.4\nName: \(name)\nVersion: \(version)\n"
            + more.map { "\($0)\n" }.joined() + "\nThe long description.\nName: other\n"
    }

    @Test("A wheel states its name, version, license, author and origin")
    func wheel() throws {
        let findings = LanguageFindings(
            PythonReader.self,
            in: LinkedFiles([
                "\(Self.site)/Zope.Event_x-5.0.dist-info/METADATA": Self.metadata(
                    "Zope.Event_x", "5.0", "Summary: Events", "License-Expression: ZPL-2.1", "License: Zope",
                    "Author-email: Zope <zope@example.org>", "Project-URL: Home-page, https://example.org/zope"),
                "\(Self.site)/Zope.Event_x-5.0.dist-info/INSTALLER": "pip\n",
                "\(Self.site)/Zope.Event_x-5.0.dist-info/REQUESTED": "",
                "\(Self.site)/Zope.Event_x-5.0.dist-info/RECORD":
                    "zope/__init__.py,sha256=abc,3\nzope/_fast.so,sha256=abc,9\n../../../bin/zope,sha256=x,1\n\"a,b.so\",,\n",
            ]))
        let package = try #require(findings.packages.first)
        #expect(findings.packages.count == 1)
        #expect(package.name == "Zope.Event_x" && package.version == "5.0")
        // The specification of the type keeps dots, and replaces underscores.
        #expect(package.packageURL?.description == "pkg:pypi/zope.event-x@5.0")
        #expect(package.license?.declared?.description == "ZPL-2.1")
        #expect(package.author == "Zope <zope@example.org>")
        #expect(package.homepage == "https://example.org/zope")
        #expect(package.summary == "Events")
        #expect(package.isRequested)
        #expect(package.properties == [.init("Installer", "pip")])
        #expect(
            findings.explained == [
                "\(Self.site)/zope/__init__.py", "\(Self.site)/zope/_fast.so", "usr/local/bin/zope",
                "\(Self.site)/a,b.so",
            ])
    }

    @Test("Eggs and the files of distutils are distributions too")
    func eggs() {
        let findings = LanguageFindings(
            PythonReader.self,
            in: LinkedFiles([
                "\(Self.site)/a-1.egg-info/PKG-INFO": Self.metadata("a", "1", "License: UNKNOWN"),
                "\(Self.site)/b-2.egg-info": Self.metadata(
                    "b", "2", "Classifier: License :: OSI Approved :: MIT License"),
                "\(Self.site)/c-3-py3.12.egg/EGG-INFO/PKG-INFO": Self.metadata("c", "3"),
                "usr/lib/python2.7/lib-dynload/Python-2.7.egg-info": Self.metadata("Python", "2.7.18"),
            ]))
        #expect(findings.names == ["a 1", "b 2", "c 3"])
        #expect(findings["a"]?.license == nil)
        #expect(findings["b"]?.license?.declared?.description == "MIT")
        #expect(findings.explained.contains("usr/lib/python2.7/lib-dynload/Python-2.7.egg-info"))
    }

    @Test("An egg that is an archive is a distribution")
    func zippedEgg() {
        let extract = FileExtract([.init("EGG-INFO/PKG-INFO", Array(Self.metadata("d", "4").utf8))])
        let files = LanguageFiles(
            [LanguageFile(path: "\(Self.site)/d-4-py3.12.egg", layer: 0, extract: extract)], architecture: nil,
            system: nil)
        let findings = PythonReader.read(files, in: LinkedFiles([:]), limits: Limits())
        #expect(findings.names == ["d 4"])
    }

    @Test("Requirements become edges where their markers hold")
    func edges() {
        let findings = LanguageFindings(
            PythonReader.self,
            in: LinkedFiles([
                "\(Self.site)/app-1.dist-info/METADATA": Self.metadata(
                    "app", "1", "Requires-Dist: Typing_Extensions>=4 ; python_version < \"3.8\"",
                    "Requires-Dist: url-lib3 (<3,>=1.21)", "Requires-Dist: colorama; sys_platform == 'win32'",
                    "Requires-Dist: pytest; extra == 'test'", "Requires-Dist: missing ; platform_machine == 'x86_64'",
                    "Requires-Dist: pypy-only; implementation_name == 'pypy'", "Requires-Dist: old>=9"),
                "\(Self.site)/typing_extensions-4.dist-info/METADATA": Self.metadata("typing_extensions", "4"),
                "\(Self.site)/url_lib3-2.1.dist-info/METADATA": Self.metadata("url_lib3", "2.1"),
                "\(Self.site)/pytest-8.dist-info/METADATA": Self.metadata("pytest", "8"),
                "\(Self.site)/old-1.dist-info/METADATA": Self.metadata("old", "1"),
            ]))
        #expect(findings.edges == ["app 1 -> old 1", "app 1 -> url_lib3 2.1"])
        #expect(
            findings.graph.unmet.map(\.need) == ["missing ; platform_machine == 'x86_64'", "old>=9"])
        #expect(findings.isWellFormed)
    }

    @Test("Environments are apart, and see those of the system as their interpreter does")
    func environments() {
        func files(_ systemPackages: String) -> LinkedFiles {
            LinkedFiles([
                "opt/venv/pyvenv.cfg":
                    "home = /usr/bin\ninclude-system-site-packages = \(systemPackages)\nversion = 3.11.2\n",
                "opt/venv/lib/python3.11/site-packages/app-1.dist-info/METADATA": Self.metadata(
                    "app", "1", "Requires-Dist: requests", "Requires-Dist: six"),
                "opt/venv/lib/python3.11/site-packages/six-2.dist-info/METADATA": Self.metadata("six", "2"),
                "usr/lib/python3/dist-packages/requests-2.28.egg-info/PKG-INFO": Self.metadata("requests", "2.28"),
                "usr/lib/python3/dist-packages/six-1.egg-info": Self.metadata("six", "1"),
                "usr/local/lib/python3.11/dist-packages/tool-3.dist-info/METADATA": Self.metadata(
                    "tool", "3", "Requires-Dist: six"),
                "usr/bin/python3.11": "\u{7F}ELF",
                // Another interpreter, which does not look in Debian's folders.
                "usr/local/lib/python3.12/site-packages/web-1.dist-info/METADATA": Self.metadata(
                    "web", "1", "Requires-Dist: six"),
                "usr/local/bin/python3.12": "\u{7F}ELF",
                // A folder that was named as the target.
                "srv/libs/worker-1.dist-info/METADATA": Self.metadata("worker", "1", "Requires-Dist: six"),
            ])
        }
        let apart = LanguageFindings(PythonReader.self, in: files("false"))
        #expect(apart.edges == ["app 1 -> six 2", "tool 3 -> six 1"])
        #expect(apart.graph.unmet.map(\.need) == ["requests", "six", "six"])
        let together = LanguageFindings(PythonReader.self, in: files("true"))
        #expect(together.edges == ["app 1 -> six 2", "app 1 -> requests 2.28", "tool 3 -> six 1"])
    }

    @Test("A copy inside of another distribution is part of it")
    func vendored() throws {
        let findings = LanguageFindings(
            PythonReader.self,
            in: LinkedFiles([
                "\(Self.site)/setuptools-75.dist-info/METADATA": Self.metadata("setuptools", "75"),
                "\(Self.site)/setuptools-75.dist-info/RECORD":
                    "setuptools-75.dist-info/METADATA,sha256=x,1\nsetuptools/_vendor/wheel-0.4.dist-info/METADATA,sha256=x,1\n",
                "\(Self.site)/setuptools/_vendor/wheel-0.4.dist-info/METADATA": Self.metadata("wheel", "0.4"),
            ]))
        #expect(findings.names == ["setuptools 75", "wheel 0.4"])
        #expect(findings["wheel"]?.container == 0)
        #expect(findings["setuptools"]?.container == nil)
    }

    @Test("What was not installed from an index names its origin")
    func origins() {
        func findings(_ origin: String) -> LanguagePackage? {
            LanguageFindings(
                PythonReader.self,
                in: LinkedFiles([
                    "\(Self.site)/a-1.dist-info/METADATA": Self.metadata("a", "1"),
                    "\(Self.site)/a-1.dist-info/direct_url.json": origin,
                ]))["a"]
        }
        let git = findings(
            #"{"url": "https://example.org/a.git", "vcs_info": {"vcs": "git", "commit_id": "0123", "requested_revision": "main"}}"#
        )
        #expect(git?.packageURL?.qualifiers["vcs_url"] == "git+https://example.org/a.git@0123")
        let hash = String(repeating: "ab", count: 32)
        let archive = findings(
            #"{"url": "https://example.org/a-1.whl", "archive_info": {"hashes": {"sha256": "\#(hash)"}}}"#)
        #expect(archive?.downloadLocation == "https://example.org/a-1.whl")
        #expect(archive?.checksums == [.init(algorithm: "SHA256", value: hash)])
        let folder = findings(#"{"url": "file:///src/a", "dir_info": {"editable": true}}"#)
        #expect(folder?.properties == [.init("InstalledFrom", "file:///src/a"), .init("Editable", "true")])
        #expect(findings("{")?.name == "a")
    }

    @Test("A description without a name is a blind spot, and more packages than the limit are too")
    func damaged() {
        let findings = LanguageFindings(
            PythonReader.self, in: LinkedFiles(["\(Self.site)/a-1.dist-info/METADATA": "Version: 1\n"]))
        #expect(findings.packages.isEmpty)
        #expect(findings.codes == ["unreadable-manifest"])
        var limits = Limits()
        limits.languagePackageCount = 1
        let many = LanguageFindings(
            PythonReader.self,
            in: LinkedFiles([
                "\(Self.site)/a-1.dist-info/METADATA": Self.metadata("a", "1"),
                "\(Self.site)/b-1.dist-info/METADATA": Self.metadata("b", "1"),
            ]), limits: limits)
        #expect(many.names == ["a 1"])
        #expect(many.codes == ["language-package-limit"])
    }

    @Test("Requirements and markers beyond their limits do not parse")
    func requirementLimits() {
        let long = "a" + String(repeating: " ", count: Limits.requirementLength) + ">=1"
        #expect(PythonRequirement(long) == nil)
        let deep =
            String(repeating: "(", count: Limits.markerDepth + 1) + "os_name == 'posix'"
            + String(repeating: ")", count: Limits.markerDepth + 1)
        #expect(Marker(deep) == nil)
        #expect(Marker("(os_name == 'posix')")?.holds(in: PythonEnvironment()) == true)
        let folded = "Name: a\nLicense: x\n" + String(repeating: " y\n", count: Limits.pythonFieldLength)
        #expect((PythonMetadata(parsing: Array(folded.utf8))?.license?.utf8.count ?? 0) < Limits.pythonFieldLength + 4)
    }

    @Test("Markers hold as the specification says")
    func markers() throws {
        let environment = PythonEnvironment(version: "3.10", fullVersion: nil, machine: "aarch64")
        for (text, expected) in [
            ("python_version >= '3.9' and python_version < '4'", true), ("python_version == '3.1'", false),
            ("python_version in '3.9 3.10'", true), ("'linux' in sys_platform", true), ("os.name == 'nt'", false),
            ("platform_machine not in 'x86_64 AMD64'", true), ("extra == 'x' or os_name == 'posix'", true),
            ("python_full_version < '3.10.2'", nil), ("sys_platform == 'win32' and python_full_version < '3.9'", false),
            ("implementation_name == 'cpython'", nil),
        ] as [(String, Bool?)] {
            let marker = try #require(Marker(text), "\(text)")
            #expect(marker.holds(in: environment) == expected, "\(text)")
        }
        for text in ["", "os_name", "os_name ==", "(os_name == 'a'", "os_name == 'a' or", "os_name not 'a'", "and"] {
            #expect(Marker(text) == nil, "\(text)")
        }
    }

    @Test("Damaged files do not end the program")
    func mutated() {
        let metadata = Array(
            Self.metadata("a", "1.0rc1+x", "Requires-Dist: b (>=1,<2); python_version < '3' and extra == 'x'").utf8)
        let record = Array("a.so,sha256=x,1\n../../../bin/a,,\n\"q,r.so\",,\n".utf8)
        for bytes in mutations(of: metadata, count: 300, seed: 1) {
            let path = "\(Self.site)/a-1.dist-info/METADATA"
            let reduced = PythonReader.reduced(bytes, of: Array("METADATA".utf8)[...]) ?? []
            let files = [LanguageFile(path: path, layer: 0, extract: FileExtract([.init("", reduced)]))]
            let findings = PythonReader.read(
                LanguageFiles(files, architecture: nil, system: nil), in: LinkedFiles([:]), limits: Limits())
            #expect(findings.isWellFormed)
        }
        for bytes in mutations(of: record, count: 300, seed: 2) {
            _ = PythonRecord.paths(PythonRecord.reduced(bytes), in: "usr/lib/python3/dist-packages")
        }
    }

    @Test(
        "Packages and edges of a new environment equal those of pip",
        .needs(have("python3"), "python3 with pip and venv"))
    func pip() throws {
        try withTemporaryFolder { folder in
            // ensurepip has the wheel of pip with it, so that nothing is downloaded.
            let made = try shell("python3 -m venv '\(folder)/venv'")
            try #require(made.code == 0)
            let listed = try shell(
                "'\(folder)/venv/bin/python' -m pip list --format=freeze --disable-pip-version-check")
            let expected = Set(
                listed.text.split(separator: "\n").map { $0.split(separator: "==").joined(separator: " ") })
            let findings = LanguageFindings(PythonReader.self, in: try LinkedFiles(folder: folder))
            let top = findings.packages.indices.filter { findings.packages[$0].container == nil }
            #expect(!expected.isEmpty && Set(top.map { findings.names[$0] }) == expected)
        }
    }
}
