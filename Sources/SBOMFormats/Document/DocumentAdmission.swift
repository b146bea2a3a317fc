package import ByteStreams
internal import StructuredText

extension Limits {
    /// Checks how many packages and files a document of `size` bytes has.
    ///
    /// A document that was made in memory has no size. Then only ``elementCount`` is checked.
    ///
    /// - Throws: ``DocumentError`` if the document has more than ``elementCount``, or more than its size allows.
    package func admit(elements count: Int, inBytes size: Int?) throws(DocumentError) {
        guard count <= elementCount else {
            throw DocumentError(
                .syntax, reason: "\(count) packages and files, more than the limit elementCount of \(elementCount)")
        }
        guard let size, count > max(elementAllowance, size / max(elementSize, 1)) else { return }
        throw DocumentError(
            .syntax,
            reason: """
                \(count) packages and files in \(size) bytes, more than the limits elementAllowance of \
                \(elementAllowance) and elementSize of \(elementSize) bytes for each
                """)
    }

    /// The number of JSON objects, XML elements or lines of tag-value that a document of `size` bytes may have.
    func objects(inBytes size: Int) -> Int { max(objectAllowance, size / max(objectSize, 1)) }

    /// Checks how many JSON objects or XML elements a document of `size` bytes has.
    ///
    /// - Throws: ``DocumentError`` if the document has more than its size allows.
    package func admit(objects count: Int, _ name: String = "objects", inBytes size: Int) throws(DocumentError) {
        guard count > objects(inBytes: size) else { return }
        throw DocumentError(
            .syntax,
            reason: """
                \(count) \(name) in \(size) bytes, more than the limits objectAllowance of \(objectAllowance) and \
                objectSize of \(objectSize) bytes for each
                """)
    }
}

extension ParsedDocument {
    /// The number of packages and files; in CycloneDX the number of components, nested ones included.
    package var elementCount: Int {
        switch family {
        case .spdx:
            (content["packages"]?.arrayContent?.count ?? 0) + (content["files"]?.arrayContent?.count ?? 0)
        case .cycloneDX:
            Self.componentCount(
                of: content["components"]?.arrayContent ?? [],
                content["metadata"]?.objectContent?["component"]?.objectContent)
        }
    }

    /// The number of components, including nested ones and the one that the document is about.
    static func componentCount(of components: [JSONValue], _ main: JSONObject?) -> Int {
        var count = main == nil ? 0 : 1
        var pending = [components, main?["components"]?.arrayContent ?? []]
        while let list = pending.popLast() {
            count += list.count
            for case .object(let component) in list where !component.isEmpty {
                if case .array(let inner)? = component["components"] { pending.append(inner) }
            }
        }
        return count
    }
}
