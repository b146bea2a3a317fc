import ByteStreams
import Foundation
import LanguagePackages
import PackageDatabases
import SBOMModel
import StructuredText
import TestSupport
import Testing

@Suite struct NodeReaderTests {
    private func find(
        _ files: [String: String], links: [String: String] = [:], limits: Limits = Limits()
    ) -> LanguageFindings {
        LanguageFindings(NodeReader.self, in: LinkedFiles(files, links: links), limits: limits)
    }

    private static let modules = [
        "app/package.json":
            #"{"name": "app", "version": "1.0.0", "dependencies": {"a": "^1"}, "devDependencies": {"d": "1"}}"#,
        "app/node_modules/a/package.json":
            #"{"name": "a", "version": "1.2.0", "license": "MIT", "author": "Ann <ann@x.org> (https://x.org)", "homepage": "https://a.org", "description": "An\n a", "dependencies": {"b": "^2", "@s/c": "1"}, "optionalDependencies": {"none": "*"}, "devDependencies": {"gone": "1"}}"#,
        "app/node_modules/a/node_modules/b/package.json": #"{"name": "b", "version": "2.0.0"}"#,
        "app/node_modules/b/package.json": #"{"name": "b", "version": "1.0.0", "dependencies": {"a": "1"}}"#,
        "app/node_modules/@s/c/package.json":
            #"{"name": "@s/c", "version": "1.0.0", "peerDependencies": {"b": "1", "p": "1"}, "peerDependenciesMeta": {"p": {"optional": true}}}"#,
        "app/node_modules/a/esm/package.json": #"{"type": "module"}"#,
        "app/node_modules/a/test/package.json": #"{"name": "fixture", "version": "9.9.9"}"#,
    ]

    @Test func `packages are folders of node_modules and scopes, and the application beside`() throws {
        let found = find(Self.modules)
        #expect(found.names == ["@s/c 1.0.0", "b 2.0.0", "a 1.2.0", "b 1.0.0", "app 1.0.0"])
        #expect(found.isWellFormed)
        let c = try #require(found["c"])
        #expect(c.group == "@s" && c.packageURL?.description == "pkg:npm/%40s/c@1.0.0")
        let a = try #require(found["a"])
        #expect(a.packageURL?.description == "pkg:npm/a@1.2.0")
        #expect(a.author == "Ann <ann@x.org>" && a.homepage == "https://a.org" && a.summary == "An a")
        #expect(a.license?.declared?.description == "MIT" && a.license?.path == a.path)
        #expect(a.isRequested && !c.isRequested && !a.isApplication)
        #expect(found["app"]?.isApplication == true)
        #expect(found.diagnostics.isEmpty)
    }

    @Test func `a dependency is the nearest package upward`() {
        let found = find(Self.modules)
        #expect(
            found.edges == [
                "@s/c 1.0.0 -> b 1.0.0", "a 1.2.0 -> @s/c 1.0.0", "a 1.2.0 -> b 2.0.0", "b 1.0.0 -> a 1.2.0",
                "app 1.0.0 -> a 1.2.0",
            ])
        #expect(found.graph.unmet.isEmpty)
    }

    @Test func `what is required and absent is unmet, what is optional is not`() {
        let found = find([
            "node_modules/a/package.json":
                #"{"name": "a", "version": "1.0.0", "dependencies": {"x": "^3", "o": "1"}, "optionalDependencies": {"o": "1", "b": "1"}, "peerDependencies": {"y": "2"}}"#,
            "node_modules/b/package.json": #"{"name": "b", "version": "1.0.0"}"#,
        ])
        #expect(found.graph.unmet.map { "\($0.field) \($0.need)" } == ["dependencies x ^3", "peerDependencies y 2"])
        #expect(found.edges == ["a 1.0.0 ~> b 1.0.0"])
    }

    @Test func `links of pnpm lead to one package`() {
        let store = "app/node_modules/.pnpm"
        let found = find(
            [
                "app/package.json": #"{"name": "app", "private": true, "dependencies": {"a": "1"}}"#,
                "\(store)/a@1.0.0_p@1.0.0/node_modules/a/package.json":
                    #"{"name": "a", "version": "1.0.0", "dependencies": {"@s/b": "1"}, "peerDependencies": {"p": "1"}}"#,
                "\(store)/@s+b@1.0.0/node_modules/@s/b/package.json": #"{"name": "@s/b", "version": "1.0.0"}"#,
                "\(store)/p@1.0.0/node_modules/p/package.json": #"{"name": "p", "version": "1.0.0"}"#,
                "\(store)/p@2.0.0/node_modules/p/package.json": #"{"name": "p", "version": "2.0.0"}"#,
            ],
            links: [
                "app/node_modules/a": ".pnpm/a@1.0.0_p@1.0.0/node_modules/a",
                "app/node_modules/p": ".pnpm/p@2.0.0/node_modules/p",
                "\(store)/a@1.0.0_p@1.0.0/node_modules/@s/b": "../../../@s+b@1.0.0/node_modules/@s/b",
                "\(store)/a@1.0.0_p@1.0.0/node_modules/p": "../../p@1.0.0/node_modules/p",
            ])
        #expect(found.names == ["@s/b 1.0.0", "a 1.0.0", "p 1.0.0", "p 2.0.0", "app"])
        #expect(found.edges == ["a 1.0.0 -> @s/b 1.0.0", "a 1.0.0 -> p 1.0.0", "app -> a 1.0.0"])
        #expect(found["app"]?.packageURL == nil)
        #expect(found.graph.unmet.isEmpty && found.diagnostics.isEmpty)
    }

    @Test func `workspaces of an application are packages that links lead to`() {
        let found = find(
            [
                "app/package.json": #"{"name": "app", "version": "1.0.0", "dependencies": {"w": "*"}}"#,
                "app/packages/w/package.json": #"{"name": "w", "version": "0.1.0", "dependencies": {"a": "1"}}"#,
                "app/packages/unused/package.json": #"{"name": "unused", "version": "0.1.0"}"#,
                "app/node_modules/a/package.json": #"{"name": "a", "version": "1.0.0"}"#,
            ], links: ["app/node_modules/w": "../packages/w"])
        #expect(found.names == ["a 1.0.0", "app 1.0.0", "w 0.1.0"])
        #expect(found.edges == ["app 1.0.0 -> w 0.1.0", "w 0.1.0 -> a 1.0.0"])
        #expect(found["w"]?.isApplication == false && found["w"]?.isRequested == true)
    }

    @Test func `node_modules may be a link itself`() {
        let found = find(
            [
                "app/package.json": #"{"name": "app", "version": "1.0.0", "dependencies": {"a": "*"}}"#,
                "deps/node_modules/a/package.json": #"{"name": "a", "version": "1.0.0", "dependencies": {"b": "1"}}"#,
                "deps/node_modules/b/package.json": #"{"name": "b", "version": "1.0.0"}"#,
            ], links: ["app/node_modules": "/deps/node_modules"])
        #expect(found.edges == ["app 1.0.0 -> a 1.0.0", "a 1.0.0 -> b 1.0.0"])
    }

    @Test func `an alias has the name of its package, and is found by its folder`() {
        let found = find([
            "node_modules/a/package.json": #"{"name": "a", "version": "1.0.0", "dependencies": {"old": "npm:b@1"}}"#,
            "node_modules/old/package.json": #"{"name": "b", "version": "1.0.0"}"#,
        ])
        #expect(found.edges == ["a 1.0.0 -> b 1.0.0"])
        #expect(found["b"]?.properties == [.init("installedAs", "old")])
    }

    private static let zeros = String(repeating: "A", count: 86) + "=="

    @Test func `npm's hidden lock file gives digests and addresses`() throws {
        let found = find([
            "app/node_modules/.package-lock.json": """
            {"name": "app", "lockfileVersion": 3, "packages": {
              "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",
                "integrity": "sha512-\(Self.zeros)", "dev": true},
              "node_modules/a/node_modules/b": {"version": "1.0.0", "resolved": "file:b.tgz", "integrity": "sha512-AA=="},
              "node_modules/c": {"version": "2.0.0", "integrity": "sha512-\(Self.zeros)"},
              "node_modules/gone": {"version": "1.0.0"},
              "node_modules/link": {"resolved": "packages/link", "link": true},
              "../../x": {"version": "1.0.0"}, "": 1, "packages/link": {}
            }}
            """,
            "app/node_modules/a/package.json": #"{"name": "a", "version": "1.0.0"}"#,
            "app/node_modules/a/node_modules/b/package.json": #"{"name": "b", "version": "1.0.0"}"#,
            "app/node_modules/c/package.json": #"{"name": "c", "version": "2.0.1"}"#,
            "app/node_modules/a/node_modules/@s/extra/package.json": #"{"name": "@s/extra", "version": "1.0.0"}"#,
            "app/node_modules/a/test/node_modules/fixture/package.json": #"{"name": "fixture", "version": "1.0.0"}"#,
        ])
        let a = try #require(found["a"])
        #expect(a.checksums == [.init(algorithm: "SHA512", value: String(repeating: "0", count: 128))])
        #expect(a.downloadLocation == "https://registry.npmjs.org/a/-/a-1.0.0.tgz")
        #expect(a.properties == [.init("developmentDependency", "true")])
        let b = try #require(found["b"])
        #expect(b.checksums.isEmpty && b.downloadLocation == nil)
        #expect(found["c"]?.checksums.isEmpty == true)
        #expect(found.codes == ["node-other-version", "node-pruned-packages", "node-extra-packages"])
        #expect(found.diagnostics[1].message.hasSuffix("are not there: node_modules/gone"))
        #expect(
            found.diagnostics[2].message.hasSuffix("install: app/node_modules/a/node_modules/@s/extra/package.json"))
    }

    @Test(
        arguments: [
            (#""license": "MIT OR Apache-2.0""#, "MIT OR Apache-2.0", nil),
            (#""license": {"type": "ISC", "url": "x"}"#, "ISC", nil),
            (#""licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}]"#, "MIT OR Apache-2.0", nil),
            (#""licenses": ["MIT"]"#, "MIT", nil),
            (#""license": "SEE LICENSE IN  EULA.txt""#, nil, "SEE LICENSE IN EULA.txt"),
            (#""license": 7"#, nil, nil), (#""license": """#, nil, nil), (#""license": []"#, nil, nil),
        ] as [(String, String?, String?)])
    func `licenses of all forms are read`(text: String, expression: String?, tag: String?) throws {
        let found = find(["node_modules/a/package.json": #"{"name": "a", "version": "1.0.0", \#(text)}"#])
        let a = try #require(found["a"])
        #expect(a.license?.declared?.description == expression)
        #expect(a.license?.tag == tag)
    }

    @Test func `what has no name or no version as text is no package`() {
        let found = find([
            "node_modules/a/package.json": #"{"name": "a", "version": 1}"#,
            "node_modules/b/package.json": #"{"version": "1.0.0", "dependencies": {"c": "1"}}"#,
            "node_modules/c/package.json": #"["c"]"#,
            "node_modules/d/package.json": #"{"name": "d", "version": "1.0.0""#,
            "src/test/package.json": "{",
            "node_modules/.bin/package.json": #"{"name": "e", "version": "1.0.0"}"#,
            "node_modules/@s/package.json": #"{"name": "f", "version": "1.0.0"}"#,
            "node_modules/z/package.json":
                #"{"name": "z", "version": "1", "dependencies": {"a": "1"}, "version": "2"}"#,
        ])
        #expect(found.names == ["z 2"])
        #expect(found.graph.unmet.isEmpty)
        #expect(found.codes == ["node-malformed-file", "node-malformed-file"])
    }

    @Test(arguments: [
        "../../etc/passwd", "a/b", "@/x", "@s/", "a\u{0}\nb", ".hidden", "ä", "a b",
        String(repeating: "n", count: 100_000),
    ])
    func `a name that npm forbids makes no package URL`(name: String) throws {
        let json = JSONWriter.bytes(
            of: [
                "name": .string(name), "version": "1.0.0",
                "dependencies": .object(JSONObject([.init(name: name, value: "1")])),
            ], .compact)
        let found = find(["node_modules/a/package.json": String(decoding: json, as: UTF8.self)])
        let package = try #require(found.packages.first)
        #expect(package.name == name && package.packageURL == nil && package.path == "node_modules/a/package.json")
        #expect(found.graph.unmetCount == 1)
    }

    @Test func `packages in the cache of Deno have unknown dependencies`() {
        let cache = "root/.cache/deno/npm/registry.npmjs.org"
        let found = find([
            "\(cache)/chalk/5.0.1/package.json": #"{"name": "chalk", "version": "5.0.1", "dependencies": {"x": "1"}}"#,
            "\(cache)/@s/x/1.0.0/package.json": #"{"name": "@s/x", "version": "1.0.0"}"#,
            "\(cache)/chalk/5.0.1/source/package.json": #"{"name": "inner", "version": "5.0.1"}"#,
        ])
        #expect(found.names == ["@s/x 1.0.0", "chalk 5.0.1"])
        #expect(found.withoutDependencies == [0, 1] && found.graph.unmet.isEmpty)
    }

    @Test func `an application without a name still states what was asked for`() {
        let found = find([
            "package.json": #"{"dependencies": {"a": "1"}}"#,
            "node_modules/a/package.json": #"{"name": "a", "version": "1.0.0"}"#,
        ])
        #expect(found.names == ["a 1.0.0"] && found["a"]?.isRequested == true)
    }

    @Test func `what is not needed is dropped while the layer streams`() throws {
        let reduced = try #require(
            NodeReader.reduced(
                Array(#"{"name": "a", "scripts": {"x": "y"}, "license": "MIT", "dependencies": {"b": "1"}}"#.utf8),
                of: Array("package.json".utf8)[...]))
        #expect(String(decoding: reduced, as: UTF8.self) == #"{"name":"a","license":"MIT","dependencies":{"b":"1"}}"#)
        #expect(NodeReader.reduced(Array(#"{"type": "module"}"#.utf8), of: Array("package.json".utf8)[...]) == nil)
    }

    @Test func `Debian's folders of packages are searched last`() {
        let found = find([
            "usr/share/nodejs/semver/package.json": #"{"name": "semver", "version": "7.3.5"}"#,
            "usr/share/nodejs/@types/node/package.json": #"{"name": "@types/node", "version": "18.0.0"}"#,
            "usr/lib/x86_64-linux-gnu/nodejs/fast/package.json": #"{"name": "fast", "version": "1.0.0"}"#,
            "usr/share/nodejs/semver/lib/package.json": #"{"name": "inner", "version": "1.0.0"}"#,
            "srv/app/node_modules/a/package.json":
                #"{"name": "a", "version": "1.0.0", "dependencies": {"semver": "7", "fast": "1", "b": "1"}}"#,
            "srv/app/node_modules/b/package.json": #"{"name": "b", "version": "1.0.0"}"#,
        ])
        #expect(found.names == ["a 1.0.0", "b 1.0.0", "fast 1.0.0", "@types/node 18.0.0", "semver 7.3.5"])
        #expect(found.edges == ["a 1.0.0 -> b 1.0.0", "a 1.0.0 -> fast 1.0.0", "a 1.0.0 -> semver 7.3.5"])
    }

    // MARK: Hostile input

    @Test func `200 nested node_modules folders are searched within bounded steps`() {
        var files: [String: String] = [:]
        var path = ""
        for level in 0..<200 {
            path += "node_modules/p/"
            files["\(path)package.json"] =
                #"{"name": "p", "version": "\#(level)", "dependencies": {"absent": "1", "p": "1"}}"#
        }
        var limits = Limits()
        limits.resolutionSteps = 2_000
        let bounded = find(files, limits: limits)
        #expect(bounded.packages.count == 200 && bounded.withoutDependencies.count > 100)
        #expect(bounded.codes == ["dependency-limit"])
        #expect(bounded.diagnostics.first?.message.contains("resolutionSteps") == true)
    }

    @Test func `20,000 packages that depend on one another take little time`() {
        var files: [String: String] = [:]
        for number in 0..<20_000 {
            let next = (number + 1) % 20_000
            files["node_modules/p\(number)/package.json"] =
                #"{"name": "p\#(number)", "version": "1", "dependencies": {"p\#(next)": "1", "p7": "1"}}"#
        }
        let found = find(files)
        #expect(found.packages.count == 20_000 && found.graph.edges.count > 39_990 && found.isWellFormed)
    }

    @Test func `more packages or edges than the limits are left out and said`() {
        var limits = Limits()
        limits.languagePackageCount = 2
        let few = find(Self.modules, limits: limits)
        #expect(few.names == ["@s/c 1.0.0", "b 2.0.0"] && few.codes == ["language-package-limit"])
        limits = Limits()
        limits.edgeCount = 2
        let cut = find(Self.modules, limits: limits)
        #expect(cut.edges == ["@s/c 1.0.0 -> b 1.0.0", "b 1.0.0 -> a 1.2.0"])
        #expect(cut.withoutDependencies == [2, 4] && cut.codes == ["dependency-limit"])
    }

    @Test func `links in a circle and links to folders with many names end`() {
        var files = ["target/x/package.json": #"{"name": "x", "version": "1"}"#]
        var links = ["app/node_modules/loop": "loop", "app/node_modules/up": ".."]
        files["app/package.json"] = #"{"name": "app"}"#
        for number in 0..<2_000 {
            files["target/n\(number)"] = "x"
            links["app/node_modules/@s\(number)"] = "/target"
        }
        var limits = Limits()
        limits.resolutionSteps = 50_000
        #expect(find(files, links: links, limits: limits).codes == ["dependency-limit"])
    }

    @Test(arguments: 0..<8) func `damaged files never crash`(seed: UInt64) throws {
        let files = Self.modules.merging([
            "app/node_modules/.package-lock.json":
                #"{"packages": {"node_modules/a": {"version": "1.2.0", "resolved": "https://r/a.tgz", "integrity": "sha512-\#(Self.zeros) sha1-AAAA"}, "node_modules/@s/c": {"dev": true}}}"#
        ]) { $1 }
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            for damaged in mutations(of: Array(text.utf8), count: 40, seed: seed) {
                var copy = files
                copy[path] = String(decoding: damaged, as: UTF8.self)
                #expect(find(copy).isWellFormed)
            }
        }
    }

    // MARK: Comparison with npm

    @Test(.needs(have("npm", "node"), "npm: apt-get install npm"))
    func `packages and edges are those of npm ls`() throws {
        try withTemporaryFolder { folder in
            let sources = [
                ("a", "1.0.0", #""dependencies": {"b": "^2.0.0", "@s/c": "1.x"}, "bundledDependencies": ["b"]"#),
                ("b", "1.0.0", ""),
                ("@s/c", "1.5.0", #""dependencies": {"b": "^1.0.0"}, "peerDependencies": {"d": "1"}"#),
                ("d", "1.0.0", #""optionalDependencies": {"b": "1"}"#),
            ]
            var script = "set -e; export npm_config_cache=\(folder)/cache npm_config_update_notifier=false\n"
            for (name, version, more) in sources {
                let source = "\(folder)/src/\(name.replacing("/", with: "-"))-\(version)"
                let json =
                    #"{"name": "\#(name)", "version": "\#(version)", "license": "MIT"\#(more.isEmpty ? "" : ", \(more)")}"#
                try write(Array(json.utf8), toFile: "\(source)/package.json")
                // A second version of `b` comes along in the tarball of `a`.
                if name == "a" {
                    let inner = #"{"name": "b", "version": "2.0.0"}"#
                    try write(Array(inner.utf8), toFile: "\(source)/node_modules/b/package.json")
                }
                script += "(cd \(source) && npm pack --silent --pack-destination \(folder) >/dev/null)\n"
            }
            // Tarballs that the application names meet the ranges of the others.
            let app =
                #"{"name": "app", "version": "3.0.0", "dependencies": {"a": "file:../a-1.0.0.tgz", "b": "file:../b-1.0.0.tgz", "@s/c": "file:../s-c-1.5.0.tgz", "d": "file:../d-1.0.0.tgz"}}"#
            try write(Array(app.utf8), toFile: "\(folder)/app/package.json")
            script += "cd \(folder)/app; npm install --offline --no-audit --no-fund --silent >&2; npm ls --all --json"
            let result = try shell(script)
            try #require(result.code == 0, "\(result.errors)")
            let expected = try #require(try JSONValue(parsing: result.output, limits: Limits()).objectContent)
            var names: Set<String> = ["app 3.0.0"]
            var edges: Set<String> = []
            func walk(_ object: JSONObject, as label: String) {
                for member in object["dependencies"]?.objectContent?.members ?? [] {
                    guard let inner = member.value.objectContent, let version = inner.text("version") else { continue }
                    let name = "\(member.name) \(version)"
                    names.insert(name)
                    edges.insert("\(label) -> \(name)")
                    walk(inner, as: name)
                }
            }
            walk(expected, as: "app 3.0.0")
            let found = LanguageFindings(NodeReader.self, in: try LinkedFiles(folder: folder + "/app"))
            #expect(Set(found.names) == names && found.names.count == names.count)
            #expect(Set(found.edges.map { $0.replacing("~>", with: "->") }) == edges)
            #expect(
                found.packages.filter { !$0.isApplication }.allSatisfy {
                    $0.checksums.count == 1 || $0.version == "2.0.0"
                })
            #expect(found.diagnostics.isEmpty)
        }
    }
}
