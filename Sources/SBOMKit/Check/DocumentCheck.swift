package import ByteStreams
internal import SBOMFormats

/// Checks what scanners take from a document and what they drop, or which fields of a standard it lacks.
///
/// ```swift
/// let check = try DocumentCheck(bytes, against: .ntia)
/// if !check.passes { print(check.sections.flatMap(\.findings)) }
/// ```
///
/// The document is judged by rules; no other program runs, and nothing is downloaded.
public struct DocumentCheck: Sendable {
    /// A set of rules.
    public enum Profile: String, Sendable, CaseIterable {
        /// What the vulnerability scanners trivy and grype take from a document, and what they drop.
        case scanner
        /// The minimum elements of NTIA (2021).
        case ntia
        /// The draft of the minimum elements of CISA (August 2025).
        case cisa2025 = "cisa@2025"
        /// The minimum elements of CISA (July 2026).
        case cisa2026 = "cisa@2026"
        /// BSI TR-03183-2, version 2.1.0 (2025).
        case bsi = "bsi@2.1"
        /// OpenChain Telco SBOM Guide, version 1.1 (2025).
        case telco11 = "telco@1.1"
        /// OpenChain Telco SBOM Guide, version 1.2 (2026).
        case telco12 = "telco@1.2"
        /// The Cyber Resilience Act of the European Union, Annex I Part II (1).
        case cra

        /// The profile of that name: ``spellings``, and each ``rawValue``.
        ///
        /// A name without a version stands for the newest one. Nil for an unknown name.
        public init?(_ name: String) {
            switch name {
            case "ntia@2021": self = .ntia
            case "cisa": self = .cisa2026
            case "bsi": self = .bsi
            case "telco": self = .telco12
            default:
                guard let profile = Self(rawValue: name) else { return nil }
                self = profile
            }
        }

        /// The format that the profile accepts where it accepts one only; nil if SPDX and CycloneDX will do.
        public var format: DocumentFormat? {
            switch self {
            case .scanner, .ntia, .cisa2025, .cisa2026, .cra: nil
            case .bsi: .cycloneDX(.v1_6)
            case .telco11, .telco12: .spdx
            }
        }

        /// Whether `generate` gives packages the verification code of their files: the standard wants a hash of each
        /// package, and no database has that of the file that it was installed from.
        var wantsVerificationCodes: Bool {
            switch self {
            case .cisa2025, .cisa2026, .telco11, .telco12: true
            case .scanner, .ntia, .bsi, .cra: false
            }
        }

        /// The names without a version.
        public static let spellings = ["scanner", "ntia", "cisa", "bsi", "telco", "cra"]
    }

    /// What one scanner takes from the document, or who has one field of a standard.
    public struct Section: Sendable, Hashable {
        /// The name of the scanner or of the field: `trivy`, `supplier`.
        public let name: String
        /// The figures, in the order in which they are shown.
        public let facts: [Fact]
        /// What the scanner drops or misunderstands, and what lacks the field.
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

    /// Something that a scanner drops or misunderstands, or that lacks a field.
    public struct Finding: Sendable, Hashable {
        /// How much a finding matters.
        public enum Severity: String, Sendable {
            /// The scanner loses or misunderstands a package, or a required field is missing.
            case error
            /// The scanner takes less than it could, or a recommended field is missing.
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
    /// What each scanner takes, or who has each field.
    public let sections: [Section]
    /// What was unusual about the document.
    public let notices: [Notice]

    /// Whether there is no error.
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
        self.init(try ReadDocument(bytes, limits: limits), profile)
    }

    /// Checks a document of any format against several profiles, and reads it once.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - profiles: The rules.
    /// - Returns: The checks, in the order of the profiles.
    /// - Throws: ``SBOMError`` if the format is unknown, or the document is damaged or exceeds a limit.
    public static func checks(
        of bytes: [UInt8], against profiles: [Profile]
    ) throws(SBOMError) -> [DocumentCheck] {
        let document = try ReadDocument(bytes, limits: Limits())
        return profiles.map { DocumentCheck(document, $0) }
    }

    private init(_ document: ReadDocument, _ profile: Profile) {
        self.profile = profile
        format = document.parsed.kind
        notices = document.parsed.notices.map(Notice.init)
        if let standard = Standard(profile) {
            sections = standard.sections(document.assessed)
        } else {
            sections = [TrivyReading(document.scanned).section, GrypeReading(document.scanned).section]
        }
    }
}

/// A document for the checks of several profiles.
private final class ReadDocument {
    let parsed: ParsedDocument
    let errors: AssessedDocument.Errors
    // A class, because these are made once and only if a profile asks for them.
    private(set) lazy var scanned = ScannedDocument(parsed)
    private(set) lazy var assessed = AssessedDocument(parsed, errors: errors)

    init(_ bytes: [UInt8], limits: Limits) throws(SBOMError) {
        try limits.admit(document: bytes)
        do throws(DocumentError) {
            parsed = try ParsedDocument(parsing: bytes, limits: limits)
            try limits.admit(elements: parsed.elementCount, inBytes: parsed.size)
        } catch {
            throw SBOMError(error)
        }
        errors = AssessedDocument.Errors(try Validator(limits: limits).validate(bytes))
    }
}

extension Standard {
    /// The standard of a profile; nil for scanners.
    fileprivate init?(_ profile: DocumentCheck.Profile) {
        switch profile {
        case .scanner: return nil
        case .ntia: self = .ntia
        case .cisa2025: self = .cisa2025
        case .cisa2026: self = .cisa2026
        case .bsi: self = .bsi
        case .telco11: self = .telco11
        case .telco12: self = .telco12
        case .cra: self = .cra
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

    /// Adds a package by its label to a finding; findings with the same message are one.
    mutating func add(
        _ severity: DocumentCheck.Finding.Severity, _ rule: String, _ message: String, _ label: String
    ) {
        // A document may have as many namespaces as packages.
        let isOneTooMany = findings.count >= Limits.noticeCount && !known.contains(message)
        let message = isOneTooMany ? "lost or misunderstood for other reasons" : message
        add(severity, isOneTooMany ? "others" : rule, message)
        counts[message, default: 0] += 1
        if examples[message, default: []].count < Limits.namedPackages {
            examples[message, default: []].append(label)
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
