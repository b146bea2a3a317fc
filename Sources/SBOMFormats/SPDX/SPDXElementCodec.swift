internal import ByteStreams
package import SBOMModel
package import StructuredText

/// Packages and files of SPDX 2.3 JSON as elements, and back.
///
/// A codec reads only the members for which ``Element`` has a field; a conversion carries the rest.
package struct SPDXElementCodec {
    static let noAssertion = Element.noAssertion
    /// The prefix of the annotation with the properties of CycloneDX, a JSON array, in the form of cdx2spdx.
    static let propertiesWord = "MISSING_CDX_PROPERTY:properties="

    private static let verificationCode = "packageVerificationCode"

    let setting: CodecContext
    var use = CodecUse.conversion

    package init(setting: CodecContext) {
        self.setting = setting
    }

    init(setting: CodecContext, use: CodecUse) {
        self.init(setting: setting)
        self.use = use
    }

    // MARK: Reading

    /// Decodes a package or file.
    package func element(_ object: JSONObject, _ form: Element.Form) -> Element {
        var element = Element(id: "", name: "")
        element.form = form
        for member in object.members {
            switch member.value {
            case .string(let text): read(text, of: member.name, to: &element)
            case .array(let items): read(items, of: member.name, to: &element)
            case .bool(true) where use == .conversion && member.name == "filesAnalyzed":
                element.filesAnalyzed = true
            case .object(let object) where use == .conversion && member.name == Self.verificationCode:
                element.verificationCode = object.text("packageVerificationCodeValue")
                element.filesExcludedFromCode = object.texts("packageVerificationCodeExcludedFiles").map(\.text)
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
        case "packageFileName": element.packageFileName = text
        case "licenseComments": element.licenseComments = text
        case "noticeText": element.noticeText = text
        case "builtDate": element.builtDate = text
        case "releaseDate": element.releaseDate = text
        case "validUntilDate": element.validUntilDate = text
        default: break
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
                // For a conversion also by the address of the type.
                let name = use == .conversion ? Self.knownReference(type)?.type ?? type : type
                if element.packageURL == nil, Self.isPackageURL(category: category, type: name) {
                    element.packageURL = locator
                } else if use == .conversion {
                    read(category: category, type: type, locator, to: &element)
                }
            }
        case _ where use == .reading: break
        case "fileTypes":
            let types = items.compactMap(\.textContent)
            guard types.count == items.count, !types.isEmpty else { return }
            element.fileTypes = types
        case "annotations":
            for case .object(let annotation) in items { read(annotation, to: &element) }
        default: break
        }
    }

    /// Whether an external reference is a package URL (SPDX 2.3 §7.21, annex F.3).
    ///
    /// The first one is the package URL of the element. SPDX 2.2 and 2.3 spell the category with an underscore or a
    /// hyphen, and some tools write it in lower case.
    package static func isPackageURL(category: String, type: String) -> Bool {
        guard category.utf8.count == 15, type.utf8.count == 4, type.lowercased() == "purl" else { return false }
        let word = category.uppercased()
        return word == "PACKAGE-MANAGER" || word == "PACKAGE_MANAGER"
    }

    /// Adds an external reference, with a CPE in the words of SPDX.
    private func read(category: String, type: String, _ locator: String, to element: inout Element) {
        var reference = Element.ExternalReference(category: category, type: type, locator: locator)
        if let known = Self.knownReference(type), known.type.hasPrefix("cpe"), category.uppercased() == known.category {
            (reference.category, reference.type) = known
        }
        element.externalReferences.append(reference)
    }

    /// The type of an external reference and its category as SPDX 2.3 spells them (annex F), found without regard to case,
    /// and also if it is written as the address of its definition; nil for another type.
    package static func knownReference(_ type: String) -> (category: String, type: String)? {
        referenceTypes[typeName(type).lowercased()]
    }

    private static let referenceTypes: [String: (category: String, type: String)] = {
        var types: [String: (category: String, type: String)] = [:]
        for (category, names) in [
            ("SECURITY", "cpe22Type cpe23Type advisory fix url swid"),
            ("PACKAGE-MANAGER", "maven-central npm nuget bower purl"), ("PERSISTENT-ID", "swh gitoid"),
        ] {
            for name in names.split(separator: " ") { types[name.lowercased()] = (category, String(name)) }
        }
        return types
    }()

    /// The name of a type of external references, which may be written as the address of its definition (SPDX 2.3 §7.21).
    private static func typeName(_ type: String) -> Substring {
        let address = "://spdx.org/rdf/references/"
        guard let slash = type.utf8.lastIndex(of: UInt8(ascii: "/")) else { return type[...] }
        let before = type[...slash].lowercased()
        return before == "http" + address || before == "https" + address
            ? type[type.utf8.index(after: slash)...] : type[...]
    }

    private func read(_ annotation: JSONObject, to element: inout Element) {
        guard annotation.count == 4, let comment = annotation.text("comment"),
            annotation.text("annotationType") == "OTHER"
        else { return }
        if let properties = comment.dropping(prefix: Self.propertiesWord) {
            element.properties += self.properties(String(properties))
        } else if annotation.text("annotator") == setting.tool, annotation.text("annotationDate") == setting.created,
            let colon = comment.firstRange(of: ": "), colon.lowerBound > comment.startIndex
        {
            element.properties.append(
                .init(String(comment[..<colon.lowerBound]), String(comment[colon.upperBound...])))
        }
    }

    private func properties(_ json: String) -> [Element.Property] {
        // If the text is not JSON, a conversion carries it as an annotation.
        guard let value = try? JSONValue(parsing: Array(json.utf8), limits: setting.limits),
            case .array(let items) = value
        else { return [] }
        return items.compactMap { item in
            guard case .object(let property) = item, let name = property.text("name") else { return nil }
            return .init(name, property.text("value") ?? "", .other)
        }
    }

    /// The part of the name before the last separator, if it is the namespace of the package URL.
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

    /// Writes a package or file.
    package func object(_ element: Element) -> JSONObject {
        element.form == .package ? package(element) : file(element)
    }

    // SPDX 2.3 §7. Unknown values are NOASSERTION in the fields that users look for (licenses, copyright, supplier,
    // download location). Other fields are left out.
    private func package(_ element: Element) -> JSONObject {
        var object = JSONObject()
        object.members.reserveCapacity(20)
        object.append("SPDXID", .string("SPDXRef-\(element.id)"))
        object.append("name", .string(Self.fullName(element)))
        object.appendText("versionInfo", element.version)
        object.appendText("packageFileName", element.packageFileName)
        object.append("supplier", .string(element.supplier?.spdx ?? Self.noAssertion))
        object.appendText("originator", element.originator?.spdx)
        object.append("downloadLocation", .string(element.downloadLocation ?? Self.noAssertion))
        object.append("filesAnalyzed", .bool(element.filesAnalyzed))
        let code = element.filesAnalyzed ? element.verificationCode : nil
        if let code {
            var value = JSONObject([.init(name: "packageVerificationCodeValue", value: .string(code))])
            value.appendItems(
                "packageVerificationCodeExcludedFiles", element.filesExcludedFromCode.map { .string($0) })
            object.append(Self.verificationCode, .object(value))
        }
        appendChecksums(of: element, to: &object)
        object.appendText("homepage", element.homepage)
        object.appendText("sourceInfo", element.sourceInfo)
        object.append("licenseConcluded", .string(element.licenseConcluded ?? Self.noAssertion))
        // Version 2.2 requires it of analyzed packages.
        if code != nil { object.append("licenseInfoFromFiles", [.string(Self.noAssertion)]) }
        object.append("licenseDeclared", .string(element.licenseDeclared ?? Self.noAssertion))
        object.appendText("licenseComments", element.licenseComments)
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
        // The schema spells OPERATING_SYSTEM, the specification (§7.24) OPERATING-SYSTEM. Readers of JSON follow the
        // schema.
        object.appendText("primaryPackagePurpose", element.purpose?.spdx)
        object.appendText("builtDate", element.builtDate)
        object.appendText("releaseDate", element.releaseDate)
        object.appendText("validUntilDate", element.validUntilDate)
        object.appendItems("annotations", annotations(of: element))
        return object
    }

    // SPDX 2.3 §8; version 2.2 requires licenses and copyright.
    private func file(_ element: Element) -> JSONObject {
        var object = JSONObject()
        object.members.reserveCapacity(12)
        object.append("SPDXID", .string("SPDXRef-\(element.id)"))
        object.append("fileName", .string(Self.relativeName(element.name)))
        object.appendItems("fileTypes", element.fileTypes.map { .string($0) })
        appendChecksums(of: element, to: &object, evenIfEmpty: true)
        object.append("licenseConcluded", .string(element.licenseConcluded ?? Self.noAssertion))
        object.append("licenseInfoInFiles", [.string(Self.noAssertion)])
        object.appendText("licenseComments", element.licenseComments)
        object.append("copyrightText", .string(element.copyright ?? Self.noAssertion))
        object.appendText("comment", element.comment)
        object.appendText("noticeText", element.noticeText)
        object.appendItems("annotations", annotations(of: element))
        return object
    }

    /// The name of a file, relative to what contains it (SPDX 2.3 §8.1).
    package static func relativeName(_ name: String) -> String {
        if name.isEmpty || name == "." || name == ".." || name.hasPrefix("./") || name.hasPrefix("../") { return name }
        return "./\(Substring(name.utf8.drop { $0 == UInt8(ascii: "/") }))"
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

    private func annotations(of element: Element) -> [JSONValue] {
        var annotations: [JSONValue] = []
        var others: [JSONValue] = []
        for property in element.properties {
            switch property.origin {
            case .tool: annotations.append(annotation("\(property.name): \(property.value)", by: setting.tool))
            case .other: others.append(["name": .string(property.name), "value": .string(property.value)])
            case .cycloneDX: break
            }
        }
        if !others.isEmpty {
            annotations.append(
                annotation(Self.propertiesWord + JSONValue.array(others).embeddedText, by: Tool.converter.spdx))
        }
        return annotations
    }

    /// An annotation of the type OTHER with the time of the document (SPDX 2.3 §12).
    package func annotation(_ comment: String, by annotator: String) -> JSONValue {
        Self.annotation(comment, by: annotator, on: setting.created)
    }

    /// An annotation with a text, and with a time in SPDX's form.
    package static func annotation(_ comment: String, by annotator: String, on created: String) -> JSONValue {
        .object(
            JSONObject([
                .init(name: "annotationDate", value: .string(created)),
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

    /// The identifier without `SPDXRef-`; an identifier without that prefix stays as it is.
    package static func reference(_ id: String) -> String {
        String(id.dropping(prefix: "SPDXRef-") ?? id[...])
    }
}

extension String {
    /// The text after a prefix; nil if the text does not begin with it.
    package func dropping(prefix: String) -> Substring? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...]
    }
}

extension JSONObject {
    /// Appends a text, unless it is nil or empty.
    package mutating func appendText(_ name: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        append(name, .string(text))
    }

    /// Appends an array, unless it is empty.
    mutating func appendItems(_ name: String, _ items: [JSONValue]) {
        if !items.isEmpty { append(name, .array(items)) }
    }
}
