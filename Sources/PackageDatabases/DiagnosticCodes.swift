package import ByteStreams

/// The codes of the diagnostics about the databases of dpkg and apk, which are text.
extension Diagnostic.Code {
    /// A line that is neither a field nor the continuation of one.
    package static let malformedLine = Self(rawValue: "malformed-line")
    /// A stanza or record that holds several packages.
    package static let missingBlankLine = Self(rawValue: "missing-blank-line")
    /// A record without a field that it needs.
    package static let missingField = Self(rawValue: "missing-field")
    /// A package whose installation was not completed.
    package static let halfInstalled = Self(rawValue: "half-installed")
    /// A version that the package manager could not read.
    package static let malformedVersion = Self(rawValue: "malformed-version")
    /// A package that is listed again.
    package static let repeatedPackage = Self(rawValue: "repeated-package")
    /// A Status that dpkg does not have.
    package static let unknownStatus = Self(rawValue: "unknown-status")
    /// A relation that does not parse.
    package static let malformedRelation = Self(rawValue: "malformed-relation")
    /// A field that apk does not know.
    package static let unknownField = Self(rawValue: "unknown-field")
    /// A line about a file that follows no file.
    package static let misplacedLine = Self(rawValue: "misplaced-line")
    /// Packages that `etc/apk/world` does not name and no other package needs.
    package static let orphanedPackages = Self(rawValue: "orphaned-packages")
    /// A package that apk marks as broken.
    package static let brokenPackage = Self(rawValue: "broken-package")
}

/// The codes of the diagnostics about rpm's databases.
extension Diagnostic.Code {
    /// The packages are listed by a manifest, which states no dependencies.
    package static let rpmManifest = Self(rawValue: "rpm-manifest")
    /// A record of the database that could not be read.
    package static let rpmDamagedRecord = Self(rawValue: "rpm-damaged-record")
    /// A header that could not be read.
    package static let rpmDamagedHeader = Self(rawValue: "rpm-damaged-header")
    /// A part of the database file that is damaged.
    package static let rpmDamagedDatabase = Self(rawValue: "rpm-damaged-database")
    /// A write-ahead log of SQLite that is damaged.
    package static let rpmDamagedLog = Self(rawValue: "rpm-damaged-log")
    /// A second database that could not be read at all.
    package static let rpmUnreadableDatabase = Self(rawValue: "rpm-unreadable-database")
    /// A second database next to the one that is read.
    package static let rpmOtherDatabase = Self(rawValue: "rpm-other-database")
    /// A transaction of SQLite that was not completed.
    package static let rpmUnfinishedTransaction = Self(rawValue: "rpm-unfinished-transaction")
    /// A header whose digest does not match.
    package static let rpmWrongDigest = Self(rawValue: "rpm-wrong-digest")
    /// A database of the fork rpm 5.
    package static let rpm5Database = Self(rawValue: "rpm-5-database")
    /// Packages that an index names and the table does not have.
    package static let rpmLostPackages = Self(rawValue: "rpm-lost-packages")
    /// A blob of an NDB database that no slot points to.
    package static let rpmBlobWithoutSlot = Self(rawValue: "rpm-blob-without-slot")
    /// Several records with the same number.
    package static let rpmRepeatedNumber = Self(rawValue: "rpm-repeated-number")
}
