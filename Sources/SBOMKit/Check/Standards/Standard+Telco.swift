internal import SBOMFormats
internal import SBOMModel

extension Standard {
    /// OpenChain Telco SBOM Guide, version 1.1 (2025).
    static let telco11 = telco(name: "OpenChain Telco 1.1", isNewer: false)

    /// OpenChain Telco SBOM Guide, version 1.2, as openchain-telco-sbom-validator 0.4.0 checks it.
    static let telco12 = telco(name: "OpenChain Telco 1.2", isNewer: true)

    private static func telco(name: String, isNewer: Bool) -> Standard {
        let supplier: Field =
            isNewer
            ? .component(
                "supplier", "§3.2, PackageSupplier or PackageOriginator", missing: "without a supplier or originator"
            ) {
                $0.supplier.value != nil || $0.producer.value != nil
            }
            : .component("supplier", "§3.2, PackageSupplier", missing: "without a supplier") {
                $0.supplier.value != nil
            }
        return Standard(
            name: name,
            fields: [
                .document("format-version", "§3.1") { document in
                    document.family == .spdx ? .present : .missing("CycloneDX is not accepted: SPDX 2.2 or 2.3")
                },
                .validity("§3.3"),
                .document("author", "§3.5, Creator") { document in
                    document.authors.contains { $0.kind == .organization }
                        ? .present : .missing("no organization is named that made the document")
                },
                .toolName("§3.5, Creator"),
                .toolVersion("§3.5, Creator", .recommended),
                .timestamp("§3.5, Created"),
                .document("generation-context", "§3.5, CreatorComment") { document in
                    document.context.namesTypeOfSBOM
                        ? .present : .missing("CreatorComment has no type of SBOM, such as \"SBOM Type: Analyzed\"")
                },
                .name("§3.2, PackageName"),
                .component("version", "§3.2, PackageVersion", missing: "without a version") { $0.version.isSaid },
                supplier,
                .component("download-location", "§3.2, PackageDownloadLocation", missing: "without the field") {
                    $0.location.isSaid
                },
                .component("license-concluded", "§3.2, PackageLicenseConcluded", missing: "without the field") {
                    $0.concluded.isSaid
                },
                .component("license-declared", "§3.2, PackageLicenseDeclared", missing: "without the field") {
                    $0.declared.isSaid
                },
                .component("copyright", "§3.2, PackageCopyrightText", missing: "without the field") {
                    $0.copyright.isSaid
                },
                .component(
                    "hash", "§3.2, PackageChecksum or PackageVerificationCode", isNewer ? .required : .recommended,
                    missing: "without a checksum and without a verification code"
                ) {
                    !$0.digests.isEmpty || $0.hasVerificationCode
                },
                .component("identifier", "§3.2, ExternalRef", .recommended, missing: "without a package URL") {
                    $0.hasPackageURL
                },
                .root("§3.2, Relationship"),
                .topLevel("§3.2, Relationship"),
            ]
                + (isNewer
                    ? [
                        .component(
                            "license", "§3.2, draft", .recommended,
                            missing: "without a license in one of the two fields"
                        ) {
                            $0.concluded.value != nil || $0.declared.value != nil
                        }
                    ] : []))
    }
}
