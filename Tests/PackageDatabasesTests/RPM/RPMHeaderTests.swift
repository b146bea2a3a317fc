import ByteStreams
import PackageDatabases
import TestSupport
import Testing

@Suite struct RPMHeaderTests {
    private static let header: RPMTestHeader = {
        var header = RPMTestHeader("tool", "2.1", "3.lab", epoch: 4, arch: "x86_64")
        header.values[1011] = .string("The Lab")
        header.values[1015] = .string("A Packager <p@example.invalid>")
        header.values[1016] = .translated(["Development", "Entwicklung"])
        header.values[1020] = .string("https://example.invalid/")
        header.values[5096] = .string("lab:10:20230101:abc")
        header.own(["/usr/bin/tool"])
        return header
    }()

    private static func package(of blob: [UInt8]) throws -> (InstalledPackage?, [Diagnostic]) {
        let tree = RPMTestTree(files: ["var/lib/rpm/Packages.db": RPMTestStore.ndb([blob])])
        let database = try #require(try RPMDatabase(in: tree, limits: Limits()))
        return (database.packages.first, database.diagnostics)
    }

    @Test func `every field is read, the original text of translated ones`() throws {
        let digest: [UInt8] = Array(0..<16)
        let (found, diagnostics) = try Self.package(of: Self.header.encoded(dribbles: [261: .binary(digest)]))
        let package = try #require(found)
        #expect(package.ecosystem == .rpm)
        #expect(package.name == "tool")
        #expect(package.version == "4:2.1-3.lab")
        #expect(package.epoch == 4)
        #expect(package.architecture == "x86_64")
        #expect(package.source == InstalledPackage.Source(name: "tool-2.1-3.lab.src.rpm"))
        #expect(package.vendor == "The Lab")
        #expect(package.maintainer == "A Packager <p@example.invalid>")
        #expect(package.section == "Development")
        #expect(package.homepage == "https://example.invalid/")
        #expect(package.summary == "Summary of tool")
        #expect(package.description == "What tool is")
        #expect(package.license == "MIT")
        #expect(package.modularityLabel == "lab:10:20230101:abc")
        #expect(package.database == "var/lib/rpm/Packages.db")
        #expect(package.recordDigests.map(\.tag) == ["SIGMD5", "SHA256HEADER"])
        #expect(package.recordDigests.first?.hex == "000102030405060708090a0b0c0d0e0f")
        #expect(diagnostics.isEmpty)
    }

    @Test func `an epoch of 0 is not written`() throws {
        let (package, _) = try Self.package(of: RPMTestHeader("zero", epoch: 0).encoded())
        #expect(package?.version == "1.0-1")
        #expect(package?.epoch == 0)
    }

    @Test func `what was added at installation replaces what the package file had`() throws {
        let (package, diagnostics) = try Self.package(of: Self.header.encoded(dribbles: [1014: .string("Apache-2.0")]))
        #expect(package?.license == "Apache-2.0")
        #expect(diagnostics.isEmpty)
    }

    @Test func `a header without a region is read`() throws {
        let (package, diagnostics) = try Self.package(of: Self.header.encodedWithoutRegion())
        #expect(package?.version == "4:2.1-3.lab")
        #expect(diagnostics.isEmpty)
    }

    @Test func `a changed letter in a name is detected by the header's own digest`() throws {
        var blob = Self.header.encoded()
        let name = try #require(blob.indices.first { Array(blob[$0...].prefix(5)) == Array("tool\u{0}".utf8) })
        blob[name] ^= 1
        let (package, diagnostics) = try Self.package(of: blob)
        #expect(package?.name == "uool")
        #expect(diagnostics.map(\.code) == ["rpm-wrong-digest"])
    }

    /// Places in a header, the 32-bit number that is put there, and nothing else.
    @Test(
        arguments: [
            (0, 0xFFFF_FFFF), (0, 0), (0, 0x1_0000), (4, 0xFFFF_FFFF), (4, 0), (12, 6), (16, 0xFFFF_FFF0),
            (16, 0x7FFF_FFFF),
            (20, 17), (24, 99), (24, 0xFFFF_FFFF), (28, 0), (28, 10), (28, 4), (32, 0xFFFF_FFFF), (32, 0x7FFF_FFFF),
            (36, 0),
            (36, 0xFFFF_FFFF), (40 + 8, 0), (40 + 12, 0xFFFF_FFFF), (40 + 12, 2), (44, 1),
        ] as [(Int, UInt32)])
    func `a number that cannot be makes a bad header`(place: Int, number: UInt32) {
        var blob = Self.header.encoded()
        blob.replaceSubrange(place..<place + 4, with: RPMTestHeader.words([number]))
        #expect(throws: ParseError.self) { try RPMHeader(parsing: blob, limits: Limits()) }
    }

    @Test func `values that overlap make a bad header`() {
        var blob = Self.header.encoded()
        // The second value is put where the first one is.
        blob.replaceSubrange(48..<52, with: RPMTestHeader.words([0]))
        #expect(throws: ParseError.self) { try RPMHeader(parsing: blob, limits: Limits()) }
    }

    @Test func `a value that reaches into the region's trailer makes a bad header`() throws {
        var header = RPMTestHeader("tool")
        header.values[9999] = .binary([1, 2, 3, 4])
        var blob = header.encoded(hasDigest: false)
        _ = try RPMHeader(parsing: blob, limits: Limits())
        let last = 8 + 16 * Int(blob[3]) - 16
        blob.replaceSubrange(last + 12..<last + 16, with: RPMTestHeader.words([5]))
        #expect(throws: ParseError.self) { try RPMHeader(parsing: blob, limits: Limits()) }
    }

    @Test func `a number where rpm has a string makes a bad header`() {
        var header = RPMTestHeader("tool")
        header.values[1001] = .numbers([1])
        let blob = header.encoded()
        #expect(throws: ParseError.self) { try RPMHeader(parsing: blob, limits: Limits()) }
    }

    @Test(arguments: ["headerSize", "headerEntryCount", "headerStringCount"])
    func `a header that exceeds a limit is an error`(limit: String) throws {
        let blob = Self.header.encoded()
        var limits = Limits()
        switch limit {
        case "headerSize": limits.headerSize = blob.count - 1
        case "headerEntryCount": limits.headerEntryCount = Int(blob[3]) - 1
        default: limits.headerStringCount = 1
        }
        let error = #expect(throws: ParseError.self) { try RPMHeader(parsing: blob, limits: limits) }
        #expect(error?.kind == .limit(limit))
    }

    @Test func `a header cut at any length is an error`() {
        let blob = Self.header.encoded()
        for count in blob.indices {
            #expect(throws: ParseError.self) { try RPMHeader(parsing: Array(blob[..<count]), limits: Limits()) }
        }
    }

    @Test func `a damaged header is an error or a header`() throws {
        for blob in mutations(of: Self.header.encoded(), count: 400, seed: 1) {
            // An error is one of the two.
            guard (try? RPMHeader(parsing: blob, limits: Limits())) != nil else { continue }
            _ = try Self.package(of: blob)
        }
    }

    @Test func `a header without a name costs that package`() throws {
        var header = RPMTestHeader("nameless")
        header.values[1000] = nil
        let bytes = RPMTestStore.ndb([header.encoded(), RPMTestHeader("other").encoded()])
        let database = try #require(
            try RPMDatabase(in: RPMTestTree(files: ["var/lib/rpm/Packages.db": bytes]), limits: Limits()))
        #expect(database.packages.map(\.name) == ["other"])
        #expect(database.diagnostics.map(\.code) == ["rpm-damaged-header"])
    }
}
