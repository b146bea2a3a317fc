internal import ByteStreams
internal import SBOMModel

/// The form that the text of SPDX 2.3 demands of a value, and the schema does not.
enum SPDXFieldForm {
    /// The identifier of the document (§6.3).
    case documentIdentifier
    /// The identifier of a package, a file or a snippet (§7.2, §8.2, §9.1).
    case elementIdentifier
    /// The identifier of an external document (§6.6).
    case externalDocumentIdentifier
    /// The identifier of an extracted license (§10.1).
    case licenseIdentifier
    /// The license of the data (§6.2).
    case dataLicense
    /// A version of the SPDX License List (§6.7).
    case listVersion
    /// A time in UTC (§6.9).
    case time
    /// A person, an organization or a tool (§6.8).
    case creator
    /// A person, an organization or NOASSERTION (§7.5).
    case supplier
    /// The URI of a document, of which SPDXIDs are the fragments (§6.5).
    case namespace
    /// A URL (§10.4).
    case address
    /// A URL, NONE or NOASSERTION (§7.11).
    case homepage
    /// A URL, a location in a version control system, NONE or NOASSERTION (§7.7).
    case downloadLocation
    /// A path in a package (§8.1).
    case fileName
    /// A SHA-1 over the files of a package (§7.9).
    case verificationCode
    /// The text of an extracted license (§10.2).
    case licenseText

    /// The rule that a value of another form violates.
    var rule: ValidationRule {
        switch self {
        case .documentIdentifier, .elementIdentifier, .externalDocumentIdentifier, .licenseIdentifier: .identifierForm
        case .dataLicense: .dataLicense
        case .listVersion: .licenseListVersion
        case .time: .time
        case .creator, .supplier: .actor
        case .namespace, .address, .homepage, .downloadLocation: .address
        case .fileName: .fileName
        case .verificationCode: .checksum
        case .licenseText: .missingLicenseText
        }
    }

    /// The weight of a violation.
    ///
    /// The tag-value example of the specification itself has two addresses in one LicenseCrossReference.
    var severity: DocumentViolation.Severity { self == .address ? .warning : .error }

    /// The expected text, for messages.
    var expected: String {
        switch self {
        case .documentIdentifier: "\"\(SPDXIdentifier.document)\""
        case .elementIdentifier: "\"SPDXRef-\" and letters, digits, \".\" and \"-\""
        case .externalDocumentIdentifier: "\"DocumentRef-\" and letters, digits, \".\", \"-\" and \"+\""
        case .licenseIdentifier: "\"LicenseRef-\" and letters, digits, \".\" and \"-\""
        case .dataLicense: "\"CC0-1.0\""
        case .listVersion: "two numbers with a period between"
        case .time: "a time in UTC such as 2024-02-29T12:00:00Z"
        case .creator: "\"Person: \", \"Organization: \" or \"Tool: \" and a name"
        case .supplier: "\"Person: \" or \"Organization: \" and a name, or NOASSERTION"
        case .namespace: "a URI with a scheme and without \"#\""
        case .address: "a URL"
        case .homepage: "a URL, NONE or NOASSERTION"
        case .downloadLocation: "a URL, a location in a version control system, NONE or NOASSERTION"
        case .fileName: "a path that does not begin with \"/\""
        case .verificationCode: "40 hexadecimal digits without capitals"
        case .licenseText: "the text of the license, not an empty one"
        }
    }

    func accepts(_ text: String) -> Bool {
        switch self {
        case .documentIdentifier: text == SPDXIdentifier.document
        case .elementIdentifier: SPDXIdentifier.isElement(text)
        case .externalDocumentIdentifier: SPDXIdentifier.isExternalDocument(text)
        case .licenseIdentifier: SPDXIdentifier.isLicense(text)
        case .dataLicense: text == "CC0-1.0"
        case .listVersion: Self.isVersion(text)
        case .time: Self.isTime(text)
        case .creator: Self.isActor(text, Self.creatorWords)
        case .supplier: text == "NOASSERTION" || Self.isActor(text, Self.supplierWords)
        case .namespace: AbsoluteURI(text)?.hasFragment == false
        case .address: AbsoluteURI(text) != nil
        case .homepage: Self.isAbsent(text) || AbsoluteURI(text) != nil
        case .downloadLocation: Self.isAbsent(text) || Self.isGitAddress(text) || AbsoluteURI(text) != nil
        case .fileName: !text.hasPrefix("/")
        case .verificationCode: Self.isDigest(text, 40...40)
        case .licenseText: !text.isEmpty
        }
    }

    /// Whether a checksum has the number of digits of its algorithm, none of them a capital (§7.10, §8.4); true for an
    /// algorithm that SPDX does not have.
    static func isChecksum(_ text: String, algorithm: String) -> Bool {
        let lengths: ClosedRange<Int>
        switch algorithm {
        case "ADLER32": lengths = 8...8
        case "MD2", "MD4", "MD5": lengths = 32...32
        case "SHA1": lengths = 40...40
        case "SHA224": lengths = 56...56
        case "SHA256", "SHA3-256", "BLAKE2b-256": lengths = 64...64
        case "SHA384", "SHA3-384", "BLAKE2b-384": lengths = 96...96
        case "SHA512", "SHA3-512", "BLAKE2b-512": lengths = 128...128
        // The function gives as many bits as are asked for, 256 if the number is not given.
        case "BLAKE3": lengths = 64...Int.max
        // The function gives up to 512 bits.
        case "MD6": lengths = 1...128
        default: return true
        }
        return isDigest(text, lengths)
    }

    private static func isDigest(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(text.utf8.count) && text.utf8.allSatisfy(\.isASCIILowercaseHexDigit)
    }

    private static func isAbsent(_ text: String) -> Bool { text == "NONE" || text == "NOASSERTION" }

    // `git+git@host:path` (§7.7): the part before the colon is no scheme.
    private static func isGitAddress(_ text: String) -> Bool {
        guard text.hasPrefix("git+git@"), let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let host = text.utf8[..<colon].dropFirst("git+git@".utf8.count)
        let path = text.utf8[colon...].dropFirst()
        return !host.isEmpty && !path.isEmpty
            && host.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || ".-".utf8.contains($0) }
            && AbsoluteURI("git:" + String(Substring(path))) != nil
    }

    private static func isVersion(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
    }

    private static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 20 && bytes[10] == UInt8(ascii: "T") && bytes[19] == UInt8(ascii: "Z")
            && Timestamp(rfc3339: text) != nil
    }

    private static let creatorWords = ["Person:", "Organization:", "Tool:"]
    private static let supplierWords = ["Person:", "Organization:"]

    // The name may be followed by an address in parentheses, which may be empty.
    private static func isActor(_ text: String, _ words: [String]) -> Bool {
        guard let word = words.first(where: { text.utf8.starts(with: $0.utf8) }) else { return false }
        let name = text.utf8.dropFirst(word.utf8.count).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard !name.isEmpty else { return false }
        return word == "Tool:" || name.last != UInt8(ascii: ")")
            || name.lastIndex(of: UInt8(ascii: "(")) != name.startIndex
    }
}
