internal import ByteStreams
internal import SBOMModel
internal import StructuredText

/// The layer of an image that an element came with, from the fields in which tools state it.
///
/// The fields of SPDX are whole texts `LayerDiffID: sha256:…` and `LayerDigest: sha256:…` in annotations and
/// attribution texts (sbomkit, trivy), `LayerNumber: N` in annotations (sbomkit), `layerID: sha256:…` as the comment of a
/// file (syft), and the end of the source information in older documents of sbomkit. Those of CycloneDX are the
/// properties `aquasecurity:trivy:LayerDiffID`, `aquasecurity:trivy:LayerDigest`, `sbomkit:LayerNumber` and
/// `syft:location:N:layerID`. All other texts are ignored.
///
/// An image states its layers from the lowest on, each as `Layer: sha256:… sha256:…`: the digest of its content, and that of
/// the blob.
struct LayerMarks {
    private var words: [String] = []
    private var seen: Set<String> = []
    /// The layers that the element has, as an image: the two digests of each.
    private(set) var stack: [(diffID: String, digest: String)] = []

    /// The number of the layer, then digests, separated by blanks.
    var text: String { words.joined(separator: " ") }

    private static let prefixes = ["LayerDiffID: ", "LayerDigest: ", "layerID: "]

    /// Reads the fields of a package or file of SPDX.
    mutating func read(spdx object: JSONObject) {
        for place in object.members.indices {
            switch (object.members[place].name, object.members[place].value) {
            case ("sourceInfo", .string(let text)): read(sourceInfo: text)
            case ("comment", .string(let text)): read(statement: text)
            case ("attributionTexts", .array(let items)):
                for case .string(let text) in items { read(statement: text) }
            case ("annotations", .array(let items)):
                for case .object(let annotation) in items {
                    if let text = annotation.text("comment") { read(statement: text) }
                }
            default: break
            }
        }
    }

    /// Reads the properties of a component of CycloneDX, and the source information that one of them holds.
    mutating func read(cycloneDX component: JSONObject, sourceInfo: String?) {
        if let sourceInfo { read(sourceInfo: sourceInfo) }
        guard case .array(let properties)? = component["properties"] else { return }
        for case .object(let property) in properties {
            guard let value = property.text("value"), value.utf8.count <= 143, let name = property.text("name") else {
                continue
            }
            if Self.isLayerProperty(name) {
                read(digest: Substring(value))
            } else if name == "sbomkit:Layer" {
                read(layer: Substring(value))
            } else if name == "sbomkit:LayerNumber" {
                read(number: Substring(value))
            }
        }
    }

    private static func isLayerProperty(_ name: String) -> Bool {
        switch name {
        case "aquasecurity:trivy:LayerDiffID", "aquasecurity:trivy:LayerDigest", "sbomkit:LayerDiffID",
            "sbomkit:LayerDigest":
            return true
        default:
            guard let rest = name.dropping(prefix: "syft:location:"), rest.hasSuffix(":layerID") else { return false }
            return rest.utf8.dropLast(":layerID".utf8.count).allSatisfy(\.isASCIIDigit)
        }
    }

    /// Reads a whole text such as `LayerDiffID: sha256:…`.
    private mutating func read(statement text: String) {
        // Two digests with a blank between them are 143 bytes.
        guard text.utf8.count <= 150, text.utf8.starts(with: "Layer".utf8) || text.utf8.starts(with: "layer".utf8)
        else { return }
        for prefix in Self.prefixes {
            if let digest = text.dropping(prefix: prefix) { return read(digest: digest) }
        }
        if let layer = text.dropping(prefix: "Layer: ") {
            read(layer: layer)
        } else if let number = text.dropping(prefix: "LayerNumber: ") {
            read(number: number)
        }
    }

    private mutating func read(digest: Substring) {
        if Self.isDigest(digest) { add(digest) }
    }

    private mutating func read(layer text: Substring) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(Self.isDigest) else { return }
        stack.append((String(parts[0]), String(parts[1])))
    }

    private mutating func read(number text: Substring) {
        guard text.utf8.count <= 9, let number = Int(text), number > 0, String(number) == text else { return }
        add(text)
    }

    /// Whether the text is a digest with its prefix, which are 71 bytes.
    private static func isDigest(_ text: Substring) -> Bool {
        text.utf8.count == 71 && text.utf8.starts(with: "sha256:".utf8)
            && text.utf8.dropFirst(7).allSatisfy(\.isASCIILowercaseHexDigit)
    }

    /// Reads `…; came with layer 3 of 5`.
    private mutating func read(sourceInfo text: String) {
        let words = text.utf8.suffix(60).split(separator: UInt8(ascii: " "))
        guard words.count >= 6, words[words.count - 2].elementsEqual("of".utf8),
            words[words.count - 4].elementsEqual("layer".utf8), words[words.count - 5].elementsEqual("with".utf8),
            words[words.count - 6].elementsEqual("came".utf8)
        else { return }
        let (number, count) = (Substring(words[words.count - 3]), Substring(words[words.count - 1]))
        guard let place = Int(number), let last = Int(count), place > 0, place <= last else { return }
        add(number)
    }

    private mutating func add(_ word: Substring) {
        if seen.insert(String(word)).inserted { words.append(String(word)) }
    }
}
