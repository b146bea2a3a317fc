package import ByteStreams
package import SBOMModel
package import StructuredText

/// The facts about a document that the codecs of its elements need: its time, its tool and its licenses.
package struct CodecContext {
    /// The time at which the document was created, as SPDX writes it.
    var created: String
    /// The first tool that created the document: `Tool: name-version`.
    var tool: String
    /// The licenses that are not on the SPDX License List.
    package var licenses: ExtractedLicenses
    /// The limits for JSON that a text of the document contains.
    let limits: Limits

    package init(created: String, tool: String, licenses: ExtractedLicenses, limits: Limits) {
        self.created = created
        self.tool = tool
        self.licenses = licenses
        self.limits = limits
    }
}

/// The purpose for which a codec decodes an element.
enum CodecUse: Sendable {
    /// To write the element in another format: everything that the model has is read.
    case conversion
    /// To show or compare the element: only the parts that a ``DocumentGraph`` has are read.
    case reading
}

/// Reads and writes single elements in the shape of one family's JSON.
package protocol ElementCodec {
    /// The element that a JSON object describes; `form` states whether the document lists it as a package or as a file.
    func element(_ object: JSONObject, _ form: Element.Form) -> Element
    /// The JSON object that describes an element.
    func object(_ element: Element) -> JSONObject
}

extension SPDXElementCodec: ElementCodec {}

extension CycloneDXComponentCodec: ElementCodec {
    package func element(_ object: JSONObject, _ form: Element.Form) -> Element { element(object) }
    package func object(_ element: Element) -> JSONObject { component(element) }
}
