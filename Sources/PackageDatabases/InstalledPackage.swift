/// A package that a database says is installed, in terms that rpm and dpkg share.
///
/// Text is as the database has it, without judgement: turning a maintainer into a supplier or a section into a
/// purpose is the business of whoever makes a document of it.
package struct InstalledPackage: Sendable, Hashable {
    /// The source package that a binary package was built from.
    package struct Source: Sendable, Hashable {
        /// The name (dpkg) or the whole name of the source rpm without `.src.rpm`'s meaning taken apart (rpm `SOURCERPM`).
        package var name: String
        /// The version where the database states it.
        package var version: String?

        package init(name: String, version: String? = nil) {
            self.name = name
            self.version = version
        }
    }

    /// A digest that the database holds of its own record, named for what it is: it is not that of the package file.
    package struct RecordDigest: Sendable, Hashable {
        /// The tag, as rpm spells it: `SIGMD5`, `SHA1HEADER`, `SHA256HEADER`.
        package var tag: String
        /// Lower-case hexadecimal.
        package var hex: String

        package init(tag: String, hex: String) {
            self.tag = tag
            self.hex = hex
        }
    }

    /// Which package manager installed it.
    package var ecosystem: Ecosystem
    /// `Package` (dpkg), `NAME` (rpm).
    package var name: String
    /// The version as its manager writes it.
    ///
    /// dpkg: the whole version, with epoch and revision. rpm: `[epoch:]version-release`, the epoch only if it is set and
    /// not 0.
    package var version: String
    /// rpm's `EPOCH` where it is set; for dpkg it is part of the version and this is nil.
    package var epoch: UInt32?
    /// `Architecture` (dpkg: `all` stays `all`), `ARCH` (rpm); nil where the record has none.
    package var architecture: String?
    /// `Source` (dpkg), `SOURCERPM` (rpm).
    package var source: Source?
    /// `Maintainer` (dpkg), `PACKAGER` (rpm).
    package var maintainer: String?
    /// `Original-Maintainer` (dpkg).
    package var originalMaintainer: String?
    /// `VENDOR` (rpm), `Origin` (dpkg).
    package var vendor: String?
    /// `Homepage` (dpkg), `URL` (rpm).
    package var homepage: String?
    /// The short description: one line.
    package var summary: String?
    /// The long description, as text: dpkg's leading blanks and dots are taken away.
    package var description: String?
    /// `LICENSE` (rpm).
    package var license: String?
    /// `Section` (dpkg), `GROUP` (rpm).
    package var section: String?
    /// `MODULARITYLABEL` (rpm).
    package var modularityLabel: String?
    /// Digests of the record (rpm).
    package var recordDigests: [RecordDigest] = []
    /// Where its record stands: the path of the database file in the image, without a leading slash.
    package var database: String

    package init(ecosystem: Ecosystem, name: String, version: String, architecture: String?, database: String) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.architecture = architecture
        self.database = database
    }

    /// What makes it the same package in another layer's copy of the database.
    package var identity: Identity {
        Identity(ecosystem: ecosystem, name: name, version: version, architecture: architecture)
    }

    /// What makes a package the same in two databases: ecosystem, name, version and architecture.
    package struct Identity: Sendable, Hashable {
        package var ecosystem: Ecosystem
        package var name: String
        package var version: String
        package var architecture: String?
    }
}
