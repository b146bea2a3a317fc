/// The identifiers and names of the SPDX License List, version 3.28.0, the deprecated ones included.
public enum LicenseList {
    /// An entry of the list: a license, or an exception to licenses.
    public struct Entry: Sendable, Hashable {
        /// The identifier, in the spelling of the list: `MIT`.
        public let id: String
        /// The name: `MIT License`.
        public let name: String
        /// Whether the list deprecates the identifier, and has another one for the same license.
        public let isDeprecated: Bool
    }

    /// The version of the list (SPDX 2.3 §6.7).
    public static let version = "3.28"

    /// All licenses, in the order of their identifiers without regard to case.
    public static var licenses: [Entry] { licenseTable.entries }

    /// All exceptions, in the order of their identifiers without regard to case.
    public static var exceptions: [Entry] { exceptionTable.entries }

    /// The entry of a license, found without regard to case; nil if it is not on the list.
    public static func license(named id: some StringProtocol) -> Entry? { licenseTable[id] }

    /// The entry of an exception, found without regard to case; nil if it is not on the list.
    public static func exception(named id: some StringProtocol) -> Entry? { exceptionTable[id] }

    /// The license with a name, found without regard to case; nil if no license of the list or several have it.
    ///
    /// Deprecated identifiers do not count.
    public static func license(withName name: some StringProtocol) -> Entry? {
        licenseTable.entry(withName: name.lowercased())
    }

    /// The license in the spelling of the list, found without regard to case; nil if it is not on the list.
    package static func license(_ id: some StringProtocol) -> String? { licenseTable[id]?.id }

    /// The exception in the spelling of the list, found without regard to case; nil if it is not on the list.
    package static func exception(_ id: some StringProtocol) -> String? { exceptionTable[id]?.id }

    /// Whether a string is a license or an exception of the SPDX License List, as `license.id` of CycloneDX requires.
    ///
    /// Every release of CycloneDX came with the list of its time, and the list has only grown. Documents commonly use
    /// a newer list than the one of their version. So one list is used for all versions.
    package static func isInSchemas(_ id: String) -> Bool { license(id) == id || exception(id) == id }

    private static let licenseTable = Table(licenseRows)
    private static let exceptionTable = Table(exceptionRows)

    /// The entries by their identifiers in lower case.
    private struct Table: Sendable {
        let entries: [Entry]
        private let places: [String: Int]
        /// The places of the entries by their names in lower case; nil for a name that several have.
        private let placesOfNames: [String: Int?]

        /// Reads the rows: an identifier, a blank, and the name; a hyphen before the identifier deprecates it.
        init(_ rows: String) {
            entries = rows.split(separator: "\n").map { row in
                let isDeprecated = row.utf8.first == UInt8(ascii: "-")
                let parts = row.dropFirst(isDeprecated ? 1 : 0).split(separator: " ", maxSplits: 1)
                return Entry(
                    id: String(parts.first ?? ""), name: String(parts.last ?? ""), isDeprecated: isDeprecated)
            }
            places = Dictionary(
                entries.enumerated().map { ($1.id.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
            let current = entries.enumerated().filter { !$0.element.isDeprecated }
            placesOfNames = Dictionary(
                current.map { ($1.name.lowercased(), $0) }, uniquingKeysWith: { _, _ in nil })
        }

        func entry(withName name: String) -> Entry? { placesOfNames[name].flatMap(\.self).map { entries[$0] } }

        subscript(_ id: some StringProtocol) -> Entry? { places[id.lowercased()].map { entries[$0] } }
    }
}
