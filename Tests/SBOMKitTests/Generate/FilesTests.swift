import ByteStreams
import SBOMKit
import StructuredText
import TestSupport
import Testing

/// What a document says of files, with each value of `Generator.Options.files`.
@Suite struct FilesTests {
    private static let elf = CodeSamples.elf()

    private static func md5(_ text: String) -> String {
        var hash = RunningHash(.md5)
        hash.update(Array(text.utf8).span)
        return hexadecimal(hash.finish())
    }

    private static func sha1(_ text: String) -> String {
        var hash = RunningHash(.sha1)
        hash.update(Array(text.utf8).span)
        return hexadecimal(hash.finish())
    }

    /// An image of Debian with a package whose files are changed, missing and replaced, a package without a list, and
    /// files of no package.
    static func image() -> TinyImage {
        let shipped = [
            ("usr/bin/tool", elf), ("usr/bin/changed", "old"), ("usr/bin/gone", "gone"), ("usr/bin/file", "file"),
            ("usr/share/doc/base/README", "read me"), ("usr/share/doc/base/gone", "gone"), ("etc/kept.conf", "kept"),
        ]
        let status = """
            Package: base
            Status: install ok installed
            Version: 1
            Architecture: amd64
            Conffiles:
             /etc/changed.conf \(md5("as shipped"))
             /etc/gone.conf \(md5("gone"))
            Description: \(String(repeating: "the base ", count: 20))
             \(String(repeating: "A long description. ", count: 20))

            Package: empty
            Status: install ok installed
            Version: 1
            Architecture: amd64
            Depends: base

            Package: second
            Status: install ok installed
            Version: 1
            Architecture: amd64

            """
        var image = TinyImage([
            "etc/os-release": "ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": status,
            "var/lib/dpkg/info/base.list": "/.\n/usr\n/usr/bin\n/etc/changed.conf\n/etc/gone.conf\n"
                + shipped.map { "/\($0.0)\n" }.joined(),
            "var/lib/dpkg/info/base.md5sums": shipped.map { "\(md5($0.1))  \($0.0)\n" }.joined(),
            "var/lib/dpkg/info/second.list": "/bin/tool\n/usr/lib/second\n",
            "usr/bin/tool": elf, "usr/bin/changed": "new", "usr/share/doc/base/README": "read me",
            "etc/kept.conf": "kept", "etc/changed.conf": "edited", "usr/lib/second": "second",
            "usr/local/bin/app": elf, "etc/hostname": "host",
        ])
        image.entries.append(("bin", .link(to: "usr/bin")))
        image.entries.append(("usr/bin/file", .link(to: "tool")))
        return image
    }

    static func inventory(_ files: Generator.Files, _ image: TinyImage = image()) async throws -> ImageInventory {
        var options = Generator.Options()
        options.files = files
        return try await generated(image, options)
    }

    /// The annotations of an element that are ours, without the layer.
    private func notes(_ element: JSONValue) -> [String] {
        element["annotations"].array.map { $0["comment"].text }.filter { comment in
            !["LayerDiffID", "PkgID"].contains { comment.hasPrefix($0 + ": ") }
        }
    }

    private static let statement =
        "Files: 6 of 13 regular files belong to packages. Changed since the installation: 3 (1 of configuration). "
        + "Missing: 2. Missing documentation and translations: 1. Not compared, because the databases record no "
        + "digest: 1. Executables, libraries and archives of code that no package owns: 1."

    @Test func `files are listed only if they are asked for`() async throws {
        let plain = try await generated(Self.image())
        let none = try await Self.inventory(.none)
        #expect(try plain.spdx == none.spdx)
        #expect(plain.summary.files == nil)
        let document = try Document(plain)
        #expect(document.json["files"] == .null && !document.json["comment"].text.contains("Files:"))
        #expect(document.packages.allSatisfy { $0["filesAnalyzed"] == .bool(false) })
    }

    @Test func `what the databases do not explain is listed as packages`() async throws {
        let inventory = try await Self.inventory(.modified)
        let document = try Document(inventory)
        #expect(document.json["files"] == .null)
        let files = document.packages.filter { $0["primaryPackagePurpose"].text == "FILE" }
        #expect(files.map { $0["name"].text } == ["/etc/changed.conf", "/usr/bin/changed", "/usr/local/bin/app"])
        #expect(
            files.map(notes) == [
                ["FileState: changed configuration", "RecordedDigest: MD5: \(Self.md5("as shipped"))"],
                ["FileState: changed", "RecordedDigest: MD5: \(Self.md5("old"))"], ["FileState: unowned"],
            ])
        #expect(files.allSatisfy { $0["annotations"].array.contains { $0["comment"].text.hasPrefix("LayerDiffID: ") } })
        #expect(files[1]["packageFileName"].text == "./usr/bin/changed")
        #expect(files[1]["checksums"].array.map { $0["algorithm"].text } == ["SHA1", "SHA256"])
        #expect(files[1]["checksums"].array.first?["checksumValue"].text == Self.sha1("new"))
        #expect(document.edges.contains("base CONTAINS /usr/bin/changed"))
        #expect(document.edges.contains("base CONTAINS /etc/changed.conf"))
        #expect(document.edges.contains("container-image CONTAINS /usr/local/bin/app"))
        // A missing file is no element, and a link in the place of a file has no digest.
        let base = try #require(document.package("base"))
        #expect(
            notes(base) == [
                "MissingConfiguration: /etc/gone.conf", "ReplacedFile: /usr/bin/file is a symbolic link to tool",
                "MissingFile: /usr/bin/gone", "MissingDocumentation: 1 files and folders",
            ])
        #expect(base["filesAnalyzed"] == .bool(false))
        #expect(document.json["comment"].text.hasSuffix(Self.statement))
    }

    @Test func `the files of packages are listed with the code of each package`() async throws {
        let inventory = try await Self.inventory(.owned)
        let document = try Document(inventory)
        let files = document.json["files"].array
        #expect(
            files.map { $0["fileName"].text } == [
                "./etc/changed.conf", "./etc/kept.conf", "./usr/bin/changed", "./usr/bin/tool",
                "./usr/share/doc/base/README", "./usr/lib/second",
            ])
        #expect(
            files.map { $0["fileTypes"].array.map(\.text) } == [[], [], [], ["BINARY"], ["DOCUMENTATION"], []])
        #expect(
            files.map { notes($0).first } == [
                "FileState: changed configuration", nil, "FileState: changed", nil, nil, nil,
            ])
        // MD5 is what the database records.
        #expect(files.map { $0["checksums"].array.count } == [2, 3, 2, 3, 3, 2])
        #expect(files[1]["checksums"].array.last?["checksumValue"].text == Self.md5("kept"))
        // Only a layer that is not that of the package is stated.
        #expect(files.allSatisfy { !$0["annotations"].array.contains { $0["comment"].text.hasPrefix("Layer") } })
        let base = try #require(document.package("base"))
        let second = try #require(document.package("second"))
        #expect(base["filesAnalyzed"] == .bool(true))
        #expect(base["licenseInfoFromFiles"].array.map(\.text) == ["NOASSERTION"])
        let contents = ["edited", "kept", "new", Self.elf, "read me"]
        let code = Self.sha1(contents.map(Self.sha1).sorted().joined())
        #expect(base["packageVerificationCode"]["packageVerificationCodeValue"].text == code)
        #expect(
            second["packageVerificationCode"]["packageVerificationCodeValue"].text
                == Self.sha1([Self.elf, "second"].map(Self.sha1).sorted().joined()))
        // A package without files has no code.
        let empty = try #require(document.package("empty"))
        #expect(empty["filesAnalyzed"] == .bool(false) && empty["packageVerificationCode"] == .null)
        // Both packages contain the program that both list.
        let tool = files[3]["SPDXID"].text
        let containers = document.relationships.filter { $0["relatedSpdxElement"].text == tool }
        #expect(containers.map { $0["spdxElementId"].text } == [base["SPDXID"].text, second["SPDXID"].text])
        #expect(document.json["comment"].text.hasSuffix(Self.statement))
        let counts = try #require(inventory.summary.files)
        #expect(counts.regular == 13 && counts.owned == 6 && counts.changed == 3 && counts.configuration == 1)
        #expect(counts.missing == 2 && counts.missingDocumentation == 1)
        #expect(counts.unverified == 1 && counts.unownedCode == 1)
    }

    @Test func `all files are listed with the code of the image`() async throws {
        let document = try Document(try await Self.inventory(.all))
        let files = document.json["files"].array
        #expect(files.count == 12)
        let image = try #require(document.packages.first)
        #expect(image["filesAnalyzed"] == .bool(true))
        #expect(image["packageVerificationCode"]["packageVerificationCodeValue"].text.utf8.count == 40)
        let host = try #require(files.first { $0["fileName"].text == "./etc/hostname" })
        #expect(notes(host) == ["FileState: unowned"])
        #expect(host["annotations"].array.contains { $0["comment"].text.hasPrefix("LayerDiffID: ") })
        #expect(
            document.relationships.contains {
                $0["relatedSpdxElement"].text == host["SPDXID"].text
                    && $0["spdxElementId"].text == image["SPDXID"].text && $0["relationshipType"].text == "CONTAINS"
            })
        #expect(document.packages.contains { $0["name"].text == "/usr/local/bin/app" })
    }

    @Test func `packages can have codes without their files`() async throws {
        var options = Generator.Options()
        options.verificationCodes = true
        let document = try Document(try await generated(Self.image(), options))
        let whole = try Document(try await Self.inventory(.owned))
        #expect(document.json["files"] == .null)
        for name in ["base", "second", "empty"] {
            let (one, other) = (try #require(document.package(name)), try #require(whole.package(name)))
            #expect(one["packageVerificationCode"] == other["packageVerificationCode"])
            #expect(one["filesAnalyzed"] == other["filesAnalyzed"])
        }
        #expect(document.package("base")?["packageVerificationCode"] != .null)
    }

    @Test(arguments: DocumentCheck.Profile.allCases)
    func `profiles that want a hash of each package give codes`(profile: DocumentCheck.Profile) async throws {
        var options = Generator.Options()
        options.profiles = [profile]
        let document = try Document(try await generated(Self.image(), options))
        let base = try #require(document.package("base"))
        let wantsHashes = [.cisa2025, .cisa2026, .telco11, .telco12].contains(profile)
        #expect((base["packageVerificationCode"] != .null) == wantsHashes)
        #expect(document.json["files"] == .null)
        // What has no files has no code either, and for CISA that is said.
        let empty = try #require(document.package("empty"))
        #expect(empty["packageVerificationCode"] == .null)
        let unknown = { (package: JSONValue) in self.notes(package).contains { $0.hasPrefix("Unknown: hash") } }
        #expect(!unknown(base) && unknown(empty) == [.cisa2025, .cisa2026].contains(profile))
    }

    @Test func `files are not judged as components`() async throws {
        for format in [DocumentFormat.spdx, .cycloneDX(.v1_6)] {
            let (plain, files) = (try await Self.inventory(.none), try await Self.inventory(.owned))
            for profile in [DocumentCheck.Profile.ntia, .cisa2026, .bsi, .cra] {
                let one = try DocumentCheck(try plain.document(format), against: profile)
                let other = try DocumentCheck(try files.document(format), against: profile)
                for (section, same) in zip(one.sections, other.sections) where !section.name.hasPrefix("hash") {
                    #expect(section.facts == same.facts, "\(format) \(profile) \(section.name)")
                }
            }
        }
    }

    @Test func `profiles describe packages and not their files`() async throws {
        var options = Generator.Options()
        (options.files, options.profiles) = (.modified, [.bsi, .cisa2026])
        let document = try Document(try await generated(Self.image(), options))
        let names = document.packages.map { $0["packageFileName"].text }
        #expect(
            names.filter { $0.hasSuffix(".deb") } == ["base_1_amd64.deb", "empty_1_amd64.deb", "second_1_amd64.deb"])
    }

    @Test func `a file is nested in its package in CycloneDX`() async throws {
        let bytes = try await Self.inventory(.owned).document(.cycloneDX(.v1_6))
        let document = try JSONValue(parsing: bytes, limits: Limits())
        let base = try #require(document["components"].array.first { $0["name"].text == "base" })
        let nested = base["components"].array
        #expect(nested.count == 5 && nested.allSatisfy { $0["type"].text == "file" })
        #expect(nested.first?["hashes"].array.map { $0["alg"].text } == ["SHA-1", "SHA-256"])
        #expect(
            base["properties"].array.contains {
                $0["name"].text == "spdx:package:verification-code:value" && $0["value"].text.utf8.count == 40
            })
    }

    @Test(arguments: Generator.Files.allCases)
    func `documents of all formats are valid, and the same each time`(files: Generator.Files) async throws {
        let (one, other) = (try await Self.inventory(files), try await Self.inventory(files))
        for format in GenerateAndConvertTests.formats {
            let document = try one.document(format)
            #expect(try document == other.document(format))
            let report = try Validator().validate(document)
            #expect(report.violations.filter(\.isError).map { "\($0)" } == [], "\(format)")
        }
    }

    @Test func `without lists of files nothing is said to be unowned`() async throws {
        var image = Self.image()
        image.entries.removeAll { $0.path.contains("dpkg/info") }
        let inventory = try await Self.inventory(.modified, image)
        let document = try Document(inventory)
        #expect(!document.packages.contains { $0["primaryPackagePurpose"].text == "FILE" })
        #expect(
            document.json["comment"].text.hasSuffix(
                "Files: 10 regular files; the package databases do not list which of them belong to packages."))
    }

    @Test func `hidden packages alone have no files`() async throws {
        var options = Generator.Options()
        (options.files, options.hidden) = (.all, .only)
        let document = try Document(try await generated(Self.image(), options))
        #expect(document.json["files"] == .null)
        #expect(document.packages.allSatisfy { $0["filesAnalyzed"] == .bool(false) })
    }

    @Test func `names that are not UTF-8 have identifiers of their own`() async throws {
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        _ = try shell("cd \(folder); printf a > $(printf 'x\\377'); printf b > $(printf 'x\\376')")
        var options = Generator.Options()
        options.files = .all
        let document = try Document(try await Generator(options: options).read("rootfs:\(folder)"))
        let files = document.json["files"].array
        #expect(files.count == 2 && Set(files.map { $0["SPDXID"].text }).count == 2)
        #expect(Set(files.map { $0["fileName"].text }) == ["./x\u{FFFD}"])
    }

    @Test func `a package names namedDifferences missing files, and counts the others`() async throws {
        var image = Self.image()
        let list = (0..<130).map { "/usr/lib/gone\($0)\n" }.joined()
        image.entries = image.entries.map { path, entry in
            path.hasSuffix("second.list") ? (path, .file(Array(list.utf8))) : (path, entry)
        }
        let second = try #require(try Document(try await Self.inventory(.modified, image)).package("second"))
        let notes = notes(second)
        #expect(Limits.namedDifferences == 100)
        #expect(notes.count == 101 && notes.last == "MoreDifferences: 30")
        #expect(notes.dropLast().allSatisfy { $0.hasPrefix("MissingFile: /usr/lib/gone") })
    }

    @Test func `more recorded files than the limit are reported`() async throws {
        var limits = Limits()
        limits.recordedFileCount = 5
        var options = Generator.Options()
        options.files = .owned
        let folder = try shell("mktemp -d").text.trimmed
        defer { _ = try? shell("rm -r \(folder)") }
        try Self.image().write(toFolder: "\(folder)/layout")
        let inventory = try await Generator(options: options, limits: limits).read("\(folder)/layout")
        #expect(inventory.notices.contains { $0.code == "recorded-files" && $0.message.contains("recordedFileCount") })
        #expect(inventory.isBlind)
    }

    @Test func `damaged lists give a document or an error`() async throws {
        let image = Self.image()
        for number in 0..<60 {
            var damaged = image
            for (index, (path, entry)) in image.entries.enumerated() {
                guard path.hasPrefix("var/lib/dpkg/"), case .file(let bytes) = entry else { continue }
                let mutated = mutations(of: bytes, count: 1, seed: UInt64(number * 10 + index)).first ?? []
                damaged.entries[index] = (path, .file(mutated))
            }
            do {
                let bytes = try await Self.inventory(.all, damaged).spdx
                let report = try Validator().validate(bytes)
                #expect(report.violations.filter(\.isError).map { "\($0)" } == [])
            } catch let error as SBOMError {
                #expect(error.code != .internal)
            }
        }
    }
}

/// `ImageInventory.fitting(_:as:)`.
@Suite struct DocumentReductionTests {
    private static let comments = [
        "files of documentation", "files that are no code", "files of code",
        "changed files and files that no package owns", "long descriptions of packages",
    ]

    private func inventory() async throws -> ImageInventory {
        var options = Generator.Options()
        options.files = .all
        return try await generated(FilesTests.image(), options)
    }

    /// The kinds of details that the comment of a document names as left out.
    private func leftOut(_ document: [UInt8]) throws -> [String] {
        try JSONValue(parsing: document, limits: Limits())["comment"].text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("Left out, because the document may have ") else { return nil }
            return line.split(separator: ": ").last.map { $0.drop { $0 != " " }.dropFirst().dropLast() }.map(
                String.init)
        }
    }

    @Test func `details are left out in their order until the document fits`() async throws {
        let inventory = try await inventory()
        let whole = try inventory.spdx
        #expect(try inventory.fitting(whole.count, as: .spdx).spdx == whole)
        var limit = whole.count - 1
        var found: [[String]] = []
        var last = whole
        while let fitting = try? inventory.fitting(limit, as: .spdx) {
            let document = try fitting.spdx
            #expect(document.count <= limit)
            #expect(try Validator().validate(document).violations.filter(\.isError).isEmpty)
            #expect(try document == inventory.fitting(limit, as: .spdx).spdx)
            let json = try JSONValue(parsing: document, limits: Limits())
            let wholeJSON = try JSONValue(parsing: whole, limits: Limits())
            #expect(json["documentNamespace"].text != wholeJSON["documentNamespace"].text)
            #expect(json["packages"].array.count == wholeJSON["packages"].array.count)
            let needs = { (json: JSONValue) in
                json["relationships"].array.filter { $0["relationshipType"].text == "DEPENDS_ON" }
            }
            #expect(needs(json) == needs(wholeJSON) && !needs(json).isEmpty)
            found.append(try leftOut(document))
            last = document
            limit = document.count - 1
        }
        #expect(found.last == Self.comments + ["short descriptions of packages"])
        for (number, names) in found.enumerated() {
            #expect(names == Array((Self.comments + ["short descriptions of packages"]).prefix(names.count)))
            #expect(number == 0 || names.count > found[number - 1].count)
        }
        let error = #expect(throws: SBOMError.self) { try inventory.fitting(last.count - 1, as: .spdx) }
        #expect(error?.code == .tooLarge)
    }

    @Test func `each format is treated by itself`() async throws {
        let inventory = try await inventory()
        for format in GenerateAndConvertTests.formats {
            let whole = try inventory.document(format)
            let fitting = try inventory.fitting(whole.count - 1, as: format)
            let document = try fitting.document(format)
            #expect(document.count < whole.count)
            #expect(try Validator().validate(document).violations.filter(\.isError).isEmpty)
            #expect(try inventory.document(format) == whole)
        }
    }
}
