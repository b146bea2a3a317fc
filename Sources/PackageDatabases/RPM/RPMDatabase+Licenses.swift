package import ByteStreams

extension RPMDatabase {
    /// The folder that `%license` of a spec file puts files into (rpm macro `_defaultlicensedir`).
    package static let licensePaths: PathPatterns = ["usr/share/licenses/**"]

    /// The licenses by the License tags.
    ///
    /// A tag that names one license has the text of the license file, if the package has exactly one. Which of several files
    /// or of several names go together is not stated.
    package func licenses(in tree: some FileTree) -> [LicenseFinding?] {
        packages.enumerated().map { number, package in
            package.license.flatMap { tag in
                LicenseFinding(licenseTag: tag) {
                    number < headers.count ? Self.text(of: headers[number], in: tree) : nil
                }
            }
        }
    }

    /// The text of the only license file of a package; nil if it has several, or if the image does not have it.
    private static func text(of header: RPMHeader, in tree: some FileTree) -> String? {
        let files = RPMFileRecords(header).licenseFiles
        guard files.count == 1, let (folder, name) = files.first else { return nil }
        let path = String(decoding: folder, as: UTF8.self) + String(decoding: name, as: UTF8.self)
        guard let bytes = tree.contents(of: String(path.drop { $0 == "/" })), !bytes.isEmpty else { return nil }
        let text = String(decoding: bytes.prefix(Limits.licenseTextLength), as: UTF8.self)
        return bytes.count > Limits.licenseTextLength
            ? "\(text)\n[The text is longer than the limit licenseTextLength.]" : text
    }
}
