extension PackageURL {
    /// Whether the definition of a type demands a part of the package URL (ECMA-427 §6).
    package enum Requirement: Sendable, Hashable {
        case required, optional, prohibited
    }

    /// The rules of one type of package URL for its parts (purl-spec, `types/*.json`).
    package struct TypeRules: Sendable, Hashable {
        /// Whether there is a namespace.
        package var namespace = Requirement.optional
        /// The key of the qualifier without which a package is not identified.
        package var requiredQualifier: String?
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

    /// The rules for a registered type; nil for another.
    ///
    /// - Parameter type: A type in lower case.
    /// - Returns: The rules.
    package static func registeredRules(for type: String) -> TypeRules? { typeRules[type] }

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
        "alpm": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true, hasVendorNamespace: true),
        "apk": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true, hasVendorNamespace: true),
        "bazel": TypeRules(namespace: .prohibited),
        "bitbucket": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true),
        "bitnami": TypeRules(namespace: .prohibited, foldsName: true),
        "brew": TypeRules(foldsNamespace: true, foldsName: true),
        "cargo": TypeRules(namespace: .prohibited),
        "chrome-extension": TypeRules(namespace: .prohibited, foldsName: true),
        "cocoapods": TypeRules(namespace: .prohibited),
        "composer": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true, nameSeparator: "/"),
        "conan": TypeRules(),
        "conda": TypeRules(namespace: .prohibited),
        "cpan": TypeRules(nameSeparator: "/"),
        "cran": TypeRules(namespace: .prohibited),
        "deb": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true, hasVendorNamespace: true),
        "docker": TypeRules(hasVendorNamespace: true),
        "gem": TypeRules(namespace: .prohibited),
        "generic": TypeRules(hasVendorNamespace: true),
        "git": TypeRules(namespace: .required),
        "github": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true, nameSeparator: "/"),
        // Go modules are case-sensitive. Many tools still write lower case, as purl-spec demanded until 2025.
        "golang": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true, nameSeparator: "/"),
        "hackage": TypeRules(namespace: .prohibited),
        "hex": TypeRules(foldsNamespace: true, foldsName: true),
        "huggingface": TypeRules(namespace: .required, foldsVersion: true),
        "julia": TypeRules(namespace: .prohibited, requiredQualifier: "uuid"),
        "luarocks": TypeRules(foldsNamespace: true, foldsName: true),
        "maven": TypeRules(namespace: .required, nameSeparator: ":"),
        "mlflow": TypeRules(namespace: .prohibited),
        "npm": TypeRules(nameSeparator: "/"),
        "nuget": TypeRules(namespace: .prohibited),
        "oci": TypeRules(namespace: .prohibited, foldsName: true, hasVendorNamespace: true),
        "opam": TypeRules(namespace: .prohibited),
        "otp": TypeRules(namespace: .prohibited, foldsName: true),
        "pub": TypeRules(namespace: .prohibited, foldsName: true),
        "pypi": TypeRules(namespace: .prohibited, foldsName: true, equatesUnderscores: true),
        "qpkg": TypeRules(namespace: .required, foldsNamespace: true),
        "rpm": TypeRules(namespace: .required, foldsNamespace: true, hasVendorNamespace: true),
        "swid": TypeRules(requiredQualifier: "tag_id"),
        "swift": TypeRules(namespace: .required, nameSeparator: "/"),
        "vcpkg": TypeRules(namespace: .prohibited),
        "vscode-extension": TypeRules(namespace: .required, foldsNamespace: true, foldsName: true),
        "yocto": TypeRules(foldsNamespace: true),
    ]
}
