internal import SBOMFormats
internal import SBOMModel

extension Standard {
    /// BSI TR-03183-2, version 2.1.0 (2025-08-20).
    ///
    /// A component of the kind `operating-system` is a logical component (§3.2.2): it stands for its packages, and no file.
    static let bsi = Standard(
        name: "BSI TR-03183-2 2.1.0",
        fields: [
            .document("format-version", "§4") { document in
                guard document.family == .cycloneDX else {
                    return .missing("SPDX \(document.version) is not accepted: CycloneDX 1.6 or SPDX 3.0.1, or newer")
                }
                let version = CycloneDXVersion(rawValue: document.version)
                return version.map { $0 >= .v1_6 } == true
                    ? .present : .missing("CycloneDX \(document.version) is not accepted: 1.6 or newer")
            },
            .validity("§4"),
            .document("vulnerabilities", "§3.1") { document in
                document.hasVulnerabilities
                    ? .missing("vulnerabilities belong in a document of their own") : .present
            },
            .document("author", "§5.2.1, Creator of the SBOM") { document in
                document.authors.contains(where: \.isReachable)
                    ? .present : .missing("no e-mail address or URL of who made the document")
            },
            .timestamp("§5.2.1, Timestamp"),
            .document("document-uri", "§5.2.3, SBOM-URI", .recommended) { document in
                document.identity == nil ? .missing("the document has no URI") : .present
            },
            .component(
                "creator", "§5.2.2, Component creator", missing: "without an e-mail address or URL of the creator"
            ) {
                $0.producer.value?.isReachable == true || $0.supplier.value?.isReachable == true
            },
            .name("§5.2.2, Component name"),
            .component("version", "§5.2.2, Component version", missing: "without a version") {
                $0.version.value != nil
            },
            .component("filename", "§5.2.2, Filename of the component") { component in
                component.property("filename", of: nil, missing: "without the name of the file")
            },
            .component(
                "dependencies", "§5.2.2, Dependencies on other components",
                missing: "without an entry in dependencies"
            ) { $0.isInGraph },
            .component(
                "completeness", "§5.2.2, Dependencies on other components",
                missing: "without a statement how complete their dependencies are"
            ) { $0.hasCompleteness },
            .component(
                "distribution-license", "§5.2.2, Distribution licences",
                missing: "without a concluded license by its SPDX identifier"
            ) {
                $0.concluded.isExpression
            },
            .component("hash", "§5.2.2, Hash value of the deployable component") { component in
                if component.isLogical { return .exempt }
                if component.hasDistributionDigest { return .present }
                return !component.unknowns.isDisjoint(with: ["hash", "sha512"])
                    ? .missing("that state the SHA-512 of their file to be unknown")
                    : .missing("without the SHA-512 of the file at an address for distribution")
            },
            .component("executable", "§5.2.2, Executable property") { component in
                component.property(
                    "executable", of: ["executable", "non-executable"], missing: "without the property executable")
            },
            .component("archive", "§5.2.2, Archive property") { component in
                component.property("archive", of: ["archive", "no archive"], missing: "without the property archive")
            },
            .component("structured", "§5.2.2, Structured property") { component in
                component.property(
                    "structured", of: ["structured", "unstructured"], missing: "without the property structured")
            },
            .component(
                "source-uri", "§5.2.4, Source code URI", .recommended, missing: "without an address of the source code"
            ) {
                $0.isLogical || $0.hasSourceAddress
            },
            .component(
                "distribution-uri", "§5.2.4, URI of the deployable form of the component", .recommended,
                missing: "without an address of the file"
            ) { $0.isLogical || $0.location.value != nil },
            .identifier("§5.2.4, Other unique identifiers", .recommended),
            .component(
                "original-license", "§5.2.4, Original licences", .recommended,
                missing: "without a declared license by its SPDX identifier"
            ) {
                $0.declared.isExpression
            },
        ])
}

extension AssessedDocument.Component {
    /// Whether it stands for other components and is no file of its own (BSI TR-03183-2 §3.2.2).
    var isLogical: Bool { purpose == .operatingSystem }

    /// Whether it has a property of BSI exactly once, with one of the values; nil admits every value.
    fileprivate func property(
        _ name: String, of values: Set<String>?, missing: String
    ) -> Standard.Field.Answer {
        if isLogical { return .exempt }
        let stated = properties[name] ?? []
        guard let value = stated.first?.nonEmpty else { return .missing(missing) }
        if stated.count > 1 { return .missing("with several properties \(name)") }
        guard let values else {
            // A name and no path.
            return value.contains("/") ? .missing("with a path instead of the name of the file") : .present
        }
        return values.contains(value)
            ? .present : .missing("with another value of \(name) than \(values.sorted().joined(separator: " or "))")
    }
}

extension AssessedDocument.Stated<String> {
    /// Whether the value is a license expression.
    fileprivate var isExpression: Bool { value.map { LicenseExpression(parsing: $0) != nil } ?? false }
}
