import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

/// The licenses of rpm packages: the tag, and the text of the file that the header marks.
@Suite struct RPMLicenseTests {
    /// The findings of one package with a tag, files, and which of them are license files.
    private func finding(
        _ tag: String, _ paths: [String], flags: [UInt32], files: [String: [UInt8]]
    ) throws -> LicenseFinding? {
        var header = RPMTestHeader("a")
        header.values[1014] = .string(tag)
        header.own(paths)
        header.values[1037] = .numbers(flags)
        var files = files
        files["var/lib/rpm/Packages.db"] = RPMTestStore.ndb([header.encoded()])
        let tree = RPMTestTree(files: files)
        let database = try #require(try RPMDatabase(in: tree, limits: Limits()))
        return try #require(database.licenses(in: tree).first)
    }

    private let path = "/usr/share/licenses/a/COPYING"

    @Test func `a tag that names one license has the text of the only license file`() throws {
        let files = ["usr/share/licenses/a/COPYING": Array("the words".utf8)]
        let found = try finding("Public Domain", ["/usr/bin/a", path], flags: [0, 128], files: files)
        #expect(found?.declared?.description == "LicenseRef-Public-Domain")
        #expect(found?.texts == [.init("LicenseRef-Public-Domain", name: "Public Domain", text: "the words")])
        #expect(found?.source == "license-tag Public Domain")
    }

    @Test(
        arguments: [
            // Several files, several names, no mark, no file.
            ("BSD", [128, 128], true), ("BSD and GPL", [128, 0], true), ("BSD", [0, 0], true),
            ("BSD", [128, 0], false),
            // An array of flags that is too short.
            ("BSD", [], true),
        ] as [(String, [UInt32], Bool)])
    func `the text is not known where the header does not say which it is`(
        _ tag: String, _ flags: [UInt32], _ hasFiles: Bool
    ) throws {
        let files = ["usr/share/licenses/a/COPYING": Array("1".utf8), "usr/share/licenses/a/B": Array("2".utf8)]
        let found = try finding(
            tag, [path, "/usr/share/licenses/a/B"], flags: flags.isEmpty ? [0] : flags, files: hasFiles ? files : [:])
        #expect(found?.texts.allSatisfy { $0.text == nil } == true)
    }

    @Test func `an expression of SPDX needs no text, and states no source`() throws {
        let found = try finding("MIT", [path], flags: [128], files: [:])
        #expect(found?.texts.isEmpty == true && found?.source == nil)
    }

    @Test func `a text ends at the limit licenseTextLength`() throws {
        let long = Array(repeating: UInt8(ascii: "x"), count: Limits.licenseTextLength + 1)
        let found = try finding("BSD", [path], flags: [128], files: ["usr/share/licenses/a/COPYING": long])
        #expect(
            found?.texts.first?.text?.hasSuffix("xx\n[The text is longer than the limit licenseTextLength.]") == true)
    }
}
