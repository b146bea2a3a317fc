internal import ByteStreams
package import SBOMModel
package import StructuredText

/// Components of CycloneDX JSON as elements, and back.
///
/// A codec reads only the members for which ``Element`` has a field; a conversion carries the rest. Nested components
/// and dependencies are in ``CycloneDXLinks``.
package struct CycloneDXComponentCodec {
    package typealias Version = CycloneDXVersion

    let version: Version
    package let setting: CodecContext
    /// The purpose for which elements are decoded.
    ///
    /// For reading, a publisher is the originator if no other member names one. A conversion could not convert that
    /// back.
    var use = CodecUse.conversion

    package init(version: Version, setting: CodecContext) {
        self.version = version
        self.setting = setting
    }

    init(version: Version, setting: CodecContext, use: CodecUse) {
        self.init(version: version, setting: setting)
        self.use = use
    }

    // MARK: Reading

    /// Reads a component.
    func element(_ component: JSONObject) -> Element {
        var element = Element(id: "", name: "")
        for member in component.members {
            switch member.value {
            case .string(let text): read(text, of: member.name, to: &element)
            case .object(let object):
                if member.name == "supplier" {
                    element.supplier = Self.organization(object)
                    if isOurs, let address = object.texts("url").first?.text {
                        element.properties.append(.init(Self.addressName, address))
                    }
                }
            case .array(let items): read(items, of: member.name, to: &element)
            case .null, .bool, .number: break
            }
        }
        element.originator =
            component["authors"]?.arrayContent.flatMap(Self.onlyAuthor)
            ?? component["manufacturer"]?.objectContent.flatMap(Self.organization)
            ?? component.text("author").flatMap(Self.author)
        if let cpe = component.text("cpe") {
            let type = cpe.hasPrefix("cpe:2.3:") ? "cpe23Type" : "cpe22Type"
            element.externalReferences.insert(.init(category: "SECURITY", type: type, locator: cpe), at: 0)
        }
        var form: Element.Form?
        if let properties = component["properties"]?.arrayContent {
            form = readProperties(properties, to: &element)
        }
        // The summary was written as the description, because the component had no description.
        if element.summary != nil, element.summary == element.description { element.description = nil }
        if element.form == .package, element.purpose == .file, Self.isPlainFile(element) {
            element.form = .file
        }
        if let form { element.form = form }
        if element.form == .file { element.purpose = nil }
        if use == .reading, element.form == .package, element.originator == nil {
            element.originator = component.text("publisher").flatMap(Self.author)
        }
        return element
    }

    /// The only person in a list; nil if the list has several or none.
    private static func onlyAuthor(_ items: [JSONValue]) -> Actor? {
        guard items.count == 1, case .object(let author) = items[0], let name = author.text("name"), !name.isEmpty
        else { return nil }
        return Actor(.person, name: name, email: author.text("email"))
    }

    private func read(_ text: String, of name: String, to element: inout Element) {
        switch name {
        case "bom-ref": element.id = Self.identifier(text)
        case "type": element.purpose = Self.purposes[text]
        case "group": element.group = text.isEmpty ? nil : text
        case "name": element.name = text
        case "version": element.version = text.isEmpty ? nil : text
        case "description": element.description = text
        case "copyright": element.copyright = text.isEmpty ? nil : text
        case "purl": element.packageURL = text
        default: break
        }
    }

    private func read(_ items: [JSONValue], of name: String, to element: inout Element) {
        switch name {
        case "hashes":
            for case .object(let hash) in items {
                if let name = hash.text("alg").flatMap({ Self.checksumAlgorithms[$0] }),
                    let content = hash.text("content")
                {
                    element.checksums.append(.init(algorithm: name, value: content))
                }
            }
        case "licenses": read(licenses: items, to: &element)
        case "externalReferences":
            for case .object(let reference) in items {
                guard let type = reference.text("type"), let url = reference.text("url") else { continue }
                read(reference: type, url, to: &element)
            }
        default: break
        }
    }

    private func read(reference type: String, _ url: String, to element: inout Element) {
        guard !url.isEmpty else { return }
        switch type {
        case "website" where element.homepage == nil: element.homepage = url
        case "distribution" where element.downloadLocation == nil: element.downloadLocation = url
        default:
            // SPDX 2.3 §7.21: a locator has no blanks.
            guard !url.utf8.contains(where: { $0 <= 0x20 }) else { return }
            let category = type == "advisories" ? "SECURITY" : "OTHER"
            element.externalReferences.append(
                .init(category: category, type: type == "advisories" ? "advisory" : type, locator: url))
        }
    }

    /// Reads licenses: concluded ones if `acknowledgement` is `concluded`, else declared ones.
    package func read(licenses: [JSONValue], to element: inout Element) {
        var declared: [String] = []
        var concluded: [String] = []
        for case .object(let choice) in licenses {
            let isConcluded: Bool
            let expression: String
            if let text = choice.text("expression") {
                isConcluded = choice.text("acknowledgement") == "concluded"
                expression = self.expression(ofWords: text)
            } else if let license = choice["license"]?.objectContent {
                isConcluded = license.text("acknowledgement") == "concluded"
                guard let text = self.expression(license) else { continue }
                expression = text
            } else {
                continue
            }
            guard !expression.isEmpty else { continue }
            if isConcluded { concluded.append(expression) } else { declared.append(expression) }
        }
        element.licenseDeclared = joined(declared)
        element.licenseConcluded = joined(concluded)
    }

    private func expression(_ license: JSONObject) -> String? {
        if let id = license.text("id") { return expression(ofWords: id) }
        guard let name = license.text("name"), !name.isEmpty else { return nil }
        let text = Self.text(license)
        if text == nil {
            if LicenseExpression(parsing: name) != nil {
                setting.licenses.mention(name)
                return name
            }
            if use == .conversion, Self.isAbsence(name) { return name }
        }
        return setting.licenses.listed(named: name, text: text) ?? reference(toWords: name, text: text)
    }

    /// A text as an SPDX expression: the text itself if it is one, with references in place of the names that are not on
    /// SPDX's list; else the identifier of a license with the text as its name.
    private func expression(ofWords words: String) -> String {
        if words.isEmpty || Self.isAbsence(words) { return words }
        if LicenseList.license(words) == words { return words }
        guard let expression = LicenseExpression(parsingAnyNames: words) else { return reference(toWords: words) }
        let unknown = Set(expression.unknownNames.filter { !LicenseList.isInSchemas($0) })
        guard use == .conversion, !unknown.isEmpty || expression.hasAddition else {
            setting.licenses.mention(words)
            return words
        }
        let text = LicenseExpression.replacingNames(in: words) { name in
            unknown.contains(name) ? ExtractedLicenses.identifier(name: name, text: nil) : name
        }
        // In SPDX 2.3 no reference can be in the place of an exception.
        guard let known = LicenseExpression(parsingAnyNames: text), !known.hasAddition else {
            return reference(toWords: words)
        }
        for name in unknown { _ = reference(toWords: name) }
        setting.licenses.mention(text)
        return text
    }

    private func reference(toWords words: String, text: String? = nil) -> String {
        let id = ExtractedLicenses.identifier(name: words, text: text)
        setting.licenses.add(id, name: words, text: text)
        return id
    }

    /// Whether a text stands in the place of a license, and is none.
    private static func isAbsence(_ text: String) -> Bool { text == "NONE" || text == Element.noAssertion }

    /// The text of a license, unless it is encoded.
    static func text(_ license: JSONObject) -> String? {
        guard let attachment = license["text"]?.objectContent, attachment.text("encoding") == nil,
            let content = attachment.text("content"), !content.isEmpty
        else { return nil }
        return content
    }

    /// The licenses as one expression with AND, because in CycloneDX all licenses of a list apply.
    private func joined(_ expressions: [String]) -> String? {
        guard expressions.count > 1 else { return expressions.first }
        return expressions.map { text in
            if use == .conversion, Self.isAbsence(text) { return reference(toWords: text) }
            return if case .any = LicenseExpression(parsingAnyNames: text)?.root { "(\(text))" } else { text }
        }.joined(separator: " AND ")
    }

    /// Reads properties, and returns the form of the element if one of them states it.
    private func readProperties(_ properties: [JSONValue], to element: inout Element) -> Element.Form? {
        var form: Element.Form?
        for case .object(let property) in properties {
            guard let name = property.text("name") else { continue }
            let value = property.text("value") ?? ""
            if name.utf8.starts(with: "spdx:".utf8) {
                if !readSPDX(name, value, to: &element) { element.properties.append(.init(name, value, .other)) }
            } else if let detail = name.dropping(prefix: "aquasecurity:trivy:") {
                element.properties.append(.init(String(detail), value))
            } else if let detail = name.dropping(prefix: "sbomkit:") {
                switch detail {
                case "supplier-kind" where value == "Person": element.supplier?.kind = .person
                case "form": form = value == "file" ? .file : .package
                default: element.properties.append(.init(String(detail), value))
                }
            } else if !isOurs || !ScannerProperties.isDerived(name) {
                element.properties.append(.init(name, value, .other))
            }
        }
        if isOurs { ScannerProperties.restore(&element) }
        return form
    }

    /// The address of the supplier, which SPDX has as an annotation of ours.
    private func supplierAddress(of element: Element) -> String? {
        guard isOurs, element.supplier != nil else { return nil }
        let addresses = element.properties.filter { $0.origin == .tool && $0.name == Self.addressName }
        return addresses.count == 1 && Self.isAddress(addresses[0].value) ? addresses[0].value : nil
    }

    private static let addressName = "SupplierURL"

    /// Whether this program generated the document from an image.
    private var isOurs: Bool { setting.tool.hasPrefix("Tool: sbomkit-") }

    private func readSPDX(_ name: String, _ value: String, to element: inout Element) -> Bool {
        let isNothing = value == Element.noAssertion
        switch name {
        case "spdx:package:source-info": element.sourceInfo = value
        case "spdx:package:summary": element.summary = value
        case "spdx:comment": element.comment = value
        case "spdx:license-concluded" where element.licenseConcluded == nil && !isNothing:
            element.licenseConcluded = value
        case "spdx:license-declared" where element.licenseDeclared == nil && !isNothing:
            element.licenseDeclared = value
        case "spdx:download-location" where element.downloadLocation == nil && !isNothing:
            element.downloadLocation = value
        case "spdx:package:primary-package-purpose":
            guard let purpose = Element.Purpose(spdx: value) else { return false }
            element.purpose = purpose
        case "spdx:files-analyzed" where value == "true": element.filesAnalyzed = true
        case Self.excludedFileName: element.filesExcludedFromCode.append(value)
        case Self.fileTypesName where element.fileTypes.isEmpty:
            let types = value.split(separator: ",").map(String.init)
            guard types.allSatisfy(Self.fileTypes.contains) else { return false }
            element.fileTypes = types
        default:
            if let property = TextProperty(rawValue: name) {
                guard element[property] == nil else { return false }
                element[property] = value
            } else if let algorithm = name.dropping(prefix: "spdx:checksum:"),
                Self.algorithms.contains(String(algorithm))
            {
                element.checksums.append(.init(algorithm: String(algorithm), value: value))
            } else if let kind = name.dropping(prefix: Self.referenceName) {
                let parts = kind.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, Self.categories.contains(String(parts[0])) else { return false }
                element.externalReferences.append(
                    .init(category: String(parts[0]), type: String(parts[1]), locator: value))
            } else {
                return false
            }
        }
        return true
    }

    private static func organization(_ object: JSONObject) -> Actor? {
        guard let name = object.text("name"), !name.isEmpty else { return nil }
        let contact = object["contact"]?.arrayContent?.first?.objectContent
        return Actor(.organization, name: name, email: contact?.text("email").flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Reads `Name <mail>`.
    private static func author(_ text: String) -> Actor? {
        guard !text.isEmpty else { return nil }
        if text.hasSuffix(">"), let open = text.firstRange(of: " <") {
            return Actor(
                .person, name: String(text[..<open.lowerBound]), email: String(text[open.upperBound...].dropLast()))
        }
        return Actor(.person, name: text)
    }

    /// Whether the element can be a file in SPDX: it has a SHA-1 digest (§8.4), and no value that only packages have.
    private static func isPlainFile(_ element: Element) -> Bool {
        element.checksums.contains { $0.algorithm == "SHA1" } && element.version == nil && element.supplier == nil
            && element.originator == nil && element.packageURL == nil && element.group == nil
            && element.homepage == nil && element.downloadLocation == nil && element.externalReferences.isEmpty
            && element.description == nil && element.licenseDeclared == nil && element.sourceInfo == nil
            && element.summary == nil
    }

    // MARK: Writing

    /// Writes a component, members in the order of the specification.
    package func component(_ element: Element) -> JSONObject {
        var component = JSONObject()
        component.members.reserveCapacity(element.form == .file ? 6 : 14)
        component.append("type", .string(type(element)))
        component.append("bom-ref", .string(element.id))
        if let supplier = element.supplier {
            component.append("supplier", Self.entity(supplier, at: supplierAddress(of: element)))
        }
        if let originator = element.originator {
            switch (originator.kind, version >= .v1_6) {
            case (.organization, true): component.append("manufacturer", Self.entity(originator))
            case (.person, true): component.append("authors", [Self.contact(originator)])
            case (_, false): component.append("author", .string(Self.text(originator)))
            }
        }
        component.appendText("group", element.group)
        component.append("name", .string(element.name))
        // Up to 1.3 a component must have a version.
        if let text = element.version ?? (version < .v1_4 ? "" : nil), version.holds(componentVersion: text) {
            component.append("version", .string(text))
        }
        component.appendText("description", element.description ?? element.summary)
        let algorithms = element.checksums.map(hashAlgorithm)
        let hashes = zip(element.checksums, algorithms).compactMap { checksum, name -> JSONValue? in
            guard let name else { return nil }
            return .object(
                JSONObject([
                    .init(name: "alg", value: .string(name)), .init(name: "content", value: .string(checksum.value)),
                ]))
        }
        component.appendItems("hashes", hashes)
        component.appendItems("licenses", licenses(element))
        if let copyright = element.copyright, copyright != "NONE" { component.appendText("copyright", copyright) }
        let cpe = Self.cpe(of: element)
        if let cpe { component.append("cpe", .string(element.externalReferences[cpe].locator)) }
        component.appendText("purl", element.packageURL)
        component.appendItems("externalReferences", references(element, apartFrom: cpe))
        if version >= .v1_3, let evidence = evidence(element) { component.append("evidence", evidence) }
        if version >= .v1_3 { component.appendItems("properties", properties(element, cpe: cpe, algorithms)) }
        return component
    }

    private static func cpe(of element: Element) -> Int? {
        element.externalReferences.firstIndex {
            $0.type.hasPrefix("cpe") && $0.category == "SECURITY"
                && CPEName(parsing: $0.locator)?.form.referenceType == $0.type
        }
    }

    private func references(_ element: Element, apartFrom cpe: Int?) -> [JSONValue] {
        var references: [JSONValue] = []
        func append(_ type: String, _ url: String) {
            references.append(
                .object(
                    JSONObject([
                        .init(name: "url", value: .string(url)), .init(name: "type", value: .string(type)),
                    ])))
        }
        if let homepage = element.homepage, Self.isAddress(homepage) { append("website", homepage) }
        if let location = element.downloadLocation, Self.isAddress(location) { append("distribution", location) }
        for (index, reference) in element.externalReferences.enumerated() where index != cpe {
            if let type = referenceType(reference) { append(type, reference.locator) }
        }
        return references
    }

    /// The CycloneDX type of a reference; nil if the reference becomes a property.
    private func referenceType(_ reference: Element.ExternalReference) -> String? {
        guard !reference.locator.isEmpty else { return nil }
        if reference.category == "SECURITY", reference.type == "advisory" { return "advisories" }
        guard reference.category == "OTHER", let since = Self.referenceTypes[reference.type], since <= version else {
            return nil
        }
        return reference.type
    }

    /// Whether the text is an address, and not a keyword such as NONE.
    private static func isAddress(_ text: String) -> Bool {
        text.contains(":") && !text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
    }

    private func hashAlgorithm(_ checksum: Element.Checksum) -> String? {
        guard let name = Self.hashAlgorithms[checksum.algorithm] else { return nil }
        let length = checksum.value.utf8.count
        guard length == 32 || length == 40 || length == 64 || length == 96 || length == 128,
            checksum.value.utf8.allSatisfy(\.isASCIIHexDigit)
        else { return nil }
        return name
    }

    /// The properties for values without a member: under the names that trivy and syft read, the names that
    /// cyclonedx-cli gives to fields of SPDX, or names of our own.
    private func properties(_ element: Element, cpe: Int?, _ algorithms: [String?]) -> [JSONValue] {
        var properties: [JSONValue] = []
        func append(_ name: String, _ value: String) { properties.append(Self.property(name, value)) }
        if let summary = element.summary { append("spdx:package:summary", summary) }
        let source = isOurs ? ScannerProperties.details(of: element) : []
        if let info = element.sourceInfo, source.isEmpty { append("spdx:package:source-info", info) }
        if let comment = element.comment { append("spdx:comment", comment) }
        if element.supplier?.kind == .person { append("sbomkit:supplier-kind", "Person") }
        switch element.purpose {
        case .other, .install, .source, .archive:
            append("spdx:package:primary-package-purpose", element.purpose?.rawValue ?? "")
        case .application, .framework, .library, .container, .operatingSystem, .device, .firmware, .file, nil: break
        }
        if isFormUnclear(element) { append("sbomkit:form", element.form == .file ? "file" : "package") }
        if let concluded = element.licenseConcluded, !holdsConcluded(element) {
            append("spdx:license-concluded", concluded)
        }
        if let location = element.downloadLocation, !Self.isAddress(location) {
            append("spdx:download-location", location)
        }
        if element.filesAnalyzed { append("spdx:files-analyzed", "true") }
        for name in element.filesExcludedFromCode { append(Self.excludedFileName, name) }
        if !element.fileTypes.isEmpty { append(Self.fileTypesName, element.fileTypes.joined(separator: ",")) }
        for property in TextProperty.allCases {
            if let text = element[property] { append(property.rawValue, text) }
        }
        for (checksum, algorithm) in zip(element.checksums, algorithms) where algorithm == nil {
            append("spdx:checksum:\(checksum.algorithm)", checksum.value)
        }
        for (index, reference) in element.externalReferences.enumerated()
        where index != cpe && referenceType(reference) == nil {
            append("\(Self.referenceName)\(reference.category):\(reference.type)", reference.locator)
        }
        let isTrivies = setting.tool.hasPrefix("Tool: trivy")
        let address = supplierAddress(of: element)
        for detail in source + element.properties.filter({ $0.origin == .tool }) {
            if let address, detail.name == Self.addressName, detail.value == address { continue }
            // Readers of syft's documents look for this name.
            if isOurs, detail.name == "LayerDiffID" { append(ScannerProperties.layerName, detail.value) }
            let isRead =
                isTrivies || Self.triviesNames.contains(detail.name) || detail.name.hasPrefix("Labels:")
            append((isRead ? "aquasecurity:trivy:" : "sbomkit:") + detail.name, detail.value)
        }
        if isOurs {
            for (name, value) in ScannerProperties.metadata(of: element) { append(name, value) }
        }
        for property in element.properties where property.origin != .tool { append(property.name, property.value) }
        return properties
    }

    /// Whether a reader would take the component of a file for a package, or that of a package for a file.
    private func isFormUnclear(_ element: Element) -> Bool {
        switch element.form {
        case .file: !Self.isPlainFile(element)
        case .package: element.purpose == .file && Self.isPlainFile(element)
        }
    }

    /// The property in which cyclonedx-cli puts the types of files, with commas between them.
    private static let fileTypesName = "spdx:file:type"
    private static let excludedFileName = "spdx:package:verification-code:excluded-file"
    private static let referenceName = "spdx:external-reference:"

    /// The names of properties in documents of trivy, which trivy itself also reads.
    private static let triviesNames = SourcePackage.detailNames.union([
        "LayerDiffID", "LayerDigest", "DiffID", "ImageID", "RepoTag", "RepoDigest", "Modularitylabel", "PkgID",
        "ContentSet",
    ])

    static let hashAlgorithms = [
        "MD5": "MD5", "SHA1": "SHA-1", "SHA256": "SHA-256", "SHA384": "SHA-384", "SHA512": "SHA-512",
        "SHA3-256": "SHA3-256", "SHA3-384": "SHA3-384", "SHA3-512": "SHA3-512", "BLAKE2b-256": "BLAKE2b-256",
        "BLAKE2b-384": "BLAKE2b-384", "BLAKE2b-512": "BLAKE2b-512", "BLAKE3": "BLAKE3",
    ]
    /// The algorithms of SPDX 2.3 §7.10.
    private static let algorithms: Set<String> = Set(hashAlgorithms.keys).union([
        "SHA224", "MD2", "MD4", "MD6", "ADLER32",
    ])
    /// The file types of SPDX 2.3 §8.3.
    private static let fileTypes: Set<String> = [
        "SOURCE", "BINARY", "ARCHIVE", "APPLICATION", "AUDIO", "IMAGE", "TEXT", "VIDEO", "DOCUMENTATION", "SPDX",
        "OTHER",
    ]
    /// The categories of SPDX 2.3 §7.21, in both spellings.
    private static let categories: Set<String> = [
        "SECURITY", "PACKAGE-MANAGER", "PACKAGE_MANAGER", "PERSISTENT-ID", "PERSISTENT_ID", "OTHER",
    ]
    private static let checksumAlgorithms = Dictionary(
        uniqueKeysWithValues: hashAlgorithms.map { ($0.value, $0.key) })

    /// The CycloneDX types of references that SPDX has in the category OTHER, with the first version that has them.
    ///
    /// Types that have a field in SPDX, and advisories, are not among them.
    private static let referenceTypes: [String: Version] = {
        var types: [String: Version] = [:]
        let words: [(Version, String)] = [
            (
                .v1_2,
                "vcs issue-tracker website bom mailing-list social chat documentation support distribution license build-meta build-system other"
            ), (.v1_4, "release-notes"),
            (
                .v1_5,
                """
                distribution-intake security-contact model-card log configuration evidence formulation attestation \
                threat-model adversary-model risk-assessment vulnerability-assertion exploitability-statement \
                pentest-report static-analysis-report dynamic-analysis-report runtime-analysis-report \
                component-analysis-report maturity-report certification-report codified-infrastructure quality-metrics poam
                """
            ), (.v1_6, "source-distribution electronic-signature digital-signature rfc-9116"),
            (.v1_7, "patent patent-family patent-assertion citation"),
        ]
        for (version, names) in words {
            for name in names.split(separator: " ") { types[String(name)] = version }
        }
        return types
    }()

    private static let purposes: [String: Element.Purpose] = [
        "application": .application, "framework": .framework, "library": .library, "container": .container,
        "operating-system": .operatingSystem, "device": .device, "firmware": .firmware, "file": .file,
    ]

    private func type(_ element: Element) -> String {
        if element.form == .file { return "file" }
        switch element.purpose {
        case .application, .install: return "application"
        case .framework: return "framework"
        case .container: return "container"
        case .operatingSystem: return "operating-system"
        case .device: return "device"
        case .firmware: return "firmware"
        case .file: return "file"
        case .library, .source, .archive, .other, nil: return "library"
        }
    }

    // MARK: Licenses

    private func licenses(_ element: Element) -> [JSONValue] {
        var licenses: [JSONValue] = []
        if let declared = element.licenseDeclared.flatMap({ license($0, "declared") }) { licenses.append(declared) }
        if holdsConcluded(element), let concluded = element.licenseConcluded.flatMap({ license($0, "concluded") }) {
            licenses.append(concluded)
        }
        return licenses
    }

    /// Whether `licenses` can hold the concluded license.
    ///
    /// Before 1.6 a concluded license cannot be distinguished from a declared one. Before 1.7 an expression must be
    /// alone.
    private func holdsConcluded(_ element: Element) -> Bool {
        guard version >= .v1_6, let concluded = element.licenseConcluded, concluded != "NONE" else { return false }
        guard let declared = element.licenseDeclared, declared != "NONE" else { return true }
        return version >= .v1_7 || !isExpression(declared) && !isExpression(concluded)
    }

    private func isExpression(_ text: String) -> Bool {
        guard !Self.isReference(text) else { return form(ofReference: text) == .expression }
        return LicenseList.license(text) != text && LicenseExpression(parsing: text) != nil
    }

    // Version 1.2 has no properties, and so no table.
    private func form(ofReference id: String) -> CycloneDXForms.Form {
        setting.licenses.cycloneDXForm(of: id, hasTable: version >= .v1_3)
    }

    private static func isReference(_ text: String) -> Bool {
        text.utf8.starts(with: "LicenseRef-".utf8) && !text.contains(" ")
    }

    /// An entry of `licenses`: an identifier on SPDX's list, the name of a license that is on no list, or an
    /// expression.
    private func license(_ text: String, _ acknowledgement: String) -> JSONValue? {
        guard !text.isEmpty, text != "NONE" else { return nil }
        var entry = JSONObject()
        if LicenseList.license(text) == text {
            entry.append("id", .string(text))
        } else if Self.isReference(text), case .named(let name, let content) = form(ofReference: text) {
            entry.append("name", .string(name))
            if let content {
                entry.append("text", .object(JSONObject([.init(name: "content", value: .string(content))])))
            }
        } else if LicenseExpression(parsing: text) != nil {
            entry.append("expression", .string(text))
            // From 1.6 a license states whether it is declared or concluded.
            if version >= .v1_6 { entry.append("acknowledgement", .string(acknowledgement)) }
            return .object(entry)
        } else {
            entry.append("name", .string(text))
        }
        if version >= .v1_6 { entry.append("acknowledgement", .string(acknowledgement)) }
        return .object(JSONObject([.init(name: "license", value: .object(entry))]))
    }

    /// The evidence that properties of ours state; nil if there are none.
    ///
    /// It follows from the properties, so it is not read back.
    private func evidence(_ element: Element) -> JSONValue? {
        guard isOurs else { return nil }
        var evidence = JSONObject([])
        if version >= .v1_5, let place = element.value(of: Element.Property.filePath) {
            if let technique = element.value(of: Element.Property.foundBy) {
                // From 1.6 a component may have an array of identities, which syft 1.18 does not read.
                evidence.append(
                    "identity",
                    [
                        "field": .string(element.packageURL == nil ? "name" : "purl"), "confidence": 1,
                        "methods": [["technique": .string(technique), "confidence": 1]],
                    ])
            }
            let member = element.value(of: Element.Property.member).map { "!/\($0)" } ?? ""
            evidence.append("occurrences", [["location": .string("/\(place)\(member)")]])
        }
        if let licenses = evidenceLicenses(element) { evidence.append("licenses", licenses) }
        return evidence.isEmpty ? nil : .object(evidence)
    }

    /// The licenses of some of the files, which properties of ours name with the files; nil if there are none.
    ///
    /// Before 1.7 an expression must be alone.
    private func evidenceLicenses(_ element: Element) -> JSONValue? {
        var licenses: [String] = []
        for property in element.properties where property.origin == .tool {
            guard property.name == Element.Property.licenseOfFiles, let end = property.value.firstRange(of: ": ") else {
                continue
            }
            let license = String(property.value[..<end.lowerBound])
            if !licenses.contains(license) { licenses.append(license) }
        }
        guard !licenses.isEmpty else { return nil }
        if licenses.contains(where: isExpression) {
            let operands = licenses.count == 1 ? licenses : licenses.map { $0.hasBytes(of: " OR ") ? "(\($0))" : $0 }
            return [["expression": .string(operands.joined(separator: " AND "))]]
        }
        let entries: [JSONValue] = licenses.map { license in
            if LicenseList.license(license) == license { return ["license": ["id": .string(license)]] }
            return ["license": ["name": .string(setting.licenses.words(for: license).name)]]
        }
        return .array(entries)
    }

    // MARK: Pieces

    package static func property(_ name: String, _ value: String) -> JSONValue {
        .object(
            JSONObject([.init(name: "name", value: .string(name)), .init(name: "value", value: .string(value))]))
    }

    static func entity(_ actor: Actor, at address: String? = nil) -> JSONValue {
        var entity = JSONObject([.init(name: "name", value: .string(actor.name))])
        if let address { entity.append("url", [.string(address)]) }
        if actor.email != nil { entity.append("contact", [contact(actor)]) }
        return .object(entity)
    }

    static func contact(_ actor: Actor) -> JSONValue {
        var contact = JSONObject([.init(name: "name", value: .string(actor.name))])
        if let email = actor.email { contact.append("email", .string(email)) }
        return .object(contact)
    }

    static func text(_ actor: Actor) -> String { actor.name + (actor.email.map { " <\($0)>" } ?? "") }

    /// The SPDX identifier for a `bom-ref`: the reference itself if SPDX allows it, else its letters and a hash.
    package static func identifier(_ reference: String) -> String {
        let word = Element.word(reference)
        guard !word.isIdentical(to: reference) || word.isEmpty else { return word }
        var hash = ShortHash()
        hash.add(reference)
        return "\(word.prefix(80))-\(hash.digits)"
    }
}

/// The names that cyclonedx-cli gives to texts of SPDX, in the order in which they are written.
private enum TextProperty: String, CaseIterable {
    case packageFileName = "spdx:package:file-name"
    case verificationCode = "spdx:package:verification-code:value"
    case licenseComments = "spdx:license-comments"
    case builtDate = "spdx:package:built-date"
    case releaseDate = "spdx:package:release-date"
    case validUntilDate = "spdx:package:valid-until-date"
    case noticeText = "spdx:file:notice-text"
}

extension Element {
    // A switch instead of key paths: reading through a key path copies the whole element.
    fileprivate subscript(property: TextProperty) -> String? {
        get {
            switch property {
            case .packageFileName: packageFileName
            case .verificationCode: verificationCode
            case .licenseComments: licenseComments
            case .builtDate: builtDate
            case .releaseDate: releaseDate
            case .validUntilDate: validUntilDate
            case .noticeText: noticeText
            }
        }
        set {
            switch property {
            case .packageFileName: packageFileName = newValue
            case .verificationCode: verificationCode = newValue
            case .licenseComments: licenseComments = newValue
            case .builtDate: builtDate = newValue
            case .releaseDate: releaseDate = newValue
            case .validUntilDate: validUntilDate = newValue
            case .noticeText: noticeText = newValue
            }
        }
    }
}
