import ByteStreams
import PackageDatabases
import TestSupport
import Testing

/// Databases that real systems left, against what the real rpm lists of them.
@Suite(.needsCorpus) struct RPMCorpusTests {
    /// The list of a database, and the file it is of.
    private struct Case: CustomTestStringConvertible {
        let folder: String
        let list: String
        let file: String

        var testDescription: String { folder }
    }

    private static let cases: [Case] = {
        guard let corpus else { return [] }
        let root = corpus + "/rpmdb"
        let lists = Set(names(inFolder: root + "/EXPECTED"))
        return names(inFolder: root).flatMap { kind in
            names(inFolder: root + "/" + kind).flatMap { name -> [Case] in
                // Derived ones are named for their kind already.
                let list = (kind == "derived" ? "derived_\(name)" : "\(kind)_\(name)") + ".rpmqa.tsv"
                let file = ["rpmdb.sqlite", "Packages.db", "Packages"].first {
                    names(inFolder: "\(root)/\(kind)/\(name)").contains($0)
                }
                guard lists.contains(list), let file else { return [] }
                return [Case(folder: "\(kind)/\(name)", list: list, file: file)]
            }
        }
    }()

    @Test func `every list of the corpus has its database`() throws {
        let root = try #require(corpus) + "/rpmdb/EXPECTED"
        #expect(Self.cases.count == names(inFolder: root).count { $0.hasSuffix(".rpmqa.tsv") })
    }

    @Test(arguments: cases)
    private func `a database holds what rpm lists`(of place: Case) throws {
        let root = try #require(corpus) + "/rpmdb/"
        let bytes = try bytes(ofFile: "\(root)\(place.folder)/\(place.file)")
        let tree = RPMTestTree(files: ["var/lib/rpm/" + place.file: bytes])
        var options = RPMDatabase.Options()
        options.includePubkeys = true
        let database = try #require(try RPMDatabase(in: tree, options: options, limits: Limits()))
        let text = String(decoding: try TestSupport.bytes(ofFile: root + "EXPECTED/" + place.list), as: UTF8.self)
        let expected = text.split(separator: "\n").filter { !$0.hasPrefix("#name\t") }.map {
            Self.withoutSizes(String($0))
        }
        let found = database.packages.map(Self.row)
        #expect(Set(found).subtracting(expected) == [], "not in the list")
        #expect(Set(expected).subtracting(found) == [], "not in the database")
        #expect(found.count == expected.count)
        let codes = Set(database.diagnostics.filter { $0.severity != .note }.map(\.code))
        #expect(codes.subtracting([.moreDiagnostics]) == Self.defects[place.folder, default: []])
    }

    /// What is wrong with a database of the corpus itself.
    private static let defects: [String: Set<Diagnostic.Code>] = [
        // rpm5 gives FILESTATES another type; rpm lists the packages without files only.
        "bdb-rpm5-btree/yocto-rpm5-btree": ["rpm-5-database", "rpm-damaged-header"]
    ]

    /// The columns that a package has: size and time of installation are not read.
    private static func withoutSizes(_ line: String) -> String {
        var fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 12 else { return line }
        fields[1] = fields[1] == "0" ? "" : fields[1]
        fields[5] = fields[5] == "(none)" ? "" : fields[5]
        fields.removeSubrange(8...9)
        return fields.joined(separator: "|")
    }

    private static func row(_ package: InstalledPackage) -> String {
        let version = package.version.drop { $0 != ":" }.dropFirst()
        let parts = (version.isEmpty ? package.version[...] : version).split(
            separator: "-", omittingEmptySubsequences: false)
        let epoch = package.epoch.map { $0 == 0 ? "" : String($0) } ?? ""
        return [
            package.name, epoch, parts.dropLast().joined(separator: "-"), String(parts.last ?? ""),
            package.architecture ?? "",
            package.source?.name ?? "", package.license ?? "", package.vendor ?? "", package.modularityLabel ?? "",
            package.summary ?? "",
        ].joined(separator: "|")
    }
}
