extension Standard {
    /// The Cyber Resilience Act (Regulation (EU) 2024/2847, Annex I, Part II, point 1).
    ///
    /// The law wants a document in a commonly used and machine-readable format that covers at least the top-level dependencies,
    /// and names no field. What identifies a component is recommended here.
    static let cra = Standard(
        name: "CRA",
        fields: [
            .validity("Annex I, Part II (1), machine-readable format"),
            .root("Annex I, Part II (1), components of the product"),
            .topLevel("Annex I, Part II (1), top-level dependencies"),
            .name("Annex I, Part II (1), identify components"),
            .component(
                "version", "Annex I, Part II (1), identify components", .recommended, missing: "without a version"
            ) {
                $0.version.value != nil
            },
            .identifier("Annex I, Part II (1), identify components", .recommended),
        ])
}
