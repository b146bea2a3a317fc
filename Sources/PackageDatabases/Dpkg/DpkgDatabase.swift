package import ByteStreams

/// The packages that dpkg lists as installed: `var/lib/dpkg/status`, and `var/lib/dpkg/status.d` of images made without
/// dpkg.
///
/// Distroless images have one control file per package in `status.d`, under any name, sometimes in base64. The package
/// of such a file is installed, so the file needs no `Status`. If an image has both, both are read.
package struct DpkgDatabase: Sendable {
    /// Every package whose files are present, in the order of the records, each identity once.
    ///
    /// These are the states installed, triggers-pending, triggers-awaited, half-configured and unpacked (dpkg(1)).
    /// Names are in lower case and versions have no redundant epoch, as in the output of dpkg.
    package private(set) var packages: [InstalledPackage] = []
    /// The relations of each of ``packages`` to others, in the same order.
    package private(set) var relations: [DpkgRelations] = []
    /// What is damaged or unusual, in the order in which it was found.
    package var diagnostics: [Diagnostic] { log.diagnostics }
    private var log: DiagnosticLog
    /// The lines of `var/lib/dpkg/arch`: the native architecture first, then the foreign ones.
    package private(set) var architectures: [String] = []
    /// The architecture that `all` and `:native` mean, or nil if no package has an architecture.
    ///
    /// In dpkg it is a constant of the build. Here it is the first line of `var/lib/dpkg/arch` (lib/dpkg/arch.c writes
    /// its own architecture first), else the architecture of the package dpkg, else the most frequent one. Of several
    /// equally frequent ones it is the first in byte order.
    package private(set) var nativeArchitecture: String?

    let limits: Limits
    /// The kind of the packages: those of dpkg, or of opkg, whose status file has the same form.
    let ecosystem: Ecosystem
    private var recordCount = 0
    private var relationCount = 0
    private var identities: Set<InstalledPackage.Identity> = []
    /// `NAME:ARCHITECTURE` of the packages that were read, because dpkg installs only one version of each.
    private var names: Set<String> = []

    /// Reads the database of a file system, or returns nil if it has none.
    ///
    /// A damaged record costs at most that record, and leaves a diagnostic.
    ///
    /// - Throws: ``ParseError`` if there are more records or relations than `limits` allows.
    package init?(in tree: some FileTree, limits: Limits) throws(ParseError) {
        self.limits = limits
        ecosystem = .dpkg
        log = DiagnosticLog(limits: limits)
        var isThere = false
        if let bytes = tree.contents(of: Self.statusPath) {
            isThere = true
            try read(bytes, at: Self.statusPath, isStatusFile: true)
        }
        for (name, bytes) in tree.contents(ofFilesIn: Self.statusFolder) where !name.hasSuffix(Self.digestEnding) {
            isThere = true
            try read(bytes, at: "\(Self.statusFolder)/\(name)", isStatusFile: false)
        }
        guard isThere else { return nil }
        readArchitectures(tree.contents(of: Self.architecturePath) ?? [])
        identities = []
        names = []
    }

    /// Reads the status file of opkg.
    ///
    /// A name keeps its letters. Source fields are paths in a repository of recipes, and not names of source packages, so
    /// they are left out. opkg installs packages of several architectures, each of which satisfies any need.
    ///
    /// - Throws: ``ParseError`` if there are more records or relations than `limits` allows.
    init(opkgStatus bytes: [UInt8], at path: String, limits: Limits) throws(ParseError) {
        self.limits = limits
        ecosystem = .opkg
        log = DiagnosticLog(limits: limits)
        try read(bytes, at: path, isStatusFile: true)
        identities = []
        names = []
    }

    private mutating func readArchitectures(_ bytes: [UInt8]) {
        let lines = bytes.prefix(limits.architectureListSize).split(separator: UInt8(ascii: "\n"))
        // An architecture has the form of a name. A damaged file must not decide what `all` means.
        architectures = lines.map(DpkgControlFile.folded).filter {
            DpkgRelations.packageName(Array($0.utf8)[...]) != nil
        }
        nativeArchitecture =
            architectures.first ?? packages.first { $0.name == "dpkg" && $0.architecture != "all" }?.architecture
        if nativeArchitecture != nil { return }
        var counts: [String: Int] = [:]
        for package in packages {
            if let architecture = package.architecture, architecture != "all" { counts[architecture, default: 0] += 1 }
        }
        nativeArchitecture = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }
}

extension DpkgDatabase {
    /// The last word of `Status` (dpkg(1), "Package states").
    private enum State: String {
        case notInstalled = "not-installed"
        case configFiles = "config-files"
        case halfInstalled = "half-installed"
        case unpacked
        case halfConfigured = "half-configured"
        case triggersAwaited = "triggers-awaited"
        case triggersPending = "triggers-pending"
        case installed

        var isPresent: Bool {
            switch self {
            case .notInstalled, .configFiles, .halfInstalled: false
            case .unpacked, .halfConfigured, .triggersAwaited, .triggersPending, .installed: true
            }
        }
    }

    private typealias Stanza = DpkgControlFile.Stanza

    private mutating func read(_ bytes: [UInt8], at path: String, isStatusFile: Bool) throws(ParseError) {
        if isStatusFile {
            // A record has about 1,000 bytes. For a larger file the arrays grow as needed.
            let expected = min(bytes.count / 1_000, 10_000)
            packages.reserveCapacity(expected)
            relations.reserveCapacity(expected)
            identities.reserveCapacity(expected)
        }
        var file = DpkgControlFile(bytes, fields: DpkgControlFile.Field.ofPackages)
        var stanza = Stanza()
        while file.read(&stanza) {
            recordCount += 1
            guard recordCount <= limits.packageCount else {
                throw ParseError(.limit("packageCount"), at: file.position)
            }
            try read(stanza, of: Record(bytes: bytes, path: path), isStatusFile: isStatusFile)
        }
    }

    private mutating func read(_ stanza: Stanza, of record: Record, isStatusFile: Bool) throws(ParseError) {
        if let malformed = stanza.malformed {
            let text = record.excerpt(malformed.range)
            warn(.malformedLine, record, malformed.line, "a line is neither a field nor a continuation: \(text)")
        }
        if stanza.runsOn {
            warn(.missingBlankLine, record, stanza.line, "another package follows in the same stanza")
        }
        guard let name = stanza[.package].flatMap({ DpkgRelations.packageName(record.bytes[$0.range]) }) else {
            let found = stanza[.package].map { record.excerpt($0.range) } ?? "nothing"
            return lose(.missingField, record, stanza.line, "expected a package name in Package, found \(found)")
        }
        guard let state = state(stanza, of: record, name: name, isStatusFile: isStatusFile) else { return }
        if state == .halfInstalled {
            let version = stanza[.version].map { " " + record.excerpt($0.range) } ?? ""
            let message = "\(name.prefix(80))\(version) is half-installed, so it is not listed"
            return warn(.halfInstalled, record, stanza.line, message)
        }
        guard state.isPresent else { return }
        guard let versionText = stanza[.version].map({ record.text($0.range) }) else {
            return lose(.missingField, record, stanza.line, "\(name.prefix(80)) is installed but has no Version")
        }
        let version = DebianVersion(parsing: versionText)
        if version == nil {
            warn(.malformedVersion, record, stanza.line, "\(name.prefix(80)) has no version dpkg could read")
        }
        var package = InstalledPackage(
            ecosystem: ecosystem,
            name: ecosystem == .opkg ? stanza[.package].map { record.text($0.range) } ?? name : name,
            // Only a version with a colon can have a redundant epoch.
            version: versionText.utf8.contains(UInt8(ascii: ":")) ? version?.description ?? versionText : versionText,
            architecture: stanza[.architecture].map { record.text($0.range) },
            database: record.path
        )
        guard identities.insert(package.identity).inserted else { return }
        let installed = "\(package.name):\(package.architecture ?? "")"
        if !names.insert(installed).inserted {
            warn(.repeatedPackage, record, stanza.line, "\(installed.prefix(80)) is listed in another version too")
        }
        fill(&package, from: stanza, of: record)
        packages.append(package)
        relations.append(try relations(in: stanza, of: record, version: version))
    }

    /// The state of a package, or nil with a diagnostic if it is missing or unknown.
    private mutating func state(_ stanza: Stanza, of record: Record, name: String, isStatusFile: Bool) -> State? {
        guard let status = stanza[.status] else {
            if !isStatusFile { return .installed }
            // To dpkg the package is not installed. But dpkg never writes such a record, so the file is damaged.
            lose(.missingField, record, stanza.line, "\(name.prefix(80)) has no Status, so it is not listed")
            return nil
        }
        if let state = State(rawValue: record.lastWord(status.range)) { return state }
        let found = record.excerpt(status.range)
        lose(.unknownStatus, record, status.line, "\(name.prefix(80)) is not listed for its unknown Status: \(found)")
        return nil
    }

    private func fill(_ package: inout InstalledPackage, from stanza: Stanza, of record: Record) {
        let text = { (field: DpkgControlFile.Field) in stanza[field].map { record.text($0.range) } }
        if ecosystem == .dpkg { package.source = text(.source).flatMap(Self.source) }
        for field in [DpkgControlFile.Field.builtUsing, .staticBuiltUsing] {
            for relation in text(field)?.split(separator: ",").prefix(limits.relationCount) ?? [] {
                guard let used = Self.source(String(relation.replacing("=", with: " "))) else { continue }
                if !package.builtUsing.contains(used) { package.builtUsing.append(used) }
            }
        }
        package.maintainer = text(.maintainer)
        package.originalMaintainer = text(.originalMaintainer) ?? text(.sourceOriginalMaintainer)
        package.vendor = text(.origin)
        package.homepage = text(.homepage)
        package.section = text(.section)
        package.installedSize = text(.installedSize).flatMap { UInt64($0) }
        if let description = stanza[.description] {
            (package.summary, package.description) = record.description(description.range)
        }
    }

    /// Parses `gcc-12 (12.2.0-14)`; the version is stated only if it differs from that of the package (deb-control(5)).
    private static func source(_ text: String) -> InstalledPackage.Source? {
        let parts = text.utf8.split(maxSplits: 2) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "(") }
        guard let name = parts.first else { return nil }
        let version = parts.dropFirst().first?.prefix { $0 != UInt8(ascii: ")") } ?? ""[...].utf8
        return InstalledPackage.Source(
            name: String(Substring(name)), version: version.isEmpty ? nil : String(Substring(version)))
    }

    private mutating func relations(in stanza: Stanza, of record: Record, version: DebianVersion?) throws(ParseError)
        -> DpkgRelations
    {
        var relations = DpkgRelations(version: version)
        if ecosystem == .opkg { relations.multiArch = .foreign }
        if let value = stanza[.multiArch] {
            relations.multiArch = DpkgRelations.MultiArch(rawValue: record.text(value.range).lowercased()) ?? .no
        }
        let fields: [DpkgControlFile.Field] = [.preDepends, .depends, .recommends, .suggests]
        let values = fields.compactMap { field in stanza[field].map { (field: field, value: $0) } }
        for (field, value) in values.sorted(by: { $0.value.line < $1.value.line }) {
            let isWeak = field == .recommends || field == .suggests
            relations.fields.append(try parse(value, field.name, isWeak: isWeak, of: record))
        }
        if let value = stanza[.provides] {
            let name = DpkgControlFile.Field.provides.name
            relations.provides = try parse(value, name, isWeak: false, of: record).alternatives
        }
        return relations
    }

    private mutating func parse(
        _ value: DpkgControlFile.Value, _ name: String, isWeak: Bool, of record: Record
    ) throws(ParseError) -> DpkgRelations.Field {
        var parser = DpkgRelationParser(record.bytes, value.range)
        var field = DpkgRelations.Field(name: name, isWeak: isWeak)
        try parser.read(into: &field, limit: limits.relationCount - relationCount)
        relationCount += field.alternatives.count
        if let malformed = parser.malformed {
            let text = record.excerpt(malformed)
            warn(.malformedRelation, record, value.line, "\(name) has a relation that does not parse: \(text)")
        }
        return field
    }

    private mutating func warn(
        _ code: Diagnostic.Code, _ record: Record, _ line: Int, _ message: @autoclosure () -> String
    ) {
        log.append(.warning, code: code, at: "\(record.path):\(line)", message())
    }

    /// Reports that a record, and perhaps a package with it, could not be read.
    private mutating func lose(
        _ code: Diagnostic.Code, _ record: Record, _ line: Int, _ message: @autoclosure () -> String
    ) {
        log.append(.blind, code: code, at: "\(record.path):\(line)", message())
    }
}

/// The bytes that a stanza is in, and the path of their file.
private struct Record {
    let bytes: [UInt8]
    let path: String

    /// The value as one line of text.
    func text(_ range: Range<Int>) -> String {
        let value = bytes[range]
        let isOneLine = value.first.map(DpkgControlFile.isBlank) != true && !value.contains(UInt8(ascii: "\n"))
        return isOneLine ? String(decoding: value, as: UTF8.self) : DpkgControlFile.folded(value)
    }

    /// The last word of a value, in lower case; empty if there is none.
    func lastWord(_ range: Range<Int>) -> String {
        let isWhite = { (byte: UInt8) in byte == UInt8(ascii: "\n") || DpkgControlFile.isBlank(byte) }
        let start = bytes[range].lastIndex(where: isWhite).map { $0 + 1 } ?? range.lowerBound
        return String(decoding: bytes[start..<range.upperBound], as: UTF8.self).lowercased()
    }

    /// The first line, and the rest without its leading blanks (deb-control(5), "Description").
    func description(_ range: Range<Int>) -> (summary: String?, description: String?) {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var summary: String?
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound && bytes[end] != UInt8(ascii: "\n") { end += 1 }
            let next = end + 1
            while end > start && DpkgControlFile.isBlank(bytes[end - 1]) { end -= 1 }
            // If the first line is empty, all of the value is the long description.
            if start == range.lowerBound && !DpkgControlFile.isBlank(bytes[start]) {
                summary = String(decoding: bytes[start..<end], as: UTF8.self)
            } else {
                if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
                let isMark = end - start == 2 && bytes[start + 1] == UInt8(ascii: ".")
                if !isMark && end > start { text += bytes[(start + 1)..<end] }
            }
            start = next
        }
        return (summary, text.isEmpty ? nil : String(decoding: text, as: UTF8.self))
    }

    /// The beginning of a value, without control characters, for a message.
    func excerpt(_ range: Range<Int>) -> String {
        let text = DpkgControlFile.folded(bytes[range].prefix(60))
        return String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    }
}
