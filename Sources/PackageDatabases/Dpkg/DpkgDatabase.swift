package import ByteStreams

/// What dpkg says is installed: `var/lib/dpkg/status`, and `var/lib/dpkg/status.d` of images made without dpkg.
///
/// Distroless images have one control file a package in `status.d`, under any name, some in base64; whoever put it
/// there installed the package, so it needs no `Status`. Where both are there, both count.
package struct DpkgDatabase: Sendable {
    /// Every package whose files are there, as the files have them, each identity once.
    ///
    /// That is the states installed, triggers-pending, triggers-awaited, half-configured and unpacked (dpkg(1)). Names
    /// are in small letters and versions without a needless epoch, as dpkg itself shows them.
    package private(set) var packages: [InstalledPackage] = []
    /// What the packages say about others, in the same order.
    package private(set) var relations: [DpkgRelations] = []
    /// What was odd, in the order it was found.
    package private(set) var diagnostics: [Diagnostic] = []
    /// The lines of `var/lib/dpkg/arch`: the architecture of dpkg first, then the foreign ones.
    package private(set) var architectures: [String] = []
    /// The architecture that `all` and `:native` stand for; nil where no package has one.
    ///
    /// dpkg has it compiled in. From its files it is the first line of `var/lib/dpkg/arch` (lib/dpkg/arch.c writes its
    /// own first), else the architecture of the package dpkg, else that of most packages, the first by its bytes among
    /// equals.
    package private(set) var nativeArchitecture: String?

    let limits: Limits
    private var recordCount = 0
    private var relationCount = 0
    private var identities: Set<InstalledPackage.Identity> = []
    /// Names with architectures, of which dpkg has only one version each.
    private var names: Set<String> = []

    /// Reads the database of that file system; nil where it has none.
    ///
    /// Throws only where more records or relations than `limits` allows are in it: damage costs a record at most, and
    /// leaves a diagnostic.
    package init?(in tree: some FileTree, limits: Limits) throws(ParseError) {
        self.limits = limits
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

    private mutating func readArchitectures(_ bytes: [UInt8]) {
        let lines = bytes.prefix(1 << 16).split(separator: UInt8(ascii: "\n"))
        // What is no name is no architecture either: a damaged file must not decide what `all` means.
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
            // A record has about 1,000 bytes. What a larger file needs is not worth a guess.
            let expected = min(bytes.count / 1_000, 10_000)
            packages.reserveCapacity(expected)
            relations.reserveCapacity(expected)
            identities.reserveCapacity(expected)
        }
        var file = DpkgControlFile(bytes)
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
            warn(.malformedLine, record, malformed.line, "neither a field nor the continuation of one: \(text)")
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
            ecosystem: .dpkg,
            name: name,
            // Only what has a colon can have a needless epoch.
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

    /// The state, or nil if it is not one; a warning says so.
    private mutating func state(_ stanza: Stanza, of record: Record, name: String, isStatusFile: Bool) -> State? {
        guard let status = stanza[.status] else {
            if !isStatusFile { return .installed }
            // As dpkg has it: not installed. But dpkg never writes such a record, so something has been lost.
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
        package.source = text(.source).flatMap(Self.source)
        package.maintainer = text(.maintainer)
        package.originalMaintainer = text(.originalMaintainer) ?? text(.sourceOriginalMaintainer)
        package.vendor = text(.origin)
        package.homepage = text(.homepage)
        package.section = text(.section)
        if let description = stanza[.description] {
            (package.summary, package.description) = record.description(description.range)
        }
    }

    /// `gcc-12 (12.2.0-14)`: the version only where it is another than that of the package (deb-control(5)).
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
            warn(.malformedRelation, record, value.line, "\(name) has what is no relation: \(text)")
        }
        return field
    }

    /// How many warnings are kept: a file of nothing but damage must not fill the memory with complaints.
    private static let diagnosticCount = 1_000

    private mutating func warn(_ code: Diagnostic.Code, _ record: Record, _ line: Int, _ message: String) {
        report(.warning, code, record, line, message)
    }

    /// Says that a record, and perhaps a package with it, could not be read.
    private mutating func lose(_ code: Diagnostic.Code, _ record: Record, _ line: Int, _ message: String) {
        report(.blind, code, record, line, message)
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ code: Diagnostic.Code, _ record: Record, _ line: Int, _ message: String
    ) {
        if diagnostics.count < Self.diagnosticCount {
            diagnostics.append(Diagnostic(severity, code: code, at: "\(record.path):\(line)", message))
        } else if diagnostics.count == Self.diagnosticCount {
            let message = "more is wrong than is listed"
            diagnostics.append(Diagnostic(.blind, code: .moreDiagnostics, at: "\(record.path):\(line)", message))
        }
    }
}

/// The bytes that a stanza stands in, and where they are from.
private struct Record {
    let bytes: [UInt8]
    let path: String

    /// The value as text: one line, whatever it stands on.
    func text(_ range: Range<Int>) -> String {
        let value = bytes[range]
        let isOneLine = value.first.map(DpkgControlFile.isBlank) != true && !value.contains(UInt8(ascii: "\n"))
        return isOneLine ? String(decoding: value, as: UTF8.self) : DpkgControlFile.folded(value)
    }

    /// In small letters; empty where there is none.
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
            // Where the name of the field stands alone, all of it is the long description.
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

    /// The start of what was found, fit for a message.
    func excerpt(_ range: Range<Int>) -> String {
        let text = DpkgControlFile.folded(bytes[range].prefix(60))
        return String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    }
}
