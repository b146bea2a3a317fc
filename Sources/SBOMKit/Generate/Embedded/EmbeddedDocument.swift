internal import ByteStreams
internal import PackageDatabases
internal import SBOMConversion
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// What an SBOM inside of an image says of packages.
///
/// A document of any format is read as SPDX 2.3. Only what can be stated in a document of ours is taken, and only if it
/// is valid: the rest of it stands in the SBOM itself, to which our document refers.
struct EmbeddedDocument {
    /// A package.
    struct Package {
        /// The package, without an identifier and without properties.
        var element: Element
        var declared: LicenseFinding?
        var concluded: LicenseFinding?
        /// Where its file is, as the document states it.
        var file: String?
        /// Whether it is an image or an operating system: that in which the document was found, or one it is built on.
        var isSystem: Bool
        /// Whether other packages were built from it, and it is not in the image itself.
        var isSource = false
        /// Whether it is the description by which others were built.
        var isRecipe = false
    }

    /// What the document calls itself; nil if that is no URI.
    private(set) var reference: String?
    /// The packages, in the order of the document.
    private(set) var packages: [Package] = []
    /// The package that the document describes.
    private(set) var root: Int?
    /// The pairs of packages of which one contains or needs the other, each once, in the order of the document.
    private(set) var links: [EmbeddedLink] = []

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - describesFirst: Whether the first package is the one that the document describes, if it names none.
    ///   - limits: The bounds.
    /// - Throws: If it is damaged, of an unknown format, or exceeds a limit.
    init(reading bytes: [UInt8], describesFirst: Bool, limits: Limits) throws {
        var document = try ParsedDocument(parsing: bytes, limits: limits)
        reference = EmbeddedSBOMExtractor.reference(of: document)
        try limits.admit(elements: document.elementCount, inBytes: document.size)
        if document.family != .spdx || document.version != SPDXVersion.v2_3.rawValue || document.syntax != .json {
            let converter = DocumentConverter(carries: false, created: .unknown, reports: false, limits: limits)
            let converted = try converter.convert(document, to: .spdx(.v2_3, .json)).bytes
            document = try ParsedDocument(parsing: converted, limits: limits)
        }
        read(document.takeContent(), describesFirst: describesFirst, limits)
    }

    private mutating func read(_ content: consuming JSONObject, describesFirst: Bool, _ limits: Limits) {
        var parts = SPDXParts(content)
        let head = DocumentMetadata(spdx: parts.header, DocumentDefaults(created: .unknown, uuid: ""))
        let codec = SPDXElementCodec(
            setting: CodecContext(
                created: head.created.description, tool: head.tool, licenses: ExtractedLicenses(), limits: limits))
        let texts = Self.licenses(in: parts.header)
        // Bitnami gives a document the identifier of its first package.
        let indices = CycloneDXParts.indices(parts.ids)
        let (found, _) = parts.takeRelationships().links(indices)
        var files: [Int: String] = [:]
        // Packages come before files.
        for number in parts.units.indices {
            let element = codec.element(parts.units[number], parts.forms[number])
            if parts.forms[number] == .package {
                packages.append(Package(element, texts))
            } else {
                files[number] = element.name
            }
        }
        root = SPDXParts.roots(found, header: parts.header, indices: indices, forms: parts.forms)
            .first { $0 < packages.count }
        if root == nil, describesFirst, !packages.isEmpty { root = 0 }
        var reader = LinkReader(packages: packages, files: files)
        for (outer, inner) in SPDXParts.contained(SPDXParts.contained(parts.units, parts.forms), indices) {
            reader.add(outer, .contains, inner)
        }
        let document = indices[parts.documentID]
        for link in found.document where link.to >= 0 && link.kind.forward.kind != .describes {
            if let document { reader.add(document, link.kind, link.to) }
        }
        for (source, links) in found.units.enumerated() {
            for link in links where link.to >= 0 { reader.add(source, link.kind, link.to) }
        }
        packages = reader.packages
        links = reader.links
    }

    /// The names and texts of the licenses that are on no list, by their identifiers.
    private static func licenses(in header: JSONObject) -> [String: (name: String?, text: String?)] {
        var licenses: [String: (name: String?, text: String?)] = [:]
        for (_, license) in header.objects("hasExtractedLicensingInfos") {
            guard let id = license.text("licenseId"), licenses[id] == nil else { continue }
            licenses[id] = (license.text("name"), license.text("extractedText"))
        }
        return licenses
    }
}

/// Two packages of a document, of which one contains or needs the other.
struct EmbeddedLink: Hashable {
    /// How the one is related to the other.
    enum Kind: Hashable {
        case contains
        case needs
        /// As a recommendation, or for some uses.
        case mayNeed
        case generatedFrom
    }

    /// The number of the one that contains or needs the other.
    var from: Int
    var kind: Kind
    var to: Int
}

/// Reads the relationships of packages.
private struct LinkReader {
    private(set) var packages: [EmbeddedDocument.Package]
    /// The paths of the files, by their numbers.
    private let files: [Int: String]
    private(set) var links: [EmbeddedLink] = []
    private var known: Set<EmbeddedLink> = []

    init(packages: [EmbeddedDocument.Package], files: [Int: String]) {
        self.packages = packages
        self.files = files
    }

    mutating func add(_ source: Int, _ kind: Relationship.Kind, _ target: Int) {
        let forward = kind.forward
        let (from, to) = forward.isReversed ? (target, source) : (source, target)
        guard from != to, packages.indices.contains(from) else { return }
        guard packages.indices.contains(to) else {
            if forward.kind == .contains, packages[from].file == nil { packages[from].file = files[to] }
            return
        }
        switch (forward.kind, forward.qualifier) {
        case (.generatedFrom, _):
            packages[to].isSource = true
            append(EmbeddedLink(from: from, kind: .generatedFrom, to: to))
        // melange says so of the recipe of a package.
        case (.describes, _): packages[from].isRecipe = true
        case (_, "optional"): append(EmbeddedLink(from: from, kind: .mayNeed, to: to))
        // What builds and tests need is no dependency of what is installed.
        case (_, "build"), (_, "dev"), (_, "test"), (_, "provided"): break
        default:
            switch kind.structure {
            case .contains: append(EmbeddedLink(from: from, kind: .contains, to: to))
            case .needs: append(EmbeddedLink(from: from, kind: .needs, to: to))
            case nil: break
            }
        }
    }

    private mutating func append(_ link: EmbeddedLink) {
        if known.insert(link).inserted { links.append(link) }
    }
}

extension EmbeddedDocument.Package {
    /// The properties in which other tools state the path of the file of a package.
    private static let fileProperties = [
        Element.Property.filePath, "aquasecurity:trivy:FilePath", "syft:location:0:path",
    ]

    /// What a package states that is valid in any document.
    fileprivate init(_ read: Element, _ texts: [String: (name: String?, text: String?)]) {
        var element = Element(id: "", name: read.name)
        element.group = read.group
        element.version = read.version?.nonEmpty
        element.packageURL = read.packageURL.flatMap(Self.packageURL)
        isSystem = read.purpose == .operatingSystem || read.purpose == .container
        element.purpose = read.purpose
        element.supplier = read.supplier.flatMap(Self.actor)
        element.originator = read.originator.flatMap(Self.actor)
        element.homepage = read.homepage.flatMap { WebAddress($0)?.text }
        element.downloadLocation = read.downloadLocation.flatMap { WebAddress($0)?.text }
        element.summary = read.summary?.nonEmpty
        element.description = read.description?.nonEmpty
        element.comment = read.comment?.nonEmpty
        element.copyright = read.copyright == "NONE" ? nil : read.copyright?.nonEmpty
        element.checksums = Self.checksums(read.checksums)
        var names: Set<String> = []
        for reference in read.externalReferences {
            guard let name = CPEName(parsing: reference.locator), names.insert(name.text).inserted else { continue }
            element.externalReferences.append(
                Element.ExternalReference(
                    category: "SECURITY", type: name.form.referenceType, locator: name.text))
        }
        self.element = element
        declared = Self.license(read.licenseDeclared, texts)
        concluded = Self.license(read.licenseConcluded, texts)
        file =
            Self.fileProperties.lazy.compactMap { name in
                read.properties.first { $0.name == name }?.value
            }.first
    }

    /// The package URL in its canonical form; nil if it violates the definition of its type.
    private static func packageURL(_ text: String) -> String? {
        guard let text = PackageURL(parsing: text)?.description else { return nil }
        return switch PackageURL.flaw(in: text) {
        case nil, .unregisteredType: text
        case .syntax, .keyInCapitals, .slashInSegment, .type: nil
        }
    }

    private static func actor(_ actor: Actor) -> Actor? {
        let text = actor.email.map { "\(actor.name) <\($0)>" } ?? actor.name
        return Actor(contact: text).map { Actor(actor.kind, name: $0.name, email: $0.email) }
    }

    /// The digests that have as many digits as their algorithm gives, one of each.
    private static func checksums(_ checksums: [Element.Checksum]) -> [Element.Checksum] {
        let lengths = ["MD5": 32, "SHA1": 40, "SHA224": 56, "SHA256": 64, "SHA384": 96, "SHA512": 128]
        var known: Set<String> = []
        return checksums.compactMap { checksum in
            let value = checksum.value.lowercased()
            guard lengths[checksum.algorithm] == value.utf8.count, value.utf8.allSatisfy(\.isASCIILowercaseHexDigit),
                known.insert(checksum.algorithm).inserted
            else { return nil }
            return Element.Checksum(algorithm: checksum.algorithm, value: value)
        }
    }

    /// What a text states about a license; nil if it states nothing that a document of ours can.
    private static func license(
        _ text: String?, _ texts: [String: (name: String?, text: String?)]
    ) -> LicenseFinding? {
        // A text that another document has is not here.
        guard let text, text != "NONE", !text.hasBytes(of: "DocumentRef-"), !text.hasBytes(of: "AdditionRef-"),
            text.utf8.count <= Limits.licenseExpressionLength
        else { return nil }
        guard let expression = LicenseExpression(parsing: text) else {
            return LicenseFinding(licenseTag: text, rule: .packageMetadata)
        }
        var finding = LicenseFinding(.packageMetadata, at: nil)
        finding.declared = expression
        guard expression.description.hasBytes(of: "LicenseRef-") else { return finding }
        var known: Set<String> = []
        _ = LicenseExpression.replacingNames(in: expression.description) { name in
            if let plain = name.dropping(prefix: "LicenseRef-"), known.insert(name).inserted,
                known.count <= Limits.embeddedLicenses
            {
                let stated = texts[name]
                finding.texts.append(
                    LicenseFinding.Text(
                        name, name: stated?.name?.nonEmpty ?? String(plain), text: stated?.text?.nonEmpty))
            }
            return name
        }
        return known.count <= Limits.embeddedLicenses ? finding : nil
    }
}
