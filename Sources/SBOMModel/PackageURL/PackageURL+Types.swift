extension PackageURL {
    /// The rules of one type of package URL for its parts (purl-spec, `types/*.json`).
    package struct TypeRules: Sendable, Hashable {
        /// Whether the namespace is not case-sensitive; its canonical form is in lower case.
        package var foldsNamespace = false
        /// Whether the name is not case-sensitive; its canonical form is in lower case.
        package var foldsName = false
        /// Whether the version is not case-sensitive; its canonical form is in lower case.
        package var foldsVersion = false
        /// Whether an underscore in the name is equivalent to a hyphen.
        package var equatesUnderscores = false
        /// The character that joins namespace and name to the full name of a package; nil where the namespace is not
        /// part of that name.
        package var nameSeparator: Character?
        /// Whether the namespace is the vendor that distributes the package and not part of its identity.
        package var hasVendorNamespace = false

        /// The rules of a type that is not listed.
        package static let unlisted = TypeRules()
    }

    /// The rules for a type; for a type that is not listed they change nothing.
    ///
    /// - Parameter type: A type in lower case.
    /// - Returns: The rules.
    package static func rules(for type: String) -> TypeRules { typeRules[type] ?? .unlisted }

    /// The package URL in the form for comparison: parts that are not case-sensitive in its type are in lower case.
    package var normalized: PackageURL {
        let rules = Self.rules(for: type)
        var purl = self
        if rules.foldsNamespace { purl.namespace = namespace.map { $0.lowercased() } }
        if rules.foldsName { purl.name = name.lowercased() }
        if rules.foldsVersion { purl.version = version?.lowercased() }
        if rules.equatesUnderscores { purl.name = purl.name.replacing("_", with: "-") }
        return purl
    }

    private static let typeRules: [String: TypeRules] = [
        "alpm": TypeRules(foldsNamespace: true, foldsName: true, hasVendorNamespace: true),
        "apk": TypeRules(foldsNamespace: true, foldsName: true, hasVendorNamespace: true),
        "bitbucket": TypeRules(foldsNamespace: true, foldsName: true),
        "bitnami": TypeRules(foldsName: true),
        "brew": TypeRules(foldsNamespace: true, foldsName: true),
        "chrome-extension": TypeRules(foldsName: true),
        "composer": TypeRules(foldsNamespace: true, foldsName: true, nameSeparator: "/"),
        "cpan": TypeRules(nameSeparator: "/"),
        "deb": TypeRules(foldsNamespace: true, foldsName: true, hasVendorNamespace: true),
        "docker": TypeRules(hasVendorNamespace: true),
        "generic": TypeRules(hasVendorNamespace: true),
        "github": TypeRules(foldsNamespace: true, foldsName: true, nameSeparator: "/"),
        // Go modules are case-sensitive. Many tools still write lower case, as purl-spec demanded until 2025.
        "golang": TypeRules(foldsNamespace: true, foldsName: true, nameSeparator: "/"),
        "hex": TypeRules(foldsNamespace: true, foldsName: true),
        "huggingface": TypeRules(foldsVersion: true),
        "luarocks": TypeRules(foldsNamespace: true, foldsName: true),
        "maven": TypeRules(nameSeparator: ":"),
        "npm": TypeRules(nameSeparator: "/"),
        "oci": TypeRules(foldsName: true, hasVendorNamespace: true),
        "otp": TypeRules(foldsName: true),
        "pub": TypeRules(foldsName: true),
        "pypi": TypeRules(foldsName: true, equatesUnderscores: true),
        "qpkg": TypeRules(foldsNamespace: true),
        "rpm": TypeRules(foldsNamespace: true, hasVendorNamespace: true),
        "swift": TypeRules(nameSeparator: "/"),
        "vscode-extension": TypeRules(foldsNamespace: true, foldsName: true),
        "yocto": TypeRules(foldsNamespace: true),
    ]
}
