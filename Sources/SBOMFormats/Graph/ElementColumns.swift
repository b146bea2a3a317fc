package import SBOMModel
internal import StructuredText

/// The packages and files of a document as columns: packages first, then files, each in the order of the document.
///
/// An element is identified by its number. A value that the document does not state, or states as NOASSERTION, is an
/// empty text. Texts that many elements share are stored once.
package struct ElementColumns: Sendable {
    /// The values of one element, before they are stored in the columns.
    struct Row {
        var id = ""
        var name = ""
        var version = ""
        var packageURL = ""
        var downloadLocation = ""
        var licenseDeclared = ""
        var licenseConcluded = ""
        var supplier = ""
        var originator = ""
        var purpose = ""
        var layer = ""
        /// The source information, if it is one of those that ``OriginMarks`` understands.
        var sourceInfo = ""
        var path = ""
        /// The layers that it has as an image: the digests of the content and of the blob of each, the lowest first.
        var layerStack: [(diffID: String, digest: String)] = []
        var checksums: [Element.Checksum] = []
    }

    /// The `SPDXID`; for a CycloneDX component one that is derived from its `bom-ref`.
    package private(set) var ids: [String] = []
    /// The `name` of a package, the `fileName` of a file.
    package private(set) var names: [String] = []
    package private(set) var versions: [String] = []
    /// The package URLs as the document spells them; they need not parse.
    package private(set) var packageURLs: [String] = []
    package private(set) var downloadLocations: [String] = []
    /// How many of the elements are packages.
    package private(set) var packageCount = 0

    private var pool = TextPool()
    private var licensesDeclared: [Int32] = []
    private var licensesConcluded: [Int32] = []
    private var suppliers: [Int32] = []
    private var originators: [Int32] = []
    private var purposes: [Int32] = []
    private var layers: [Int32] = []
    /// The source information of those elements that state it; most files and small documents do not.
    private var sourceInfos: [Int32: String] = [:]
    private var statedPaths: [Int32: String] = [:]
    /// The layers of the images in the document by the digest of their content, until ``finish()``.
    private var layerStacks: [String: [StackedLayer]] = [:]
    /// Where the checksums of each element end in the two columns below.
    private var checksumEnds: [Int32] = []
    private var checksumAlgorithms: [Int32] = []
    private var checksumValues: [String] = []

    /// The number of elements.
    package var count: Int { ids.count }

    package func isFile(_ element: Int32) -> Bool { Int(element) >= packageCount }

    /// The declared license, as an expression or `NONE`.
    package func licenseDeclared(_ element: Int32) -> String { pool.texts[Int(licensesDeclared[Int(element)])] }

    /// The concluded license, as an expression or `NONE`.
    package func licenseConcluded(_ element: Int32) -> String { pool.texts[Int(licensesConcluded[Int(element)])] }

    /// The declared license, or else the concluded one.
    package func license(_ element: Int32) -> String {
        let declared = licenseDeclared(element)
        return declared.isEmpty ? licenseConcluded(element) : declared
    }

    /// The supplier as SPDX writes it: `Organization: Name (mail)`.
    package func supplier(_ element: Int32) -> String { pool.texts[Int(suppliers[Int(element)])] }

    /// The originator as SPDX writes it: `Person: Name (mail)`.
    package func originator(_ element: Int32) -> String { pool.texts[Int(originators[Int(element)])] }

    /// The purpose as SPDX writes it: `LIBRARY`, `OPERATING_SYSTEM` (SPDX 2.3 §7.24).
    package func purpose(_ element: Int32) -> String { pool.texts[Int(purposes[Int(element)])] }

    /// The layer of the image that the element came with: its number if the document counts layers, then digests, with
    /// blanks between them.
    package func layer(_ element: Int32) -> String { pool.texts[Int(layers[Int(element)])] }

    /// The path of a package in a field of its own.
    func statedPath(_ element: Int32) -> String { statedPaths[element] ?? "" }

    /// The source information, if it is one of those that ``OriginMarks`` understands.
    func sourceInfo(_ element: Int32) -> String { sourceInfos[element] ?? "" }

    /// The checksums, their values as the document spells them.
    package func checksums(_ element: Int32) -> [Element.Checksum] {
        let start = element == 0 ? 0 : Int(checksumEnds[Int(element) - 1])
        return (start..<Int(checksumEnds[Int(element)])).map { place in
            Element.Checksum(
                algorithm: pool.texts[Int(checksumAlgorithms[place])], value: checksumValues[place])
        }
    }

    /// The name with the version, or the identifier of an element without a name.
    package func label(_ element: Int32) -> String {
        let (name, version) = (names[Int(element)], versions[Int(element)])
        if name.isEmpty { return ids[Int(element)] }
        return version.isEmpty ? name : "\(name)@\(version)"
    }

    // MARK: Building

    mutating func reserve(_ count: Int) {
        ids.reserveCapacity(count)
        names.reserveCapacity(count)
        versions.reserveCapacity(count)
        packageURLs.reserveCapacity(count)
        downloadLocations.reserveCapacity(count)
        licensesDeclared.reserveCapacity(count)
        licensesConcluded.reserveCapacity(count)
        suppliers.reserveCapacity(count)
        originators.reserveCapacity(count)
        purposes.reserveCapacity(count)
        layers.reserveCapacity(count)
        checksumEnds.reserveCapacity(count)
    }

    /// Appends an element.
    ///
    /// All packages must come before the first file.
    mutating func append(_ row: Row, isFile: Bool) {
        if !row.sourceInfo.isEmpty { sourceInfos[Int32(ids.count)] = row.sourceInfo }
        if !row.path.isEmpty { statedPaths[Int32(ids.count)] = row.path }
        ids.append(row.id)
        names.append(row.name)
        versions.append(row.version)
        packageURLs.append(row.packageURL)
        downloadLocations.append(row.downloadLocation)
        licensesDeclared.append(pool.number(of: row.licenseDeclared, after: licensesDeclared.last))
        licensesConcluded.append(pool.number(of: row.licenseConcluded, after: licensesConcluded.last))
        suppliers.append(pool.number(of: row.supplier, after: suppliers.last))
        originators.append(pool.number(of: row.originator, after: originators.last))
        purposes.append(pool.number(of: row.purpose, after: purposes.last))
        layers.append(pool.number(of: row.layer, after: layers.last))
        for (number, layer) in row.layerStack.enumerated() {
            layerStacks[layer.diffID, default: []].append(StackedLayer(number: number + 1, digest: layer.digest))
        }
        for checksum in row.checksums {
            checksumAlgorithms.append(pool.number(of: checksum.algorithm, after: checksumAlgorithms.last))
            checksumValues.append(checksum.value)
        }
        checksumEnds.append(Int32(checksumValues.count))
        if !isFile { packageCount += 1 }
    }

    /// The row of an element.
    func row(_ element: Int32) -> Row {
        let place = Int(element)
        return Row(
            id: ids[place], name: names[place], version: versions[place], packageURL: packageURLs[place],
            downloadLocation: downloadLocations[place], licenseDeclared: licenseDeclared(element),
            licenseConcluded: licenseConcluded(element), supplier: supplier(element), originator: originator(element),
            purpose: purpose(element), layer: layer(element), sourceInfo: sourceInfo(element),
            path: statedPath(element), checksums: checksums(element))
    }

    /// Gives the last element another identifier, and the version and package URL that another element states.
    mutating func fold(intoLast other: Row) {
        guard let last = ids.indices.last else { return }
        ids[last] = other.id
        if !other.version.isEmpty { versions[last] = other.version }
        if !other.packageURL.isEmpty { packageURLs[last] = other.packageURL }
    }

    /// Adds to each layer what the images of the document say of it, and frees the memory that only building needs.
    mutating func finish() {
        if !layerStacks.isEmpty { resolveLayers() }
        layerStacks = [:]
        pool.finish()
    }

    /// A layer of an image.
    private struct StackedLayer {
        /// Counted from 1, the lowest.
        let number: Int
        /// The digest of its blob.
        let digest: String
    }

    /// Makes `NUMBER DIFFID DIGEST` of the digest of a layer's content.
    private mutating func resolveLayers() {
        var resolved: [Int32: Int32] = [:]
        for place in layers.indices where layers[place] != 0 {
            let text = layers[place]
            if let known = resolved[text] {
                layers[place] = known
                continue
            }
            let words = pool.texts[Int(text)].split(separator: " ").map(String.init)
            var new = text
            if let diffID = words.last, words.count <= 2, let stack = layerStacks[diffID] {
                // Layers of one content are told apart by the number that the element states.
                let layer = words.count == 2 ? stack.first { String($0.number) == words[0] } : stack[0]
                if let layer { new = pool.number(of: "\(layer.number) \(diffID) \(layer.digest)", after: nil) }
            }
            resolved[text] = new
            layers[place] = new
        }
    }
}

/// Texts by number, each stored once.
///
/// Number 0 is the empty text.
struct TextPool: Sendable {
    private(set) var texts = [""]
    private var numbers: [ExactString: Int32] = [:]

    /// Finds a text, or adds it if it is new.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - last: The number of the text before it in its column, which is often the same.
    /// - Returns: The number; 0 for the empty text.
    mutating func number(of text: String, after last: Int32?) -> Int32 {
        if text.isEmpty { return 0 }
        if let last, texts[Int(last)].isIdentical(to: text) { return last }
        if let number = numbers[ExactString(text)] { return number }
        let number = Int32(texts.count)
        numbers[ExactString(text)] = number
        texts.append(text)
        return number
    }

    /// Frees the index, after which no text can be added.
    mutating func finish() { numbers = [:] }
}
