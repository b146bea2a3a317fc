package import ByteStreams

/// The packages that apk lists as installed, in the text form that apk-tools 2 and 3 and apko write.
///
/// The database is `lib/apk/db/installed`, on systems whose `lib` is in `usr` it is `usr/lib/apk/db/installed`, and
/// OpenWrt has a second one for packages on volumes of their own, `lib/apk/db-uvol/installed`.
package struct APKDatabase: Sendable {
    /// Every package, in the order of the records; of several records with one name, the last one counts.
    package private(set) var packages: [InstalledPackage] = []
    /// The relations of each of ``packages`` to others, in the same order.
    package private(set) var relations: [APKRelations] = []
    /// What is damaged or unusual, in the order in which it was found.
    package var diagnostics: [Diagnostic] { log.diagnostics }
    /// Where the record of each of ``packages`` is.
    private(set) var places: [Place] = []
    /// Whether any record lists files.
    private(set) var hasFiles = false
    /// Whether there is a list of wanted packages.
    private(set) var hasWorld = false

    let limits: Limits
    private var log: DiagnosticLog
    private var files: [[UInt8]] = []
    private var recordCount = 0
    private var relationCount = 0

    /// The place of a record.
    struct Place: Sendable {
        /// The number of the file.
        let file: Int
        let range: Range<Int>
        /// Whether the digests of files are SHA-256, cut to 160 bits, and not SHA-1.
        let hasCutDigests: Bool
    }

    /// Reads the databases of a file system, or returns nil if it has none.
    ///
    /// A damaged record costs at most that record, and leaves a diagnostic.
    ///
    /// - Throws: ``ParseError`` if there are more records or relations than `limits` allows.
    package init?(in tree: some FileTree, limits: Limits) throws(ParseError) {
        self.limits = limits
        log = DiagnosticLog(limits: limits)
        var read: Set<String> = []
        var names: [String: Int] = [:]
        for path in Self.paths {
            // One of the folders may be a link to the other.
            guard let target = tree.target(of: path), let bytes = tree.contents(of: target),
                read.insert(target).inserted
            else { continue }
            try self.read(bytes, at: target, &names)
        }
        guard !read.isEmpty else { return nil }
        guard let world = tree.contents(of: Self.worldPath) else { return }
        hasWorld = true
        try markRequested(world)
    }

    /// The bytes of the record of a package.
    func record(of package: Int) -> ArraySlice<UInt8> {
        let place = places[package]
        return files[place.file][place.range]
    }
}

extension APKDatabase {
    private mutating func read(_ bytes: [UInt8], at path: String, _ names: inout [String: Int]) throws(ParseError) {
        files.append(bytes)
        var file = APKDatabaseFile(bytes)
        while let record = file.next() {
            recordCount += 1
            guard recordCount <= limits.packageCount else {
                throw ParseError(.limit("packageCount"), at: file.position)
            }
            try read(record, of: Text(bytes: bytes, path: path), &names)
        }
    }

    private mutating func read(
        _ record: APKDatabaseFile.Record, of text: Text, _ names: inout [String: Int]
    ) throws(ParseError) {
        if let (line, range) = record.malformed {
            warn(.malformedLine, text, line, "a line is not a letter, a colon and a value: \(text.excerpt(range))")
        }
        if let (line, range) = record.unknown {
            warn(.unknownField, text, line, "a field is not known: \(text.excerpt(range))")
        }
        if let (line, range) = record.misplaced {
            warn(.misplacedLine, text, line, "a line about a file follows no file: \(text.excerpt(range))")
        }
        if record.runsOn { warn(.missingBlankLine, text, record.line, "another package follows in the same record") }
        guard let name = record[.name], Self.isName(text.bytes[name]) else {
            let found = record[.name].map(text.excerpt) ?? "nothing"
            return lose(text, record.line, "expected a package name in P, found \(found)")
        }
        guard let version = record[.version] else {
            return lose(text, record.line, "\(text.excerpt(name)) has no version (V)")
        }
        var relations = APKRelations(version: APKVersion(text.bytes[version]))
        if !relations.version.isValid {
            warn(
                .malformedVersion, text, record.line,
                "\(text.excerpt(name)) has a version that apk does not accept: \(text.excerpt(version))")
        }
        relations.identity = record[.identity].flatMap { APKDigest.identity(text.bytes[$0]) }
        relations.needs = try needs(record[.needs], .needs, of: record, text).filter { !$0.isConflict }
        relations.provides = try needs(record[.provides], .provides, of: record, text)
        let flags = record[.flags].map { text.bytes[$0] } ?? []
        if flags.contains(where: { Self.brokenFlags[$0] }) {
            warn(
                .brokenPackage, text, record.line,
                "apk marks \(text.excerpt(name)) as broken (f:\(String(decoding: flags.prefix(20), as: UTF8.self)))")
        }
        let place = Place(
            file: files.count - 1, range: record.range, hasCutDigests: flags.contains(UInt8(ascii: "S")))
        hasFiles = hasFiles || record.hasFiles
        add(package(record, text, relations), relations, place, line: record.line, text, &names)
    }

    private mutating func add(
        _ package: InstalledPackage, _ relations: APKRelations, _ place: Place, line: Int, _ text: Text,
        _ names: inout [String: Int]
    ) {
        guard let earlier = names[package.name] else {
            names[package.name] = packages.count
            packages.append(package)
            self.relations.append(relations)
            places.append(place)
            return
        }
        let other = packages[earlier]
        if other.identity != package.identity || other.database == package.database {
            warn(
                .repeatedPackage, text, line,
                "\(package.name.prefix(80)) is listed twice, so its version \(other.version.prefix(80)) does not count")
        }
        packages[earlier] = package
        self.relations[earlier] = relations
        places[earlier] = place
    }

    private func package(
        _ record: APKDatabaseFile.Record, _ text: Text, _ relations: APKRelations
    ) -> InstalledPackage {
        let value = { (field: APKDatabaseFile.Field) in record[field].map { text.string($0) } }
        var package = InstalledPackage(
            ecosystem: .apk, name: value(.name) ?? "", version: value(.version) ?? "",
            architecture: value(.architecture), database: text.path)
        package.source = value(.origin).map { InstalledPackage.Source(name: $0) }
        package.maintainer = value(.maintainer)
        package.homepage = value(.homepage)
        package.summary = value(.summary)
        package.license = value(.license)
        package.installedSize = value(.installedSize).flatMap { UInt64($0) }
        package.buildTime = value(.buildTime).flatMap { UInt64($0) }
        package.sourceCommit = value(.commit)
        package.installIf = value(.installIf)
        // The digest of a part of the package file, or of other data of it, and so of neither the file nor the record.
        if let identity = relations.identity {
            package.recordDigests = [InstalledPackage.RecordDigest(tag: "ApkIdentity", hex: hexadecimal(identity))]
        }
        return package
    }

    /// The words of a list of dependencies; those that do not parse are reported and left out.
    private mutating func needs(
        _ range: Range<Int>?, _ field: APKDatabaseFile.Field, of record: APKDatabaseFile.Record, _ text: Text
    ) throws(ParseError) -> [APKNeed] {
        guard let range else { return [] }
        var needs: [APKNeed] = []
        for word in APKNeed.words(text.bytes[range]) {
            relationCount += 1
            guard relationCount <= limits.relationCount else {
                throw ParseError(.limit("relationCount"), at: range.lowerBound)
            }
            if let need = APKNeed(word) {
                needs.append(need)
            } else {
                warn(
                    .malformedRelation, text, record.line,
                    "\(field.rawValue) has a word that does not parse: \(text.excerpt(word.indices))")
            }
        }
        return needs
    }

    /// Marks the packages that the list of wanted packages names (apk-world(5)).
    ///
    /// A name that no package has is that of something which packages provide.
    private mutating func markRequested(_ world: [UInt8]) throws(ParseError) {
        let index = APKAnswerIndex(self)
        var looksLeft = limits.resolutionSteps
        for word in APKNeed.words(world[...]) {
            relationCount += 1
            guard relationCount <= limits.relationCount else {
                throw ParseError(.limit("relationCount"), at: word.startIndex)
            }
            guard let need = APKNeed(word), !need.isConflict else { continue }
            let answers = index[need.name]
            for answer in answers {
                looksLeft -= need.cost(of: answer)
                guard looksLeft >= 0 else { throw ParseError(.limit("resolutionSteps"), at: word.startIndex) }
            }
            let named = answers.filter { packages[$0.package].name == need.name }
            for answer in named.isEmpty ? answers : named where index.fits(answer, need) {
                packages[answer.package].isRequested = true
            }
        }
    }

    /// Whether a package may have the name; that of a package which `apk add --virtual` made begins with a dot.
    private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        guard let first = name.first, first.isASCIILetter || first.isASCIIDigit || first == UInt8(ascii: ".") else {
            return false
        }
        return name.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || nameSigns[$0] }
    }

    private static let nameSigns = ASCIISet("._+-")
    /// Of files, of a script, of extended attributes.
    private static let brokenFlags = ASCIISet("fsx")

    private mutating func warn(
        _ code: Diagnostic.Code, _ text: Text, _ line: Int, _ message: @autoclosure () -> String
    ) {
        log.append(.warning, code: code, at: "\(text.path):\(line)", message())
    }

    /// Reports that a record, and the package with it, could not be read.
    private mutating func lose(_ text: Text, _ line: Int, _ message: @autoclosure () -> String) {
        log.append(.blind, code: .missingField, at: "\(text.path):\(line)", message())
    }
}

/// The bytes of a database, and its path.
private struct Text {
    let bytes: [UInt8]
    let path: String

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The beginning of a value, without control characters, for a message.
    func excerpt(_ range: Range<Int>) -> String {
        let text = String(decoding: bytes[range].prefix(60), as: UTF8.self)
        return String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    }
}
