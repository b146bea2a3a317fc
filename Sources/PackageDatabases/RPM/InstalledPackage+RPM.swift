internal import ByteStreams

extension InstalledPackage {
    /// The package that a header describes.
    init(header: RPMHeader, database: String) throws(ParseError) {
        guard let name = header.string(.name), let version = header.string(.version),
            let release = header.string(.release),
            !name.bytes.isEmpty
        else { throw ParseError(.malformed(expected: "NAME, VERSION and RELEASE"), at: 8) }
        func text(_ tag: RPMHeader.Tag) -> String? {
            header.string(tag).flatMap { $0.bytes.isEmpty ? nil : $0.text }
        }
        let epoch = header.numbers(.epoch).first
        let prefix = epoch.map { $0 == 0 ? "" : "\($0):" } ?? ""
        self.init(
            ecosystem: .rpm, name: name.text, version: "\(prefix)\(version.text)-\(release.text)",
            architecture: text(.arch),
            database: database)
        self.epoch = epoch
        // rpm writes "(none)" into the headers that it makes for keys.
        source = text(.sourceRPM).flatMap { $0 == "(none)" ? nil : Source(name: $0) }
        maintainer = text(.packager)
        vendor = text(.vendor)
        homepage = text(.url)
        summary = text(.summary)
        description = text(.description)
        license = text(.license)
        section = text(.group)
        modularityLabel = text(.modularityLabel)
        installedSize = header.numbers(.size).first.map(UInt64.init)
        if let digest = header.binary(.sigMD5) {
            recordDigests.append(RecordDigest(tag: "SIGMD5", hex: hexadecimal(digest)))
        }
        if let digest = text(.sha1Header) { recordDigests.append(RecordDigest(tag: "SHA1HEADER", hex: digest)) }
        if let digest = text(.sha256Header) { recordDigests.append(RecordDigest(tag: "SHA256HEADER", hex: digest)) }
    }
}
