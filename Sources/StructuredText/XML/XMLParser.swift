internal import ByteStreams
internal import CLibXML2
internal import Glibc

/// Parses XML with libxml2; no other code uses it.
///
/// libxml2 decides whether the text is well formed. Its events have pointers into our text, from which the tree is
/// built. Its text reader is not used, because it builds a tree of its own and has no columns. Entities, document
/// types, the network and files cannot be reached: no option enables them (`XML_PARSE_NOENT`, `DTDLOAD`, `DTDATTR`,
/// `XINCLUDE`, `HUGE`), no handler for them is set, and no text with a document type declaration is passed to libxml2.
enum XMLParser {
    // The global state of libxml2, initialized once, before the first parser.
    private static let isInitialized: Bool = {
        // Two more than our own limit, so that our error is reported.
        sbomkit_xml_initialize(UInt32(Limits.parserDepth) + 2)
        return true
    }()

    static func tree(of source: XMLSource, limits: Limits) throws(XMLError) -> XMLTree {
        let markCount = try source.inspected(attributeLimit: limits.attributeCount)
        let text = source.text
        var state = XMLTreeBuilder(text: text, limits: limits)
        // An estimate: one text for each `<`, and half as many elements.
        state.nodes.reserveCapacity(min(markCount + markCount / 4, text.count / 8) + 16)
        state.lastEnd = source.start
        guard isInitialized, run(&state, on: text, from: source.start) else {
            throw XMLError(.malformed("libxml2 has no memory"), at: 0, in: text.span)
        }
        if let failure = state.failure {
            throw XMLError(failure.kind, at: failure.offset, in: text.span.extracting(droppingLast: 1))
        }
        guard let root = state.root, state.isWellFormed else {
            throw XMLError(.truncated(expected: "an element"), at: text.count - 1, in: text.span)
        }
        return XMLTree(
            text: text, pool: state.pool, pieces: state.pieces, nodes: state.nodes, names: state.names, root: root)
    }

    /// Creates, runs and frees one parser of libxml2; false if it could not be created.
    private static func run(_ state: inout XMLTreeBuilder, on text: [UInt8], from start: Int) -> Bool {
        unsafe withUnsafeMutablePointer(to: &state) { state in
            unsafe text.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress, let context = unsafe xmlNewParserCtxt() else { return false }
                defer { unsafe xmlFreeParserCtxt(context) }
                guard let handler = unsafe context.pointee.sax else { return false }
                unsafe handler.pointee = handlers
                unsafe context.pointee.userData = UnsafeMutableRawPointer(state)
                _ = unsafe xmlCtxtUseOptions(
                    context, CInt(XML_PARSE_NONET.rawValue) | CInt(XML_PARSE_IGNORE_ENC.rawValue))
                // SAFETY: the text ends with the only zero in it and is not copied; it outlives the parser, which
                // does not write to it, as does the state. Nothing keeps either after this function.
                guard let input = unsafe xmlNewStringInputStream(context, base + start) else { return false }
                guard unsafe inputPush(context, input) >= 0 else {
                    unsafe xmlFreeInputStream(input)
                    return false
                }
                unsafe state.pointee.attach(base, context)
                _ = unsafe xmlParseDocument(context)
                unsafe state.pointee.isWellFormed = context.pointee.wellFormed == 1
                unsafe state.pointee.detach()
                return true
            }
        }
    }

    // SAFETY: libxml2 passes the state that was set above to every handler, and no other code uses it meanwhile.
    @inline(__always)
    private static func state(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<XMLTreeBuilder>? {
        unsafe pointer?.assumingMemoryBound(to: XMLTreeBuilder.self)
    }

    // All other handlers are nil, so no entity is looked up, declared or loaded.
    private static var handlers: xmlSAXHandler {
        var handlers = unsafe xmlSAXHandler()
        unsafe handlers.initialized = XML_SAX2_MAGIC
        unsafe handlers.startDocument = { user in unsafe XMLParser.state(user)?.pointee.startDocument() }
        unsafe handlers.startElementNs = {
            user, local, prefix, namespace, declarationCount, declarations, attributeCount, _, attributes in
            unsafe XMLParser.state(user)?.pointee.startElement(
                local, prefix, namespace, Int(declarationCount), declarations, Int(attributeCount), attributes)
        }
        unsafe handlers.endElementNs = { user, _, _, _ in unsafe XMLParser.state(user)?.pointee.endElement() }
        unsafe handlers.characters = { user, bytes, count in
            unsafe XMLParser.state(user)?.pointee.characters(bytes, Int(count))
        }
        // The same function, because then libxml2 does not try to detect ignorable white space.
        unsafe handlers.ignorableWhitespace = handlers.characters
        unsafe handlers.cdataBlock = { user, bytes, count in
            unsafe XMLParser.state(user)?.pointee.block(.cdata, nil, bytes, Int(count))
        }
        unsafe handlers.comment = { user, bytes in
            unsafe XMLParser.state(user)?.pointee.block(.comment, nil, bytes, bytes.map { unsafe strlen($0) } ?? 0)
        }
        unsafe handlers.processingInstruction = { user, target, bytes in
            let count = unsafe bytes.map { unsafe strlen($0) } ?? 0
            unsafe XMLParser.state(user)?.pointee.block(.processingInstruction, target, bytes, count)
        }
        unsafe handlers.reference = { user, name in
            unsafe XMLParser.state(user)?.pointee.fail(.undefinedEntity(XMLTreeBuilder.string(name)))
        }
        unsafe handlers.internalSubset = { user, _, _, _ in
            unsafe XMLParser.state(user)?.pointee.fail(.documentType)
        }
        unsafe handlers.serror = { user, error in
            if let error = unsafe error { unsafe XMLParser.state(user)?.pointee.problem(error.pointee) }
        }
        return unsafe handlers
    }
}

/// Builds the tree from the events of libxml2.
@safe struct XMLTreeBuilder {
    private struct Open {
        var element: Int
        var declarationCount: Int
    }

    private struct NameKey: Hashable {
        var local: UInt
        var prefix: UInt
        var namespace: UInt
    }

    private enum Pending {
        case nothing
        /// The content equals the text so far.
        case inText(Range<Int>)
        /// The start in the pool, and the offset in the text.
        case inPool(Int, place: Int)
    }

    var nodes: [XMLTree.Node] = []
    private(set) var pool: [UInt8] = []
    private(set) var pieces: [Range<Int>] = []
    private(set) var names: [XMLName] = []
    private(set) var root: Int?
    private(set) var failure: (kind: XMLError.Kind, offset: Int)?
    var isWellFormed = false
    /// The offset after the last event: the next markup is the next `<` from there.
    var lastEnd = 0

    private let text: [UInt8]
    private let count: Int
    private let depthLimit: Int
    private let nameLimit: Int
    private let textLimit: Int
    private let namespaceLimit: Int
    private var open: [Open] = []
    private var declarationsInScope = 0
    private var pending = Pending.nothing
    private var ids: [NameKey: Int] = [:]
    private var recent = [(key: NameKey, id: Int)?](repeating: nil, count: 256)
    private var base: UnsafePointer<UInt8>?
    private var context: xmlParserCtxtPtr?

    init(text: [UInt8], limits: Limits) {
        self.text = text
        count = text.count - 1
        depthLimit = min(limits.documentDepth, Limits.parserDepth)
        nameLimit = min(limits.nameCount, XMLTree.Node.nameCount)
        textLimit = limits.documentTextSize
        namespaceLimit = limits.namespaceCount
    }

    mutating func attach(_ base: UnsafePointer<UInt8>, _ context: xmlParserCtxtPtr) {
        unsafe self.base = base
        unsafe self.context = context
    }

    mutating func detach() {
        unsafe base = nil
        unsafe context = nil
    }

    /// The offset of a pointer into the text; nil for another pointer.
    @inline(__always)
    private func offset(_ pointer: UnsafePointer<UInt8>?) -> Int? {
        let distance = unsafe UInt(bitPattern: pointer) &- UInt(bitPattern: base)
        return distance <= UInt(count) ? Int(distance) : nil
    }

    /// The current offset of libxml2 in the text.
    private var cursor: Int {
        guard let context = unsafe context, let input = unsafe context.pointee.input else { return lastEnd }
        return unsafe offset(input.pointee.cur) ?? lastEnd
    }

    @inline(__always)
    private func byte(_ offset: Int) -> UInt8 {
        // SAFETY: inside of the text, whose last byte is the zero at `count`.
        guard offset >= 0, offset < count, let base = unsafe base else { return 0 }
        return unsafe base[offset]
    }

    /// The next `<` after the last event; only text is between the two.
    @inline(__always)
    private func nextMark() -> Int {
        var at = lastEnd
        while at < count, byte(at) != UInt8(ascii: "<") { at += 1 }
        return at
    }

    /// Keeps the first error, and stops libxml2.
    @inline(never)
    mutating func fail(_ kind: XMLError.Kind, at offset: Int? = nil) {
        guard failure == nil else { return }
        failure = (kind, offset ?? cursor)
        // Any handler may call this, even the one for errors. Browsers do the same.
        if let context = unsafe context { unsafe xmlStopParser(context) }
    }

    /// The offset after the XML declaration, whose `<` does not count.
    mutating func startDocument() {
        lastEnd = max(lastEnd, cursor)
    }

    @inline(__always)
    mutating func startElement(
        _ local: UnsafePointer<UInt8>?, _ prefix: UnsafePointer<UInt8>?, _ namespace: UnsafePointer<UInt8>?,
        _ declarationCount: Int, _ declarations: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ attributeCount: Int,
        _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) {
        guard failure == nil else { return }
        let end = cursor
        let place = nextMark()
        flush(before: place)
        guard open.count < depthLimit else { return fail(.depth(depthLimit), at: place) }
        let id = unsafe name(local, prefix, namespace)
        let element = nodes.count
        nodes.append(XMLTree.Node(.element, start: place, extent: 0, name: id, isPooled: false))
        if let declarations = unsafe declarations {
            for index in 0..<declarationCount {
                // SAFETY: a prefix and a namespace for each declaration.
                let id = unsafe name(declarations[2 * index], nil, declarations[2 * index + 1])
                nodes.append(XMLTree.Node(.namespace, start: place, extent: 0, name: id, isPooled: false))
            }
        }
        if let attributes = unsafe attributes {
            for index in 0..<attributeCount {
                // SAFETY: for each attribute local name, prefix, namespace, and where its value begins and ends.
                let fields = unsafe attributes + 5 * index
                guard let start = unsafe fields[3], let valueEnd = unsafe fields[4] else { continue }
                let id = unsafe name(fields[0], fields[1], fields[2])
                unsafe content(.attribute, id, start, valueEnd - start, place: place)
            }
        }
        declarationsInScope += declarationCount
        guard declarationsInScope <= namespaceLimit else {
            return fail(.tooMany("namespace declarations at one place", limit: namespaceLimit), at: place)
        }
        if open.isEmpty { root = element }
        open.append(Open(element: element, declarationCount: declarationCount))
        // The position of libxml2 is before `>` or `/>`.
        lastEnd = end + (byte(end) == UInt8(ascii: "/") ? 2 : 1)
    }

    @inline(__always)
    mutating func endElement() {
        guard failure == nil, let last = open.popLast() else { return }
        flush(before: nextMark())
        declarationsInScope -= last.declarationCount
        nodes[last.element].extent = UInt32(truncatingIfNeeded: nodes.count)
        lastEnd = max(lastEnd, cursor)
    }

    @inline(__always)
    mutating func characters(_ bytes: UnsafePointer<UInt8>?, _ length: Int) {
        guard failure == nil, let bytes = unsafe bytes, length > 0 else { return }
        let start = unsafe offset(bytes)
        switch pending {
        case .nothing:
            if let start {
                pending = .inText(start..<start + length)
            } else {
                pending = .inPool(pool.count, place: lastEnd)
                unsafe append(bytes, length)
            }
        case .inText(let range):
            if start == range.upperBound {
                pending = .inText(range.lowerBound..<range.upperBound + length)
            } else {
                // There is a reference or a carriage return between them.
                pending = .inPool(pool.count, place: range.lowerBound)
                if let base = unsafe base { unsafe append(base + range.lowerBound, range.count) }
                unsafe append(bytes, length)
            }
        case .inPool: unsafe append(bytes, length)
        }
        if let start { lastEnd = start + length } else { lastEnd = max(lastEnd, cursor) }
    }

    private mutating func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
        // SAFETY: libxml2 gives the count together with the pointer.
        unsafe pool.append(contentsOf: UnsafeBufferPointer(start: bytes, count: length))
    }

    /// Ends the text that is being collected, if any, at the markup after it.
    @inline(__always)
    private mutating func flush(before mark: Int) {
        switch pending {
        case .nothing: return
        case .inText(let range):
            guard range.count <= textLimit else { return tooLong("a text", at: range.lowerBound) }
            nodes.append(XMLTree.Node(.text, start: range.lowerBound, extent: range.count, name: 0, isPooled: false))
        case .inPool(let start, let place):
            let range = start..<pool.count
            guard range.count <= textLimit else { return tooLong("a text", at: place) }
            // Text that is not ASCII arrives in pieces of a few hundred bytes, but often equals the source.
            if mark - place == range.count, isSame(range, as: place) {
                pool.removeSubrange(range)
                nodes.append(XMLTree.Node(.text, start: place, extent: range.count, name: 0, isPooled: false))
            } else {
                pooled(.text, 0, range, place: place)
            }
        }
        pending = .nothing
    }

    private func isSame(_ range: Range<Int>, as place: Int) -> Bool {
        guard let base = unsafe base, place >= 0, place + range.count <= count else { return false }
        // SAFETY: both buffers have that many bytes.
        return unsafe pool.withUnsafeBufferPointer { pool in
            guard let start = pool.baseAddress else { return range.isEmpty }
            return unsafe memcmp(start + range.lowerBound, base + place, range.count) == 0
        }
    }

    private mutating func pooled(_ kind: XMLTree.Kind, _ name: Int, _ range: Range<Int>, place: Int) {
        nodes.append(XMLTree.Node(kind, start: place, extent: pieces.count, name: name, isPooled: true))
        pieces.append(range)
    }

    private mutating func tooLong(_ thing: String, at place: Int) {
        fail(.tooLong(thing, limit: textLimit), at: place)
    }

    /// A CDATA section, comment or processing instruction.
    mutating func block(
        _ kind: XMLTree.Kind, _ target: UnsafePointer<UInt8>?, _ bytes: UnsafePointer<UInt8>?, _ length: Int
    ) {
        guard failure == nil else { return }
        let place = nextMark()
        flush(before: place)
        guard length <= textLimit else { return tooLong("a section", at: place) }
        let end = cursor
        let head = kind == .cdata ? 9 : 4
        let start = pool.count
        if let bytes = unsafe bytes { unsafe append(bytes, length) }
        if kind != .processingInstruction, end - place == head + length + 3,
            isSame(start..<pool.count, as: place + head)
        {
            pool.removeSubrange(start...)
            nodes.append(XMLTree.Node(kind, start: place, extent: length, name: 0, isPooled: false))
        } else {
            let id = unsafe target == nil ? 0 : name(target, nil, nil)
            pooled(kind, id, start..<pool.count, place: place)
        }
        lastEnd = max(lastEnd, end)
    }

    private mutating func content(
        _ kind: XMLTree.Kind, _ name: Int, _ bytes: UnsafePointer<UInt8>, _ length: Int, place: Int
    ) {
        var length = length
        if let offset = unsafe offset(bytes) {
            nodes.append(XMLTree.Node(kind, start: offset, extent: length, name: name, isPooled: false))
        } else {
            let start = pool.count
            unsafe append(bytes, length)
            resolveAmpersands(from: start)
            length = pool.count - start
            pooled(kind, name, start..<pool.count, place: place)
        }
        if length > textLimit { tooLong("an attribute value", at: place) }
    }

    /// Resolves `&#38;`: libxml2 passes an ampersand in an attribute value in this form, and no other reference.
    private mutating func resolveAmpersands(from start: Int) {
        guard var kept = pool[start...].firstIndex(of: UInt8(ascii: "&")) else { return }
        var at = kept
        while at < pool.count {
            let byte = pool[at]
            pool[kept] = byte
            kept += 1
            at += byte == UInt8(ascii: "&") ? 5 : 1
        }
        pool.removeSubrange(kept...)
    }

    /// The number of a name; libxml2 keeps each string once, so that pointers identify them.
    @inline(__always)
    private mutating func name(
        _ local: UnsafePointer<UInt8>?, _ prefix: UnsafePointer<UInt8>?, _ namespace: UnsafePointer<UInt8>?
    ) -> Int {
        let key = NameKey(
            local: UInt(bitPattern: local), prefix: UInt(bitPattern: prefix), namespace: UInt(bitPattern: namespace))
        let slot = Int((key.local ^ key.local >> 8 ^ key.prefix &* 31) & 255)
        if let (known, id) = recent[slot], known == key { return id }
        let id: Int
        if let known = ids[key] {
            id = known
        } else {
            id = names.count
            let localName = unsafe Self.string(local)
            let prefixName = unsafe Self.string(prefix)
            names.append(
                XMLName(
                    qualified: prefixName.isEmpty ? localName : "\(prefixName):\(localName)", local: localName,
                    namespace: unsafe self.namespace(namespace)))
            ids[key] = id
            if id >= nameLimit { fail(.tooMany("names", limit: nameLimit)) }
        }
        recent[slot] = (key, id)
        return id
    }

    private mutating func namespace(_ bytes: UnsafePointer<UInt8>?) -> String {
        guard let bytes = unsafe bytes else { return "" }
        let start = pool.count
        unsafe append(bytes, strlen(bytes))
        resolveAmpersands(from: start)
        defer { pool.removeSubrange(start...) }
        return String(decoding: pool[start...], as: UTF8.self)
    }

    static func string(_ bytes: UnsafePointer<UInt8>?) -> String {
        // SAFETY: libxml2's strings end with a zero.
        unsafe bytes.map { unsafe String(cString: $0) } ?? ""
    }

    private static func string(_ bytes: UnsafePointer<CChar>?) -> String {
        // SAFETY: libxml2's strings end with a zero.
        unsafe bytes.map { unsafe String(cString: $0) } ?? ""
    }
}

extension XMLTreeBuilder {
    /// Handles an error or warning of libxml2.
    ///
    /// Warnings, such as those about relative namespaces, are ignored.
    mutating func problem(_ error: xmlError) {
        let code = unsafe xmlParserErrors(UInt32(bitPattern: error.code))
        guard failure == nil, unsafe error.level != XML_ERR_WARNING, code != XML_WAR_NS_URI else { return }
        let place = cursor
        let words = unsafe error.message.map { unsafe String(cString: $0) } ?? ""
        let isAtEnd = place >= count
        func expected(_ thing: String) -> XMLError.Kind {
            isAtEnd ? .truncated(expected: thing) : .expected(thing)
        }
        // libxml2 has no error code for most of its limits.
        if words.contains("too big") || words.contains("too long") || words.contains("uge input") {
            return fail(.tooLong("a section, comment, name or attribute value", limit: 10_000_000), at: lastEnd)
        }
        let first = unsafe Self.string(error.str1)
        switch code {
        case XML_ERR_DOCUMENT_EMPTY: fail(expected("an element"))
        case XML_ERR_DOCUMENT_END: fail(isAtEnd ? .truncated(expected: "an element") : .trailing)
        case XML_ERR_INVALID_CHARREF, XML_ERR_INVALID_CHAR: fail(.character)
        case XML_ERR_INVALID_HEX_CHARREF, XML_ERR_INVALID_DEC_CHARREF: fail(expected("a character's number"))
        case XML_ERR_ENTITYREF_SEMICOL_MISSING: fail(expected("';'"))
        case XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY: fail(.undefinedEntity(first))
        case XML_ERR_LT_IN_ATTRIBUTE: fail(.expected("no '<' in an attribute value"))
        case XML_ERR_ATTRIBUTE_NOT_STARTED: fail(expected("an attribute value in quotes"))
        case XML_ERR_ATTRIBUTE_NOT_FINISHED: fail(expected("the end of the attribute value"))
        case XML_ERR_ATTRIBUTE_WITHOUT_VALUE, XML_ERR_EQUAL_REQUIRED: fail(expected("'='"))
        case XML_ERR_ATTRIBUTE_REDEFINED:
            let name = unsafe error.str2.map { unsafe "\(first):\(String(cString: $0))" } ?? first
            fail(.duplicateAttribute(name), at: offset(ofAttribute: name, inTagAt: nextMark()))
        case XML_NS_ERR_ATTRIBUTE_REDEFINED: fail(.duplicateAttribute(first), at: nextMark())
        case XML_ERR_COMMENT_NOT_FINISHED: fail(.truncated(expected: "'-->'"))
        case XML_ERR_HYPHEN_IN_COMMENT: fail(.expected("no '--' in a comment"))
        case XML_ERR_PI_NOT_FINISHED: fail(.truncated(expected: "'?>'"))
        case XML_ERR_CDATA_NOT_FINISHED: fail(.truncated(expected: "']]>'"))
        case XML_ERR_MISPLACED_CDATA_END:
            let end = XMLSource.find("]]>", text.span, from: lastEnd)
            fail(.expected("no ']]>' in text"), at: end.map { $0 - 3 })
        case XML_ERR_XMLDECL_NOT_FINISHED: fail(expected("'?>'"))
        case XML_ERR_RESERVED_XML_NAME: fail(.expected("the XML declaration at the beginning only"), at: nextMark())
        case XML_ERR_SPACE_REQUIRED: fail(expected("white space"))
        case XML_ERR_NAME_REQUIRED: fail(expected("a name"))
        case XML_ERR_GT_REQUIRED: fail(expected("'>'"))
        case XML_ERR_LTSLASH_REQUIRED: fail(expected("'</'"))
        case XML_ERR_TAG_NAME_MISMATCH: fail(.expected("'\(endTag)'"), at: nextMark())
        case XML_ERR_TAG_NOT_FINISHED: fail(expected("'\(endTag)'"))
        case XML_ERR_INVALID_ENCODING: fail(.encoding("UTF-8"))
        case XML_ERR_VERSION_MISSING, XML_ERR_UNKNOWN_VERSION: fail(expected("version=\"1.0\""))
        case XML_ERR_STANDALONE_VALUE: fail(expected("standalone=\"yes\" or \"no\""))
        case XML_NS_ERR_UNDEFINED_NAMESPACE:
            let tag = nextMark()
            // An error about the prefix of an element has two strings, and one about that of an attribute has three.
            let isAttribute = unsafe error.str3 != nil
            let name = unsafe "\(first):\(Self.string(error.str2))"
            fail(.undeclaredPrefix(first), at: isAttribute ? self.offset(ofAttribute: name, inTagAt: tag) : tag)
        default:
            fail(.malformed(words.split(separator: "\n").joined(separator: " ")))
        }
    }

    /// Handles the end of the innermost open element.
    private var endTag: String {
        open.last.map { "</\(names[nodes[$0.element].name].qualified)>" } ?? "</"
    }

    private func offset(ofAttribute name: String, inTagAt start: Int) -> Int {
        XMLSource.offset(ofAttribute: name, inTagAt: start, text.span) ?? start
    }
}
