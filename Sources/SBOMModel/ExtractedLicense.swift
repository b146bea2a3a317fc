/// A license that is not on the SPDX License List, with its text if that is known (SPDX 2.3 §10).
package struct ExtractedLicense: Sendable, Hashable {
    /// `LicenseRef-` followed by letters, digits, dots and hyphens.
    package var id: String
    package var name: String
    package var text: String

    package init(id: String, name: String, text: String) {
        self.id = id
        self.name = name
        self.text = text
    }
}
