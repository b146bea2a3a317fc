internal import ByteStreams

/// The description of an installed Python distribution: `METADATA` or `PKG-INFO` (PyPA specifications, "Core metadata").
struct PythonMetadata: Sendable {
    let name: String
    let version: String?
    /// The values of `Requires-Dist`, in their order.
    private(set) var requirements: [String] = []
    private(set) var licenseExpression: String?
    private(set) var license: String?
    /// The values of `Classifier` that begin with `License ::`.
    private(set) var licenseClassifiers: [String] = []
    private(set) var author: String?
    private(set) var homepage: String?
    private(set) var summary: String?

    /// The header of a description, up to the first empty line; the long description follows it.
    static func header(of bytes: [UInt8]) -> [UInt8] {
        var previous: UInt8 = 0x0A
        for (place, byte) in bytes.enumerated() where byte != 0x0D {
            if byte == 0x0A, previous == 0x0A { return Array(bytes[..<place]) }
            previous = byte
        }
        return bytes
    }

    /// Reads a header (RFC 822); nil if it states no name.
    init?(parsing header: [UInt8]) {
        var fields: [(name: String, value: String)] = []
        for line in String(decoding: header, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if let first = line.first, first == " " || first == "\t" {
                // Only licenses have more lines that matter, and they are not expressions then.
                guard let last = fields.indices.last, fields[last].value.utf8.count < Limits.pythonFieldLength else {
                    continue
                }
                fields[last].value += " " + line.trimmed
            } else if let colon = line.firstIndex(of: ":") {
                fields.append(
                    (line[..<colon].lowercased(), String(line[line.index(after: colon)...].trimmed)))
            }
        }
        func first(_ name: String) -> String? {
            // distutils writes UNKNOWN for a field without a value.
            fields.first { $0.name == name && !$0.value.isEmpty && $0.value != "UNKNOWN" }?.value
        }
        guard let name = first("name") else { return nil }
        self.name = name
        version = first("version")
        summary = first("summary")
        licenseExpression = first("license-expression")
        license = first("license")
        if let person = first("author") ?? first("maintainer") {
            let address = first("author") == nil ? first("maintainer-email") : first("author-email")
            author = address.map { $0.contains("<") || !$0.contains("@") ? person : "\(person) <\($0)>" } ?? person
        } else {
            author = first("author-email") ?? first("maintainer-email")
        }
        homepage = first("home-page")
        for (name, value) in fields {
            switch name {
            case "requires-dist": requirements.append(value)
            case "classifier" where value.hasPrefix("License ::"): licenseClassifiers.append(value)
            case "project-url" where homepage == nil:
                let parts = value.split(separator: ",", maxSplits: 1)
                let label = parts.first?.trimmed.lowercased().filter(\.isLetter) ?? ""
                if parts.count == 2, label == "homepage" { homepage = String(parts[1].trimmed) }
            default: break
            }
        }
    }

    /// What states the license: an expression, a short text or the end of a classifier, in this order; nil if none does.
    var licenseText: String? {
        if let licenseExpression { return licenseExpression }
        if let license, license.utf8.count <= Limits.shownLicenseName { return license }
        let classified = licenseClassifiers.compactMap { $0.split(separator: "::").last.map { String($0.trimmed) } }
            .filter { $0 != "OSI Approved" }
        guard classified.count == 1 else { return nil }
        return Self.identifiers[classified[0]] ?? classified[0]
    }

    /// The classifiers that name one license of the SPDX License List exactly, as PEP 639 maps them.
    private static let identifiers: [String: String] = [
        "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
        "Common Development and Distribution License 1.0 (CDDL-1.0)": "CDDL-1.0",
        "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
        "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
        "European Union Public Licence 1.1 (EUPL 1.1)": "EUPL-1.1",
        "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
        "GNU Affero General Public License v3": "AGPL-3.0-only",
        "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
        "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
        "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
        "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
        "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
        "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
        "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
        "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
        "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
        "ISC License (ISCL)": "ISC",
        "MIT License": "MIT",
        "MIT No Attribution License (MIT-0)": "MIT-0",
        "Mozilla Public License 1.0 (MPL)": "MPL-1.0",
        "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
        "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
        "Open Software License 3.0 (OSL-3.0)": "OSL-3.0",
        "Python License (CNRI Python License)": "CNRI-Python",
        "The Unlicense (Unlicense)": "Unlicense",
        "Universal Permissive License (UPL)": "UPL-1.0",
        "zlib/libpng License": "Zlib",
    ]
}
