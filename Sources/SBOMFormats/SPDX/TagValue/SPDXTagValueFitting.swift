package import StructuredText

/// Changes values that other readers of tag-value would take for several tags, so that each is one line to everybody.
///
/// It is needed only for what ``SPDXTagValueWriting/needsFitting`` reports. In single-line values, each character that ends
/// a line for somebody becomes visible: `\u{2028}`. So does the first character of a value of which pyspdxtools reads only
/// the beginning (``TagValueSpelling/isTakenApart(_:_:isPart:)``).
/// Texts may have any character, because `<text>` surrounds them, unless they have `</text>`, which becomes `< /text>`.
package enum SPDXTagValueFitting {
    /// Changes a document, and removes its layout if that has such values of its own.
    package static func fit(_ content: inout JSONObject) {
        fit(&content, .document)
        content.changeObject("creationInfo") { fit(&$0, .creation) }
        content.changeObjects("annotations") { fit(&$0, .annotation) }
        for section in [SPDXTag.Section.review, .package, .file, .snippet, .license, .relationship] {
            content.changeObjects(SPDXTag.list(of: section)) { object in
                fit(&object, section)
                object.changeObjects("annotations") { fit(&$0, .annotation) }
                object.changeObjects("artifactOfs") { fit(&$0, .artifact) }
            }
        }
        if let layout = content[SPDXTagValue.layoutMember], hasLineEnds(layout) {
            _ = content.take(SPDXTagValue.layoutMember)
        }
    }

    /// How the strings of a member are written.
    private enum Kind {
        case line, text
        /// A locator, which is one word.
        case word
        /// A part of a value, behind which others may come.
        case part
        /// What comes behind the algorithm of a checksum.
        case digest
        /// An identifier of an element, which stays different from all others, and is a part of relationships.
        case identifier
    }

    private static let kinds: [[String: Kind]] = SPDXTag.Section.allCases.map { section in
        var kinds: [String: Kind] = [:]
        for index in SPDXTag.bySection[section.rawValue] {
            let tag = SPDXTag.all[index]
            if tag.form != .externalReferenceComment { kinds[tag.member] = tag.isText ? .text : .line }
        }
        for member in identifiers[section] ?? [] { kinds[member] = .identifier }
        return kinds
    }

    private static let identifiers: [SPDXTag.Section: [String]] = [
        .document: ["SPDXID", "documentDescribes"], .package: ["SPDXID", "hasFiles"], .file: ["SPDXID"],
        .snippet: ["SPDXID", "snippetFromFile"], .relationship: ["spdxElementId", "relatedSpdxElement"],
    ]

    private static func fit(_ object: inout JSONObject, _ section: SPDXTag.Section) {
        let kinds = kinds[section.rawValue]
        for index in object.members.indices {
            let name = object.members[index].name
            let kind = name == "relationshipType" ? .part : kinds[name]
            if let kind { fit(&object.members[index].value, kind) }
        }
    }

    // Values of several parts are objects, which are no deeper than the schema has them.
    private static func fit(_ value: inout JSONValue, _ kind: Kind, depth: Int = 0) {
        guard depth < 4 else { return }
        switch value {
        case .string(let text):
            if let fitted = fitted(text, kind) { value = .string(fitted) }
        case .array(var items):
            value = .null
            for index in items.indices { fit(&items[index], kind, depth: depth + 1) }
            value = .array(items)
        case .object(var object):
            value = .null
            for index in object.members.indices {
                let inner: Kind =
                    switch object.members[index].name {
                    case "comment": .text
                    case "reference": .identifier
                    case "referenceLocator": .word
                    case "checksumValue": .digest
                    default: .part
                    }
                fit(&object.members[index].value, inner, depth: depth + 1)
            }
            value = .object(object)
        case .null, .bool, .number: break
        }
    }

    /// The text as it is to be; nil if it may stay.
    private static func fitted(_ text: String, _ kind: Kind) -> String? {
        let bytes = text.utf8Span.span
        let whole = 0..<bytes.count
        let hasLineEnd = TagValueSpelling.hasLineEnd(bytes, whole)
        func isTakenApart(isPart: Bool = false) -> Bool {
            TagValueSpelling.isTakenApart(bytes, whole, isPart: isPart)
        }
        switch kind {
        case .text:
            guard hasLineEnd || isTakenApart(), TagValueSpelling.closing(in: bytes, whole) != nil else { return nil }
            return text.replacing("</text>", with: "< /text>")
        case .line, .part:
            let escapesHead = isTakenApart(isPart: kind == .part)
            return hasLineEnd || escapesHead ? visible(text, escapesHead: escapesHead) : nil
        case .word:
            // Its blanks are written so in every document.
            let word = TagValueParts.word(text)
            return word.utf8.count == text.utf8.count ? fitted(text, .part) : fitted(word, .part) ?? word
        case .digest:
            // Without a colon, there is no tag behind the digits.
            guard hasLineEnd || text.utf8.contains(UInt8(ascii: ":")) else { return nil }
            return visible(text, escapesHead: false).replacing(":", with: "\\u{3a}")
        case .identifier:
            // What looks like an escape is escaped, so that no other identifier becomes the same.
            let escaped = text.replacing("\\u{", with: "\\u{5c}u{")
            let escapesHead = isTakenApart(isPart: true)
            if hasLineEnd || escapesHead { return visible(escaped, escapesHead: escapesHead) }
            return escaped.utf8.count == text.utf8.count ? nil : escaped
        }
    }

    private static func visible(_ text: String, escapesHead: Bool) -> String {
        var result = ""
        var isHead = escapesHead
        for scalar in text.unicodeScalars {
            let isLineEnd: Bool
            switch scalar.value {
            case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: isLineEnd = true
            default: isLineEnd = false
            }
            let isSpace = isLineEnd || scalar.value == 0x1F || scalar.properties.isWhitespace
            if isLineEnd || (isHead && !isSpace) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
            isHead = isHead && isSpace
        }
        return result
    }

    private static func hasLineEnds(_ layout: JSONValue) -> Bool {
        (layout.objectContent?["order"]?.arrayContent ?? []).contains { item in
            guard let text = item.textContent else { return false }
            let bytes = text.utf8Span.span
            return TagValueSpelling.hasLineEnd(bytes, 0..<bytes.count)
        }
    }
}
