import ByteStreams
import ContainerImages
import LanguagePackages
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

/// A root file system without files.
private struct NoTree: FileTree {
    func contents(of path: String) -> [UInt8]? { nil }
    func contents(ofFilesIn directory: String) -> [(name: String, contents: [UInt8])] { [] }
    func names(in directory: String) -> [String] { [] }
    func canonical(_ path: String) -> String { path }
    func target(of path: String) -> String? { nil }
}

@Suite struct JavaReaderTests {
    private func read(_ archives: [(String, [UInt8])], limits: Limits = Limits()) -> LanguageFindings {
        let files = archives.compactMap { path, bytes in
            archiveExtract(bytes, limits: limits).map { LanguageFile(path: path, layer: 1, extract: $0) }
        }
        return JavaReader.read(
            LanguageFiles(files, architecture: "amd64", system: nil), in: NoTree(), limits: limits)
    }

    private func read(_ path: String, _ members: ZipBuilder.Member...) -> LanguageFindings {
        read([(path, ZipBuilder(members).bytes)])
    }

    private func manifest(_ lines: String...) -> ZipBuilder.Member {
        .init("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n")
    }

    private func properties(_ group: String, _ artifact: String, _ version: String) -> ZipBuilder.Member {
        .init(
            "META-INF/maven/\(group)/\(artifact)/pom.properties",
            "#Created by Maven\nversion=\(version)\ngroupId = \(group)\nartifactId:\(artifact)\n")
    }

    private func model(_ group: String, _ artifact: String, _ text: String) -> ZipBuilder.Member {
        .init(
            "META-INF/maven/\(group)/\(artifact)/pom.xml",
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
            <groupId>\(group)</groupId><artifactId>\(artifact)</artifactId>\(text)</project>
            """)
    }

    private func lines(_ findings: LanguageFindings) -> [String] {
        findings.packages.map { package in
            let identity = package.packageURL.map { "\($0)" } ?? "\(package.name) \(package.version ?? "-")"
            return "\(package.member ?? package.path): \(identity)"
        }
    }

    private func property(_ name: String, _ package: LanguagePackage?) -> String? {
        package?.properties.first { $0.name == name }?.value
    }

    private func edges(_ findings: LanguageFindings) -> [String] {
        findings.graph.edges.map { edge in
            let names = [edge.from, edge.to].map { findings.packages[$0].name }
            return names.joined(separator: edge.isWeak ? " ~> " : " -> ")
        }
    }

    // MARK: Identity

    @Test func `the description of Maven identifies an archive`() throws {
        let jar = ZipBuilder(properties("org.a", "b", "1.0")).bytes
        let findings = read([("opt/b-1.0.jar", jar)])
        #expect(lines(findings) == ["opt/b-1.0.jar: pkg:maven/org.a/b@1.0"])
        let package = try #require(findings.packages.first)
        #expect(package.group == "org.a" && package.layer == 1 && package.method == .binary)
        #expect(property("javaIdentity", package) == "pom.properties")
        #expect(package.checksums.map(\.algorithm) == ["SHA1", "SHA256"])
        #expect(package.checksums[1].value == ContentDigest.of(jar).hex)
        #expect(findings.withoutDependencies == [0])
        #expect(findings.diagnostics == [])
    }

    @Test(arguments: [
        ("b-1.0.war", "pkg:maven/org.a/b@1.0?type=war"), ("b-1.0.jpi", "pkg:maven/org.a/b@1.0?type=hpi"),
        ("b-1.0-linux-x86_64.jar", "pkg:maven/org.a/b@1.0?classifier=linux-x86_64"),
        ("b-1.0-x.nar", "pkg:maven/org.a/b@1.0?classifier=x&type=nar"), ("b.jar", "pkg:maven/org.a/b@1.0"),
        ("b-2.jar", "pkg:maven/org.a/b@1.0"), ("other.jar", "pkg:maven/org.a/b@1.0"),
    ])
    func `the file name gives type and classifier`(_ name: String, _ purl: String) {
        #expect(lines(read(name, properties("org.a", "b", "1.0"))) == ["\(name): \(purl)"])
    }

    @Test func `of several descriptions the one of the file name is the archive, and the others are included`() {
        let findings = read(
            "lib/b-c-2.jar", properties("g", "b", "2"), properties("g", "b-c", "2"), properties("h", "d", "3"),
            manifest("Implementation-Title: x", "Implementation-Version: 9"))
        #expect(
            lines(findings) == [
                "lib/b-c-2.jar: pkg:maven/g/b-c@2", "META-INF/maven/g/b/pom.properties: pkg:maven/g/b@2",
                "META-INF/maven/h/d/pom.properties: pkg:maven/h/d@3",
            ])
        #expect(findings.packages.map(\.container) == [nil, 0, 0])
        #expect(property("javaInclusion", findings.packages[1]) == "declared as included")
        #expect(findings.packages[1].checksums == [])
    }

    @Test func `descriptions of two groups with one name identify nothing`() {
        let findings = read("b-1.jar", properties("g", "b", "1"), properties("h", "b", "1"))
        #expect(
            lines(findings) == [
                "b-1.jar: b 1", "META-INF/maven/g/b/pom.properties: pkg:maven/g/b@1",
                "META-INF/maven/h/b/pom.properties: pkg:maven/h/b@1",
            ])
        #expect(property("javaIdentity", findings.packages[0]) == "file name")
    }

    @Test func `a description that is the only one may be of something that is included`() {
        let included = "META-INF/maven/jline/jline/pom.properties: pkg:maven/jline/jline@2.14.6"
        let jline = properties("jline", "jline", "2.14.6")
        #expect(
            lines(read("scala-compiler-2.12.jar", jline)) == ["scala-compiler-2.12.jar: scala-compiler 2.12", included])
        let title = manifest("Implementation-Title: app", "Implementation-Version: 3")
        #expect(lines(read("app.jar", title, jline)) == ["app.jar: app 3", included])
        let same = manifest("Bundle-SymbolicName: app", "Bundle-Version: 2.14.6.20200101")
        #expect(lines(read("app.jar", same, jline)) == ["app.jar: pkg:maven/jline/jline@2.14.6"])
    }

    @Test func `a pom without properties identifies an archive, with what its parent states`() {
        let parent = "<parent><groupId>p</groupId><artifactId>q</artifactId><version>7</version></parent>"
        let pom = ZipBuilder.Member(
            "META-INF/maven/p/b/pom.xml", "<project>\(parent)<artifactId>b</artifactId></project>")
        #expect(lines(read("b.jar", pom)) == ["b.jar: pkg:maven/p/b@7"])
        let variable = ZipBuilder.Member(
            "META-INF/maven/p/b/pom.xml",
            "<project>\(parent)<artifactId>b</artifactId><version>${revision}</version></project>")
        #expect(lines(read("b.jar", variable)) == ["b.jar: pkg:maven/p/b"])
    }

    @Test func `without a description no group is invented`() throws {
        let findings = read(
            "guava-31.1.jar",
            manifest(
                "Bundle-SymbolicName: com.google.guava;singleton:=true", "Bundle-Version: 31.1.0.jre",
                "Bundle-Activator: com.google.Act", "Automatic-Module-Name: com.google.comm", " on",
                "Implementation-Vendor-Id: com.google"))
        let package = try #require(findings.packages.first)
        #expect(package.name == "com.google.guava" && package.version == "31.1.0.jre")
        #expect(package.packageURL == nil && package.group == nil)
        #expect(property("javaIdentity", package) == "manifest: Bundle-SymbolicName, Bundle-Version")
        #expect(property("automaticModuleName", package) == "com.google.common")
        #expect(property("implementationVendorId", package) == "com.google")
        #expect(package.checksums.count == 2)
    }

    @Test(
        arguments: [
            ("a-1.2.jar", "A: b", "a 1.2"), ("a-1.2.jar", "Automatic-Module-Name: m", "m 1.2"),
            ("a.jar", "Automatic-Module-Name: m", "m -"), ("a.jar", "Implementation-Version: 3", "a 3"),
            ("a-1.2.jar", "Implementation-Title: T u", "T u 1.2"),
            ("log4j-1.2-api-2.17.jar", "implementation-title: ${project.name}", nil), ("a.jar", "A: b", nil),
            ("1-2.jar", "A: b", nil), ("a-b.jar", "A: b", nil),
        ] as [(String, String, String?)])
    func `the file name is the last resort`(_ name: String, _ line: String, _ expected: String?) {
        let findings = read(name, manifest(line))
        #expect(lines(findings) == (expected.map { ["\(name): \($0)"] } ?? []))
        #expect(findings.diagnostics.map(\.code) == (expected == nil ? [.unidentifiedArchives] : []))
    }

    @Test func `archives without identity are one blind spot`() {
        let empty = ZipBuilder(manifest("A: b")).bytes
        let findings = read(
            (1...8).map { ("opt/\($0)/a.jar", empty) } + [("z.war", ZipBuilder(.init("x.jar", empty)).bytes)])
        #expect(findings.packages == [])
        #expect(
            findings.diagnostics == [
                Diagnostic(
                    .blind, code: .unidentifiedArchives, at: "opt/1/a.jar",
                    "archives of Java that state neither a name nor a version (10): opt/1/a.jar, opt/2/a.jar, "
                        + "opt/3/a.jar, opt/4/a.jar, opt/5/a.jar and 5 more")
            ])
    }

    @Test func `instrumentation has the name of its target and is not listed`() {
        let findings = read("spring-4.3.jar", manifest("Weave-Classes: a.B", "Implementation-Title: spring-4.3"))
        #expect(findings.packages == [] && findings.diagnostics == [])
    }

    @Test func `archives in archives are contained in the nearest one that is a package`() {
        let b = ZipBuilder(properties("g", "b", "1"), properties("g", "c", "1")).bytes
        let unknown = ZipBuilder(.init("lib/b-1.jar", b)).bytes
        let boot = ZipBuilder(
            properties("g", "app", "1"), .init("BOOT-INF/lib/b-1.jar", b), .deflated("lib/u.war", unknown))
        let findings = read([("app.jar", boot.bytes)])
        #expect(
            lines(findings) == [
                "app.jar: pkg:maven/g/app@1", "BOOT-INF/lib/b-1.jar: pkg:maven/g/b@1",
                "BOOT-INF/lib/b-1.jar!/META-INF/maven/g/c/pom.properties: pkg:maven/g/c@1",
                "lib/u.war!/lib/b-1.jar: pkg:maven/g/b@1",
                "lib/u.war!/lib/b-1.jar!/META-INF/maven/g/c/pom.properties: pkg:maven/g/c@1",
            ])
        #expect(findings.packages.map(\.container) == [nil, 0, 1, 0, 3])
        #expect(findings.diagnostics.map(\.code) == [.unidentifiedArchives])
    }

    @Test func `eggs are not archives of Java`() {
        #expect(read("a-1.egg", properties("g", "a", "1")).packages == [])
    }

    @Test func `properties are read as Java reads them`() {
        let text = "! c\n groupId\\u003d : x\nversion=1.\\\n   2\r\nartifactId \\u0061b\ngroupId=g\\:h\\\\\n"
        let member = ZipBuilder.Member("META-INF/maven/g/a/pom.properties", text)
        #expect(lines(read("a.jar", member)) == ["a.jar: pkg:maven/g:h%5C/ab@1.2"])
    }

    @Test(.needs(have("jar", "javac"), "jar and javac of a JDK"))
    func `archives that jar makes are read`() throws {
        let findings = try withTemporaryFolder { folder in
            let script = """
                set -e; cd '\(folder)'; mkdir -p c in/BOOT-INF/lib in/WEB-INF/lib in/META-INF/maven/g/app
                echo 'package a; public class B {}' >B.java; javac -d c B.java
                printf 'Implementation-Title: long title of more than seventy-two characters, which the tool breaks\\n' >m
                printf 'Implementation-Version: 1.5\\n' >>m
                jar --create --file in/BOOT-INF/lib/b-1.5.jar --manifest m -C c .
                cp in/BOOT-INF/lib/b-1.5.jar in/WEB-INF/lib/c-1.5.jar
                printf 'groupId=g\\nartifactId=app\\nversion=2\\n' >in/META-INF/maven/g/app/pom.properties
                jar --create --no-compress --file app-2.jar -C in .
                jar --create --file app-2.war -C in .
                """
            let result = try shell(script)
            #expect(result.code == 0, "\(result.errors)")
            return read(
                try ["app-2.jar", "app-2.war"].map { ($0, try shell("cat '\(folder)/\($0)'").output) })
        }
        let inner = ["BOOT-INF/lib/b-1.5.jar: b 1.5", "WEB-INF/lib/c-1.5.jar: c 1.5"]
        #expect(
            lines(findings) == ["app-2.jar: pkg:maven/g/app@2"] + inner + ["app-2.war: pkg:maven/g/app@2?type=war"]
                + inner)
        #expect(findings.diagnostics == [])
    }

    // MARK: Licenses

    @Test(
        arguments: [
            ("<license><name>Apache-2.0</name></license>", "Apache-2.0"),
            ("<license><name>The Apache Software License, Version 2.0</name></license>", "Apache-2.0"),
            ("<license><name>Eclipse Public License v2.0</name></license>", "EPL-2.0"),
            (
                "<license><name>ALv2</name><url>https://www.apache.org/licenses/LICENSE-2.0.txt</url></license>",
                "Apache-2.0"
            ),
            (
                "<license><name>MIT</name></license><license><name>Dog and Cat</name></license>",
                "MIT OR LicenseRef-Dog-and-Cat"
            ),
            ("<license><name>${x}</name></license>", nil), ("", nil),
        ] as [(String, String?)])
    func `the licenses of a pom are alternatives`(_ text: String, _ expected: String?) {
        let findings = read(
            "b-1.jar", properties("g", "b", "1"), model("g", "b", "<licenses>\(text)</licenses><url>http://x/</url>"))
        let package = findings.packages.first
        #expect(package?.license?.declared.map { "\($0)" } == expected)
        #expect(package?.homepage == "http://x/")
        if expected != nil { #expect(package?.license?.path == "b-1.jar") }
    }

    @Test(
        arguments: [
            ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
            ("Apache-2.0;link=\"http://a,b\"", "Apache-2.0"),
            ("MIT, Apache-2.0", nil), ("MIT;a=b, Apache-2.0", nil), ("<<EXTERNAL>>", nil),
        ] as [(String, String?)])
    func `Bundle-License states one license`(_ text: String, _ expected: String?) {
        let findings = read("b-1.jar", manifest("Bundle-License: \(text)"))
        #expect(findings.packages.first?.license?.declared.map { "\($0)" } == expected)
    }

    @Test func `a damaged pom costs what it states`() {
        let pom = ZipBuilder.Member("META-INF/maven/g/b/pom.xml", "<project><licenses>")
        let findings = read("b-1.jar", properties("g", "b", "1"), pom)
        #expect(lines(findings) == ["b-1.jar: pkg:maven/g/b@1"])
        #expect(findings.diagnostics.map(\.code) == [.damagedPOM])
        #expect(findings.diagnostics.first?.place == "b-1.jar!/META-INF/maven/g/b/pom.xml")
        let bomb = ZipBuilder.Member(
            "META-INF/maven/g/b/pom.xml", "<!DOCTYPE p [<!ENTITY a \"aaa\">]><project><url>&a;</url></project>")
        #expect(read("b-1.jar", properties("g", "b", "1"), bomb).diagnostics.map(\.code) == [.damagedPOM])
    }

    // MARK: Dependencies

    private func dependency(_ group: String, _ artifact: String, _ more: String = "") -> String {
        "<dependency><groupId>\(group)</groupId><artifactId>\(artifact)</artifactId><version>${v}</version>\(more)"
            + "</dependency>"
    }

    private func jar(_ artifact: String, _ dependencies: String...) -> [UInt8] {
        ZipBuilder(
            properties("g", artifact, "1"),
            model("g", artifact, "<dependencies>\(dependencies.joined())</dependencies>")
        ).bytes
    }

    @Test func `dependencies lead to archives of the same application`() {
        let a = jar(
            "a", dependency("g", "b"), dependency("${project.groupId}", "c", "<scope>runtime</scope>"),
            dependency("g", "d", "<optional>true</optional>"), dependency("g", "t", "<scope>test</scope>"),
            dependency("g", "p", "<scope>provided</scope>"), dependency("g", "absent"), dependency("h", "b"),
            dependency("g", "a"), dependency("g", "b"))
        let others = ["b", "c", "d", "t", "p"].map { ("\($0)-1.jar", jar($0)) }
        let expected = ["a -> b", "a -> c", "a ~> d"]
        let folder = read(([("a-1.jar", a)] + others).map { ("opt/lib/\($0.0)", $0.1) })
        #expect(edges(folder) == expected)
        #expect(folder.withoutDependencies == [])
        let elsewhere = read([("opt/lib/a-1.jar", a)] + others.map { ("opt/\($0.0)", $0.1) })
        #expect(edges(elsewhere) == [])
        let members = ([("a-1.jar", a)] + others).map { ZipBuilder.Member("WEB-INF/lib/\($0.0)", $0.1) }
        let war = ZipBuilder(
            [properties("g", "w", "1"), model("g", "w", "<dependencies>\(dependency("g", "a"))</dependencies>")]
                + members)
        #expect(edges(read([("w-1.war", war.bytes)])) == ["w -> a"] + expected)
        #expect(edges(read([("e.ear", ZipBuilder(.deflated("w-1.war", war.bytes)).bytes)])) == ["w -> a"] + expected)
    }

    @Test func `the nearest archive is meant`() {
        let war = ZipBuilder(.init("lib/a-1.jar", jar("a", dependency("g", "b"))), .init("lib/b-1.jar", jar("b"))).bytes
        let ear = ZipBuilder(.init("1.war", war), .init("2.war", war), .init("b-1.jar", jar("b"))).bytes
        let findings = read([("e.ear", ear), ("b-1.jar", jar("b"))])
        #expect(
            findings.graph.edges.map { edge in
                [edge.from, edge.to].map { findings.packages[$0].member ?? "" }.joined(separator: " -> ")
            } == ["1.war!/lib/a-1.jar -> 1.war!/lib/b-1.jar", "2.war!/lib/a-1.jar -> 2.war!/lib/b-1.jar"])
    }

    @Test func `what a parent or a variable may add is not known`() {
        let parent = ZipBuilder(
            properties("g", "a", "1"), model("g", "a", "<parent><groupId>p</groupId></parent>")
        ).bytes
        let variable = jar("b", dependency("${x}", "c"), dependency("g", "a"))
        let findings = read([("a-1.jar", parent), ("b-1.jar", variable), ("c-1.jar", jar("c"))])
        #expect(findings.withoutDependencies == [0, 1])
        #expect(edges(findings) == ["b -> a"])
    }

    // MARK: Limits and damage

    @Test func `packages and edges are limited`() {
        var limits = Limits()
        limits.languagePackageCount = 2
        let archives = ["a", "b", "c"].map { ("\($0)-1.jar", jar($0, dependency("g", "a"), dependency("g", "b"))) }
        let few = read(archives, limits: limits)
        #expect(few.packages.map(\.name) == ["a", "b"])
        #expect(few.diagnostics.map(\.message) == ["more than the limit languagePackageCount allows"])
        limits = Limits()
        limits.edgeCount = 2
        let findings = read(archives, limits: limits)
        #expect(edges(findings) == ["a -> b", "b -> a"])
        #expect(findings.diagnostics.map(\.message) == ["more than the limit edgeCount allows"])
        #expect(findings.withoutDependencies == [2])
    }

    @Test func `damaged descriptions never stop the program`() {
        let texts = [
            "META-INF/MANIFEST.MF":
                "Manifest-Version: 1.0\r\nImplementation-Title: a\r\n b\r\nBundle-License: x;y=\"z\"\r\n",
            "META-INF/maven/g/b/pom.properties": "groupId=g\nartifactId=\\u0062\\\n c\nversion=1\n",
            "META-INF/maven/g/b/pom.xml":
                "<project><parent><groupId>g</groupId></parent><licenses><license><name>MIT</name></license></licenses>"
                + "<dependencies>\(dependency("g", "b"))</dependencies></project>",
        ]
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            for copy in mutations(of: Array(text.utf8), count: 400, seed: 9) {
                let members = texts.filter { $0.key != name }.sorted(by: { $0.key < $1.key }).map {
                    ZipBuilder.Member($0.key, $0.value)
                }
                #expect(read([("b-1.jar", ZipBuilder(members + [.init(name, copy)]).bytes)]).packages.count <= 2)
            }
        }
    }
}
