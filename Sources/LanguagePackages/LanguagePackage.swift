package import ByteStreams
package import PackageDatabases
package import SBOMModel

/// A kind of packages that are found in files anywhere in an image, not in a database of the operating system.
///
/// The raw value must not change: options, identifiers and diagnostics contain it.
package enum PackageKind: String, Sendable, Hashable, CaseIterable {
    /// Modules in executables of Go.
    case go
    /// Distributions of Python.
    case python
    /// Packages of Node.js.
    case node
    /// Archives of Java.
    case java
    /// Packages of .NET.
    case dotnet
    /// Gems of Ruby.
    case ruby
    /// Composer packages of PHP.
    case php
    /// Crates in executables of Rust that cargo-auditable built.
    case rust
    /// Executables and libraries with a package note of their distribution.
    case elf
    /// Packages of conda.
    case conda
    /// Packages of R.
    case r
    /// Interpreters and runtimes.
    case runtime
}

/// A package that files of an image show to be installed.
package struct LanguagePackage: Sendable, Hashable {
    /// How the package was found (CycloneDX 1.6, `evidence.identity.methods.technique`).
    package enum Method: String, Sendable, Hashable {
        /// A file that the package manager wrote describes it.
        case manifest = "manifest-analysis"
        /// An executable or an archive states it.
        case binary = "binary-analysis"
    }

    /// A digest of the package as it was distributed, not of a file in the image.
    package struct Checksum: Sendable, Hashable {
        /// The name of the algorithm in SPDX: `SHA256`.
        package var algorithm: String
        /// Lower-case hexadecimal.
        package var value: String

        package init(algorithm: String, value: String) {
            self.algorithm = algorithm
            self.value = value
        }
    }

    /// A fact for which documents have no field: a name in camel case, and the value as it was found.
    package struct Property: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The kind.
    package var kind: PackageKind
    /// The name, as the package writes it.
    package var name: String
    /// The namespace of the name: an npm scope with its `@`, a Maven group id.
    package var group: String?
    /// The version, as the package writes it; nil if nothing states it.
    package var version: String?
    /// The package URL; nil if the facts that its type requires are not stated.
    package var packageURL: PackageURL?
    /// The path of the file that shows it, without a leading slash.
    ///
    /// A package of the system that owns this file owns the package.
    package var path: String
    /// The path inside that file, for a package inside an archive.
    package var member: String?
    /// The layer of that file, counted from 0.
    package var layer: Int
    /// How it was found.
    package var method: Method
    /// Whether it is a program to run, not a library.
    package var isApplication = false
    /// What is stated about its license.
    package var license: LicenseFinding?
    /// Who made it: a name, with or without an address in angle brackets.
    package var author: String?
    /// The address of its page.
    package var homepage: String?
    /// The address that the package file was loaded from.
    package var downloadLocation: String?
    /// The short description: one line.
    package var summary: String?
    /// The digests of the package as it was distributed.
    package var checksums: [Checksum] = []
    /// Whether the user asked for it, as far as the package manager records that.
    package var isRequested = false
    /// The number of the package that contains it, in the same findings.
    package var container: Int?
    /// Further facts.
    package var properties: [Property] = []

    package init(
        kind: PackageKind, name: String, version: String?, path: String, layer: Int, method: Method = .manifest
    ) {
        self.kind = kind
        self.name = name
        self.version = version
        self.path = path
        self.layer = layer
        self.method = method
    }
}

/// What one reader found in an image.
package struct LanguageFindings: Sendable {
    /// The packages, in the order of their paths and members.
    package var packages: [LanguagePackage] = []
    /// Which of ``packages`` depend on which, and which dependencies are unmet.
    package var graph = DependencyGraph()
    /// The packages whose dependencies are not known, or only in part.
    package var withoutDependencies: Set<Int> = []
    /// The paths of files that the packages explain, beside the files that show them: a file of code among them is not one
    /// that no package owns.
    package var explained: Set<String> = []
    /// The folders whose files the packages explain, those below them included.
    package var explainedFolders: Set<String> = []
    /// The packages that own files which may show other packages, by the paths of those files.
    ///
    /// A package of another kind that one of these files shows is part of the owner, and not listed a second time.
    package var ownedPaths: [String: Int] = [:]
    /// What is damaged or unusual, in the order in which it was found.
    package var diagnostics: [Diagnostic] = []

    package init() {}
}
