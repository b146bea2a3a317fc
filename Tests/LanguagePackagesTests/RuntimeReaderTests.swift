import ByteStreams
import ContainerImages
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@testable import LanguagePackages

@Suite struct RuntimeReaderTests {
    private func findings(
        _ texts: [String: String], _ paths: [String] = [], limits: Limits = Limits()
    ) -> LanguageFindings {
        RuntimeReader.read(languageFiles(texts: texts), in: PathTree(paths: paths), limits: limits)
    }

    private static let java = """
        IMPLEMENTOR="Eclipse Adoptium"
        JAVA_RUNTIME_VERSION="17.0.11+9"
        JAVA_VERSION="17.0.11"

        """
    private static let node = """
        #define NODE_MAJOR_VERSION 20
        #define NODE_MINOR_VERSION 11
        #define NODE_PATCH_VERSION 1
        #define NODE_VERSION_IS_RELEASE 1
        """

    private static let samples: [(path: String, text: String, purl: String, code: [String])] = [
        (
            "usr/local/include/python3.12/patchlevel.h", "#define PY_MAJOR 3\n#define PY_VERSION      \"3.12.4\"\n",
            "pkg:generic/python@3.12.4", ["usr/local/bin/python3.12", "usr/local/lib/libpython3.12.so.1.0"]
        ),
        (
            "opt/py/include/python3.6m/patchlevel.h", "#define PY_VERSION \"3.6.15\"\r\n", "pkg:generic/python@3.6.15",
            ["opt/py/bin/python3.6", "opt/py/bin/python3.6m"]
        ),
        ("usr/local/include/node/node_version.h", node, "pkg:generic/node@20.11.1", ["usr/local/bin/node"]),
        (
            "usr/local/include/php/main/php_version.h", "#define PHP_VERSION \"8.3.9\"\n", "pkg:generic/php@8.3.9",
            ["usr/local/bin/php", "usr/local/sbin/php-fpm"]
        ),
        (
            "usr/local/lib/ruby/3.3.0/x86_64-linux/rbconfig.rb",
            "  CONFIG[\"MAJOR\"] = \"3\"\n  CONFIG[\"MINOR\"] = \"3\"\n  CONFIG[\"TEENY\"] = \"4\"\n",
            "pkg:generic/ruby@3.3.4", ["usr/local/bin/ruby", "usr/local/lib/libruby.so.3.3.4"]
        ),
        (
            "opt/java/release", java, "pkg:generic/Eclipse%20Adoptium/jre@17.0.11",
            ["opt/java/bin/java", "opt/java/lib/server/libjvm.so"]
        ),
        (
            "usr/local/go/VERSION", "go1.22.3\ntime 2024-05-01T19:49:47Z\n", "pkg:generic/go@1.22.3",
            ["usr/local/go/bin/go", "usr/local/go/pkg/tool/linux_amd64/compile"]
        ),
        (
            "usr/local/lib/perl5/5.38.2/x86_64-linux-gnu/Config.pm", "package Config;\n    version => '5.38.2',\n",
            "pkg:generic/perl@5.38.2", ["usr/local/bin/perl", "usr/local/bin/perl5.38.2"]
        ),
    ]

    @Test func `runtimes are found by the file that states their version, and explain their code`() {
        for (path, text, purl, code) in Self.samples {
            let sources = path.hasSuffix("VERSION") ? ["usr/local/go/src/runtime/proc.go"] : []
            let findings = findings([path: text], code + sources + ["usr/local/bin/other"])
            #expect(findings.packages.map { $0.packageURL?.description } == [purl])
            #expect(findings.packages.map(\.path) == [path])
            #expect(findings.explained == Set(code), "\(purl)")
            #expect(RuntimeReader.paths.matches(Array(path.utf8)[...]))
            let reduced = RuntimeReader.reduced(Array(text.utf8), of: Array(path.utf8)[...]) ?? []
            #expect(!reduced.isEmpty && text.hasPrefix(String(decoding: reduced, as: UTF8.self)))
        }
    }

    @Test func `a JDK has a compiler`() {
        let findings = findings(["opt/java/release": Self.java], ["opt/java/bin/java", "opt/java/bin/javac"])
        #expect(findings.packages.map(\.name) == ["jdk"])
        #expect(findings.packages[0].author == "Eclipse Adoptium")
        #expect(findings.packages[0].properties == [.init("java:runtimeVersion", "17.0.11+9")])
    }

    @Test func `files of such names that belong to something else are none`() {
        let texts = [
            "opt/java/release": Self.java, "srv/VERSION": "go1.22.3\n",
            "a/include/other/patchlevel.h": "#define PY_VERSION \"1\"",
            "b/include/python3/patchlevel.h": "", "c/x/rbconfig.rb": Self.node, "d/Config.pm": "package Config;\n",
        ]
        #expect(findings(texts).packages.isEmpty)
        #expect(RuntimeReader.reduced(Array("1.2.3".utf8), of: Array("a/VERSION".utf8)[...]) == nil)
        #expect(RuntimeReader.reduced(Array("Debian".utf8), of: Array("a/release".utf8)[...]) == nil)
        #expect(RuntimeReader.reduced(Array("package A;".utf8), of: Array("a/Config.pm".utf8)[...]) == nil)
    }

    @Test func `a development version of Node has the tag of its header`() {
        let text = Self.node.replacing("RELEASE 1", with: "RELEASE 0")
        #expect(findings(["include/node/node_version.h": text]).packages.map(\.version) == ["20.11.1-pre"])
    }

    @Test func `a text that is no version, or longer than runtimeVersionLength, is reported`() {
        for version in ["", "x", "3 4", String(repeating: "1", count: Limits.runtimeVersionLength + 1)] {
            let findings = findings(["include/python3/patchlevel.h": "#define PY_VERSION \"\(version)\"\n"])
            #expect(findings.packages.isEmpty)
            #expect(findings.diagnostics.map(\.code) == [.damagedRuntime])
        }
        let length = Limits.runtimeVersionLength
        let longest = findings([
            "include/python3/patchlevel.h": "#define PY_VERSION \"\(String(repeating: "1", count: length))\"\n"
        ])
        #expect(longest.packages.count == 1)
    }

    @Test func `packages beyond languagePackageCount are left out`() {
        var limits = Limits()
        limits.languagePackageCount = 0
        let findings = findings(["include/node/node_version.h": Self.node], limits: limits)
        #expect(findings.diagnostics.map(\.code) == [.languageLimit])
    }

    @Test func `damaged files are read without a crash`() {
        for (path, text, _, code) in Self.samples {
            for copy in mutations(of: Array(text.utf8), count: 300, seed: 4) {
                _ = findings([path: String(decoding: copy, as: UTF8.self)], code)
                _ = RuntimeReader.reduced(copy, of: Array(path.utf8)[...])
            }
        }
        for path in ["patchlevel.h", "VERSION", "release", "rbconfig.rb", "Config.pm", "include/a/patchlevel.h"] {
            _ = findings([path: Self.java])
        }
    }
}
