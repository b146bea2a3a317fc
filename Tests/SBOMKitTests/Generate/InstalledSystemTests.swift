import ByteStreams
import PackageDatabases
import SBOMKit
import Synchronization
import TestSupport
import Testing

/// How much work reading and documenting a package database takes.
@Suite struct InstalledSystemTests {
    @Test func `each state of a database is parsed once`() async throws {
        let one = try await work {
            let image = TinyImage(["var/lib/dpkg/status": Self.record(0), "etc/os-release": "ID=debian\n"])
            return try await $0(image)
        }
        #expect(one.parsed == 1)
        let layers = try await work { _ in
            try await Generator(options: .init(), limits: Limits(), systems: [CountedDpkg.self])
                .read("\(packageFolder)/Fixtures/debian-layers")
        }
        let usual = try await Fixture("debian-layers").generated()
        #expect(layers.image.summary.packageCount == usual.summary.packageCount)
        #expect(try layers.image.spdx == usual.spdx)
        // Each of the six layers changes the database.
        #expect(layers.parsed == 6)
    }

    @Test func `the list of packages is not made again for each unmet dependency`() async throws {
        let small = try await work { try await $0(Self.image(packageCount: 10)) }
        let large = try await work { try await $0(Self.image(packageCount: 100)) }
        #expect(large.image.summary.unmetCount == 100)
        #expect(small.listed == large.listed)
    }

    private static func image(packageCount: Int) -> TinyImage {
        TinyImage(["var/lib/dpkg/status": (0..<packageCount).map(record).joined(), "etc/os-release": "ID=debian\n"])
    }

    private static func record(_ number: Int) -> String {
        """
        Package: p\(number)
        Status: install ok installed
        Architecture: amd64
        Version: 1
        Depends: nothing-\(number)


        """
    }

    /// Runs `body` and returns how often a database was parsed and how often its packages were listed.
    private func work(
        _ body: ((TinyImage) async throws -> ImageInventory) async throws -> ImageInventory
    ) async throws -> (image: ImageInventory, parsed: Int, listed: Int) {
        let counter = WorkCounter()
        let image = try await CountedDpkg.$counter.withValue(counter) {
            try await body { image in
                let folder = try shell("mktemp -d").text.trimmed
                defer { _ = try? shell("rm -r \(folder)") }
                try image.write(toFolder: "\(folder)/layout")
                return try await Generator(options: .init(), limits: Limits(), systems: [CountedDpkg.self])
                    .read("\(folder)/layout")
            }
        }
        return (image, counter.parsed.load(ordering: .relaxed), counter.listed.load(ordering: .relaxed))
    }
}

/// A class, because a task-local value is shared with what the task calls.
private final class WorkCounter: Sendable {
    let parsed = Atomic(0)
    let listed = Atomic(0)
}

/// dpkg, with a count of what is asked of it.
private struct CountedDpkg: PackageSystem {
    @TaskLocal static var counter: WorkCounter?

    static let ecosystem = DpkgDatabase.ecosystem
    static let databasePaths = DpkgDatabase.databasePaths
    static let companionPaths = DpkgDatabase.companionPaths
    static let ownershipPaths = DpkgDatabase.ownershipPaths
    static let licensePaths = DpkgDatabase.licensePaths
    static let digestPaths = DpkgDatabase.digestPaths
    private let database: DpkgDatabase

    init?(
        in tree: some FileTree, options: PackageSystems.Options, limits: Limits
    ) throws(PackageDatabaseError) {
        guard let database = try DpkgDatabase(in: tree, options: options, limits: limits) else { return nil }
        Self.counter?.parsed.add(1, ordering: .relaxed)
        self.database = database
    }

    var packages: [InstalledPackage] {
        Self.counter?.listed.add(1, ordering: .relaxed)
        return database.packages
    }

    var diagnostics: [Diagnostic] { database.diagnostics }

    func dependencies(includingWeak: Bool, in tree: some FileTree) throws(PackageDatabaseError) -> DependencyGraph {
        try database.dependencies(includingWeak: includingWeak, in: tree)
    }

    func owners(of paths: Set<String>, in tree: some FileTree) -> FileOwnership {
        database.owners(of: paths, in: tree)
    }

    func shippedFiles(in tree: some FileTree) -> [ShippedFiles?] { database.shippedFiles(in: tree) }

    func licenses(in tree: some FileTree) -> [LicenseFinding?] { database.licenses(in: tree) }

    func recordedFiles(in tree: some FileTree) throws(PackageDatabaseError) -> [RecordedFile] {
        try database.recordedFiles(in: tree)
    }
}
