import ByteStreams
import TestSupport
import Testing

@testable import SBOMKit

/// Every package whose database entry names a supplier has one, in the databases of real systems.
@Suite struct SupplierTests {
    @Test(.needsCorpus)
    func `a package without a supplier has an entry that names none, in dpkg`() async throws {
        let files = try #require(ValidityTests.statusFiles)
        var (count, missing) = (0, 0)
        for file in files where !file.contains("status.d/") {
            let status = try bytes(ofFile: "\(corpus ?? "")/dpkg/\(file)")
            var image = TinyImage(["etc/os-release": "ID=debian\n"])
            image.entries.append(("var/lib/dpkg/status", .file(status)))
            let document = try Document(await generated(image))
            let silent = Set(
                String(decoding: status, as: UTF8.self).split(separator: "\n\n").filter { stanza in
                    !stanza.split(separator: "\n").contains {
                        $0.hasPrefix("Maintainer:")
                            && $0.dropFirst(11).contains { !$0.isWhitespace && $0 != "<" && $0 != ">" }
                    }
                }.compactMap { stanza in
                    stanza.split(separator: "\n").first { $0.hasPrefix("Package: ") }.map {
                        String($0.dropFirst(9)).trimmed
                    }
                })
            for package in document.installed {
                count += 1
                guard package["supplier"].text == "NOASSERTION" else { continue }
                missing += 1
                #expect(silent.contains(package["name"].text), "\(file): \(package["name"].text)")
            }
        }
        #expect(count > 1_000 && missing < count / 10)
    }

    @Test(.needsCorpus)
    func `a package without a supplier has an entry that names none, in rpm`() async throws {
        let root = "\(corpus ?? "")/rpmdb"
        let lists = names(inFolder: "\(root)/EXPECTED").filter { $0.hasSuffix(".rpmqa.tsv") }
        var count = 0
        for kind in names(inFolder: root) {
            for name in names(inFolder: "\(root)/\(kind)") {
                let list = (kind == "derived" ? "derived_\(name)" : "\(kind)_\(name)") + ".rpmqa.tsv"
                let file = ["rpmdb.sqlite", "Packages.db", "Packages"].first {
                    names(inFolder: "\(root)/\(kind)/\(name)").contains($0)
                }
                guard lists.contains(list), let file else { continue }
                let rows = String(decoding: try bytes(ofFile: "\(root)/EXPECTED/\(list)"), as: UTF8.self)
                    .split(separator: "\n").dropFirst()
                    .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
                    .filter { $0[0] != "gpg-pubkey" }
                var image = TinyImage(["etc/os-release": "ID=other\n"])
                image.entries.append(
                    ("var/lib/rpm/\(file)", .file(try bytes(ofFile: "\(root)/\(kind)/\(name)/\(file)"))))
                let installed = try Document(await generated(image)).installed
                let silent = installed.filter { $0["supplier"].text == "NOASSERTION" }.map { $0["name"].text }
                let expected = rows.filter { $0[7].trimmed.isEmpty || $0[7] == "(none)" }.map { $0[0] }
                #expect(silent.sorted() == expected.sorted(), "\(kind)/\(name)")
                count += installed.count
            }
        }
        #expect(count > 1_000)
    }
}
