package import ByteStreams
package import SBOMModel
package import StructuredText

/// A document that was read: its content in the shape of its family's JSON, and its family, version and syntax, which
/// are detected from the content.
package struct ParsedDocument: Sendable {
    package let family: DocumentFamily
    /// The version as the document states it, such as `2.3` or `1.6`; empty if it states none.
    package let version: String
    package let syntax: DocumentSyntax
    /// The length of the text, in bytes; nil if the document was made in memory.
    package let size: Int?
    /// The document in the shape of its family's JSON.
    ///
    /// Members whose names begin with `#` keep information for which that JSON has no place.
    package var content: JSONObject
    /// What is unusual about the document.
    package internal(set) var notices: [Notice]
    /// The document as it was read, for writing it in the same form.
    package private(set) var written: Written

    package enum Written: Sendable {
        case json(JSONValue)
        case xml(XMLDocument)
        /// The bytes, if they are UTF-8. Only they have the comments, blank lines and line ends.
        case tagValue([UInt8]?)
    }

    /// Something unusual about a document that does not keep it from being read.
    package struct Notice: Sendable, Hashable {
        package let place: TextPlace?
        package let message: String
    }

    /// Moves the content out of the document.
    package mutating func takeContent() -> JSONObject {
        defer {
            content = JSONObject()
            written = .tagValue(nil)
        }
        return content
    }

    /// The format in words, such as `SPDX 2.3 JSON`.
    package var kind: String { "\(family.rawValue) \(version) \(syntax.rawValue)" }

    /// The member that records that an SPDX 2.2 document was wrapped in `{"Document": …}`.
    package static let wrapper = "#Document"

    /// Whether the document is an SPDX document in a wrapper.
    package var isWrapped: Bool { content[Self.wrapper] != nil }

    /// Reads a document of any format.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - limits: The limits.
    ///   - admitsAnyVersion: Whether a version is read that is older or newer than the known ones, as far as it is the same.
    /// - Throws: ``DocumentError`` if the syntax, the format or the version is unknown, or the document is damaged or
    ///   exceeds a limit.
    package init(parsing bytes: [UInt8], limits: Limits, admitsAnyVersion: Bool = false) throws(DocumentError) {
        switch try DocumentDetection.syntax(of: bytes) {
        case .json: try self.init(json: bytes, limits)
        case .xml: try self.init(xml: bytes, limits)
        case .tagValue: try self.init(tagValue: bytes, limits)
        }
        if !admitsAnyVersion { try DocumentIdentity(family, version: version).admitVersion() }
    }

    /// The document that results from writing a bill of materials as SPDX 2.3 JSON and reading it again.
    package init(_ bill: BillOfMaterials) {
        content = SPDXDocumentWriter().document(bill)
        family = .spdx
        version = SPDXVersion.v2_3.rawValue
        syntax = .json
        size = nil
        notices = []
        written = .json(.object(content))
    }

    private init(json bytes: [UInt8], _ limits: Limits) throws(DocumentError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes, limits: limits)
        } catch {
            throw DocumentError(.syntax, place: error.place, reason: error.problem)
        }
        let identity = try DocumentIdentity(document.root)
        try limits.admit(objects: document.objectCount, inBytes: bytes.count)
        family = identity.family
        version = identity.version
        written = .json(document.root)
        syntax = .json
        size = bytes.count
        notices = Self.notices(document)
        content = document.root.objectContent ?? JSONObject()
        if identity.isWrapped {
            var wrapper = content
            content = wrapper.take("Document")?.objectContent ?? JSONObject()
            // The other members of the wrapper have no place in the document.
            content.append(Self.wrapper, .object(wrapper))
        }
    }

    private init(xml bytes: [UInt8], _ limits: Limits) throws(DocumentError) {
        let document: XMLDocument
        do throws(XMLError) {
            document = try XMLDocument(parsing: bytes, limits: limits)
        } catch {
            throw DocumentError(.syntax, place: error.place, reason: error.problem)
        }
        try limits.admit(objects: document.elementCount, "elements", inBytes: bytes.count)
        let reading: CycloneDXXMLReading
        do throws(CycloneDXXMLError) {
            reading = try CycloneDXXML.read(document, limits: limits)
        } catch {
            throw DocumentError(
                error.documentCode, place: document.place(at: document.root.offset), reason: error.description)
        }
        family = .cycloneDX
        version = reading.version
        syntax = .xml
        size = bytes.count
        content = reading.content.namingSchema(reading.version)
        let found = reading.notices.sorted { $0.offset < $1.offset }
        notices = zip(found, document.places(at: found.map(\.offset))).map { notice, place in
            Notice(place: place, message: notice.reason)
        }
        if reading.omittedNoticeCount > 0 {
            notices.append(Notice(place: nil, message: "\(reading.omittedNoticeCount) more like these"))
        }
        written = .xml(document)
    }

    private init(tagValue bytes: [UInt8], _ limits: Limits) throws(DocumentError) {
        let reading: SPDXTagValueReading
        do throws(SPDXTagValueError) {
            reading = try SPDXTagValue.read(bytes, limits: limits, making: .layout)
        } catch {
            throw DocumentError(.syntax, reason: error.description)
        }
        family = .spdx
        // If lines end in an unusual way, the text after the version contains the next lines too.
        version = String(reading.version.prefix { $0.isNumber || $0 == "." })
        syntax = .tagValue
        size = bytes.count
        content = reading.content.arrangedAsSPDX()
        notices = reading.notices.map {
            Notice(place: $0.place, message: ($0.tag.isEmpty ? "" : "\($0.tag): ") + $0.reason)
        }
        written = .tagValue((try? UTF8Span(validating: bytes.span)) != nil ? bytes : nil)
    }

    private static func notices(_ document: JSONDocument) -> [Notice] {
        document.notes.map { note in
            let message =
                switch note.kind {
                case .duplicateName(let name): "a second member \"\(name)\"; the last one counts"
                default: "\(note.kind)"
                }
            return Notice(place: document.place(at: note.offset), message: message)
        }
    }
}

extension JSONObject {
    /// An SPDX document with all members in the order of the specification.
    func arrangedAsSPDX() -> JSONObject {
        var document = self
        document.arrange(SPDXOrder.document)
        document.changeObject("creationInfo") { $0.arrange(SPDXOrder.creationInfo) }
        document.changeObjects("annotations") { $0.arrange(SPDXOrder.annotation) }
        for list in ["packages", "files"] {
            document.changeObjects(list) { element in
                element.arrange(SPDXOrder.element)
                element.changeObjects("annotations") { $0.arrange(SPDXOrder.annotation) }
            }
        }
        return document
    }

    /// A CycloneDX document that names its schema, as JSON does and XML does not.
    package func namingSchema(_ version: String) -> JSONObject {
        guard self["$schema"] == nil, let version = CycloneDXVersion(rawValue: version) else { return self }
        return JSONObject([Member(name: "$schema", value: .string(version.schemaAddress))] + members)
    }
}

extension CycloneDXXMLNotice {
    /// The notice in words.
    var reason: String {
        switch kind {
        case .element(let name): "this version does not allow the element \(name) here; it is kept as it is"
        case .repeated(let name): "a second element \(name), of which only one is allowed"
        case .attribute(let name): "this version does not allow the attribute \(name) here; it is kept as it is"
        case .text: "text where only elements belong; it is kept as it is"
        case .instruction: "a processing instruction; it is kept as it is"
        case .order: "the elements are not in the order of the schema"
        case .value(let text): "\(text) is not a value of the type that the schema requires"
        case .missing(let name): "expected \(name), which is missing"
        case .alternatives: "several elements of which only one is allowed"
        case .reference(let text): "a second element with the bom-ref \(text)"
        }
    }
}
