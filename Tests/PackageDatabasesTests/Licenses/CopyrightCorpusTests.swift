import ByteStreams
import PackageDatabases
import SBOMModel
import TestSupport
import Testing

/// Copyright files of real systems against another reader of them.
@Suite(.enabled(if: corpus != nil, "there is no corpus"))
struct CopyrightCorpusTests {
    private static let folder = "\(corpus ?? "")/dpkg"

    /// Rows of a table, without comments.
    private static func rows(_ path: String) throws -> [[String]] {
        String(decoding: try bytes(ofFile: path), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map {
                $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            }
    }

    /// Calls `body` with the folder that has the files below `usr/share` of a root file system.
    private static func withRoot<Result>(_ name: String, _ body: (String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            let archive = "\(Self.folder)/rootfs/\(name).tar.gz"
            let paths = "--wildcards '*usr/share/doc/*' '*usr/share/common-licenses/*'"
            _ = try shell("tar -xzf '\(archive)' -C '\(folder)' \(paths)")
            return try body(folder)
        }
    }

    static let roots = names(inFolder: "\(folder)/EXPECTED").filter { $0.hasSuffix(".copyright.tsv") }.map {
        String($0.dropLast(14))
    }

    @Test(arguments: roots)
    func `the short forms are those that python-debian reads, or the difference is explained`(root: String) throws {
        let explained = try Self.rows("\(packageFolder)/Tests/licenses/corpus-differences.tsv")
        let known = Set(explained.filter { $0[0] == root }.map { $0[1] })
        var different: Set<String> = []
        try Self.withRoot(root) { folder in
            for row in try Self.rows("\(Self.folder)/EXPECTED/\(root).copyright.tsv") {
                let path = "\(folder)/usr/share/doc/\(row[0])/copyright"
                guard let bytes = try? bytes(ofFile: path) else { continue }
                let file = MachineReadableCopyright(bytes)
                let synopses = Set((file?.synopses ?? []).filter { !$0.isEmpty })
                let expected = Set(row[2].split(separator: "; ").map(String.init))
                if (file == nil ? "free" : "dep5") != row[1] || synopses != expected { different.insert(row[0]) }
            }
        }
        #expect(different == known)
    }

    /// What other tools expect is not always what the file says: the table has our result, and the reason.
    @Test func `the licenses are those that other tools expect, or the difference is explained`() throws {
        let explained = try Self.rows("\(packageFolder)/Tests/licenses/corpus-licenses.tsv")
        var count = 0
        for row in explained {
            guard let bytes = try? bytes(ofFile: "\(corpus ?? "")/\(row[0])") else { continue }
            count += 1
            let finding = LicenseFinding(copyrightFile: bytes, at: "a", commonLicenses: [:])
            let license = finding.declared.map { MachineReadableCopyrightTests.named($0, finding) } ?? "NOASSERTION"
            #expect("\(finding.rule.rawValue) \(license)" == "\(row[1]) \(row[2])", "\(row[0])")
        }
        #expect(count > 5)
    }

    @Test(arguments: roots)
    func `every result of a real system is a valid expression with known references`(root: String) throws {
        try Self.withRoot(root) { folder in
            let common = names(inFolder: "\(folder)/usr/share/common-licenses").compactMap { name in
                (try? bytes(ofFile: "\(folder)/usr/share/common-licenses/\(name)")).map { (name, $0) }
            }
            let commonLicenses = Dictionary(uniqueKeysWithValues: common)
            for name in names(inFolder: "\(folder)/usr/share/doc") {
                guard let bytes = try? bytes(ofFile: "\(folder)/usr/share/doc/\(name)/copyright") else { continue }
                let finding = LicenseFinding(copyrightFile: bytes, at: name, commonLicenses: commonLicenses)
                let references = Set(finding.texts.map(\.reference))
                for license in [finding.declared].compactMap(\.self) + finding.parts.map(\.license) {
                    let used = LicenseExpression.names(in: license.description).filter { $0.hasPrefix("LicenseRef-") }
                    #expect(references.isSuperset(of: used), "\(root) \(name)")
                    #expect(LicenseExpression(parsing: license.description) != nil, "\(root) \(name)")
                }
                #expect((finding.declared == nil) == (finding.rule == .none), "\(root) \(name)")
            }
        }
    }
}
