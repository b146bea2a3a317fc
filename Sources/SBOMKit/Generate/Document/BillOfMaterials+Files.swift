internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases
internal import SBOMModel

/// The files that a document lists, and what it says of the files of packages.
struct ListedFiles {
    /// The files, and the components that consist of a file, by the first element that contains them, in the order of
    /// their paths.
    private var contents: [Element.ID: [Element]] = [:]
    /// Which of them each element contains.
    private var links: [Element.ID: [Relationship]] = [:]

    private let scan: ImageScan
    private let inventory: FileInventory
    private let selection: Generator.Files
    /// Whether packages have verification codes although their files are not listed.
    private let hasCodes: Bool
    /// The identifiers of the packages by their numbers.
    private let ids: [Int: Element.ID]
    private var usedIDs: Set<Element.ID> = []

    /// - Parameters:
    ///   - scan: The image.
    ///   - inventory: Its files.
    ///   - context: Which of them are listed.
    ///   - ids: The identifiers of the listed packages by their numbers.
    ///   - container: The element that contains files of no package.
    init(
        _ scan: ImageScan, _ inventory: FileInventory, _ context: DocumentContext, ids: [Int: Element.ID],
        in container: Element.ID
    ) {
        self.scan = scan
        self.inventory = inventory
        selection = context.files
        hasCodes = context.verificationCodes || selection == .owned || selection == .all
        self.ids = ids
        let unownedCode = Set(inventory.unownedCode)
        var changes: [String: [FileDifference]] = [:]
        for difference in inventory.differences {
            if case .contents = difference.kind { changes[difference.path, default: []].append(difference) }
        }
        for file in inventory.files {
            let owners = file.owners.compactMap { ids[$0] }
            let changes = changes[file.path] ?? []
            switch selection {
            case .none: return
            case .modified:
                if !changes.isEmpty, !owners.isEmpty {
                    add(component(of: file, changes), to: owners)
                } else if unownedCode.contains(file.path) {
                    add(component(of: file, []), to: [container])
                }
            case .owned, .all:
                if !owners.isEmpty {
                    if let element = element(of: file, changes) { add(element, to: owners) }
                } else if selection == .all {
                    if unownedCode.contains(file.path) {
                        add(component(of: file, []), to: [container])
                    } else if let element = element(of: file, []) {
                        add(element, to: [container])
                    }
                }
            }
        }
    }

    /// The relationships between an element and its files.
    func relationships(from element: Element.ID) -> [Relationship] { links[element] ?? [] }

    /// What is listed of an element's files; each is listed once.
    func contents(of element: Element) -> [Element] { contents[element.id] ?? [] }

    private mutating func add(_ element: Element, to owners: [Element.ID]) {
        var element = element
        // Names that are not UTF-8 can be the same text.
        var number = 2
        let id = element.id
        while !usedIDs.insert(element.id).inserted {
            element.id = "\(id)-\(number)"
            number += 1
        }
        if let first = owners.first { contents[first, default: []].append(element) }
        for owner in owners { links[owner, default: []].append(Relationship(owner, .contains, element.id)) }
    }

    private static func identifier(_ file: FileRecord) -> Element.ID {
        "File-\(ContentDigest.of(Array(file.path.utf8)).hex.prefix(16))"
    }

    /// The file as a file (SPDX 2.3 §8); nil without digests, which a file must have.
    private func element(of file: FileRecord, _ changes: [FileDifference]) -> Element? {
        guard let digests = file.digests else { return nil }
        var element = Element(id: Self.identifier(file), name: "./\(file.path)")
        element.form = .file
        element.checksums = Self.checksums(digests, withMD5: file.hasRecordedMD5)
        element.fileTypes = Self.types(of: file)
        state(file, changes, in: &element)
        let packageLayer = file.owners.first.flatMap { package in scan.origins.map { $0[package] } }
        if packageLayer != file.layer { locate(file, &element) }
        return element
    }

    /// The file as a component of its own: one whose contents no database describes.
    ///
    /// This is the place for whoever reads what is in such a file, and can list that instead.
    private func component(of file: FileRecord, _ changes: [FileDifference]) -> Element {
        var element = Element(id: Self.identifier(file), name: "/\(file.path)")
        element.purpose = .file
        element.packageFileName = "./\(file.path)"
        if let digests = file.digests { element.checksums = Self.checksums(digests, withMD5: file.hasRecordedMD5) }
        state(file, changes, in: &element)
        locate(file, &element)
        return element
    }

    /// The digests that were taken; MD5 only where it is the digest that a database records.
    private static func checksums(_ digests: FileDigests, withMD5: Bool) -> [Element.Checksum] {
        var checksums = [
            Element.Checksum(algorithm: "SHA1", value: hexadecimal(digests.sha1)),
            Element.Checksum(algorithm: "SHA256", value: hexadecimal(digests.sha256)),
        ]
        if withMD5, let md5 = digests.md5 {
            checksums.append(Element.Checksum(algorithm: "MD5", value: hexadecimal(md5)))
        }
        return checksums
    }

    /// States how a file differs from what is recorded, and that no package owns it.
    private func state(_ file: FileRecord, _ changes: [FileDifference], in element: inout Element) {
        if file.owners.isEmpty { element.properties.append(Element.Property("FileState", "unowned")) }
        guard let first = changes.first else { return }
        let isConfiguration = changes.contains(where: \.isConfiguration)
        element.properties.append(
            Element.Property("FileState", isConfiguration ? "changed configuration" : "changed"))
        if case .contents(let digest?) = first.kind {
            element.properties.append(
                Element.Property("RecordedDigest", "\(digest.algorithm.rawValue): \(hexadecimal(digest.value))"))
        }
    }

    private func locate(_ file: FileRecord, _ element: inout Element) {
        guard let origin = LayerOrigin(scan.image, file.layer) else { return }
        element.locate(in: origin)
    }

    /// The types of a file that its first bytes and its path show (SPDX 2.3 §8.3).
    private static func types(of file: FileRecord) -> [String] {
        switch file.code {
        case .elf, .portableExecutable, .machO, .javaClass, .webAssembly, .objectArchive: ["BINARY"]
        case .codeArchive: ["ARCHIVE"]
        case .script: ["SOURCE"]
        case nil:
            file.traits.contains(.documentation) || DocumentationPaths.matches(file.path) ? ["DOCUMENTATION"] : []
        }
    }

    // MARK: Packages

    /// States what was found about the files of packages.
    ///
    /// - Parameters:
    ///   - packages: The elements of packages.
    ///   - order: The number of the package of each of them.
    func describe(_ packages: inout [Element], _ order: [Int]) {
        var places: [Int: Int] = [:]
        for (place, package) in order.enumerated() { places[package] = place }
        if hasCodes {
            var codes: [Int: VerificationCode] = [:]
            for file in inventory.files {
                for owner in file.owners { codes[owner, default: VerificationCode()].add(file) }
            }
            for (package, code) in codes {
                if let place = places[package] { code.describe(&packages[place]) }
            }
        }
        for (package, differences) in Dictionary(grouping: inventory.differences, by: \.package) {
            guard let place = places[package] else { continue }
            packages[place].properties += Self.properties(differences)
        }
    }

    /// States what was found about the files of the image as a whole, if all of them are listed.
    func describe(image: inout Element) {
        guard selection == .all else { return }
        var code = VerificationCode()
        for file in inventory.files { code.add(file) }
        code.describe(&image)
    }

    /// What a package says of its files that are not there, or are of another kind.
    ///
    /// Documentation is only counted: slim images leave all of it out.
    private static func properties(_ differences: [FileDifference]) -> [Element.Property] {
        var properties: [Element.Property] = []
        var more = 0
        func add(_ name: String, _ value: String) {
            if properties.count < Limits.namedDifferences {
                properties.append(Element.Property(name, value))
            } else {
                more += 1
            }
        }
        var documentation = 0
        for difference in differences {
            switch difference.kind {
            case .missing:
                if difference.isDocumentation {
                    documentation += 1
                } else {
                    let what = difference.isConfiguration ? "MissingConfiguration" : "MissingFile"
                    add(what, "/\(difference.path)")
                }
            case .kind(let words): add("ReplacedFile", "/\(difference.path) is \(words)")
            case .linkTarget(let target): add("ChangedLink", "/\(difference.path) leads to \(target)")
            case .contents: break
            }
        }
        if more > 0 { properties.append(Element.Property("MoreDifferences", String(more))) }
        if documentation > 0 {
            properties.append(Element.Property("MissingDocumentation", "\(documentation) files and folders"))
        }
        return properties
    }
}

/// The verification code of a package (SPDX 2.3 §7.9).
struct VerificationCode {
    private var hashes: [String] = []
    private var excluded: [String] = []

    /// Adds a file; one without digests is excluded.
    mutating func add(_ file: FileRecord) {
        if let digests = file.digests {
            hashes.append(hexadecimal(digests.sha1))
        } else {
            excluded.append("./\(file.path)")
        }
    }

    /// The SHA-1 of the SHA-1 digests of the files, sorted and put together; nil if there is no file.
    var value: String? {
        guard !hashes.isEmpty else { return nil }
        var hash = RunningHash(.sha1)
        for text in hashes.sorted() { hash.update(Array(text.utf8).span) }
        return hexadecimal(hash.finish())
    }

    /// States the code of a package; a package without files has none.
    func describe(_ element: inout Element) {
        guard let value else { return }
        element.filesAnalyzed = true
        element.verificationCode = value
        element.filesExcludedFromCode = excluded
    }
}

extension Element {
    /// Whether it is a file, or a component that consists of one.
    var isFile: Bool { form == .file || purpose == .file }

    /// States the layer that something came with.
    mutating func locate(in origin: LayerOrigin) {
        // The image lists its layers in order, so a number says something only where that does not.
        if !origin.isUnique { properties.append(Property("LayerNumber", String(origin.number))) }
        if let identity = origin.identity {
            properties.append(Property("LayerDiffID", identity.diffID.description))
        }
    }
}
