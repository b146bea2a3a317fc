internal import ByteStreams
package import PackageDatabases
package import SBOMModel

extension Element {
    /// States what was found out about the license of a package; licenses that are on no list go into `texts`.
    package mutating func state(_ finding: LicenseFinding, _ texts: inout LicenseTexts) {
        licenseDeclared = finding.declared.map { texts.expression($0, of: finding) }
        licenseComments = finding.source
        copyright = finding.copyright
        for part in finding.parts.prefix(Limits.licenseParts) {
            let license = texts.expression(part.license, of: finding)
            properties.append(Property(Property.licenseOfFiles, "\(license): \(Self.list(part.patterns))"))
        }
        if finding.parts.count > Limits.licenseParts {
            let more = finding.parts.count - Limits.licenseParts
            properties.append(Property(Property.licenseOfFiles, "\(more) more licenses"))
        }
    }

    /// States the license of an image or artifact from its labels or annotations (OCI image-spec, annotations.md).
    mutating func stateLicense(in labels: [String: String], _ texts: inout LicenseTexts) {
        let label = labels["org.opencontainers.image.licenses"]
        guard let finding = label.flatMap({ LicenseFinding(licenseTag: $0, rule: .imageLabel) }) else { return }
        state(finding, &texts)
    }

    /// The patterns with blanks between them, as far as the limit goes, and how many more there are.
    private static func list(_ patterns: [String]) -> String {
        var text = ""
        for (number, pattern) in patterns.enumerated() {
            guard number == 0 || text.utf8.count + pattern.utf8.count < Limits.licensePatternsLength else {
                return "\(text) (\(patterns.count - number) more)"
            }
            if number > 0 { text += " " }
            text += pattern.prefix(Limits.licensePatternsLength)
        }
        return text
    }
}
