import SBOMKit
import SBOMModel
import StructuredText
import TestSupport
import Testing

/// Documents against those who read them: the official schema and the official tools.
@Suite struct ValidityTests {
    static let python = "\(packageFolder)/.build/validators/bin/python"
    static let hasTools = names(inFolder: "\(packageFolder)/.build/validators/bin").contains("pyspdxtools")
    static let schema = corpus.map { "\($0)/schemas/spdx/spdx-schema-2.3.json" }

    /// Reads names of files, a line each; `+` before one has the tools look at it too, which takes long.
    static let validator = """
        import json, logging, sys
        from jsonschema import Draft7Validator, FormatChecker
        from spdx_tools.spdx.parser.parse_anything import parse_file
        from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
        logging.disable(logging.CRITICAL)
        schema = sys.argv[1] and Draft7Validator(json.load(open(sys.argv[1])), format_checker=FormatChecker())
        for line in sys.stdin.read().splitlines():
            thorough, path = line[0] == "+", line[1:]
            for error in schema and schema.iter_errors(json.load(open(path))) or []:
                print(path, "schema:", list(error.absolute_path), error.message[:300])
            if not thorough: continue
            try:
                for message in validate_full_spdx_document(parse_file(path)):
                    print(path, "tools:", message.validation_message[:300], str(message.context.full_element)[:300])
            except Exception as error:
                print(path, "tools:", type(error).__name__, str(getattr(error, "messages", error))[:600])
        """

    /// What the validators have against the documents; nothing if they are valid.
    private func complaints(_ list: [String]) throws -> String {
        try withTemporaryFolder { folder in
            try write(Array(Self.validator.utf8), toFile: "\(folder)/validate.py")
            let result = try shell(
                "'\(Self.python)' \(folder)/validate.py '\(Self.schema ?? "")'",
                input: Array(list.joined(separator: "\n").utf8))
            return result.text + (result.code == 0 ? "" : result.errors)
        }
    }

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `every expected document is valid`() throws {
        #expect(try complaints(Fixture.all.map { "+" + $0.expected("spdx.json") }) == "")
    }

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `documents with files are valid`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        var list: [String] = []
        for (name, files) in [
            ("debian-small", .all), ("debian-layers", .modified), ("distroless", .owned), ("rpm-small", .owned),
        ] as [(String, Generator.Files)] {
            var options = Generator.Options()
            options.files = files
            try write(try await Fixture(name).generated(options).spdx, toFile: "\(folder)/\(name).spdx.json")
            list.append("+\(folder)/\(name).spdx.json")
        }
        try write(try await FilesTests.inventory(.all).spdx, toFile: "\(folder)/changed.spdx.json")
        try write(try await FilesTests.inventory(.modified).spdx, toFile: "\(folder)/modified.spdx.json")
        list += ["+\(folder)/changed.spdx.json", "+\(folder)/modified.spdx.json"]
        #expect(try complaints(list) == "")
    }

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `an invalid document is found to be one`() throws {
        try withTemporaryFolder { folder in
            let text = try String(decoding: bytes(ofFile: Fixture("scratch").expected("spdx.json")), as: UTF8.self)
            let damaged = text.replacing("Organization: Example", with: "Organisation: Example")
            try write(Array(damaged.utf8), toFile: "\(folder)/damaged.json")
            #expect(try complaints(["+\(folder)/damaged.json"]).contains("Organisation"))
        }
    }

    /// The status files of the collection, from real systems and from other tools' tests.
    static let statusFiles = corpus.flatMap { corpus in
        try? shell(
            """
            cd '\(corpus)/dpkg' && { find . -type f \\( -name status -o -name '*.status' -o -path '*status.d/*' \\) \
            ! -name '*.md5sums' ! -path './EXPECTED/*'; } | sort
            """
        ).text.split(separator: "\n").map(String.init)
    }

    @Test(
        .needs(hasTools, "the validators, which .ci/setup test installs"), .needsCorpus)
    func `documents of real status files are valid, and nothing is lost`() async throws {
        let files = try #require(Self.statusFiles)
        #expect(files.count > 20)
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r '\(folder)'") }
        var list: [String] = []
        for (number, file) in files.enumerated() {
            let status = try bytes(ofFile: "\(corpus ?? "")/dpkg/\(file)")
            var image = TinyImage(["etc/os-release": "ID=debian\nVERSION_ID=12\nHOME_URL=https://www.debian.org/\n"])
            let isRecord = file.contains("status.d/")
            image.entries.append((isRecord ? "var/lib/dpkg/status.d/one" : "var/lib/dpkg/status", .file(status)))
            try image.write(toFolder: "\(folder)/\(number)")
            let generated = try await Generator().read("\(folder)/\(number)")
            try write(generated.spdx, toFile: "\(folder)/\(number).spdx.json")
            try checkNothingIsLost(Document(generated), status, file)
            let isSmall = try generated.spdx.count < 60_000
            list.append("\(isSmall || file.hasSuffix("vcpkg.status") ? "+" : "-")\(folder)/\(number).spdx.json")
        }
        let complaints = try complaints(list)
        #expect(complaints == "", "numbered as \(files.enumerated().map { "\($0) \($1)" })")
    }

    @Test(
        .needs(hasTools, "the validators, which .ci/setup test installs"), .needsCorpus)
    func `documents of real os-release files are valid`() async throws {
        let found = try shell(
            "cd '\(corpus ?? "")/os-release' && find . -type f ! -name '*.txtar' ! -name busybox | sort")
        let files = found.text.split(separator: "\n").map(String.init)
        #expect(files.count > 20)
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r '\(folder)'") }
        for (number, file) in files.enumerated() {
            var image = TinyImage(["var/lib/dpkg/status.d/a": "Package: a\nVersion: 1\nArchitecture: amd64\n"])
            image.entries.append(("etc/os-release", try .file(bytes(ofFile: "\(corpus ?? "")/os-release/\(file)"))))
            try await write(generated(image).spdx, toFile: "\(folder)/\(number).spdx.json")
        }
        let complaints = try complaints(files.indices.map { "+\(folder)/\($0).spdx.json" })
        #expect(complaints == "", "numbered as \(files.enumerated().map { "\($0) \($1)" })")
    }

    /// Every homepage and maintainer of an installed package stands in an element of that name, or in its comment.
    private func checkNothingIsLost(_ document: Document, _ status: [UInt8], _ file: String) throws {
        func essence(_ text: some StringProtocol) -> String {
            String(text).filter { !$0.isWhitespace && !"<>()\"".contains($0) }
        }
        let elements = Dictionary(grouping: document.installed, by: { $0["name"].text })
        for stanza in String(decoding: status, as: UTF8.self).split(separator: "\n\n") {
            let lines = stanza.split(separator: "\n")
            func field(_ name: String) -> String? {
                lines.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)).trimmed }
            }
            guard stanza.contains("ok installed"), let name = field("Package"), let named = elements[name] else {
                continue
            }
            if let page = field("Homepage"), !page.isEmpty {
                let isKept = named.contains {
                    $0["homepage"].text == page || $0["comment"].text.contains("Homepage: \(page)")
                }
                #expect(isKept, "\(file): \(name): \(page)")
            }
            if let who = field("Maintainer"), !who.isEmpty {
                let isKept = named.contains {
                    let supplier = $0["supplier"].text.split(separator: ": ", maxSplits: 1).last ?? ""
                    return essence(supplier) == essence(who) || essence($0["comment"].text).contains(essence(who))
                        || essence(supplier) == essence(who) + essence(who)
                }
                #expect(isKept, "\(file): \(name): \(who)")
            }
        }
    }

    /// Records that try the encoder: each field with what it should not have.
    static let odd = """
        Package: odd-homepage
        Status: install ok installed
        Version: 1
        Architecture: amd64
        Maintainer: Ada (the First) <ada(at)example.org>
        Homepage: <http://example.org/>

        Package: odd-maintainer
        Status: install ok installed
        Version: 1
        Architecture: amd64
        Maintainer: Ada Example <ada@example.org>, "Example, Inc." <packages@example.com>
        Original-Maintainer: NOASSERTION
        Homepage: http://localhost/x

        Package: odd-text
        Status: install ok installed
        Version: 1:2~3+4-5%6
        Architecture: amd64
        Maintainer: Ada Example (UK)
        Homepage: http://exämple.org/
        Description: \u{1}\u{7}\u{1B}[31m "quoted" \\ back
         \u{FFFD} and \u{2028} and 🎉

        Package: odd-empty
        Status: install ok installed
        Version: 1
        Architecture:
        Maintainer:
        Homepage:
        Section:
        Description:

        Package: odd-utf8
        Status: install ok installed
        Version: 1
        Architecture: amd64
        Maintainer: Jos\u{FFFF} <jose@example.org>

        """

    static let systems = [
        "ID=debian\nVERSION_ID=12\nHOME_URL=see the leaflet\nCPE_NAME=cpe:2.3:o:amazon:amazon_linux:2\n",
        "ID=debian\nCPE_NAME=\"cpe:/o:debian:debian linux:12\"\nVENDOR_NAME=\"Example (UK)\"\n",
        "ID=debian\nCPE_NAME=cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*\nVENDOR_NAME=\" \"\n",
        "ID=\"d e:b\\\"ian\"\nVERSION_ID=\"1 2\"\nNAME=\"Two\tWords\"\nCPE_NAME=cpe:/o:almalinux:almalinux:9::baseos\n",
        "NAME=NOASSERTION\nVENDOR_NAME=NONE\nCPE_NAME=not-a-cpe\n",
    ]

    private func oddImage(_ system: String) -> TinyImage {
        var bytes = Array(Self.odd.utf8)
        // One that is no UTF-8.
        while let place = bytes.firstRange(of: Array("\u{FFFF}".utf8)) { bytes.replaceSubrange(place, with: [0xE9]) }
        var image = TinyImage(["etc/os-release": system])
        image.entries.append(("var/lib/dpkg/status", .file(bytes)))
        image.annotations = [("org.opencontainers.image.ref.name", "registry.example:5000/a/b c:\u{1B}x y")]
        image.labels = [
            ("org.opencontainers.image.vendor", "Example (UK)"), ("org.opencontainers.image.url", "nowhere"),
            ("org.opencontainers.image.title", "a\n\"b\"\u{0}"), ("", ""), ("empty", ""),
        ]
        return image
    }

    @Test(.needs(hasTools, "the validators, which .ci/setup test installs"))
    func `documents of odd records are valid`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r '\(folder)'") }
        for (number, system) in Self.systems.enumerated() {
            try await write(generated(oddImage(system)).spdx, toFile: "\(folder)/\(number).spdx.json")
        }
        #expect(try complaints(Self.systems.indices.map { "+\(folder)/\($0).spdx.json" }) == "")
    }

    @Test func `what has no place in a field is kept as a remark`() async throws {
        let document = try await Document(generated(oddImage(Self.systems[0])))
        let odd = { (name: String) in document.package("odd-\(name)") ?? .null }
        #expect(odd("homepage")["homepage"] == .null)
        #expect(odd("homepage")["comment"].text == "Homepage: <http://example.org/>")
        #expect(odd("homepage")["supplier"].text == "Person: Ada (the First) <ada(at)example.org>")
        #expect(odd("maintainer")["supplier"].text == "Person: Ada Example (ada@example.org)")
        #expect(odd("maintainer")["originator"] == .null)
        #expect(
            odd("maintainer")["comment"].text
                == "Maintainer: Ada Example <ada@example.org>, \"Example, Inc.\" <packages@example.com>\nOriginal-Maintainer: NOASSERTION\nHomepage: http://localhost/x"
        )
        #expect(odd("text")["supplier"].text == "Person: Ada Example (UK) ()")
        #expect(odd("text")["comment"].text == "Homepage: http://exämple.org/")
        #expect(odd("text")["summary"].text == "\u{1}\u{7}\u{1B}[31m \"quoted\" \\ back")
        #expect(odd("empty")["supplier"].text == "NOASSERTION")
        #expect(odd("empty")["comment"] == .null)
        #expect(odd("utf8")["supplier"].text == "Person: Jos\u{FFFD} (jose@example.org)")
        let system = try #require(document.packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-OperatingSystem") })
        #expect(system["homepage"] == .null)
        #expect(system["comment"].text == "HOME_URL: see the leaflet")
        #expect(
            system["externalRefs"].array.map { $0["referenceLocator"].text } == [
                "pkg:generic/debian@12", "cpe:2.3:o:amazon:amazon_linux:2:*:*:*:*:*:*:*",
            ])
    }

    @Test func `a CPE name is a reference of its kind`() async throws {
        for (number, type) in [(2, "cpe23Type"), (3, "cpe22Type")] {
            let document = try await Document(generated(oddImage(Self.systems[number])))
            let system = try #require(
                document.packages.first { $0["SPDXID"].text.hasPrefix("SPDXRef-OperatingSystem") })
            let reference = try #require(system["externalRefs"].array.last)
            #expect(reference["referenceCategory"].text == "SECURITY")
            #expect(reference["referenceType"].text == type)
            #expect(system["comment"] == .null)
        }
    }
}
