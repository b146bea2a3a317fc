import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

@testable import LanguagePackages

@Suite struct RubyReaderTests {
    private static func specification(
        _ name: String, _ version: String, platform: String = "ruby", _ lines: String = ""
    ) -> String {
        """
        # -*- encoding: utf-8 -*-
        # stub: \(name) \(version) \(platform) lib

        Gem::Specification.new do |s|
          s.name = "\(name)".freeze
          s.version = "\(version)"
          s.files = ["a".freeze]
        \(lines)
        end
        """
    }

    private func find(_ files: [String: String], limits: Limits = Limits()) -> LanguageFindings {
        LanguageFindings(RubyReader.self, in: LinkedFiles(files), limits: limits)
    }

    @Test func `gems are read with what their specifications state`() throws {
        let found = find([
            "usr/local/bundle/specifications/a-1.2.0.gemspec": Self.specification(
                "a", "1.2.0",
                #"""
                  s.licenses = ["MIT".freeze]
                  s.authors = ["Ann".freeze, "Ren\u00E9 \"R\"\u{1F600}".freeze]
                  s.homepage = "https://a.example".freeze
                  s.summary = "An\na".freeze
                """#),
            "usr/local/bundle/specifications/b-1.0-java.gemspec": Self.specification(
                "b", "1.0", platform: "java", #"  s.licenses = ["Ruby".freeze, "BSD-2-Clause".freeze]"#),
            "usr/local/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec": Self.specification(
                "json", "2.6.1"),
            "opt/specifications/old-0.1.gemspec": "s.name = %q{old}\n  s.version = \"0.1\"\n",
        ])
        #expect(found.names == ["old 0.1", "a 1.2.0", "b 1.0", "json 2.6.1"])
        let a = try #require(found["a"])
        #expect(a.packageURL?.description == "pkg:gem/a@1.2.0" && a.license?.declared?.description == "MIT")
        #expect(a.author == "Ann, René \"R\"😀" && a.homepage == "https://a.example" && a.summary == "An a")
        let b = try #require(found["b"])
        #expect(b.packageURL?.description == "pkg:gem/b@1.0?platform=java")
        #expect(b.license?.declared == nil && b.license?.tag == "Ruby, BSD-2-Clause")
        #expect(found["json"]?.properties == [.init("defaultGem", "true")])
        #expect(found.diagnostics.isEmpty)
    }

    @Test func `the highest version that is accepted meets a dependency, in this home or in that of its Ruby`() {
        let ruby = "usr/lib/ruby/gems/3.1.0/specifications"
        let found = find([
            "var/lib/gems/3.1.0/specifications/a-1.gemspec": Self.specification(
                "a", "1",
                """
                  if s.respond_to? :add_runtime_dependency then
                    s.add_runtime_dependency(%q<b>.freeze, ["~> 1.2"])
                    s.add_runtime_dependency(%q<json>.freeze, [">= 2", "< 3"])
                    s.add_runtime_dependency(%q<gone>.freeze, [">= 0"])
                    s.add_development_dependency(%q<dev>.freeze, [">= 0"])
                  else
                    s.add_dependency(%q<dev>.freeze, [">= 0"])
                  end
                """),
            "var/lib/gems/3.1.0/specifications/b-1.2.gemspec": Self.specification("b", "1.2"),
            "var/lib/gems/3.1.0/specifications/b-1.10.gemspec": Self.specification("b", "1.10"),
            "var/lib/gems/3.1.0/specifications/b-1.11.pre.gemspec": Self.specification("b", "1.11.pre"),
            "var/lib/gems/3.1.0/specifications/b-2.0.gemspec": Self.specification("b", "2.0"),
            "var/lib/gems/3.1.0/specifications/dev-1.gemspec": Self.specification("dev", "1"),
            "\(ruby)/default/json-2.6.1.gemspec": Self.specification("json", "2.6.1"),
            "opt/ruby/3.2.0/specifications/json-2.9.gemspec": Self.specification("json", "2.9"),
        ])
        #expect(found.edges == ["a 1 -> json 2.6.1", "a 1 -> b 1.10"])
        #expect(found.graph.unmet.map(\.need) == ["gone >= 0"] && found.isWellFormed)
    }

    @Test(.needs(have("ruby"), "Ruby: apt-get install ruby"))
    func `requirements accept what RubyGems accepts`() throws {
        let versions = [
            "1", "1.0", "1.0.0", "1.0.a", "1.0.a.2", "1.0.a10", "1.0-1", "1.2", "1.2.3", "1.10", "1.9.9", "2",
            "2.0.pre",
            "0.9", "1.0.0.rc1", "1.00.3", "10", "1.0b", "9.9",
        ]
        let signs = ["=", "!=", ">", "<", ">=", "<=", "~>", ""]
        let script = """
            v = %w[\(versions.joined(separator: " "))]
            v.each { |r| \(signs).each { |s| req = Gem::Requirement.new("#{s} #{r}"); puts v.select { |x| \
            req.satisfied_by?(Gem::Version.new(x)) }.join(" ") } }
            """
        let result = try shell("ruby -", input: Array(script.utf8))
        try #require(result.code == 0, "\(result.errors)")
        var ours = ""
        for wanted in versions {
            for sign in signs {
                let requirement = try #require(RubyRequirement(["\(sign) \(wanted)"]))
                ours +=
                    try versions.filter { requirement.accepts(try #require(RubyVersion($0))) }.joined(separator: " ")
                    + "\n"
            }
        }
        #expect(ours == result.text)
    }

    @Test(arguments: ["", "a", "1..2", "1.", ".1", "1.0 x", "1_0", "1-", "1-a.", "ä"])
    func `versions that RubyGems refuses are refused`(text: String) {
        #expect(RubyVersion(text) == nil)
    }

    @Test(arguments: ["../x", "a\u{0}", "ä", String(repeating: "n", count: 100_000) + "/"])
    func `a name that RubyGems refuses makes no package URL`(name: String) {
        let found = find(["specifications/a-1.gemspec": Self.specification(name, "1")])
        #expect(found.packages.count == 1 && found.packages[0].packageURL == nil)
    }

    @Test func `a file without name and version is said to be malformed`() {
        let found = find([
            "specifications/a.gemspec": "hello", "specifications/b.gemspec": "# stub: b 1\n",
            "specifications/c.gemspec": Self.specification("c", "not.a.version"),
        ])
        #expect(found.names == ["c not.a.version"] && found.packages[0].packageURL == nil)
        #expect(found.codes == ["ruby-malformed-specification", "ruby-malformed-specification"])
    }

    @Test func `circles and limits are kept`() {
        var files: [String: String] = [:]
        for number in 0..<300 {
            files["h/specifications/g-\(number).gemspec"] = Self.specification(
                "g", "\(number)", #"  s.add_dependency(%q<g>.freeze, [">= 0"])"#)
        }
        let found = find(files)
        #expect(found.packages.count == 300 && found.graph.edges.count == 299 && found.isWellFormed)
        var limits = Limits()
        limits.resolutionSteps = 10_000
        #expect(find(files, limits: limits).codes == ["dependency-limit"])
        limits = Limits()
        limits.edgeCount = 10
        #expect(find(files, limits: limits).graph.edges.count == 10)
        limits = Limits()
        limits.languagePackageCount = 3
        #expect(find(files, limits: limits).packages.count == 3)
    }

    @Test(arguments: 0..<8) func `damaged files never crash`(seed: UInt64) {
        let text = Self.specification(
            "a", "1.0.pre-2",
            #"""
              s.licenses = ["MIT".freeze, "x\u{41}\x41\"".freeze]
              s.add_dependency(%q<b>.freeze, ["~> 1.2", "!= 2-x"])
            """#)
        for damaged in mutations(of: Array(text.utf8), count: 150, seed: seed) {
            #expect(
                find([
                    "h/specifications/a.gemspec": String(decoding: damaged, as: UTF8.self),
                    "h/specifications/b.gemspec": Self.specification("b", "1.9"),
                ]).isWellFormed)
        }
    }

    @Test(.needs(have("gem"), "RubyGems: apt-get install ruby"))
    func `gems are those of gem list and gem dependency`() throws {
        try withTemporaryFolder { folder in
            for (name, version, more) in [
                ("one", "1.0.0", #"s.add_dependency "two", "~> 1.0"; s.add_development_dependency "dev""#),
                ("two", "1.5.0", ""), ("two", "2.0.0", ""),
            ] {
                let text =
                    #"Gem::Specification.new { |s| s.name = "\#(name)"; s.version = "\#(version)"; s.summary = "x"; s.authors = ["x"]; s.license = "MIT"; \#(more) }"#
                try write(Array(text.utf8), toFile: "\(folder)/src/\(name)-\(version).gemspec")
            }
            let result = try shell(
                "cd \(folder)/src && for i in two-1.5.0 two-2.0.0 one-1.0.0; do gem build -q $i.gemspec >/dev/null 2>&1 && gem install -q --local --no-document -i \(folder)/home $i.gem >/dev/null || exit 1; done; GEM_HOME=\(folder)/home GEM_PATH=\(folder)/home ruby -e 'Gem::Specification.each { |s| puts \"#{s.name} #{s.version}\" unless s.default_gem? }'"
            )
            try #require(result.code == 0, "\(result.errors)")
            let found = LanguageFindings(RubyReader.self, in: try LinkedFiles(folder: folder))
            #expect(found.names == result.text.split(separator: "\n").map(String.init).sorted())
            #expect(found.edges == ["one 1.0.0 -> two 1.5.0"])
            #expect(found.packages.allSatisfy { $0.license?.declared?.description == "MIT" })
        }
    }

    @Test(.needs(have("gem"), "RubyGems: apt-get install ruby"))
    func `all gems of this machine are found`() throws {
        let result = try shell(
            "ruby -e 'Gem::Specification.each { |s| puts \"#{s.name} #{s.version} #{s.loaded_from}\" }'")
        try #require(result.code == 0, "\(result.errors)")
        for line in result.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            let text = try shell("cat '\(words[2])'").text
            #expect(find(["specifications/x.gemspec": text]).names == ["\(words[0]) \(words[1])"])
        }
    }
}
