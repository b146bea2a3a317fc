internal import SBOMModel

extension Standard {
    /// The draft of 2025 (CISA, "2025 Minimum Elements for a Software Bill of Materials (SBOM)", public comment draft, August 2025).
    static let cisa2025 = Standard(
        name: "CISA 2025 draft",
        fields: [
            .validity("Automation Support"),
            .author("Data Fields, SBOM Author"),
            .timestamp("Data Fields, Timestamp"),
            .toolName("Data Fields, Tool Name"),
            .context("Data Fields, Generation Context"),
        ]
            + components(
                producer: "Data Fields, Software Producer", name: "Data Fields, Component Name",
                version: "Data Fields, Component Version", identifiers: "Data Fields, Software Identifiers",
                hash: "Data Fields, Component Hash", algorithm: "Data Fields, Component Hash",
                license: "Data Fields, License", relationship: "Data Fields, Dependency Relationship"))

    /// The minimum elements of 2026 (CISA, "2026 Minimum Elements for a Software Bill of Materials (SBOM)", 2026-07-29,
    /// Appendix A).
    static let cisa2026 = Standard(
        name: "CISA 2026",
        fields: [
            .validity("Appendix A, SBOM Data Format Name and Version"),
            .author("Appendix A, SBOM Author"),
            .document("signature", "Appendix A, SBOM Author Signature", .outside) { document in
                document.isSigned
                    ? .present : .missing("no signature stands in the document; one beside it is not seen")
            },
            .timestamp("Appendix A, SBOM Timestamp"),
            .toolName("Appendix A, SBOM Tool Name"),
            .toolVersion("Appendix A, SBOM Tool Version"),
            .context("Appendix A, SBOM Generation Context"),
            .document("document-version", "Appendix A, SBOM Version") { document in
                document.identity == nil
                    ? .missing("nothing tells the document from an earlier version of it") : .present
            },
        ]
            + components(
                producer: "Appendix A, Component Producer", name: "Appendix A, Component Name",
                version: "Appendix A, Component Version", identifiers: "Appendix A, Component Identifiers",
                hash: "Appendix A, Component Hash Value", algorithm: "Appendix A, Component Hash Algorithm",
                license: "Appendix A, Component License",
                relationship: "Appendix A, Component Dependency Relationship"))

    /// The fields of components; what is unknown must be said to be.
    private static func components(
        producer: String, name: String, version: String, identifiers: String, hash: String, algorithm: String,
        license: String, relationship: String
    ) -> [Field] {
        [
            .component(
                "producer", producer, missing: "without a producer, and without the statement that it is unknown"
            ) {
                $0.supplier.isSaid || $0.producer.isSaid || $0.unknowns.contains("producer")
            },
            .name(name),
            .version(version),
            .identifier(identifiers, .required),
            .component("hash", hash, missing: "without a hash, and without the statement that it is unknown") {
                !$0.digests.isEmpty || $0.hasVerificationCode || $0.hasDistributionDigest
                    || $0.unknowns.contains("hash")
            },
            .component("hash-algorithm", algorithm) { component in
                // Without a digest the field hash has the finding. A verification code has an algorithm of its own.
                guard !component.digests.isEmpty, !component.unknowns.contains("hash") else { return .exempt }
                return component.digests.isDisjoint(with: approved)
                    ? .missing("with digests of algorithms alone that NIST does not approve") : .present
            },
            .component("license", license, missing: "without a license, and without the statement that it is unknown") {
                $0.declared.isSaid || $0.concluded.isSaid || $0.unknowns.contains("license")
            },
            .topLevel(relationship),
            .connected(relationship, .required),
        ]
    }

    /// The algorithms that NIST approves for digests (FIPS 180-4 apart from SHA-1, FIPS 202).
    private static let approved: Set<String> = [
        "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512",
    ]
}
