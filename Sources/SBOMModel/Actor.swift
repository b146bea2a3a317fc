/// A person or an organization that creates or supplies something (SPDX 2.3 §6.8, §7.5).
package struct Actor: Sendable, Hashable {
    /// The word that SPDX writes before the name.
    package enum Kind: String, Sendable, Hashable {
        case person = "Person"
        case organization = "Organization"
    }

    package var kind: Kind
    package var name: String
    /// An e-mail address.
    package var email: String?

    package init(_ kind: Kind, name: String, email: String? = nil) {
        self.kind = kind
        self.name = name
        self.email = email
    }
}

/// A program that creates documents (SPDX 2.3 §6.8).
package struct Tool: Sendable, Hashable {
    package var name: String
    package var version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}
