import ByteStreams
import LanguagePackages
import PackageDatabases
import SBOMModel
import StructuredText
import TestSupport
import Testing

@Suite struct PHPReaderTests {
    private static let path = "app/vendor/composer/installed.json"

    /// The findings of an `installed.json`, with folders for `names`.
    private func find(
        _ json: String, present names: [String], limits: Limits = Limits()
    ) -> LanguageFindings {
        var files = [Self.path: json]
        for name in names { files["app/vendor/\(name)/composer.json"] = "{}" }
        return LanguageFindings(PHPReader.self, in: LinkedFiles(files), limits: limits)
    }

    private static let second = #"""
        {"packages": [
          {"name": "Acme/Log", "version": "v5.4.1", "version_normalized": "5.4.1.0", "type": "library",
           "license": ["MIT", "GPL-2.0-only OR BSD-3-Clause"], "description": "A\n log", "homepage": "https://log.example",
           "authors": [{"name": "Ann", "email": "ann@x.org"}], "install-path": "../acme/log",
           "dist": {"type": "zip", "url": "https://api.example/log.zip", "reference": "abc", "shasum": "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"},
           "source": {"type": "git", "url": "https://x/log.git", "reference": "abc"},
           "require": {"php": ">=8", "ext-json": "*", "lib-icu": "*", "composer-plugin-api": "^2", "psr/log": "^3", "acme/poly": "1", "acme/virtual": "1", "acme/gone": "^2"}},
          {"name": "psr/log", "version": "3.0.0", "install-path": "../psr/log", "license": []},
          {"name": "acme/big", "version": "1.0.0", "install-path": "../acme/big", "replace": {"acme/poly": "self.version"}, "require": {"acme/log": "5"}},
          {"name": "acme/one", "version": "1.0.0", "install-path": "../acme/one", "provide": {"acme/virtual": "1", "psr/log": "1"}},
          {"name": "acme/two", "version": "dev-main", "install-path": "../acme/two", "provide": {"Acme/Virtual": "1"}},
          {"name": "acme/meta", "version": "1.0.0", "type": "metapackage", "install-path": null},
          {"name": "acme/pruned", "version": "1.0.0", "install-path": "../acme/pruned"}
        ], "dev": true, "dev-package-names": ["acme/two"]}
        """#
    private static let folders = ["acme/log", "psr/log", "acme/big", "acme/one", "acme/two"]

    @Test func `packages of Composer 2 are read with what they state`() throws {
        let found = find(Self.second, present: Self.folders)
        #expect(
            found.names == [
                "Acme/Log v5.4.1", "psr/log 3.0.0", "acme/big 1.0.0", "acme/one 1.0.0", "acme/two dev-main",
                "acme/meta 1.0.0",
            ])
        let log = try #require(found["Log"])
        #expect(log.packageURL?.description == "pkg:composer/acme/log@v5.4.1" && log.path == Self.path)
        #expect(log.license?.declared?.description == "MIT OR (GPL-2.0-only OR BSD-3-Clause)")
        #expect(log.author == "Ann <ann@x.org>" && log.summary == "A log" && log.homepage == "https://log.example")
        #expect(log.downloadLocation == "https://api.example/log.zip")
        #expect(log.checksums == [.init(algorithm: "SHA1", value: "da39a3ee5e6b4b0d3255bfef95601890afd80709")])
        #expect(log.properties == [.init("sourceReference", "abc")])
        #expect(found["two"]?.properties == [.init("developmentDependency", "true")])
        #expect(found.codes == ["php-absent-packages"] && found.diagnostics[0].message.hasSuffix(": acme/pruned"))
    }

    @Test func `names are met by packages, then by what replaces or provides them`() {
        let found = find(Self.second, present: Self.folders)
        #expect(
            found.edges == [
                "Acme/Log v5.4.1 -> psr/log 3.0.0", "Acme/Log v5.4.1 -> acme/big 1.0.0",
                "Acme/Log v5.4.1 -> acme/one 1.0.0", "Acme/Log v5.4.1 -> acme/two dev-main",
                "acme/big 1.0.0 -> Acme/Log v5.4.1",
            ])
        #expect(found.graph.unmet.map(\.need) == ["acme/gone ^2"] && found.isWellFormed)
    }

    @Test func `packages of Composer 1 are an array`() {
        let found = find(
            #"[{"name": "a/b", "version": "1.0.0", "license": "MIT", "require": {"a/c": "*"}}, {"name": "a/c", "version": "2"}]"#,
            present: ["a/b", "a/c"])
        #expect(found.edges == ["a/b 1.0.0 -> a/c 2"] && found.diagnostics.isEmpty)
    }

    @Test func `an install path that is a link or has dots is followed`() {
        let found = LanguageFindings(
            PHPReader.self,
            in: LinkedFiles(
                [
                    Self.path:
                        #"{"packages": [{"name": "a/b", "version": "1", "install-path": "../a/b"}, {"name": "a/c", "version": "1", "install-path": "../../../../../../src/c"}]}"#,
                    "src/b/x": "x", "src/c/x": "x",
                ], links: ["app/vendor/a/b": "/src/b"]))
        #expect(found.names == ["a/b 1", "a/c 1"])
    }

    @Test(arguments: ["a", "a/b/c", "/b", "a/", "../x", "a/b c", "a/ä", "a\u{0}/b\n"])
    func `a name that Composer forbids makes no package URL`(name: String) throws {
        let item: JSONValue = ["name": .string(name), "version": "1", "type": "metapackage"]
        let found = find(String(decoding: JSONWriter.bytes(of: [item], .compact), as: UTF8.self), present: [])
        #expect(found.packages.count == 1)
        // Two dots are allowed characters, and a purl has them as text.
        #expect(name == "../x" || found.packages[0].packageURL == nil)
    }

    @Test func `damaged entries cost themselves`() {
        let found = find(
            #"{"packages": [1, {"version": "1"}, {"name": 3}, {"name": "a/b", "version": 1, "require": [], "license": {}, "authors": [1], "dist": 4}]}"#,
            present: ["a/b"])
        #expect(found.names == ["a/b"] && found.packages[0].packageURL == nil)
        #expect(found.codes == Array(repeating: "php-malformed-file", count: 3))
        #expect(find("{}", present: []).codes == ["php-malformed-file"])
        #expect(find("{", present: []).codes == ["php-malformed-file"])
    }

    @Test func `limits on packages, edges and steps are kept`() {
        var limits = Limits()
        limits.languagePackageCount = 1
        let one = find(Self.second, present: Self.folders, limits: limits)
        #expect(one.names == ["Acme/Log v5.4.1"] && one.codes.first == "language-package-limit")
        limits = Limits()
        limits.edgeCount = 3
        #expect(find(Self.second, present: Self.folders, limits: limits).withoutDependencies == [0])
        limits = Limits()
        limits.resolutionSteps = 4
        let few = find(Self.second, present: Self.folders, limits: limits)
        #expect(few.withoutDependencies == [0, 2] && few.codes.contains("dependency-limit"))
    }

    @Test func `many providers of a name that many packages need end within the steps`() {
        var items: [String] = []
        for number in 0..<5_000 {
            items.append(
                #"{"name": "a/p\#(number)", "version": "1", "type": "metapackage", "provide": {"v/v": "1"}, "require": {"v/v": "1"}}"#
            )
        }
        var limits = Limits()
        limits.resolutionSteps = 200_000
        let found = find("[\(items.joined(separator: ","))]", present: [], limits: limits)
        #expect(found.packages.count == 5_000 && found.withoutDependencies.count > 4_000 && found.isWellFormed)
    }

    @Test(arguments: 0..<8) func `damaged files never crash`(seed: UInt64) {
        for damaged in mutations(of: Array(Self.second.utf8), count: 100, seed: seed) {
            #expect(find(String(decoding: damaged, as: UTF8.self), present: Self.folders).isWellFormed)
        }
    }

    @Test(.needs(have("composer"), "Composer: apt-get install composer"))
    func `packages are those of composer show`() throws {
        try withTemporaryFolder { folder in
            for (name, more) in [
                ("one", #""require": {"acme/two": "^2", "acme/three": "*"}"#), ("two", #""license": "MIT""#),
                ("three", #""replace": {"acme/old": "*"}, "require": {"acme/two": "*"}"#),
            ] {
                try write(
                    Array(#"{"name": "acme/\#(name)", "version": "2.0.0", \#(more)}"#.utf8),
                    toFile: "\(folder)/src/\(name)/composer.json")
            }
            try write(
                Array(
                    #"{"repositories": [{"type": "path", "url": "../src/*", "options": {"symlink": false}}, {"packagist.org": false}], "require": {"acme/one": "*"}}"#
                        .utf8),
                toFile: "\(folder)/app/composer.json")
            let result = try shell(
                "cd \(folder)/app && export COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_DISABLE_NETWORK=1 COMPOSER_HOME=\(folder)/home"
                    + " && composer install -n -q && composer show --format=json")
            try #require(result.code == 0, "\(result.errors)")
            let shown =
                try JSONValue(parsing: result.output, limits: Limits()).objectContent?.objects("installed") ?? []
            let expected = shown.compactMap { item in
                item.object.text("name").flatMap { name in item.object.text("version").map { "\(name) \($0)" } }
            }
            let found = LanguageFindings(PHPReader.self, in: try LinkedFiles(folder: folder))
            #expect(Set(found.names) == Set(expected) && found.names.count == 3)
            #expect(
                found.edges.sorted() == [
                    "acme/one 2.0.0 -> acme/three 2.0.0", "acme/one 2.0.0 -> acme/two 2.0.0",
                    "acme/three 2.0.0 -> acme/two 2.0.0",
                ])
            #expect(found.diagnostics.isEmpty)
        }
    }
}
