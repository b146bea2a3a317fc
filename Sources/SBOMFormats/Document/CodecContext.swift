package import ByteStreams
package import SBOMModel
package import StructuredText

/// What the codecs of elements need to know of the document: when and by what it was made, and its licenses.
package struct CodecContext {
    /// When the document was made, as SPDX writes it.
    var created: String
    /// The first tool that made it: `Tool: name-version`.
    var tool: String
    /// The licenses that are on no list.
    package var licenses: ExtractedLicenses
    /// What JSON inside of texts may ask for.
    let limits: Limits

    package init(created: String, tool: String, licenses: ExtractedLicenses, limits: Limits) {
        self.created = created
        self.tool = tool
        self.licenses = licenses
        self.limits = limits
    }
}

/// What a codec decodes an element for.
enum CodecUse: Sendable {
    /// To write the element in another format: everything that the model holds.
    case conversion
    /// To show or compare it: what a ``DocumentGraph`` holds.
    case reading
}

/// Reads and writes single elements in the shape of one family's JSON.
package protocol ElementCodec {
    /// The element that an object states; `form` is whether the document lists it as a package or as a file.
    func element(_ object: JSONObject, _ form: Element.Form) -> Element
    /// The object that states an element.
    func object(_ element: Element) -> JSONObject
}

extension SPDXElementCodec: ElementCodec {}

extension CycloneDXComponentCodec: ElementCodec {
    package func element(_ object: JSONObject, _ form: Element.Form) -> Element { element(object) }
    package func object(_ element: Element) -> JSONObject { component(element) }
}
