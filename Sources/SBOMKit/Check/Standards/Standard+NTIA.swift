extension Standard {
    /// The minimum elements of 2021 (NTIA, "The Minimum Elements For a Software Bill of Materials (SBOM)", 2021-07-12).
    ///
    /// The verdict is that of ntia-conformance-checker 6.0 on documents that it can read. So the program may be the author,
    /// and every SPDXID or bom-ref is an identifier; that other identifiers are missing is a warning.
    static let ntia = Standard(
        name: "NTIA 2021",
        fields: [
            .validity("Automation Support"),
            .document("author", "Data Fields, Author of SBOM Data") { document in
                let isNamed = document.authors.contains { !$0.name.isEmpty || $0.isReachable }
                return isNamed || !document.tools.isEmpty ? .present : .missing("no author and no tool is named")
            },
            .timestamp("Data Fields, Timestamp"),
            .component("supplier", "Data Fields, Supplier Name", missing: "without a supplier") {
                $0.supplier.value != nil
            },
            .name("Data Fields, Component Name"),
            .component("version", "Data Fields, Version of the Component", missing: "without a version") {
                $0.version.isSaid
            },
            .identifier("Data Fields, Other Unique Identifiers", .recommended),
            .root("Data Fields, Dependency Relationship"),
            .connected("Data Fields, Dependency Relationship", .recommended),
        ])
}
