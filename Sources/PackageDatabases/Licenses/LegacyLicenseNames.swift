package import SBOMModel

/// The names of licenses in License tags of rpm packages, where a name means one license.
///
/// A name that may mean several licenses or versions is not here: Fedora's `LGPLv2+` is version 2.0 or version 2.1, and
/// `BSD`, `GPL+`, `Python`, `PHP` and `CC-BY` have no version or several wordings.
package enum LegacyLicenseNames {
    /// The license of a name: an identifier or name of the SPDX License List, or a name of the table; nil if it is none.
    ///
    /// Case does not matter.
    package static func license(_ name: String) -> LicenseExpression.Node? {
        if let node = LicenseExpression(parsing: name)?.root {
            switch node {
            case .license, .reference: return node
            case .with, .all, .any: return nil
            }
        }
        let key = name.lowercased()
        if let id = table[key] ?? gnu(key) ?? LicenseList.license(withName: key)?.id {
            return .license(id, orLater: false)
        }
        return nil
    }

    /// The identifier of a license of GNU, in the spellings of all distributions: `gplv2+`, `lgpl-2.1`, `gpl v3 or later`.
    private static func gnu(_ name: String) -> String? {
        var rest = name[...]
        let family = ["agpl", "lgpl", "gpl"].first { rest.hasPrefix($0) }
        guard let family else { return nil }
        rest = rest.dropFirst(family.count)
        if let separator = rest.first, separator == " " || separator == "-" { rest.removeFirst() }
        if rest.hasPrefix("version ") { rest = rest.dropFirst(8) } else if rest.first == "v" { rest.removeFirst() }
        let version = rest.prefix { $0.isNumber || $0 == "." }
        let number: String
        switch (family, version) {
        case ("gpl", "1"), ("gpl", "1.0"): number = "GPL-1.0"
        case ("gpl", "2"), ("gpl", "2.0"): number = "GPL-2.0"
        case ("gpl", "3"), ("gpl", "3.0"): number = "GPL-3.0"
        // Of the Lesser GPL, "2" is 2.0 or 2.1 (Fedora wiki, Licensing:Main).
        case ("lgpl", "2.0"): number = "LGPL-2.0"
        case ("lgpl", "2.1"): number = "LGPL-2.1"
        case ("lgpl", "3"), ("lgpl", "3.0"): number = "LGPL-3.0"
        case ("agpl", "1"), ("agpl", "1.0"): number = "AGPL-1.0"
        case ("agpl", "3"), ("agpl", "3.0"): number = "AGPL-3.0"
        default: return nil
        }
        switch rest.dropFirst(version.count) {
        case "", " only", "-only": return "\(number)-only"
        case "+", " or later", "-or-later", " or newer": return "\(number)-or-later"
        default: return nil
        }
    }

    /// The identifiers of the other names, by name in lower case.
    private static let table: [String: String] = {
        let rows = (fedora + "\n" + suse).split(separator: "\n").map { $0.split(separator: "=").map(String.init) }
        return Dictionary(
            rows.compactMap { $0.count == 2 ? ($0[0].lowercased(), $0[1]) : nil },
            uniquingKeysWith: { first, _ in first })
    }()

    /// Short names of the Fedora wiki, page Licensing:Main, whose row there names one license in one version.
    private static let fedora = """
        ASL 1.0=Apache-1.0
        ASL 1.1=Apache-1.1
        ASL 2.0=Apache-2.0
        APSL 2.0=APSL-2.0
        Artistic 2.0=Artistic-2.0
        Artistic clarified=ClArtistic
        Bitstream Vera=Bitstream-Vera
        Boost=BSL-1.0
        CATOSL=CATOSL-1.1
        CC0=CC0-1.0
        CNRI=CNRI-Python
        CPAL=CPAL-1.0
        CPL=CPL-1.0
        Condor=Condor-1.1
        ECL 1.0=ECL-1.0
        ECL 2.0=ECL-2.0
        EFL 2.0=EFL-2.0
        EPL=EPL-1.0
        ERPL=ErlPL-1.1
        EUPL 1.1=EUPL-1.1
        EUPL 1.2=EUPL-1.2
        FBSDDL=FreeBSD-DOC
        IBM=IPL-1.0
        Intel ACPI=Intel-ACPI
        JasPer=JasPer-2.0
        MIT with advertising=MIT-advertising
        MPLv1.0=MPL-1.0
        MPLv1.1=MPL-1.1
        MPLv2.0=MPL-2.0
        OFL=OFL-1.1
        OSL 1.0=OSL-1.0
        OSL 1.1=OSL-1.1
        OSL 2.0=OSL-2.0
        OSL 2.1=OSL-2.1
        OSL 3.0=OSL-3.0
        QPL=QPL-1.0
        RPSL=RPSL-1.0
        SPL=SPL-1.0
        VSL=VSL-1.0
        YPLv1.1=YPL-1.1
        ZPLv2.0=ZPL-2.0
        ZPLv2.1=ZPL-2.1
        Zend=Zend-2.0
        zlib with acknowledgement=zlib-acknowledgement
        """

    /// Names with a version or a number of clauses, from licenses_changes.txt of openSUSE's service format_spec_file, and
    /// the same names in the spellings of Mariner and Photon.
    private static let suse = """
        Apache 2.0=Apache-2.0
        Apache v2.0=Apache-2.0
        Apache License 2.0=Apache-2.0
        Apache License, Version 2.0=Apache-2.0
        Apache License Version 2.0=Apache-2.0
        Apache Software License 2.0=Apache-2.0
        Apache Software License, Version 2.0=Apache-2.0
        ASL2.0=Apache-2.0
        ASLv2.0=Apache-2.0
        BSD (3-Clause)=BSD-3-Clause
        BSD 3-Clause=BSD-3-Clause
        BSD 3 Clause=BSD-3-Clause
        3-Clause BSD=BSD-3-Clause
        BSD 2-Clause=BSD-2-Clause
        BSD 2 Clause=BSD-2-Clause
        2-Clause BSD=BSD-2-Clause
        CC0 1.0=CC0-1.0
        CDDL 1.0=CDDL-1.0
        CDDL 1.1=CDDL-1.1
        EPL 1.0=EPL-1.0
        EPL 2.0=EPL-2.0
        MPL 1.1=MPL-1.1
        MPL 2.0=MPL-2.0
        MPLv2=MPL-2.0
        OFL 1.1=OFL-1.1
        """
}
