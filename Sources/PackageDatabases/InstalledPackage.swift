/// A package that a database lists as installed, in terms that all package systems share.
///
/// Text is stored as the database has it. The code that creates a document decides what a maintainer or a section
/// becomes there.
package struct InstalledPackage: Sendable, Hashable {
    /// The source package that a binary package was built from.
    package struct Source: Sendable, Hashable {
        /// The name (dpkg, apk), or the full file name of the source rpm, unparsed (rpm `SOURCERPM`).
        package var name: String
        /// The version, if the database states it.
        package var version: String?

        package init(name: String, version: String? = nil) {
            self.name = name
            self.version = version
        }
    }

    /// A digest that the database has of its own record, or of a part of the package; it is not one of the package file.
    package struct RecordDigest: Sendable, Hashable {
        /// rpm's name of the tag: `SIGMD5`, `SHA1HEADER`, `SHA256HEADER`; `ApkIdentity` for the field `C` of apk.
        package var tag: String
        /// Lower-case hexadecimal.
        package var hex: String

        package init(tag: String, hex: String) {
            self.tag = tag
            self.hex = hex
        }
    }

    /// The package manager that installed the package.
    package var ecosystem: Ecosystem
    /// `Package` (dpkg), `NAME` (rpm), `P` (apk).
    package var name: String
    /// The version in the form of its ecosystem.
    ///
    /// dpkg, apk: the whole version, with epoch and revision. rpm: `[epoch:]version-release`, with the epoch only if it
    /// is set and not 0.
    package var version: String
    /// rpm's `EPOCH`, if it is set; nil for dpkg, where it is part of the version, and for apk, which has none.
    package var epoch: UInt32?
    /// `Architecture` (dpkg, also `all`), `ARCH` (rpm), `A` (apk, also `noarch`); nil if the record has none.
    package var architecture: String?
    /// `Source` (dpkg), `SOURCERPM` (rpm), `o` (apk, without a version).
    package var source: Source?
    /// `Maintainer` (dpkg), `PACKAGER` (rpm), `m` (apk).
    package var maintainer: String?
    /// `Original-Maintainer` (dpkg).
    package var originalMaintainer: String?
    /// `VENDOR` (rpm), `Origin` (dpkg).
    package var vendor: String?
    /// `Homepage` (dpkg), `URL` (rpm), `U` (apk).
    package var homepage: String?
    /// The short description: one line.
    package var summary: String?
    /// The sources, with their exact versions, of which the package contains parts: `Built-Using` and `Static-Built-Using`
    /// (dpkg; Debian policy §7.8).
    package var builtUsing: [Source] = []
    /// The long description as text, without dpkg's leading blanks and dots.
    package var description: String?
    /// `LICENSE` (rpm), `L` (apk).
    package var license: String?
    /// `Section` (dpkg), `GROUP` (rpm).
    package var section: String?
    /// `MODULARITYLABEL` (rpm).
    package var modularityLabel: String?
    /// Digests of the record (rpm) or of a part of the package (apk), the strongest last.
    package var recordDigests: [RecordDigest] = []
    /// How much it takes on disk: `Installed-Size` in KiB (dpkg) or bytes (opkg), `SIZE` in bytes (rpm), `I`
    /// in bytes (apk).
    package var installedSize: UInt64?
    /// When it was built, in seconds since 1970: `t` (apk).
    package var buildTime: UInt64?
    /// The commit of the repository with the recipes that it was built from: `c` (apk).
    package var sourceCommit: String?
    /// The packages that must be installed so that this one is installed with them: `i` (apk).
    package var installIf: String?
    /// Whether the administrator's list of wanted packages names it: `etc/apk/world` (apk).
    package var isRequested = false
    /// The path of the database file that has its record, without a leading slash.
    package var database: String

    package init(ecosystem: Ecosystem, name: String, version: String, architecture: String?, database: String) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.architecture = architecture
        self.database = database
    }

    /// The identity, which is the same in the copies of the database in other layers.
    package var identity: Identity {
        Identity(ecosystem: ecosystem, name: name, version: version, architecture: architecture)
    }

    /// Packages of two databases with the same identity are the same package.
    package struct Identity: Sendable, Hashable {
        package var ecosystem: Ecosystem
        package var name: String
        package var version: String
        package var architecture: String?
    }
}
