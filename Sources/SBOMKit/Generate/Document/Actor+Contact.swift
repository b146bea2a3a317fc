package import SBOMModel

extension Actor {
    /// Parses `Name <mail>`, the form of Debian's Maintainer and of many labels, and distinguishes people and organizations.
    ///
    /// It is an organization if the name has a word that names of people do not have (`Team`, `Maintainers`, `Inc`, …), or if
    /// the address is that of a mailing list or a package tracker; else it is a person. If there are several, the first is
    /// taken. Nil if there is no name.
    package init?(contact text: String) {
        var name = Self.plain(text)
        var email: String?
        if let open = name.firstIndex(of: "<"), let close = name[open...].firstIndex(of: ">") {
            let address = Self.plain(String(name[name.index(after: open)..<close]))
            // Text that is not an address, or that has parentheses, stays in the name.
            if !address.contains(where: { "()<".contains($0) }), address.isEmpty || address.contains("@") {
                email = address.isEmpty ? nil : address
                name = Self.plain(String(name[..<open]))
            }
        } else if name.contains("@"), !name.contains(" ") {
            email = name
        }
        if name.isEmpty { name = email ?? "" }
        guard !name.isEmpty, !["NOASSERTION", "NONE"].contains(name.uppercased()) else { return nil }
        self.init(Self.isOrganization(name, email) ? .organization : .person, name: name, email: email)
    }

    /// Parses a supplier that a user states, with or without `Organization:` or `Person:` before it.
    ///
    /// The address may be in parentheses, as SPDX has it, or in angle brackets.
    package init?(argument text: String) {
        // A tool is not a supplier, and the tool that makes the document adds itself.
        guard !text.hasPrefix("Tool:") else { return nil }
        let kind = [Kind.organization, .person].first { text.hasPrefix($0.rawValue + ":") }
        var rest = Self.plain(String(text.dropFirst(kind.map { $0.rawValue.count + 1 } ?? 0)))
        if rest.hasSuffix(")"), let open = rest.lastIndex(of: "(") {
            let inside = rest[open...].dropFirst().dropLast()
            if inside.contains("@") || inside.isEmpty { rest = "\(rest[..<open])<\(inside)>" }
        }
        guard let actor = Actor(contact: rest) else { return nil }
        self.init(kind ?? actor.kind, name: actor.name, email: actor.email)
    }

    /// Whether the name and the address have everything that is in the text.
    func says(_ text: String) -> Bool {
        if let email, text == "\(name) <\(email)>" { return true }
        func essence(_ text: String) -> String { text.filter { !$0.isWhitespace && !"<>\"".contains($0) } }
        return essence(text) == essence(name == email ? name : name + (email ?? ""))
    }

    private static func isOrganization(_ name: String, _ email: String?) -> Bool {
        // The domain of an address is not a word of the name.
        let plain = name.split(separator: " ").filter { !$0.contains("@") && !$0.contains("<") }.joined(separator: " ")
        let (outside, inside) = parenthesized(plain.lowercased())
        if outside.contains(where: organizationWords.contains) { return true }
        // People add whom they belong to: `Ada Example (Debian)`. A single word is not the name of a person.
        if outside.count < 2, inside.contains(where: organizationWords.contains) { return true }
        guard let email = email?.lowercased(), let at = email.lastIndex(of: "@") else { return false }
        let host = email[email.index(after: at)...]
        let mailbox = email[..<at]
        // The address of a package says who maintains it only where the name is that of the package.
        let isOfPackage =
            host.hasPrefix("packages.") && (outside.count < 2 || mailbox.split(separator: "-").elementsEqual(outside))
        // A company is called as its domain is.
        let isOfDomain = outside.count == 1 && host.split(separator: ".").dropLast().contains { $0 == outside[0] }
        return isOfPackage || isOfDomain || host.hasPrefix("lists.") || host.contains(".lists.")
            || host.contains("alioth-lists") || host.hasPrefix("tracker.") || mailbox.hasPrefix("team+")
            || mailbox.hasSuffix("-devel") || mailbox.hasSuffix("-discuss") || mailbox.hasSuffix("-maintainers")
            || mailbox.hasSuffix("-team")
    }

    /// The words of a name that stand outside and inside of parentheses.
    private static func parenthesized(_ name: String) -> (outside: [Substring], inside: [Substring]) {
        var parts: (outside: [Substring], inside: [Substring]) = ([], [])
        var depth = 0
        for part in name.split(omittingEmptySubsequences: false, whereSeparator: { "()".contains($0) }) {
            let words = part.split { !($0.isLetter || $0.isNumber) }
            if depth > 0 { parts.inside += words } else { parts.outside += words }
            if part.endIndex < name.endIndex { depth = name[part.endIndex] == "(" ? depth + 1 : max(0, depth - 1) }
        }
        return parts
    }

    private static let organizationWords: Set<Substring> = [
        "team", "teams", "group", "maintainers", "developers", "packagers", "project", "projects", "taskforce",
        "community", "foundation", "association", "consortium", "committee", "alliance", "list", "authors",
        "contributors", "qa", "inc", "incorporated", "llc", "ltd", "limited", "gmbh", "ag", "corp", "corporation",
        "company", "co", "bv", "sa", "sas", "srl", "oy", "ab", "plc", "university", "institute", "department",
        "laboratory", "labs", "research", "electronics", "support", "technologies", "software", "systems", "solutions",
        "services", "security", "debian",
        "ubuntu", "canonical", "fedora", "redhat", "suse", "opensuse", "centos", "almalinux", "amazon", "microsoft",
        "google", "oracle", "ibm", "nvidia", "intel", "linux", "packaging", "org", "dev", "release", "build",
        "buildd", "kernel", "installer", "toolchain", "bot",
    ]

    /// The text on one line, without blanks at the ends and without quotes around it.
    private static func plain(_ text: String) -> String {
        var result = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if result.count >= 2, result.hasPrefix("\""), result.hasSuffix("\"") {
            result = String(result.dropFirst().dropLast())
        }
        return result
    }
}
