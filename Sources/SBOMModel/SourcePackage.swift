internal import ByteStreams

/// The source package that a binary package was built from, in the words that vulnerability scanners read.
///
/// Advisories of Debian and Ubuntu are filed under the names of source packages. trivy reads them from SPDX's
/// `sourceInfo` (`built package from: NAME VERSION`) and from properties (`SrcName`, `SrcVersion`, `SrcRelease`,
/// `SrcEpoch`), which are annotations in SPDX.
package struct SourcePackage: Sendable, Hashable {
    package var name: String
    /// Digits; nil if the version has no epoch.
    package var epoch: String?
    /// The version without epoch and release.
    package var version: String
    /// Debian's revision, rpm's release; nil if the version has none.
    package var release: String?

    package init(name: String, epoch: String? = nil, version: String, release: String? = nil) {
        self.name = name
        self.epoch = epoch
        self.version = version
        self.release = release
    }

    /// Takes `[EPOCH:]VERSION[-RELEASE]` apart, at the first colon behind digits and at the last hyphen (Debian policy §5.6.12).
    package init(name: String, fullVersion text: String) {
        var rest = text.utf8[...]
        self.name = name
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon > rest.startIndex,
            rest[..<colon].allSatisfy(\.isASCIIDigit)
        {
            epoch = String(Substring(rest[..<colon]))
            rest = rest[rest.index(after: colon)...]
        }
        if let hyphen = rest.lastIndex(of: UInt8(ascii: "-")) {
            release = String(Substring(rest[rest.index(after: hyphen)...]))
            rest = rest[..<hyphen]
        }
        version = String(Substring(rest))
    }

    /// Parses ``statement``; nil if the text is not exactly one.
    package init?(statement text: String) {
        guard text.utf8.starts(with: Self.statementWord.utf8) else { return nil }
        let words = text.utf8.dropFirst(Self.statementWord.utf8.count)
            .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 2 else { return nil }
        self.init(name: String(Substring(words[0])), fullVersion: String(Substring(words[1])))
        guard isStatable, statement == text else { return nil }
    }

    /// Reads ``details``; nil unless they state at least a name and a version, each at most once.
    package init?(details: [(name: String, value: String)]) {
        func value(_ name: String) -> String? { details.first { $0.name == name }?.value }
        guard let name = value("SrcName"), let version = value("SrcVersion"),
            Set(details.map(\.name)).count == details.count
        else { return nil }
        self.init(name: name, epoch: value("SrcEpoch"), version: version, release: value("SrcRelease"))
    }

    /// `built package from: NAME [EPOCH:]VERSION[-RELEASE]`: to trivy, whatever follows belongs to the version.
    package var statement: String { "\(Self.statementWord)\(name) \(fullVersion)" }

    /// Whether a reader finds in ``statement`` what ``details`` say: the version begins with a digit, has no characters but
    /// those of versions (deb-version(7), rpm-version(7)), and comes apart as it was.
    package var isStatable: Bool {
        guard !name.isEmpty, !name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }), release != "",
            version.utf8.first?.isASCIIDigit == true
        else { return false }
        let isPlain = fullVersion.utf8.allSatisfy { byte in
            byte.isASCIIDigit || byte.isASCIILetter || ".-+~:^_".utf8.contains(byte)
        }
        return isPlain && SourcePackage(name: name, fullVersion: fullVersion) == self
    }

    /// The properties by trivy's names.
    package var details: [(name: String, value: String)] {
        var details = [("SrcName", name), ("SrcVersion", version)]
        if let release, !release.isEmpty { details.append(("SrcRelease", release)) }
        if let epoch { details.append(("SrcEpoch", epoch)) }
        return details
    }

    /// The names of ``details``.
    package static let detailNames: Set<String> = ["SrcName", "SrcVersion", "SrcRelease", "SrcEpoch"]

    /// `[EPOCH:]VERSION[-RELEASE]`.
    package var fullVersion: String {
        (epoch.map { "\($0):" } ?? "") + version + (release.map { "-\($0)" } ?? "")
    }

    private static let statementWord = "built package from: "
}
