import SBOMKit
import Testing

/// Which way a version went, as a difference between two documents says it.
@Suite struct VersionOrderTests {
    typealias Direction = DocumentDifference.Change.Direction

    static func document(_ purl: String, _ version: String) -> [UInt8] {
        Array(
            """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
              {"type": "library", "name": "n", "version": "\(version)", "purl": "\(purl)"}]}
            """.utf8)
    }

    static let table: [(type: String, old: String, new: String, direction: Direction?)] = [
        // deb-version(7): a tilde is before the end, and the epoch is before everything.
        ("deb", "1.0~rc1-1", "1.0-1", .upgraded),
        ("deb", "2.0-1", "1:1.0-1", .upgraded),
        ("deb", "1.0-1", "0:1.0-1", nil),
        ("deb", "1.10", "1.9", .downgraded),
        ("deb", "1.0-1", "1.0-1+deb12u1", .upgraded),
        // rpm-version(7): a caret comes after the end, letters before numbers.
        ("rpm", "1.0^git1-1", "1.0-1", .downgraded),
        ("rpm", "1.0~beta-1", "1.0-1", .upgraded),
        ("rpm", "1.0-1.el8", "1.0-1.el9", .upgraded),
        ("rpm", "2.0-1", "1:1.0-1", .upgraded),
        ("rpm", "0:1.0-1", "1.0-1", nil),
        ("rpm", "1.0a-1", "1.0.1-1", .upgraded),
        // apk-package(5): suffixes for pre-releases come before the end, letters before further numbers.
        ("apk", "1.0_rc1-r3", "1.0-r0", .upgraded),
        ("apk", "1.0-r9", "1.0-r10", .upgraded),
        ("apk", "1.0_p1-r0", "1.0.1-r0", .upgraded),
        ("apk", "1.0.2-r0", "1.0.2a-r0", .upgraded),
        ("apk", "8.2.001-r0", "8.2.0-r0", .downgraded),
        ("apk", "1.0+x", "1.1+x", .upgraded),
        // Everything else.
        ("npm", "1.9.0", "1.10.0", .upgraded),
        ("npm", "1.0.0-rc.1", "1.0.0", .upgraded),
        ("npm", "1.0.0-alpha", "1.0.0-beta", .upgraded),
        ("npm", "1.0.0-rc.2", "1.0.0-rc.10", .upgraded),
        ("npm", "1.0.0", "1.0.0+build.2", .upgraded),
        ("npm", "1.0", "1.0.1", .upgraded),
        ("golang", "v1.2.3", "1.2.3", nil),
        ("golang", "v0.0.0-20190101000000-abcdef123456", "v0.0.0-20200101000000-012345abcdef", .upgraded),
        ("pypi", "1.0b2", "1.0", .upgraded),
        ("pypi", "1.0", "1.0.post1", .upgraded),
        ("pypi", "1.0.dev3", "1.0a1", .upgraded),
        ("generic", "1.0.2", "1.0.2a", .upgraded),
        ("generic", "1.0.2k", "1.0.2b", .downgraded),
        ("generic", "1.0", "1.00", .changed),
        ("generic", "99999999999999999999999", "100000000000000000000000", .upgraded),
        ("maven", "3.0-SNAPSHOT", "3.0", .upgraded),
        ("oci", "sha256:\(String(repeating: "a", count: 64))", "sha256:\(String(repeating: "b", count: 64))", .changed),
        ("github", String(repeating: "1", count: 40), String(repeating: "2", count: 40), .changed),
    ]

    @Test(arguments: table)
    func `a version is said to go up or down as its kind orders it`(
        _ row: (type: String, old: String, new: String, direction: Direction?)
    ) throws {
        let (one, other) = (
            Self.document("pkg:\(row.type)/x/n", row.old), Self.document("pkg:\(row.type)/x/n", row.new)
        )
        let changed = try DocumentDifference(from: one, to: other, comparing: .everything).changed
        #expect(changed.map(\.direction) == [row.direction].compactMap { $0 })
        let back = try DocumentDifference(from: other, to: one, comparing: .everything).changed
        let opposite: Direction? =
            switch row.direction {
            case .upgraded: .downgraded
            case .downgraded: .upgraded
            case .changed, nil: row.direction
            }
        #expect(back.map(\.direction) == [opposite].compactMap { $0 })
    }

    @Test func `an epoch in the package URL alone is part of the version`() throws {
        let (one, other) = (
            Self.document("pkg:rpm/fedora/n@2.0-1?arch=x86_64", "2.0-1"),
            Self.document("pkg:rpm/redhat/n@1.0-1?epoch=1", "1.0-1")
        )
        let changed = try DocumentDifference(from: one, to: other, comparing: .everything).changed
        #expect(changed.map(\.direction) == [.upgraded])
        #expect(changed.first?.new.version == "1:1.0-1")
    }
}
