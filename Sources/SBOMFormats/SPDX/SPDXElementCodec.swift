internal import ByteStreams
package import SBOMModel
internal import StructuredText

/// What the elements of a document have in common: when and by what it was made, and its licences.
struct CodecContext {
    /// When the document was made, as SPDX writes it.
    var created: String
    /// The first tool that made it: `Tool: name-version`.
    var tool: String
    var licenses: ExtractedLicenses
}

/// What a codec decodes an element for.
enum CodecUse: Sendable {
    /// To write the element in another format: everything that the model holds.
    case conversion
    /// To show or compare it: what a ``DocumentGraph`` holds.
    case reading
}

/// Packages and files of SPDX 2.3 JSON as elements, and back.
///
/// Only what the model holds is read; the rest is the business of ``GuardedPatch``.
struct SPDXElementCodec {
    static let noAssertion = "NOASSERTION"

    let setting: CodecContext
    var use = CodecUse.conversion

    // MARK: Reading

    /// Decodes a package or file.
    func element(_ object: JSONObject, _ form: Element.Form) -> Element {
        var element = Element(id: "", name: "")
        element.form = form
        for member in object.members {
            switch member.value {
            case .string(let text): read(text, of: member.name, to: &element)
            case .array(let items): read(items, of: member.name, to: &element)
            case .bool(true) where use == .conversion && member.name == "filesAnalyzed":
                element.spdxTexts.append(.init("spdx:files-analyzed", "true"))
            case .null, .bool, .number, .object: break
            }
        }
        if use == .conversion, form == .package, let group = Self.group(of: element) {
            element.group = group
            element.name = String(element.name.dropFirst(group.count + 1))
        }
        return element
    }

    private func read(_ text: String, of name: String, to element: inout Element) {
        switch name {
        case "SPDXID": element.id = Self.reference(text)
        case "name" where element.form == .package, "fileName" where element.form == .file: element.name = text
        case "versionInfo": element.version = text
        case "downloadLocation": element.downloadLocation = text == Self.noAssertion ? nil : text
        case "licenseConcluded": element.licenseConcluded = text == Self.noAssertion ? nil : text
        case "licenseDeclared": element.licenseDeclared = text == Self.noAssertion ? nil : text
        case _ where use == .reading: break
        case "supplier": element.supplier = Actor(spdx: text)
        case "originator": element.originator = Actor(spdx: text)
        case "homepage": element.homepage = text == Self.noAssertion ? nil : text
        case "sourceInfo": element.sourceInfo = text
        case "copyrightText": element.copyright = text == Self.noAssertion ? nil : text
        case "summary": element.summary = text
        case "description": element.description = text
        case "comment": element.comment = text
        case "primaryPackagePurpose":
            element.purpose = Element.Purpose(spdx: text)
        default:
            if let property = Self.plainMembers.first(where: { $0.member == name })?.property {
                element.spdxTexts.append(.init(property, text))
            }
        }
    }

    private func read(_ items: [JSONValue], of name: String, to element: inout Element) {
        switch name {
        case "checksums":
            for case .object(let checksum) in items {
                if let algorithm = checksum.text("algorithm"), let value = checksum.text("checksumValue") {
                    element.checksums.append(.init(algorithm: algorithm, value: value))
                }
            }
        case "externalRefs":
            for case .object(let reference) in items {
                guard let category = reference.text("referenceCategory"),
                    let type = reference.text("referenceType"), let locator = reference.text("referenceLocator")
                else { continue }
                if element.packageURL == nil, Self.isPackageURL(category: category, type: type) {
                    element.packageURL = locator
                } else if use == .conversion {
                    element.externalReferences.append(.init(category: category, type: type, locator: locator))
                }
            }
        case _ where use == .reading: break
        case "fileTypes":
            let types = items.compactMap(\.textContent)
            guard types.count == items.count, !types.isEmpty else { return }
            element.spdxTexts.append(.init(Self.fileTypes, types.joined(separator: ",")))
        case "annotations":
            for case .object(let annotation) in items { read(annotation, to: &element) }
        default: break
        }
    }

    /// Whether an external reference is a package URL: the first one of an element is its own (SPDX 2.3 §7.21, annex F.3).
    ///
    /// SPDX 2.2 and 2.3 spell the category with an underscore or a hyphen, and some tools write it in lower case.
    static func isPackageURL(category: String, type: String) -> Bool {
        guard category.utf8.count == 15, type.utf8.count == 4, type.lowercased() == "purl" else { return false }
        let word = category.uppercased()
        return word == "PACKAGE-MANAGER" || word == "PACKAGE_MANAGER"
    }

    private func read(_ annotation: JSONObject, to element: inout Element) {
        guard annotation.count == 4, let comment = annotation.text("comment"),
            annotation.text("annotationType") == "OTHER"
        else { return }
        if let properties = comment.dropping(prefix: PatchCarrier.missingProperty + "properties=") {
            element.properties += Self.properties(String(properties))
        } else if annotation.text("annotator") == setting.tool, annotation.text("annotationDate") == setting.created,
            let colon = comment.firstRange(of: ": "), colon.lowerBound > comment.startIndex
        {
            element.details.append(.init(String(comment[..<colon.lowerBound]), String(comment[colon.upperBound...])))
        }
    }

    private static func properties(_ json: String) -> [Element.Detail] {
        guard let value = try? JSONValue(parsing: Array(json.utf8), limits: Limits()), case .array(let items) = value
        else { return [] }
        return items.compactMap { item in
            guard case .object(let property) = item, let name = property.text("name") else { return nil }
            return .init(name, property.text("value") ?? "")
        }
    }

    /// What stands before the name proper, if the package URL says that it is a namespace.
    private static func group(of element: Element) -> String? {
        guard let purl = element.packageURL, let separator = separator(purl),
            let sign = element.name.lastIndex(of: separator), sign > element.name.startIndex,
            element.name.index(after: sign) < element.name.endIndex
        else { return nil }
        let group = String(element.name[..<sign])
        return isNamespace(group, of: purl) ? group : nil
    }

    /// The character that joins namespace and name in the full name of a package; nil if its type has no such name.
    private static func separator(_ purl: String) -> Character? {
        guard purl.hasPrefix("pkg:") else { return nil }
        return PackageURL.rules(for: String(purl.dropFirst(4).prefix { $0 != "/" })).nameSeparator
    }

    private static func isNamespace(_ group: String, of purl: String) -> Bool {
        guard let parsed = PackageURL(parsing: purl) else { return false }
        return !group.isEmpty && parsed.namespace.joined(separator: "/").lowercased() == group.lowercased()
    }

    // MARK: Writing

    /// The package or file.
    func object(_ element: Element) -> JSONObject {
        element.form == .package ? package(element) : file(element)
    }

    // SPDX 2.3 §7. What is not known is said where the field is one that users look for (licences, copyright, supplier,
    // download location), and otherwise left out.
    private func package(_ element: Element) -> JSONObject {
        var object = JSONObject()
        object.members.reserveCapacity(20)
        object.append("SPDXID", .string("SPDXRef-\(element.id)"))
        object.append("name", .string(Self.fullName(element)))
        object.appendText("versionInfo", element.version)
        appendPlain("packageFileName", of: element, to: &object)
        object.append("supplier", .string(element.supplier?.spdx ?? Self.noAssertion))
        object.appendText("originator", element.originator?.spdx)
        object.append("downloadLocation", .string(element.downloadLocation ?? Self.noAssertion))
        let isAnalyzed = element.spdxTexts.contains { $0.name == "spdx:files-analyzed" && $0.value == "true" }
        object.append("filesAnalyzed", .bool(isAnalyzed))
        appendChecksums(of: element, to: &object)
        object.appendText("homepage", element.homepage)
        object.appendText("sourceInfo", element.sourceInfo)
        object.append("licenseConcluded", .string(element.licenseConcluded ?? Self.noAssertion))
        object.append("licenseDeclared", .string(element.licenseDeclared ?? Self.noAssertion))
        appendPlain("licenseComments", of: element, to: &object)
        object.append("copyrightText", .string(element.copyright ?? Self.noAssertion))
        object.appendText("summary", element.summary)
        object.appendText("description", element.description)
        object.appendText("comment", element.comment)
        var references: [JSONValue] = []
        if let purl = element.packageURL {
            references.append(Self.reference("PACKAGE-MANAGER", "purl", purl))
        }
        for reference in element.externalReferences {
            references.append(Self.reference(reference.category, reference.type, reference.locator))
        }
        object.appendItems("externalRefs", references)
        // The schema spells OPERATING_SYSTEM, the specification (§7.24) OPERATING-SYSTEM; readers of JSON go by the schema.
        object.appendText("primaryPackagePurpose", element.purpose?.spdx)
        for name in ["builtDate", "releaseDate", "validUntilDate"] { appendPlain(name, of: element, to: &object) }
        object.appendItems("annotations", annotations(of: element))
        return object
    }

    // SPDX 2.3 §8; in 2.2 licences and copyright are mandatory.
    private func file(_ element: Element) -> JSONObject {
        var object = JSONObject()
        object.members.reserveCapacity(12)
        object.append("SPDXID", .string("SPDXRef-\(element.id)"))
        object.append("fileName", .string(element.name))
        if let types = element.spdxTexts.first(where: { $0.name == Self.fileTypes })?.value {
            let types = types.split(separator: ",", omittingEmptySubsequences: false)
            object.append("fileTypes", .array(types.map { .string(String($0)) }))
        }
        appendChecksums(of: element, to: &object, evenIfEmpty: true)
        object.append("licenseConcluded", .string(element.licenseConcluded ?? Self.noAssertion))
        object.append("licenseInfoInFiles", [.string(Self.noAssertion)])
        appendPlain("licenseComments", of: element, to: &object)
        object.append("copyrightText", .string(element.copyright ?? Self.noAssertion))
        object.appendText("comment", element.comment)
        appendPlain("noticeText", of: element, to: &object)
        object.appendItems("annotations", annotations(of: element))
        return object
    }

    private func appendChecksums(of element: Element, to object: inout JSONObject, evenIfEmpty: Bool = false) {
        guard evenIfEmpty || !element.checksums.isEmpty else { return }
        object.append(
            "checksums",
            .array(
                element.checksums.map {
                    .object(
                        JSONObject([
                            .init(name: "algorithm", value: .string($0.algorithm)),
                            .init(name: "checksumValue", value: .string($0.value)),
                        ]))
                }))
    }

    private func appendPlain(_ member: String, of element: Element, to object: inout JSONObject) {
        guard !element.spdxTexts.isEmpty,
            let property = Self.plainMembers.first(where: { $0.member == member })?.property
        else { return }
        object.appendText(member, element.spdxTexts.first { $0.name == property }?.value)
    }

    private func annotations(of element: Element) -> [JSONValue] {
        var annotations = element.details.map { annotation("\($0.name): \($0.value)", by: setting.tool) }
        if !element.properties.isEmpty {
            let properties = element.properties.map { property -> JSONValue in
                ["name": .string(property.name), "value": .string(property.value)]
            }
            let entry = GuardedPatch.Entry(path: "properties", guardHash: nil, value: .array(properties))
            annotations.append(
                annotation("\(PatchCarrier.missingProperty)properties=\(entry.text)", by: PatchCarrier.tool))
        }
        return annotations
    }

    func annotation(_ comment: String, by annotator: String) -> JSONValue {
        .object(
            JSONObject([
                .init(name: "annotationDate", value: .string(setting.created)),
                .init(name: "annotationType", value: "OTHER"),
                .init(name: "annotator", value: .string(annotator)),
                .init(name: "comment", value: .string(comment)),
            ]))
    }

    private static func reference(_ category: String, _ type: String, _ locator: String) -> JSONValue {
        .object(
            JSONObject([
                .init(name: "referenceCategory", value: .string(category)),
                .init(name: "referenceType", value: .string(type)),
                .init(name: "referenceLocator", value: .string(locator)),
            ]))
    }

    static func fullName(_ element: Element) -> String {
        guard let group = element.group, let purl = element.packageURL, let separator = separator(purl),
            isNamespace(group, of: purl)
        else { return element.name }
        return "\(group)\(separator)\(element.name)"
    }

    /// Members that are one text and that CycloneDX has no member for, and what other tools call them as properties.
    static let plainMembers: [(member: String, property: String)] = [
        ("packageFileName", "spdx:package:file-name"), ("licenseComments", "spdx:license-comments"),
        ("builtDate", "spdx:package:built-date"), ("releaseDate", "spdx:package:release-date"),
        ("validUntilDate", "spdx:package:valid-until-date"), ("noticeText", "spdx:file:notice-text"),
    ]

    /// The property in which cyclonedx-cli puts the types of files, with commas between them.
    static let fileTypes = "spdx:file:type"

    /// What stands behind `SPDXRef-`; another identifier as it is.
    static func reference(_ id: String) -> String {
        String(id.dropping(prefix: "SPDXRef-") ?? id[...])
    }
}

extension Actor {
    /// `Organization: Name (mail)`, as SPDX 2.3 §6.8 and §7.5 spell it.
    ///
    /// A name that itself ends with a parenthesis gets empty ones for the address, so that it is not read as one.
    var spdx: String {
        let address = email.map { " (\($0))" } ?? (name.hasSuffix(")") ? " ()" : "")
        return "\(kind.rawValue): \(name)\(address)"
    }

    /// Reads what ``spdx`` writes; nil for anything else, such as NOASSERTION and tools.
    package init?(spdx text: String) {
        let kind: Kind
        let rest: Substring
        if let name = text.dropping(prefix: "Organization: ") {
            (kind, rest) = (.organization, name)
        } else if let name = text.dropping(prefix: "Person: ") {
            (kind, rest) = (.person, name)
        } else {
            return nil
        }
        var (name, email): (String, String?) = (String(rest), nil)
        // Byte by byte, because documents name thousands of actors.
        let bytes = name.utf8
        if bytes.last == UInt8(ascii: ")"), let open = bytes.lastIndex(of: UInt8(ascii: "(")), open > bytes.startIndex,
            bytes[bytes.index(before: open)] == UInt8(ascii: " ")
        {
            let address = bytes[bytes.index(after: open)...].dropLast()
            if address.isEmpty || address.contains(UInt8(ascii: "@")) {
                email = address.isEmpty ? nil : String(Substring(address))
                name = String(name[..<bytes.index(before: open)])
            }
        }
        guard !name.isEmpty else { return nil }
        self.init(kind, name: name, email: email)
    }
}

extension Element.Purpose {
    /// As SPDX's schema spells it, which has no hyphen.
    var spdx: String { self == .operatingSystem ? "OPERATING_SYSTEM" : rawValue }

    /// Reads the spelling of the schema and that of the specification.
    init?(spdx text: String) {
        self.init(rawValue: text == "OPERATING_SYSTEM" ? "OPERATING-SYSTEM" : text)
    }
}

extension Tool {
    /// `Tool: name-version`.
    var spdx: String { version.isEmpty ? "Tool: \(name)" : "Tool: \(name)-\(version)" }

    /// Takes `name-version` apart at the last hyphen before a digit.
    init(spdx text: Substring) {
        let bytes = Array(text.utf8)
        let hyphen = bytes.indices.dropLast().last { index in
            bytes[index] == UInt8(ascii: "-") && index > 0 && (0x30...0x39).contains(bytes[index + 1])
        }
        guard let hyphen else {
            self.init(name: String(text), version: "")
            return
        }
        self.init(
            name: String(decoding: bytes[..<hyphen], as: UTF8.self),
            version: String(decoding: bytes[(hyphen + 1)...], as: UTF8.self))
    }
}

extension String {
    /// What stands behind a prefix; nil if it does not begin with that.
    func dropping(prefix: String) -> Substring? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...]
    }
}

extension JSONObject {
    /// A member that is left out where there is nothing to say.
    mutating func appendText(_ name: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        append(name, .string(text))
    }

    /// An array that is left out where it is empty.
    mutating func appendItems(_ name: String, _ items: [JSONValue]) {
        if !items.isEmpty { append(name, .array(items)) }
    }
}
