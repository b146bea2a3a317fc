package import ByteStreams
internal import SBOMFormats

/// Checks what the readers of a profile take from a document, and what they drop.
///
/// ```swift
/// let check = try DocumentCheck(bytes, against: .scanner)
/// if !check.passes { print(check.sections.flatMap(\.findings)) }
/// ```
///
/// The document is judged by rules; no reader runs, and nothing is downloaded.
public struct DocumentCheck: Sendable {
    /// A set of rules.
    public enum Profile: String, Sendable, CaseIterable {
        /// What the vulnerability scanners trivy and grype take from a document, and what they drop.
        case scanner
    }

    /// What one reader takes from the document.
    public struct Section: Sendable, Hashable {
        /// The name of the reader: `trivy`.
        public let name: String
        /// The figures, in the order in which they are shown.
        public let facts: [Fact]
        /// What the reader drops or misunderstands.
        public let findings: [Finding]

        /// Whether no finding is an error.
        public var passes: Bool { !findings.contains { $0.severity == .error } }
    }

    /// A figure of a section.
    public struct Fact: Sendable, Hashable {
        /// The value of a fact.
        public enum Value: Sendable, Hashable {
            case number(Int)
            case text(String)
        }

        /// What it is about: `packages`.
        public let name: String
        /// The value.
        public let value: Value
    }

    /// Something that a reader drops or misunderstands.
    public struct Finding: Sendable, Hashable {
        /// How much a finding matters.
        public enum Severity: String, Sendable {
            /// The reader loses or misunderstands a package.
            case error
            /// The reader takes less than it could.
            case warning
        }

        /// How much it matters.
        public let severity: Severity
        /// The name of the rule: `namespace`.
        public let rule: String
        /// What happens, and why.
        public let message: String
        /// The number of packages that it is about; 0 if it is about the document.
        public let count: Int
        /// The first of these packages, as `NAME VERSION`.
        public let examples: [String]
    }

    /// The profile.
    public let profile: Profile
    /// The format of the document: `SPDX 2.3 JSON`.
    public let format: String
    /// What each reader takes.
    public let sections: [Section]
    /// What was unusual about the document.
    public let notices: [Notice]

    /// Whether no reader loses or misunderstands anything.
    public var passes: Bool { sections.allSatisfy(\.passes) }

    /// Checks a document of any format.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - profile: The rules.
    /// - Throws: ``SBOMError`` if the format is unknown, or the document is damaged or exceeds a limit.
    public init(_ bytes: [UInt8], against profile: Profile) throws(SBOMError) {
        try self.init(bytes, against: profile, limits: Limits())
    }

    /// Checks a document that is within the limits.
    package init(_ bytes: [UInt8], against profile: Profile, limits: Limits) throws(SBOMError) {
        try limits.admit(document: bytes)
        let document: ParsedDocument
        do throws(DocumentError) {
            document = try ParsedDocument(parsing: bytes, limits: limits)
            try limits.admit(elements: document.elementCount, inBytes: document.size)
        } catch {
            throw SBOMError(error)
        }
        self.profile = profile
        format = document.kind
        notices = document.notices.map(Notice.init)
        switch profile {
        case .scanner:
            let scanned = ScannedDocument(document)
            sections = [TrivyReading(scanned).section, GrypeReading(scanned).section]
        }
    }
}

/// Collects the packages of the findings of one section.
struct FindingLog {
    private var findings: [(severity: DocumentCheck.Finding.Severity, rule: String, message: String)] = []
    private var counts: [String: Int] = [:]
    private var examples: [String: [String]] = [:]
    private var known: Set<String> = []

    /// Adds a finding about the document.
    mutating func add(_ severity: DocumentCheck.Finding.Severity, _ rule: String, _ message: String) {
        guard known.insert(message).inserted else { return }
        findings.append((severity, rule, message))
    }

    /// Adds a package to a finding; findings with the same message are one.
    mutating func add(
        _ severity: DocumentCheck.Finding.Severity, _ rule: String, _ message: String,
        _ package: ScannedDocument.Package
    ) {
        // A document may have as many namespaces as packages.
        let isOneTooMany = findings.count >= Limits.noticeCount && !known.contains(message)
        let message = isOneTooMany ? "lost or misunderstood for other reasons" : message
        add(severity, isOneTooMany ? "others" : rule, message)
        counts[message, default: 0] += 1
        if examples[message, default: []].count < Limits.namedPackages {
            examples[message, default: []].append(package.label)
        }
    }

    /// The findings: errors before warnings, else in the order in which they were added.
    var all: [DocumentCheck.Finding] {
        let all = findings.map { finding in
            DocumentCheck.Finding(
                severity: finding.severity, rule: finding.rule, message: finding.message,
                count: counts[finding.message] ?? 0, examples: examples[finding.message] ?? [])
        }
        return all.filter { $0.severity == .error } + all.filter { $0.severity == .warning }
    }
}
