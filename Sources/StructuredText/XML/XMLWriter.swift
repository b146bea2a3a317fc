internal import ByteStreams

/// Writes XML call by call.
///
/// A document of any size needs no tree, and with a sink only the memory of one chunk.
///
/// The output is always well formed. Only necessary characters are escaped. Characters that XML 1.0 cannot hold (§2.2)
/// become U+FFFD and are counted in ``replacementCount``; ``canHold(_:)`` checks a text before. Names, which may come
/// from input, are checked: ``finish()`` throws if one is invalid.
///
/// The caller must close every element that it opens, and write attributes before content. The order of calls does
/// not depend on input, and a debug build checks it.
package struct XMLWriter: ~Copyable {
    /// The layout of the text.
    package enum Style: Sendable {
        /// Only the given content; a parsed tree keeps its white space.
        case asWritten
        /// One line for each element, two spaces for each of the first ``Limits/indentedLevels`` levels, a line feed at
        /// the end.
        ///
        /// An element that has only text is one line. In mixed content, and below `xml:space="preserve"`, white space
        /// is significant and is not changed.
        case pretty
    }

    private struct Open {
        var nameStart: Int
        var bindingCount: Int
        var isInline: Bool
        var hasText = false
        var hasChildren = false
    }

    /// The number of characters that XML cannot hold and that were replaced.
    package private(set) var replacementCount = 0

    private let style: Style
    private let chunkSize: Int
    private let sink: (([UInt8]) throws -> Void)?
    private var failure: (any Error)?
    private var buffer: [UInt8] = []
    private var open: [Open] = []
    // The names of the open elements, one after the other.
    private var openNames: [UInt8] = []
    private var bindings: [XMLNamespaceDeclaration] = []
    private var isTagOpen = false
    // The names of the attributes in the open start tag, without those of a tree, which were checked by the parser.
    private var attributeNames: [String] = []
    private var hasPrefixes = false
    private var hasTop = false
    // A line feed and the spaces of the deepest level so far.
    private var indents: [[UInt8]] = [[0x0A]]

    /// A writer into memory; ``finish()`` returns the bytes.
    package init(_ style: Style) {
        self.style = style
        chunkSize = .max
        sink = nil
    }

    /// A writer to a sink in pieces of about `chunkSize` bytes.
    ///
    /// If the sink throws, it is not called again, and ``finish()`` throws its error. A caller that wants to stop early
    /// can check ``hasFailed``.
    package init(_ style: Style, chunkSize: Int, sink: @escaping ([UInt8]) throws -> Void) {
        self.style = style
        self.chunkSize = max(chunkSize, 1)
        self.sink = sink
        buffer.reserveCapacity(min(self.chunkSize, 1 << 20) + 4_096)
    }

    /// The bytes of a whole document, in UTF-8.
    package static func bytes(of document: XMLDocument, _ style: Style) -> [UInt8] {
        var writer = XMLWriter(style)
        writer.document(document)
        writer.end()
        return writer.buffer
    }

    /// The bytes of an element as a document of its own, with the namespaces in scope.
    package static func bytes(of element: XMLElement, _ style: Style) -> [UInt8] {
        var writer = XMLWriter(style)
        writer.element(element)
        writer.end()
        return writer.buffer
    }

    /// Whether XML 1.0 can hold all characters of a text (§2.2).
    package static func canHold(_ text: String) -> Bool {
        let bytes = text.utf8Span.span
        var at = 0
        while let special = nextSpecial(bytes, from: at) {
            if special.isUnheld(bytes) { return false }
            at = special.offset + 1
        }
        return true
    }

    /// Whether a text is a name with at most one prefix (Namespaces in XML §4).
    package static func isName(_ text: String) -> Bool {
        var isFirst = true
        var colons = 0
        var isPlain = !text.isEmpty
        for byte in text.utf8 {
            isPlain = isPlain && (byte.isASCIILetter || !isFirst && (byte.isASCIIDigit || byte == 0x2D))
            isFirst = false
        }
        if isPlain { return true }
        isFirst = true
        for scalar in text.unicodeScalars {
            if scalar == ":" {
                guard !isFirst, colons == 0 else { return false }
                colons = 1
                isFirst = true
                continue
            }
            guard isFirst ? startsName(scalar) : continuesName(scalar) else { return false }
            isFirst = false
        }
        return !isFirst
    }

    /// Whether the sink has thrown or a name was invalid.
    package var hasFailed: Bool { failure != nil }

    /// Ends the text, and returns all bytes if there is no sink, or else an empty array.
    package consuming func finish() throws -> [UInt8] {
        end()
        if sink != nil { flush() }
        if let failure { throw failure }
        return buffer
    }

    /// The XML declaration, before anything else; the encoding is always UTF-8.
    package mutating func declaration(isStandalone: Bool?) {
        assert(!hasTop, "the declaration comes first")
        beginItem()
        put("<?xml version=\"1.0\" encoding=\"UTF-8\"")
        if let isStandalone { put(isStandalone ? " standalone=\"yes\"" : " standalone=\"no\"") }
        put("?>")
    }

    /// Begins an element; its name includes the prefix.
    package mutating func beginElement(_ name: String) {
        if !Self.isName(name) { fail(.name(name)) }
        beginTag(name)
        hasPrefixes = name.utf8.contains(UInt8(ascii: ":"))
    }

    /// Declares a namespace in the open start tag; an empty prefix declares the default.
    package mutating func namespace(_ prefix: String, _ namespace: String) {
        assert(isTagOpen, "declarations stand in a start tag")
        let isSound =
            prefix.isEmpty || Self.isName(prefix) && !prefix.contains(":") && !namespace.isEmpty && prefix != "xmlns"
        // The prefix xml must not be declared again (§3).
        if !isSound || prefix == "xml" { fail(.name(prefix)) }
        if let open = open.last, bindings[open.bindingCount...].contains(where: { $0.prefix.isIdentical(to: prefix) }) {
            fail(.duplicateAttribute("xmlns:\(prefix)"))
        }
        declare(XMLNamespaceDeclaration(prefix: prefix, namespace: namespace))
    }

    /// Writes an attribute of the open start tag.
    package mutating func attribute(_ name: String, _ value: String) {
        assert(isTagOpen, "attributes stand in a start tag")
        if !Self.isName(name) || name == "xmlns" || name.hasPrefix("xmlns:") { fail(.name(name)) }
        attributeNames.append(name)
        hasPrefixes = hasPrefixes || name.utf8.contains(UInt8(ascii: ":"))
        if name == "xml:space", value == "preserve" { preserveSpace() }
        attributeName(name)
        escape(value.utf8Span.span, isAttribute: true)
        buffer.append(UInt8(ascii: "\""))
    }

    /// Adds no more white space inside of the innermost element, because it has mixed content.
    package mutating func preserveSpace() {
        guard !open.isEmpty else { return }
        open[open.count - 1].isInline = true
    }

    /// Ends the innermost element.
    package mutating func endElement() {
        assert(!open.isEmpty, "what is closed was opened")
        let isEmpty = isTagOpen
        // The names must be checked before the element is removed.
        if isEmpty { checkNames() }
        guard let element = open.popLast() else { return }
        if isEmpty {
            put("/>")
        } else {
            if style == .pretty, element.hasChildren, !element.isInline, !element.hasText { newLine() }
            put("</")
            buffer += openNames[element.nameStart...]
            buffer.append(UInt8(ascii: ">"))
        }
        openNames.removeLast(openNames.count - element.nameStart)
        bindings.removeLast(bindings.count - element.bindingCount)
        if buffer.count >= chunkSize { flush() }
    }

    /// Writes text; empty text only ensures that the element has a separate end tag.
    package mutating func text(_ text: String) {
        beginText()
        escape(text.utf8Span.span, isAttribute: false)
    }

    /// Writes a CDATA section, or several if the text has a part that a section cannot hold.
    package mutating func cdata(_ text: String) {
        beginText()
        section(text.utf8Span.span)
    }

    /// Writes a comment; a space is inserted and counted between two hyphens and after a hyphen at the end.
    package mutating func comment(_ text: String) {
        comment(text.utf8Span.span)
    }

    /// Writes a processing instruction; if it contains `?>`, a space is inserted and counted.
    package mutating func processingInstruction(target: String, data: String) {
        if !Self.isName(target) || target.contains(":") || target.lowercased() == "xml" { fail(.name(target)) }
        instruction(target, data.utf8Span.span)
    }

    /// Writes an element that has only text.
    package mutating func element(_ name: String, text: String) {
        beginElement(name)
        if !text.isEmpty { self.text(text) }
        endElement()
    }

    /// Writes a whole document, with its declaration, if it has one, and the nodes before and after the root.
    package mutating func document(_ document: XMLDocument) {
        if let declaration = document.declaration { self.declaration(isStandalone: declaration.isStandalone) }
        nodes(document.tree, 0..<document.tree.nodes.count)
    }

    /// Writes an element with its content; namespaces in scope in its document are declared if they are not in scope
    /// here.
    package mutating func element(_ element: XMLElement) {
        nodes(element.tree, element.index..<element.tree.end(of: element.index))
    }

    /// Writes a node with its content.
    package mutating func node(_ node: XMLNode) {
        nodes(node.tree, node.index..<node.tree.end(of: node.index))
    }

    // MARK: Trees

    /// Writes nodes of a tree with their content.
    private mutating func nodes(_ tree: XMLTree, _ range: Range<Int>) {
        var ends: [Int] = []
        var isDropping: [Bool] = []
        var index = range.lowerBound
        while true {
            while let last = ends.last, last == index {
                ends.removeLast()
                isDropping.removeLast()
                endElement()
            }
            guard index < range.upperBound else { return }
            let node = tree.nodes[index]
            switch node.kind {
            case .element:
                beginTag(tree.names[node.name].qualified)
                hasPrefixes = false
                if ends.isEmpty { declareScope(of: XMLElement(tree: tree, index: index)) }
                let layout = style == .pretty ? layout(tree, index) : .asWritten
                open[open.count - 1].isInline = layout == .asWritten
                ends.append(tree.end(of: index))
                isDropping.append(layout == .lines)
            case .namespace:
                let name = tree.names[node.name]
                declare(XMLNamespaceDeclaration(prefix: name.local, namespace: name.namespace))
            case .attribute:
                attributeName(tree.names[node.name].qualified)
                let (bytes, range) = tree.range(of: index)
                escape(bytes.span.extracting(range), isAttribute: true)
                buffer.append(UInt8(ascii: "\""))
            case .text:
                if isDropping.last == true, tree.isBlank(index) { break }
                beginText()
                let (bytes, range) = tree.range(of: index)
                escape(bytes.span.extracting(range), isAttribute: false)
            case .cdata:
                beginText()
                let (bytes, range) = tree.range(of: index)
                section(bytes.span.extracting(range))
            case .comment:
                let (bytes, range) = tree.range(of: index)
                comment(bytes.span.extracting(range))
            case .processingInstruction:
                let (bytes, range) = tree.range(of: index)
                instruction(tree.names[node.name].local, bytes.span.extracting(range))
            }
            index += 1
        }
    }

    private enum Layout {
        /// White space is significant.
        case asWritten
        /// Each child has its own line.
        case lines
    }

    private func layout(_ tree: XMLTree, _ index: Int) -> Layout {
        let element = XMLElement(tree: tree, index: index)
        for attribute in element.attributes where attribute.name.qualified == "xml:space" {
            return attribute.value == "preserve" ? .asWritten : kind(of: element, tree)
        }
        return open.last?.isInline == true ? .asWritten : kind(of: element, tree)
    }

    private func kind(of element: XMLElement, _ tree: XMLTree) -> Layout {
        var hasMarkup = false
        for child in element.children {
            switch child.kind {
            case .text: if !tree.isBlank(child.index) { return .asWritten }
            case .cdata: return .asWritten
            case .element, .comment, .processingInstruction: hasMarkup = true
            case .attribute, .namespace: break
            }
        }
        return hasMarkup ? .lines : .asWritten
    }

    /// Declares the namespaces that an element of a tree inherits and that are not in scope here.
    private mutating func declareScope(of element: XMLElement) {
        let own = element.declarations
        var inScope = element.index == element.tree.root ? [] : element.declarationsInScope
        if !inScope.contains(where: \.prefix.isEmpty) {
            inScope.append(XMLNamespaceDeclaration(prefix: "", namespace: ""))
        }
        for declaration in inScope {
            let known = bindings.last { $0.prefix.isIdentical(to: declaration.prefix) }?.namespace ?? ""
            let isOwn = own.contains { $0.prefix.isIdentical(to: declaration.prefix) }
            if !isOwn, !known.isIdentical(to: declaration.namespace) { declare(declaration) }
        }
    }

    // MARK: Pieces

    private mutating func beginTag(_ name: String) {
        let isInline = open.last.map { $0.isInline || $0.hasText } ?? false
        beginItem()
        buffer.append(UInt8(ascii: "<"))
        buffer.append(contentsOf: name.utf8)
        open.append(Open(nameStart: openNames.count, bindingCount: bindings.count, isInline: isInline))
        openNames.append(contentsOf: name.utf8)
        isTagOpen = true
    }

    private mutating func declare(_ declaration: XMLNamespaceDeclaration) {
        bindings.append(declaration)
        attributeName(declaration.prefix.isEmpty ? "xmlns" : "xmlns:\(declaration.prefix)")
        escape(declaration.namespace.utf8Span.span, isAttribute: true)
        buffer.append(UInt8(ascii: "\""))
    }

    private mutating func attributeName(_ name: String) {
        buffer.append(0x20)
        buffer.append(contentsOf: name.utf8)
        put("=\"")
    }

    @inline(__always)
    private mutating func closeTag() {
        guard isTagOpen else { return }
        checkNames()
        buffer.append(UInt8(ascii: ">"))
    }

    /// Ends the start tag, and checks that its prefixes are declared and no attribute is repeated (Namespaces in XML
    /// §5, §6.3).
    @inline(__always)
    private mutating func checkNames() {
        isTagOpen = false
        if hasPrefixes || attributeNames.count > 1 { checkManyNames() }
        attributeNames.removeAll(keepingCapacity: true)
    }

    private mutating func checkManyNames() {
        if hasPrefixes, let element = open.last {
            let name = String(decoding: openNames[element.nameStart...], as: UTF8.self)
            _ = expanded(name)
        }
        if !hasPrefixes, attributeNames.count <= 8 {
            for (index, name) in attributeNames.enumerated() {
                for other in attributeNames[..<index] where other.isIdentical(to: name) {
                    fail(.duplicateAttribute(name))
                }
            }
            return
        }
        var seen: Set<XMLName> = []
        for name in attributeNames where !seen.insert(expanded(name)).inserted { fail(.duplicateAttribute(name)) }
    }

    private mutating func expanded(_ name: String) -> XMLName {
        let parts = name.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return XMLName(qualified: name, local: name, namespace: "") }
        let (prefix, local) = (String(parts[0]), String(parts[1]))
        var namespace = bindings.last { $0.prefix.isIdentical(to: prefix) }?.namespace
        if namespace == nil, prefix == "xml" { namespace = "http://www.w3.org/XML/1998/namespace" }
        if namespace == nil { fail(.undeclaredPrefix(prefix)) }
        return XMLName(qualified: name, local: local, namespace: namespace ?? "")
    }

    private mutating func fail(_ error: XMLWriterError) {
        if failure == nil { failure = error }
    }

    private mutating func beginText() {
        assert(!open.isEmpty, "text stands in an element")
        closeTag()
        if !open.isEmpty { open[open.count - 1].hasText = true }
        if buffer.count >= chunkSize { flush() }
    }

    /// Starts the line of an element, comment or processing instruction.
    private mutating func beginItem() {
        closeTag()
        guard let parent = open.last else {
            if hasTop { buffer.append(0x0A) }
            hasTop = true
            return
        }
        open[open.count - 1].hasChildren = true
        if style == .pretty, !parent.isInline, !parent.hasText { newLine() }
    }

    private mutating func newLine() {
        let level = min(open.count, Limits.indentedLevels)
        while indents.count <= level {
            indents.append([0x0A] + [UInt8](repeating: 0x20, count: 2 * indents.count))
        }
        buffer += indents[level]
    }

    private mutating func end() {
        assert(open.isEmpty, "everything opened is closed")
        if style == .pretty { buffer.append(0x0A) }
    }

    @inline(__always)
    private mutating func put(_ letters: StaticString) {
        // SAFETY: the buffer is that of `letters`.
        letters.withUTF8Buffer { unsafe buffer.append(contentsOf: $0) }
    }

    @inline(__always)
    private mutating func put(_ text: Span<UInt8>, _ range: Range<Int>) {
        // SAFETY: the pointer is used only while the span lives, and within its count.
        unsafe text.extracting(range).withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
    }

    private mutating func replace() {
        put("\u{FFFD}")
        replacementCount += 1
    }

    private mutating func escape(_ text: Span<UInt8>, isAttribute: Bool) {
        var done = 0
        var at = 0
        while let special = Self.nextSpecial(text, from: at) {
            let place = special.offset
            at = place + 1
            var written: StaticString = ""
            switch text[place] {
            case UInt8(ascii: "&"): written = "&amp;"
            case UInt8(ascii: "<"): written = "&lt;"
            case UInt8(ascii: ">"):
                // It is escaped only as the end of `]]>`, which text must not contain (§2.4).
                guard !isAttribute, followsBracket(text, place) else { continue }
                written = "&gt;"
            case UInt8(ascii: "\""):
                guard isAttribute else { continue }
                written = "&quot;"
            case 0x0A:
                guard isAttribute else { continue }
                written = "&#10;"
            case 0x09:
                guard isAttribute else { continue }
                written = "&#9;"
            case 0x0D: written = "&#13;"
            default:
                guard special.isUnheld(text) else { continue }
                put(text, done..<place)
                replace()
                at = place + special.length(text)
                done = at
                continue
            }
            put(text, done..<place)
            put(written)
            done = at
        }
        put(text, done..<text.count)
    }

    /// Whether the character before it is `]`, in this text or at the end of the output.
    private func followsBracket(_ text: Span<UInt8>, _ place: Int) -> Bool {
        if place > 0 { return text[place - 1] == UInt8(ascii: "]") }
        return buffer.last.map { $0 == UInt8(ascii: "]") } ?? true
    }

    private mutating func section(_ text: Span<UInt8>) {
        put("<![CDATA[")
        var done = 0
        var at = 0
        while let special = Self.nextSpecial(text, from: at) {
            let place = special.offset
            at = place + 1
            if text[place] == UInt8(ascii: ">") {
                guard place >= 2, text[place - 1] == UInt8(ascii: "]"), text[place - 2] == UInt8(ascii: "]") else {
                    continue
                }
                put(text, done..<place)
                put("]]><![CDATA[")
                done = place
            } else if text[place] == 0x0D {
                put(text, done..<place)
                put("]]>&#13;<![CDATA[")
                done = at
            } else if special.isUnheld(text) {
                put(text, done..<place)
                replace()
                at = place + special.length(text)
                done = at
            }
        }
        put(text, done..<text.count)
        put("]]>")
    }

    private mutating func comment(_ text: Span<UInt8>) {
        beginItem()
        put("<!--")
        plain(text, noPair: (UInt8(ascii: "-"), UInt8(ascii: "-")))
        if text.count > 0, text[text.count - 1] == UInt8(ascii: "-") {
            buffer.append(0x20)
            replacementCount += 1
        }
        put("-->")
    }

    private mutating func instruction(_ target: String, _ data: Span<UInt8>) {
        beginItem()
        put("<?")
        buffer.append(contentsOf: target.utf8)
        if data.count > 0 { buffer.append(0x20) }
        plain(data, noPair: (UInt8(ascii: "?"), UInt8(ascii: ">")))
        put("?>")
    }

    /// Writes text where escapes are not possible.
    private mutating func plain(_ text: Span<UInt8>, noPair pair: (UInt8, UInt8)) {
        var at = 0
        while at < text.count {
            let byte = text[at]
            let special = Special(offset: at)
            if special.isUnheld(text) {
                replace()
                at += special.length(text)
                continue
            }
            if at > 0, text[at - 1] == pair.0, byte == pair.1 {
                buffer.append(0x20)
                replacementCount += 1
            }
            // A parser would turn a carriage return into a line feed.
            if byte == 0x0D { replacementCount += 1 }
            buffer.append(byte == 0x0D ? 0x0A : byte)
            at += 1
        }
    }

    private mutating func flush() {
        guard let sink, !buffer.isEmpty else { return }
        if failure == nil {
            do { try sink(buffer) } catch { failure = error }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    // MARK: Characters

    /// Whether a byte may have to be escaped.
    private struct Special {
        var offset: Int

        /// Whether XML 1.0 cannot hold the character at the offset: a control, U+FFFE or U+FFFF (§2.2).
        func isUnheld(_ text: Span<UInt8>) -> Bool {
            let byte = text[offset]
            if byte < 0x20 { return byte != 0x09 && byte != 0x0A && byte != 0x0D }
            return byte == 0xEF && offset + 2 < text.count && text[offset + 1] == 0xBF && text[offset + 2] >= 0xBE
        }

        func length(_ text: Span<UInt8>) -> Int {
            text[offset] < 0x20 ? 1 : 3
        }
    }

    /// The next `&`, `<`, `>`, `"`, control character or beginning of U+F000 to U+FFFF, eight bytes at a time.
    @inline(__always)
    private static func nextSpecial(_ text: Span<UInt8>, from start: Int) -> Special? {
        let raw = unsafe text.bytes
        let (low, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var at = start
        while at + 8 <= text.count {
            let word = EightBytes(raw, at).word
            // One bit makes the two angle brackets equal, and another one the quote and the ampersand.
            let bracket = (word | low &* 0x02) ^ low &* 0x3E
            let quote = (word & ~(low &* 0x04)) ^ low &* 0x22
            let wide = word ^ low &* 0xEF
            let found =
                ((bracket &- low) & ~bracket | (quote &- low) & ~quote | (wide &- low) & ~wide
                    | (word &- low &* 0x20) & ~word) & high
            // Only a special byte can start a borrow, so the lowest bit found is exact.
            if found != 0 { return Special(offset: at + found.trailingZeroBitCount / 8) }
            at += 8
        }
        while at < text.count {
            switch text[at] {
            case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), 0xEF:
                return Special(offset: at)
            default: at += 1
            }
        }
        return nil
    }

    // XML 1.0 §2.3, without the colon.
    private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF,
            0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD,
            0x10000...0xEFFFF:
            true
        default: false
        }
    }

    private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
        default: startsName(scalar)
        }
    }
}

/// The reason why content cannot be written as XML.
package enum XMLWriterError: Error, Hashable, CustomStringConvertible {
    /// An invalid name of an element, attribute, namespace or processing instruction.
    case name(String)
    /// A prefix without a namespace declaration.
    case undeclaredPrefix(String)
    /// Two attributes of the same name in an element.
    case duplicateAttribute(String)

    package var description: String {
        switch self {
        case .name(let name): "'\(name)' is not a name in XML"
        case .undeclaredPrefix(let prefix): "no namespace is declared for the prefix '\(prefix)'"
        case .duplicateAttribute(let name): "an element has two attributes '\(name)'"
        }
    }
}
