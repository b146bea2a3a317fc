internal import ByteStreams
internal import SBOMModel

/// The short names of licenses in Debian's copyright files, as expressions of SPDX.
enum DebianLicenseNames {
    /// The expression for a short name; nil if the name is not known, or if it means several licenses.
    ///
    /// Names are found without regard to case (Debian, "Machine-readable debian/copyright file", version 1.0, §7.2).
    static func expression(for name: String) -> String? {
        let name = name.lowercased()
        guard !ambiguous.contains(name) else { return nil }
        return table[name] ?? gnu(name) ?? withException(name) ?? listed(name)
    }

    // MARK: Tables

    /// Names that packages give to different texts; only the text identifies the license.
    ///
    /// The specification says of `MIT` that there are many versions and that `Expat` should be used (§7.1.1). The names of
    /// SPDX's list are among them where Debian had another meaning before.
    private static let ambiguous: Set<String> = [
        "mit", "x11", "bsd", "bsd-4-clause", "gpl", "lgpl", "agpl", "gfdl", "apache", "artistic", "artistic-1",
        "artistic-1.0",
        "libpng",
        "python", "openssl", "tcl", "w3c", "zpl", "mpl", "cc-by", "cc-by-sa", "cddl", "efl", "lppl", "public-domain",
        "hpnd",
        "ntp", "dtoa", "unicode", "unicode-tou", "ruby", "icu",
    ]

    /// The names, their expressions, and where each row is from.
    ///
    /// Names that differ from those of SPDX's list in case only, or in the version as `listed` says, have no row.
    private static let table: [String: String] = {
        var table: [String: String] = [:]
        for line in rows.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimming(" ") }
            if cells.count == 3 { table[cells[0]] = cells[1] }
        }
        return table
    }()

    /// The rows of the table.
    ///
    /// DEP-5 is the specification, by its section. The rows from `SPDX` are by the name or the notes of the license on the list.
    /// The rows that name a package are by the text that its copyright file in Debian 12 has for the name.
    private static let rows = """
        expat                          | MIT                                   | DEP-5 §7.1.1; SPDX, MIT, "also Expat"
        perl                           | GPL-1.0-or-later OR Artistic-1.0-Perl | DEP-5 §7.1, "perl"
        cc0                            | CC0-1.0                               | DEP-5 §7.1; the list has one version
        cpl                            | CPL-1.0                               | DEP-5 §7.1; the list has one version
        qpl                            | QPL-1.0                               | DEP-5 §7.1; the list has one version
        zope-1.1                       | ZPL-1.1                               | DEP-5 §7.1, "Zope Public License"
        zope-2.0                       | ZPL-2.0                               | DEP-5 §7.1, "Zope Public License"
        zope-2.1                       | ZPL-2.1                               | DEP-5 §7.1, "Zope Public License"
        boost-1.0                      | BSL-1.0                               | SPDX, "Boost Software License 1.0"
        boost                          | BSL-1.0                               | SPDX, "Boost Software License 1.0"; the list has one version
        gfdl-niv-1.1                   | GFDL-1.1-no-invariants-only           | DEP-5 §7.1, "GFDL-NIV"
        gfdl-niv-1.1+                  | GFDL-1.1-no-invariants-or-later       | DEP-5 §7.1, "GFDL-NIV"
        gfdl-niv-1.2                   | GFDL-1.2-no-invariants-only           | DEP-5 §7.1, "GFDL-NIV"
        gfdl-niv-1.2+                  | GFDL-1.2-no-invariants-or-later       | DEP-5 §7.1, "GFDL-NIV"
        gfdl-niv-1.3                   | GFDL-1.3-no-invariants-only           | DEP-5 §7.1, "GFDL-NIV"
        gfdl-niv-1.3+                  | GFDL-1.3-no-invariants-or-later       | DEP-5 §7.1, "GFDL-NIV"
        sil-1.1                        | OFL-1.1                               | SPDX, "SIL Open Font License 1.1"
        sil-ofl-1.1                    | OFL-1.1                               | SPDX, "SIL Open Font License 1.1"
        psf-2                          | PSF-2.0                               | SPDX, "Python Software Foundation License 2.0"
        openldap-2.8                   | OLDAP-2.8                             | SPDX, "Open LDAP Public License v2.8"
        sgi-2                          | SGI-B-2.0                             | SPDX, "SGI Free Software License B v2.0"
        sgi-2.0                        | SGI-B-2.0                             | SPDX, "SGI Free Software License B v2.0"
        apache-2-llvm-exceptions       | Apache-2.0 WITH LLVM-exception        | llvm-toolchain-14, its text
        apache-2.0-with-llvm-exceptions | Apache-2.0 WITH LLVM-exception       | llvm-toolchain-15, its text
        bsd-2                          | BSD-2-Clause                          | openjpeg2, its text; SPDX, BSD-2-Clause
        bsd-3                          | BSD-3-Clause                          | openjpeg2, its text; SPDX, BSD-3-Clause
        bsd2                           | BSD-2-Clause                          | SPDX, "BSD 2-Clause"
        bsd3                           | BSD-3-Clause                          | SPDX, "BSD 3-Clause"
        bsd-2-clauses                  | BSD-2-Clause                          | SPDX, "BSD 2-Clause"
        bsd-3-clauses                  | BSD-3-Clause                          | SPDX, "BSD 3-Clause"
        """

    /// The exceptions that a name can only mean one of, by the words behind `with`.
    private static let exceptions: [String: String] = [
        // SPDX, "Classpath exception 2.0".
        "classpath": "Classpath-exception-2.0", "classpath-2.0": "Classpath-exception-2.0",
        // DEP-5 §7.2, "Font exception"; SPDX, "Font exception 2.0".
        "font": "Font-exception-2.0", "font-embedding": "Font-exception-2.0",
        // SPDX, "Libtool Exception".
        "libtool": "Libtool-exception",
        // SPDX, "GCC Runtime Library exception 3.1".
        "gcc-3.1": "GCC-exception-3.1", "gcc-runtime-library-3.1": "GCC-exception-3.1",
        // SPDX, "LLVM Exception".
        "llvm": "LLVM-exception",
        // SPDX, "Linux Syscall Note".
        "linux-syscall-note": "Linux-syscall-note",
        // SPDX, "Bison exception 2.2".
        "bison-2.2": "Bison-exception-2.2",
    ]

    // MARK: Rules

    /// A name of one of the licenses of GNU, with a version and perhaps a plus sign (§7.1, §7.2): `gpl-2+`, `lgpl2.1`,
    /// `gpl-3.0-or-later`.
    private static func gnu(_ name: String) -> String? {
        for family in ["gpl", "lgpl", "agpl", "gfdl"] where name.hasPrefix(family) {
            var rest = name.dropFirst(family.count)
            if rest.hasPrefix("-") { rest = rest.dropFirst() }
            if rest.hasPrefix("v") { rest = rest.dropFirst() }
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let version = version(number) else { return nil }
            let suffix: String
            switch rest.dropFirst(number.count) {
            case "", "-only": suffix = "only"
            case "+", "-or-later", "-later", "+-or-later": suffix = "or-later"
            default: return nil
            }
            return LicenseList.license("\(family)-\(version)-\(suffix)")
        }
        return nil
    }

    /// A version with two numbers; `2` and `2.0.0` are `2.0` (§7.2).
    private static func version(_ text: Substring) -> String? {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.count <= 4, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) })
        else {
            return nil
        }
        while parts.count > 2, parts.last == "0" { parts.removeLast() }
        if parts.count == 1 { parts.append("0") }
        return parts.joined(separator: ".")
    }

    /// A license with an exception (§7.2): `gpl-2+ with font exception`, also with hyphens in place of the blanks.
    private static func withException(_ name: String) -> String? {
        for separator in [" with ", "-with-", "~with-", "+with-"] {
            guard let place = name.firstRange(of: separator) else { continue }
            let base = name[..<place.lowerBound] + (separator == "+with-" ? "+" : "")
            var exception = String(name[place.upperBound...].replacing(" ", with: "-"))
            for ending in ["-exceptions", "-exception"] where exception.hasSuffix(ending) {
                exception = String(exception.dropLast(ending.count))
            }
            guard let license = Self.expression(for: String(base)), !license.contains(" "),
                let exception = exceptions[exception] ?? LicenseList.exception("\(exception)-exception")
            else { return nil }
            return "\(license) WITH \(exception)"
        }
        return nil
    }

    /// A name of SPDX's list, also with a version without `.0`, and with a plus sign for later versions (§7.2).
    private static func listed(_ name: String) -> String? {
        // An identifier of the list that says less than it seems to say: which version is meant is known above.
        let isLater = name.hasSuffix("+")
        let base = isLater ? String(name.dropLast()) : name
        guard base.utf8.count <= 80 else { return nil }
        let mark = isLater ? "+" : ""
        if let license = LicenseList.license(base) { return license + mark }
        guard let hyphen = base.lastIndex(of: "-") else { return nil }
        var number = base[base.index(after: hyphen)...]
        if number.hasPrefix("v") { number = number.dropFirst() }
        guard let version = version(number) else { return nil }
        return LicenseList.license("\(base[..<hyphen])-\(version)").map { $0 + mark }
    }
}

extension StringProtocol {
    /// The text without a character at both ends.
    fileprivate func trimming(_ character: Character) -> String {
        var text = self[...]
        while text.first == character { text = text.dropFirst() }
        while text.last == character { text = text.dropLast() }
        return String(text)
    }
}
