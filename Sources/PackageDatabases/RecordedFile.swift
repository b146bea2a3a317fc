internal import ByteStreams

/// What a package database records of a file that a package installed.
package struct RecordedFile: Sendable, Hashable {
    /// The kind of a file.
    package enum Kind: Sendable, Hashable {
        case file
        case directory
        case symbolicLink
        /// A device, a pipe or a socket.
        case other
    }

    /// A digest of the contents of a file, or of the target of a link.
    package struct Digest: Sendable, Hashable {
        /// The algorithms that are compared.
        package enum Algorithm: String, Sendable, Hashable, CaseIterable {
            case md5 = "MD5"
            case sha1 = "SHA1"
            case sha256 = "SHA256"
            /// SHA-256, of which the first 160 bits are recorded.
            case sha256Cut = "SHA256-160"

            /// The size of a value in bytes.
            var byteCount: Int {
                switch self {
                case .md5: 16
                case .sha1, .sha256Cut: 20
                case .sha256: 32
                }
            }
        }

        /// The algorithm.
        package let algorithm: Algorithm
        /// The value.
        package let value: [UInt8]

        /// A digest with a value; nil unless it has the size of a value of the algorithm.
        init?(_ algorithm: Algorithm, _ value: [UInt8]) {
            guard value.count == algorithm.byteCount else { return nil }
            self.algorithm = algorithm
            self.value = value
        }

        /// Whether it is the digest of a text; true if the algorithm is not available.
        package func isOf(_ text: String) -> Bool {
            let function: RunningHash.Function =
                switch algorithm {
                case .md5: .md5
                case .sha1: .sha1
                case .sha256, .sha256Cut: .sha256
                }
            var hash = RunningHash(function)
            hash.update(Array(text.utf8).span)
            let found = hash.finish()
            return found.isEmpty || found.starts(with: value)
        }

        /// Parses a value in hexadecimal digits; nil unless it has the size of a value of the algorithm.
        init?(_ algorithm: Algorithm, hex: ArraySlice<UInt8>) {
            guard hex.count == algorithm.byteCount * 2, let value = bytes(hexadecimal: hex) else { return nil }
            self.algorithm = algorithm
            self.value = value
        }
    }

    /// What else a database records of a file.
    package struct Traits: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// It is configuration: a conffile of dpkg, `%config` of rpm.
        package static let configuration = Traits(rawValue: 1)
        /// It is documentation: `%doc` of rpm.
        package static let documentation = Traits(rawValue: 2)
        /// It may be missing: `%ghost` and `%config(missingok)` of rpm, and what is on a network share.
        package static let optional = Traits(rawValue: 4)
        /// The package does not own it, although it lists it: another package replaced it.
        package static let foreign = Traits(rawValue: 8)
    }

    /// The path: no component but the last is a symbolic link, and diverted files are where the diversion puts them.
    package let path: String
    /// The number of the package in ``PackageSystem/packages``.
    package var package: Int
    /// The kind; nil if the database does not state it.
    package var kind: Kind?
    /// The digest that the contents must have; nil if none is recorded, or the package says that they may differ.
    ///
    /// Where the kind is not stated, it is the digest of the target if a symbolic link is there.
    package var digest: Digest?
    /// The size that the file must have, in bytes; nil as for ``digest``.
    package var size: Int?
    /// What a symbolic link must name; nil as for ``digest``.
    package var linkTarget: [UInt8]?
    /// What else is recorded.
    package var traits: Traits = []

    init(path: String, package: Int) {
        self.path = path
        self.package = package
    }
}

/// The files that a database records, up to a number of them.
struct RecordedFileList: Sendable {
    private(set) var files: [RecordedFile] = []
    private let limit: Int
    private let database: String

    /// - Parameters:
    ///   - database: The path of the database, for the error.
    ///   - limits: ``Limits/recordedFileCount`` is the number.
    init(of database: String, limits: Limits) {
        self.database = database
        limit = limits.recordedFileCount
    }

    mutating func append(_ file: RecordedFile) throws(PackageDatabaseError) {
        guard files.count < limit else {
            throw PackageDatabaseError(
                .limit, path: database, "more files than the limit recordedFileCount allows")
        }
        files.append(file)
    }
}
