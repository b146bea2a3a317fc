package import SBOMModel

extension Actor {
    /// Reads `Name <mail>` as Debian's Maintainer and many labels have it, and tells people from organizations.
    ///
    /// It is an organization if the name has a word that people's names do not have (`Team`, `Maintainers`, `Inc`, …), or
    /// the address is a mailing list's or a package tracker's; else a person. Nil if there is no name in it.
    package init?(contact text: String) {
        var name = text
        var email: String?
        if let open = text.lastIndex(of: "<"), let close = text[open...].firstIndex(of: ">") {
            name = String(text[..<open])
            email = String(text[text.index(after: open)..<close])
        } else if text.contains("@"), !text.contains(" ") {
            email = text
            name = ""
        }
        name = Self.plain(name)
        email = email.map(Self.plain)
        if email?.isEmpty == true { email = nil }
        if name.isEmpty { name = email ?? "" }
        guard !name.isEmpty, name != "NOASSERTION", name != "NONE" else { return nil }
        self.init(Self.isOrganization(name, email) ? .organization : .person, name: name, email: email)
    }

    /// Reads what a user gives as a supplier: with `Organization:` or `Person:` before it, or without.
    ///
    /// The address may stand in parentheses, as SPDX writes it, or in angle brackets.
    package init?(argument text: String) {
        for kind in [Kind.organization, .person, .tool] where text.hasPrefix(kind.rawValue + ":") {
            var rest = Self.plain(String(text.dropFirst(kind.rawValue.count + 1)))
            if rest.hasSuffix(")"), let open = rest.lastIndex(of: "("), rest[open...].contains("@") {
                rest = String(rest[..<open]) + "<" + rest[open...].dropFirst().dropLast() + ">"
            }
            guard let actor = Actor(contact: rest) else { return nil }
            self.init(kind, name: actor.name, email: kind == .tool ? nil : actor.email)
            return
        }
        self.init(contact: text)
    }

    private static func isOrganization(_ name: String, _ email: String?) -> Bool {
        let words = name.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        if words.contains(where: organizationWords.contains) { return true }
        guard let email = email?.lowercased(), let at = email.lastIndex(of: "@") else { return false }
        let host = email[email.index(after: at)...]
        let mailbox = email[..<at]
        return host.hasPrefix("lists.") || host.contains(".lists.") || host.contains("alioth-lists")
            || host.hasPrefix("tracker.") || host.hasPrefix("packages.") || mailbox.hasPrefix("team+")
            || mailbox.hasSuffix("-devel") || mailbox.hasSuffix("-discuss") || mailbox.hasSuffix("-maintainers")
            || mailbox.hasSuffix("-team")
    }

    private static let organizationWords: Set<String> = [
        "team", "teams", "group", "maintainers", "developers", "packagers", "project", "projects", "taskforce",
        "community", "foundation", "association", "consortium", "committee", "alliance", "list", "authors",
        "contributors", "qa", "inc", "incorporated", "llc", "ltd", "limited", "gmbh", "ag", "corp", "corporation",
        "company", "co", "bv", "sa", "sas", "srl", "oy", "ab", "plc", "university", "institute", "department",
        "laboratory", "labs", "technologies", "software", "systems", "solutions", "services", "security", "debian",
        "ubuntu", "canonical", "fedora", "redhat", "suse", "opensuse", "centos", "almalinux", "amazon", "microsoft",
        "google", "oracle", "ibm", "nvidia", "intel", "linux", "packaging", "org", "dev", "release", "build",
        "buildd", "kernel", "installer", "toolchain", "bot",
    ]

    /// Without blanks at the ends, quotes around it, and what would break the form `Kind: Name (mail)`.
    private static func plain(_ text: String) -> String {
        var result = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if result.count >= 2, result.hasPrefix("\""), result.hasSuffix("\"") {
            result = String(result.dropFirst().dropLast())
        }
        return result
    }
}
