internal import LanguagePackages
internal import PackageDatabases

/// The kinds of packages that a document lists.
public struct PackageSelection: Sendable, Hashable {
    /// The kinds of package databases.
    var ecosystems: Set<Ecosystem>
    /// The kinds of packages that are found in files.
    var kinds: Set<PackageKind>

    /// All kinds.
    public static let all = PackageSelection(
        ecosystems: Set(Ecosystem.allCases), kinds: Set(LanguageReaders.all.map { $0.kind }))
    /// The packages of the operating system: those that dpkg, rpm, apk or opkg installed.
    public static let os = PackageSelection(ecosystems: Set(Ecosystem.allCases), kinds: [])

    private init(ecosystems: Set<Ecosystem>, kinds: Set<PackageKind>) {
        self.ecosystems = ecosystems
        self.kinds = kinds
    }

    /// The kinds that a list names: `all`, `os`, or names of kinds with commas between them.
    ///
    /// Nil if a word of the list is not one of ``names``.
    public init?(_ text: String) {
        self.init(ecosystems: [], kinds: [])
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            switch String(word) {
            case "all":
                ecosystems = Self.all.ecosystems
                kinds = Self.all.kinds
            case "os":
                ecosystems = Self.os.ecosystems
            case let name:
                if let ecosystem = Ecosystem(rawValue: name) {
                    ecosystems.insert(ecosystem)
                } else if let kind = PackageKind(rawValue: name), Self.all.kinds.contains(kind) {
                    kinds.insert(kind)
                } else {
                    return nil
                }
            }
        }
    }

    /// The names of which a list consists.
    public static let names =
        ["all", "os"] + Ecosystem.allCases.map(\.rawValue) + LanguageReaders.all.map { $0.kind.rawValue }

    /// The package systems whose databases are read.
    ///
    /// Packages of languages are read together with all databases, which tell the files that a package of the system owns.
    func systems(among systems: [any PackageSystem.Type]) -> [any PackageSystem.Type] {
        kinds.isEmpty ? systems.filter { ecosystems.contains($0.ecosystem) } : systems
    }

    /// The readers of the kinds, in the order of ``LanguageReaders/all``.
    var readers: [any LanguageReader.Type] { LanguageReaders.all.filter { kinds.contains($0.kind) } }
}
