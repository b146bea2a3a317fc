import ByteStreams
import LanguagePackages
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@Suite struct DotNetReaderTests {
    private static let digest = "sha512-" + String(repeating: "A", count: 86) + "=="
    private static let application = #"""
        {"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
         "targets": {
          ".NETCoreApp,Version=v8.0": {"Other/1.0.0": {"runtime": {"x.dll": {}}}},
          ".NETCoreApp,Version=v8.0/linux-x64": {
           "App/1.0.0": {"dependencies": {"Meta": "1.0.0", "Newtonsoft.Json": "13.0.3", "Lib": "1.0.0", "Compile.Only": "1.0.0",
             "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64": "8.0.4"}, "runtime": {"App.dll": {}}},
           "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": {"runtime": {"System.Private.CoreLib.dll": {}}, "native": {"libcoreclr.so": {}}},
           "Meta/1.0.0": {"dependencies": {"SQLite": "2.0.0", "meta": "1.0.0"}},
           "Newtonsoft.Json/13.0.3": {"runtime": {"lib/net6.0/Newtonsoft.Json.dll": {"assemblyVersion": "13.0.0.0"}}},
           "SQLite/2.0.0": {"runtime": {"lib/net6.0/_._": {}}, "runtimeTargets": {"runtimes/linux-x64/native/libe_sqlite3.so": {"rid": "linux-x64"}, "../../usr/bin/evil": {}}},
           "Words/1.0.0": {"resources": {"lib/net6.0/de/Words.resources.dll": {"locale": "de"}}},
           "Lib/1.0.0": {"dependencies": {"newtonsoft.json": "13.0.3"}, "runtime": {"Lib.dll": {}}},
           "Compile.Only/1.0.0": {"compile": {"ref/x.dll": {}}},
           "Placed/1.0.0": {"runtime": {"Placed.dll": {}}},
           "broken": {}, "Also/1": 7
          }},
         "libraries": {
          "App/1.0.0": {"type": "project", "serviceable": false, "sha512": ""},
          "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": {"type": "runtimepack", "serviceable": false, "sha512": ""},
          "Meta/1.0.0": {"type": "package", "sha512": "sha512-x"},
          "Newtonsoft.Json/13.0.3": {"type": "package", "serviceable": true, "sha512": "DIGEST", "path": "newtonsoft.json/13.0.3"},
          "SQLite/2.0.0": {"type": "package", "sha512": "sha512-AA=="},
          "Words/1.0.0": {"type": "package"},
          "Lib/1.0.0": {"type": "project"},
          "Compile.Only/1.0.0": {"type": "package"},
          "Placed/1.0.0": {"type": "reference"}
         }}
        """#.replacing("DIGEST", with: digest)

    private static let files = [
        "app/App.deps.json": application,
        "app/App.runtimeconfig.json":
            #"{"runtimeOptions": {"tfm": "net8.0", "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"}, "frameworks": [{"name": "Microsoft.AspNetCore.App", "version": "8.0.0"}, 1]}}"#,
        "app/Newtonsoft.Json.dll": "MZ", "app/libcoreclr.so": "ELF",
        "app/runtimes/linux-x64/native/libe_sqlite3.so": "ELF",
        "app/de/Words.resources.dll": "MZ", "usr/bin/evil": "ELF", "usr/lib/System.Private.CoreLib.dll": "MZ",
    ]

    private func find(_ files: [String: String], limits: Limits = Limits()) -> LanguageFindings {
        LanguageFindings(
            DotNetReader.self,
            in: LinkedFiles(files, links: ["app/System.Private.CoreLib.dll": "/usr/lib/System.Private.CoreLib.dll"]),
            limits: limits)
    }

    @Test func `packages with files at run time are listed, and projects`() throws {
        let found = find(Self.files)
        #expect(
            found.names == [
                "App 1.0.0", "Microsoft.NETCore.App.Runtime.linux-x64 8.0.4", "Newtonsoft.Json 13.0.3", "SQLite 2.0.0",
                "Words 1.0.0", "Lib 1.0.0",
            ])
        let json = try #require(found["Newtonsoft.Json"])
        #expect(json.packageURL?.description == "pkg:nuget/Newtonsoft.Json@13.0.3" && json.isRequested)
        #expect(json.checksums == [.init(algorithm: "SHA512", value: String(repeating: "0", count: 128))])
        #expect(found["SQLite"]?.checksums.isEmpty == true && found["SQLite"]?.isRequested == false)
        #expect(
            found["Microsoft.NETCore.App.Runtime.linux-x64"]?.packageURL?.description
                == "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.4")
        let app = try #require(found["App"])
        #expect(app.isApplication && app.packageURL == nil && found["Lib"]?.isApplication == false)
        #expect(
            app.properties == [
                .init("framework", "Microsoft.NETCore.App 8.0.0"), .init("framework", "Microsoft.AspNetCore.App 8.0.0"),
            ])
        #expect(found.codes == ["dotnet-malformed-file", "dotnet-malformed-file"])
    }

    @Test func `dependencies lead through packages without files`() {
        let found = find(Self.files)
        #expect(
            found.edges == [
                "App 1.0.0 -> Microsoft.NETCore.App.Runtime.linux-x64 8.0.4", "App 1.0.0 -> Newtonsoft.Json 13.0.3",
                "App 1.0.0 -> SQLite 2.0.0", "App 1.0.0 -> Lib 1.0.0", "Lib 1.0.0 -> Newtonsoft.Json 13.0.3",
            ])
        #expect(found.graph.unmet.isEmpty && found.isWellFormed)
    }

    @Test func `files below the folder are explained, others are not`() {
        #expect(
            find(Self.files).explained == [
                "app/Newtonsoft.Json.dll", "app/libcoreclr.so", "app/runtimes/linux-x64/native/libe_sqlite3.so",
                "app/de/Words.resources.dll",
            ])
    }

    @Test func `a shared framework is its package`() {
        let found = find([
            "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.4/Microsoft.NETCore.App.deps.json": #"""
            {"runtimeTarget": {"name": "t"}, "targets": {"t": {"Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": {"native": {"libclrjit.so": {}}}}},
             "libraries": {"Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": {"type": "package", "sha512": ""}}}
            """#,
            "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.4/libclrjit.so": "ELF",
        ])
        #expect(found.names == ["Microsoft.NETCore.App.Runtime.linux-x64 8.0.4"] && found.explained.count == 1)
    }

    @Test(arguments: [
        "", "[]", "{}", "{", #"{"runtimeTarget": {"name": "t"}, "targets": {}}"#,
        #"{"runtimeTarget": 1, "targets": {"1": {}}}"#,
    ])
    func `a file without its target is said to be malformed`(text: String) {
        let found = find(["a.deps.json": text + " "])
        #expect(found.codes == ["dotnet-malformed-file"] && found.packages.isEmpty)
    }

    @Test func `names with control characters and long ones have no package URL`() {
        let long = String(repeating: "n", count: 50_000)
        let found = find([
            "a.deps.json": #"""
            {"runtimeTarget": "t", "targets": {"t": {"a\u0000\n/1": {"runtime": {"..": {}, "/": {}}}, "\#(long)/1": {"runtime": {"x": {}}}, "../1": {"runtime": {"x": {}}}}},
             "libraries": {"a\u0000\n/1": {"type": "package"}, "\#(long)/1": {"type": "package"}, "../1": {"type": "package"}}}
            """#
        ])
        #expect(found.packages.count == 3 && found.packages.prefix(2).allSatisfy { $0.packageURL == nil })
    }

    @Test func `a web of packages without files ends within the steps`() {
        let names = (0..<1_500).map { "m\($0)" }
        let needs = names.map { #""\#($0)": "1""# }.joined(separator: ",")
        let targets = names.map { #""\#($0)/1": {"dependencies": {\#(needs)}}"# }
        var limits = Limits()
        limits.resolutionSteps = 1_000_000
        let found = find(
            [
                "a.deps.json": #"""
                {"runtimeTarget": "t", "targets": {"t": {"P/1": {"dependencies": {\#(needs)}, "runtime": {"p": {}}}, \#(targets.joined(separator: ","))}},
                 "libraries": {"P/1": {"type": "package"}}}
                """#
            ], limits: limits)
        #expect(found.withoutDependencies == [0] && found.codes == ["dependency-limit"])
    }

    @Test func `limits on packages and edges are kept`() {
        var limits = Limits()
        limits.languagePackageCount = 2
        #expect(find(Self.files, limits: limits).packages.count == 2)
        #expect(find(Self.files, limits: limits).codes.last == "language-package-limit")
        limits = Limits()
        limits.edgeCount = 1
        #expect(find(Self.files, limits: limits).edges == ["Lib 1.0.0 -> Newtonsoft.Json 13.0.3"])
    }

    @Test(arguments: 0..<8) func `damaged files never crash`(seed: UInt64) {
        for path in ["app/App.deps.json", "app/App.runtimeconfig.json"] {
            for damaged in mutations(of: Array((Self.files[path] ?? "").utf8), count: 60, seed: seed) {
                var copy = Self.files
                copy[path] = String(decoding: damaged, as: UTF8.self)
                #expect(find(copy).isWellFormed)
            }
        }
    }
}
