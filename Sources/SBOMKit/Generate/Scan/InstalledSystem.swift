internal import ByteStreams
internal import PackageDatabases

/// The package databases of one state of a root file system.
struct InstalledSystem: Sendable {
    /// The packages of all databases, in the order of ``PackageSystems/all``.
    let packages: [InstalledPackage]
    /// What the readers reported, and which databases could not be read.
    let diagnostics: [Diagnostic]
    /// The ecosystems of the databases that were read.
    var ecosystemsRead: Set<Ecosystem> { Set(databases.map { type(of: $0).ecosystem }) }
    /// Those, and those whose database is reported as unreadable already.
    let ecosystemsSeen: Set<Ecosystem>

    private let databases: [any PackageSystem]
    /// Where the packages of each database begin in ``packages``.
    private let offsets: [Int]

    /// Reads the database of each of `systems` that `files` has.
    init(
        in files: some FileTree, systems: [any PackageSystem.Type], options: PackageSystems.Options, limits: Limits
    ) {
        var databases: [any PackageSystem] = []
        var packages: [InstalledPackage] = []
        var offsets: [Int] = []
        var diagnostics: [Diagnostic] = []
        var seen: Set<Ecosystem> = []
        for system in systems {
            do throws(PackageDatabaseError) {
                guard let database = try system.init(in: files, options: options, limits: limits) else { continue }
                databases.append(database)
                offsets.append(packages.count)
                packages += database.packages
                diagnostics += database.diagnostics
            } catch {
                diagnostics.append(
                    Diagnostic(
                        .blind, code: .unreadableDatabase(system.ecosystem), at: error.path,
                        "the database cannot be read: \(error.message)"))
            }
            seen.insert(system.ecosystem)
        }
        self.databases = databases
        self.packages = packages
        self.offsets = offsets
        self.diagnostics = diagnostics
        ecosystemsSeen = seen
    }

    /// The notice that packages of several package managers are installed; nil if they are not.
    var severalSystems: Diagnostic? {
        let counts = databases.filter { !$0.packages.isEmpty }.map {
            "\(type(of: $0).ecosystem.rawValue) (\($0.packages.count))"
        }
        guard counts.count > 1 else { return nil }
        return Diagnostic(
            .warning, code: .severalSystems, at: "image",
            "packages of several package managers are installed: \(counts.joined(separator: ", "))")
    }

    /// Which packages depend on which.
    ///
    /// Each database is resolved by itself, because no package manager knows the packages of another.
    func resolve(withWeak: Bool, in files: some FileTree) -> (graph: DependencyGraph, diagnostics: [Diagnostic]) {
        var graph = DependencyGraph()
        var diagnostics: [Diagnostic] = []
        for (database, offset) in zip(databases, offsets) {
            do throws(PackageDatabaseError) {
                graph.append(try database.dependencies(includingWeak: withWeak, in: files), offset: offset)
            } catch {
                diagnostics.append(
                    Diagnostic(.blind, code: .dependencies, at: error.path, "not resolved: \(error.message)"))
            }
        }
        return (graph, graph.notices + diagnostics)
    }

    /// Which of ``packages`` own the files at `paths`, which are canonical.
    func owners(of paths: Set<String>, in files: some FileTree) -> FileOwnership {
        zip(databases, offsets).reduce(into: FileOwnership()) { ownership, next in
            ownership.append(next.0.owners(of: paths, in: files), offset: next.1)
        }
    }

    /// What the databases record of each file of ``packages``, and the databases that list too many.
    func recordedFiles(in files: some FileTree) -> (files: [RecordedFile], diagnostics: [Diagnostic]) {
        var recorded: [RecordedFile] = []
        var diagnostics: [Diagnostic] = []
        for (database, offset) in zip(databases, offsets) {
            do throws(PackageDatabaseError) {
                for var file in try database.recordedFiles(in: files) {
                    file.package += offset
                    recorded.append(file)
                }
            } catch {
                diagnostics.append(
                    Diagnostic(.blind, code: .recordedFiles, at: error.path, "files are not compared: \(error.message)")
                )
            }
        }
        return (recorded, diagnostics)
    }

    /// What kinds of files each of ``packages`` ships; nil for a package whose files are not listed.
    func shippedFiles(in files: some FileTree) -> [ShippedFiles?] {
        databases.flatMap { $0.shippedFiles(in: files) }
    }

    /// What is stated about the license of each of ``packages``; nil for a package about which nothing is stated.
    func licenses(in files: some FileTree) -> [LicenseFinding?] {
        databases.flatMap { $0.licenses(in: files) }
    }
}
