import ByteStreams
import StructuredText
import TestSupport
import Testing

@Suite struct XMLWriterTests {
    @Test(arguments: [10, 64, 65, 500])
    func `indentation stops growing at the limit`(depth: Int) throws {
        var writer = XMLWriter(.pretty)
        for _ in 0..<depth { writer.beginElement("a") }
        writer.element("b", text: "")
        for _ in 0..<depth { writer.endElement() }
        let lines = String(decoding: try writer.finish(), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2 * depth + 1)
        #expect(lines.map { $0.prefix { $0 == " " }.count }.max() == 2 * min(depth, Limits.indentedLevels))
    }

    @Test func `calls write a pretty document, in chunks`() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
            <!-- c -->
            <bom xmlns="u" xmlns:p="v" version="1">
              <empty/>
              <p:name p:n="&lt;">a &amp; b</p:name>
              <deep>
                <deeper>
                  <?pi d?>
                </deeper>
              </deep>
              <mixed>text<b><c/></b></mixed>
              <kept><b/><c>
            </c></kept>
              <x></x>
            </bom>

            """
        var chunks: [[UInt8]] = []
        var writer = XMLWriter(.pretty, chunkSize: 8) { chunks.append($0) }
        writer.declaration(isStandalone: true)
        writer.comment(" c ")
        writer.beginElement("bom")
        writer.namespace("", "u")
        writer.namespace("p", "v")
        writer.attribute("version", "1")
        writer.element("empty", text: "")
        writer.beginElement("p:name")
        writer.attribute("p:n", "<")
        writer.text("a & b")
        writer.endElement()
        writer.beginElement("deep")
        writer.beginElement("deeper")
        writer.processingInstruction(target: "pi", data: "d")
        writer.endElement()
        writer.endElement()
        writer.beginElement("mixed")
        writer.text("text")
        writer.beginElement("b")
        writer.element("c", text: "")
        writer.endElement()
        writer.endElement()
        writer.beginElement("kept")
        writer.preserveSpace()
        writer.element("b", text: "")
        writer.element("c", text: "\n")
        writer.endElement()
        writer.beginElement("x")
        writer.text("")
        writer.endElement()
        writer.endElement()
        let left = try writer.finish()
        #expect(left.isEmpty)
        #expect(chunks.count > 5)
        #expect(String(decoding: chunks.joined(), as: UTF8.self) == text)
    }

    @Test(
        arguments: [
            ("a<b>c&d\"e'f", "a&lt;b>c&amp;d\"e'f", "a&lt;b>c&amp;d&quot;e'f"), ("]]>", "]]&gt;", "]]>"),
            ("\t\n\r", "\t\n&#13;", "&#9;&#10;&#13;"), ("é€😀\u{7F}\u{85}", "é€😀\u{7F}\u{85}", "é€😀\u{7F}\u{85}"),
            ("1234567&", "1234567&amp;", "1234567&amp;"),
            ("ï\u{F000}\u{FFFD}", "ï\u{F000}\u{FFFD}", "ï\u{F000}\u{FFFD}"),
            ("abcdefgh<ijklmnop\u{FFFD}", "abcdefgh&lt;ijklmnop\u{FFFD}", "abcdefgh&lt;ijklmnop\u{FFFD}"),
        ])
    func `only what must be is escaped`(text: String, inText: String, inAttribute: String) throws {
        var writer = XMLWriter(.asWritten)
        writer.beginElement("a")
        writer.attribute("b", text)
        writer.text(text)
        writer.endElement()
        let count = writer.replacementCount
        #expect(count == 0)
        #expect(XMLWriter.canHold(text))
        let bytes = try writer.finish()
        #expect(String(decoding: bytes, as: UTF8.self) == "<a b=\"\(inAttribute)\">\(inText)</a>")
        let read = try XMLDocument(parsing: bytes, limits: Limits())
        #expect(read.root["b"] == text)
        #expect(read.root.text == text)
    }

    @Test func `what XML cannot hold is replaced and counted`() throws {
        var writer = XMLWriter(.asWritten)
        writer.beginElement("a")
        writer.attribute("b", "x\u{0}y\u{FFFE}")
        writer.text("\u{1F}z\u{FFFF}é")
        writer.cdata("]]>\r\u{8}]]")
        writer.comment("a--b-")
        writer.processingInstruction(target: "p", data: "?>\r")
        writer.text("]]")
        writer.text(">")
        writer.endElement()
        let count = writer.replacementCount
        #expect(count == 9)
        let bytes = try writer.finish()
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "<a b=\"x\u{FFFD}y\u{FFFD}\">\u{FFFD}z\u{FFFD}é<![CDATA[]]]]><![CDATA[>]]>&#13;<![CDATA[\u{FFFD}]]]]><!--a- -b- --><?p ? >\n?>]]&gt;</a>"
        )
        let read = try XMLDocument(parsing: bytes, limits: Limits())
        #expect(read.root.text == "\u{FFFD}z\u{FFFD}é]]>\r\u{FFFD}]]]]>")
        for text in ["\u{0}", "12345678\u{B}", "\u{FFFE}", "é\u{FFFF}"] { #expect(!XMLWriter.canHold(text)) }
    }

    @Test func `wrong names are thrown at the end`() throws {
        func failure(_ body: (inout XMLWriter) -> Void) -> XMLWriterError? {
            var writer = XMLWriter(.asWritten)
            writer.beginElement("r")
            body(&writer)
            writer.endElement()
            do {
                _ = try writer.finish()
                return nil
            } catch { return error as? XMLWriterError }
        }
        #expect(failure { $0.element("a b", text: "") } == .name("a b"))
        #expect(failure { $0.element("p:a", text: "") } == .undeclaredPrefix("p"))
        #expect(failure { $0.attribute("p:a", "") } == .undeclaredPrefix("p"))
        #expect(failure { $0.attribute("xml:lang", "") } == nil)
        #expect(failure { $0.attribute("xmlns", "") } == .name("xmlns"))
        #expect(failure { $0.namespace("a", "") } == .name("a"))
        #expect(failure { $0.namespace("xml", "u") } == .name("xml"))
        #expect(failure { $0.processingInstruction(target: "XmL", data: "") } == .name("XmL"))
        #expect(
            failure {
                $0.attribute("a", "1"); $0.attribute("b", "2"); $0.attribute("a", "1")
            } == .duplicateAttribute("a"))
        #expect(
            failure {
                $0.namespace("p", "u"); $0.namespace("q", "u"); $0.attribute("p:a", "1"); $0.attribute("q:a", "1")
            }
                == .duplicateAttribute("q:a"))
        #expect(
            failure {
                $0.namespace("p", "u"); $0.namespace("p", "v")
            } == .duplicateAttribute("xmlns:p"))
        #expect(
            failure {
                $0.beginElement("p:a"); $0.namespace("p", "u"); $0.endElement()
            } == nil)
        for name in ["", ":", "a:", ":a", "a:b:c", "1a", "-a", "a b", "a<", "é×", "a:1"] {
            #expect(!XMLWriter.isName(name), "\(name)")
        }
        for name in ["a", "a:b", "_", "é", "a-b.c1·", "日本"] { #expect(XMLWriter.isName(name), "\(name)") }
    }

    @Test func `what the sink throws comes out at the end`() throws {
        struct Full: Error {}
        var calls = 0
        var writer = XMLWriter(.asWritten, chunkSize: 4) { _ in
            calls += 1
            throw Full()
        }
        writer.beginElement("a")
        for _ in 0..<10 { writer.element("b", text: "x") }
        writer.endElement()
        let hasFailed = writer.hasFailed
        #expect(hasFailed)
        do {
            _ = try writer.finish()
            Issue.record("nothing thrown")
        } catch { #expect(error is Full) }
        #expect(calls == 1)
    }

    @Test(
        arguments: [
            ("<a><b>x</b><c/></a>", "<a>\n  <b>x</b>\n  <c/>\n</a>\n"), ("<a>\n\n<b/>\t</a>", "<a>\n  <b/>\n</a>\n"),
            ("<a> x <b> <c/> </b></a>", "<a> x <b> <c/> </b></a>\n"), ("<a> </a>", "<a> </a>\n"),
            (
                "<a><b xml:space='preserve'> <c/> <d xml:space='default'> <e/> </d></b></a>",
                "<a>\n  <b xml:space=\"preserve\"> <c/> <d xml:space=\"default\">\n        <e/>\n      </d></b>\n</a>\n"
                    .replacing("\n        <e/>\n      </d>", with: "\n      <e/>\n    </d>")
            ),
            ("<a><!--x--><?p?><b/></a>", "<a>\n  <!--x-->\n  <?p?>\n  <b/>\n</a>\n"),
            ("<a><![CDATA[ ]]><b/></a>", "<a><![CDATA[ ]]><b/></a>\n"),
            (
                "<?xml version='1.0' encoding='latin1'?><!--x--><a/><!--y-->",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--x-->\n<a/>\n<!--y-->\n"
            ),
        ])
    func `a tree is laid out where white space does not count`(text: String, pretty: String) throws {
        let document = try XMLDocument(parsing: Array(text.utf8), limits: Limits())
        let bytes = XMLWriter.bytes(of: document, .pretty)
        #expect(String(decoding: bytes, as: UTF8.self) == pretty)
        let again = try XMLDocument(parsing: bytes, limits: Limits())
        #expect(again.isEquivalent(to: document))
        #expect(XMLWriter.bytes(of: again, .pretty) == bytes)
    }

    @Test func `a fragment takes its namespaces along`() throws {
        let document = try XMLDocument(
            parsing: Array(
                "<a xmlns='u' xmlns:p='v' xmlns:q='w'><b xmlns:q='x'><p:c q:d='1'><e xmlns=''/></p:c></b></a>".utf8),
            limits: Limits())
        let part = try #require(document.root.element("b", in: "u")?.element("c", in: "v"))
        let alone = XMLWriter.bytes(of: part, .asWritten)
        #expect(
            String(decoding: alone, as: UTF8.self)
                == "<p:c xmlns=\"u\" xmlns:p=\"v\" xmlns:q=\"x\" q:d=\"1\"><e xmlns=\"\"/></p:c>")
        #expect(try XMLDocument(parsing: alone, limits: Limits()).root.isEquivalent(to: part))
        var writer = XMLWriter(.asWritten)
        writer.beginElement("r")
        writer.namespace("", "u")
        writer.namespace("p", "other")
        writer.element(part)
        writer.element(try XMLDocument(parsing: Array("<n/>".utf8), limits: Limits()).root)
        writer.endElement()
        let bytes = try writer.finish()
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "<r xmlns=\"u\" xmlns:p=\"other\"><p:c xmlns:p=\"v\" xmlns:q=\"x\" q:d=\"1\"><e xmlns=\"\"/></p:c><n xmlns=\"\"/></r>"
        )
        let read = try XMLDocument(parsing: bytes, limits: Limits())
        #expect(try #require(read.root.element("c", in: "v")).isEquivalent(to: part))
        #expect(read.root.element("n", in: "") != nil)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `what is written is read back the same`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var writer = XMLWriter(seed % 2 == 0 ? .asWritten : .pretty)
        if Bool.random(using: &random) { writer.declaration(isStandalone: nil) }
        generate(&writer, &random, depth: 5, scope: [])
        let bytes = try writer.finish()
        let document = try XMLDocument(parsing: bytes, limits: Limits())
        for style in [XMLWriter.Style.asWritten, .pretty] {
            let written = XMLWriter.bytes(of: document, style)
            let again = try XMLDocument(parsing: written, limits: Limits())
            // Not as expressions of two documents, which would be printed.
            let isEquivalent = again.isEquivalent(to: document)
            #expect(isEquivalent)
            let isSame = style == .pretty || dumped(again) == dumped(document)
            #expect(isSame)
            let isStable = XMLWriter.bytes(of: again, style) == written
            #expect(isStable)
        }
    }

    private func generate(_ writer: inout XMLWriter, _ random: inout SeededGenerator, depth: Int, scope: [String]) {
        var scope = scope
        let names = ["a", "b", "name", "é"]
        let declared = Int.random(in: 0..<3, using: &random) == 0 ? ["p", "q"].randomElement(using: &random) : nil
        if let declared { scope.append(declared) }
        func name(_ random: inout SeededGenerator) -> String {
            let name = names.randomElement(using: &random) ?? "a"
            guard let prefix = scope.randomElement(using: &random), Bool.random(using: &random) else { return name }
            return "\(prefix):\(name)"
        }
        writer.beginElement(name(&random))
        if let declared { writer.namespace(declared, "urn:\(declared)\(Int.random(in: 0..<3, using: &random))") }
        if Int.random(in: 0..<4, using: &random) == 0 { writer.namespace("", "urn:default") }
        if Bool.random(using: &random) { writer.attribute("x", text(&random)) }
        if Bool.random(using: &random) { writer.attribute("y", text(&random)) }
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
            switch Int.random(in: 0..<(depth == 0 ? 4 : 8), using: &random) {
            case 0: writer.text(text(&random))
            case 1: writer.cdata(text(&random))
            case 2: writer.comment(text(&random))
            case 3: writer.processingInstruction(target: "pi", data: text(&random))
            default: generate(&writer, &random, depth: depth - 1, scope: scope)
            }
        }
        writer.endElement()
    }

    private func text(_ random: inout SeededGenerator) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x20, 0x20...0x7E, 0x20...0x7E, 0x3C...0x3E, 0x5B...0x5D, 0x7F...0x7FF, 0x800...0xFFFF,
            0x10000...0x10FFFF,
        ]
        var text = ""
        let isPlain = Bool.random(using: &random)
        for _ in 0..<Int.random(in: 0..<40, using: &random) {
            let range = isPlain ? 0x20...0x7E : ranges.randomElement(using: &random) ?? 0x20...0x7E
            text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "\u{FFFD}")
        }
        return text
    }
}

@Suite struct XMLEquivalenceTests {
    @Test(
        arguments: [
            ("<a x='1' y='2'/>", "<a y=\"2\" x='1'></a>"), ("<a>x<!--c-->y</a>", "<a>xy</a>"),
            ("<a>x&lt;</a>", "<a><![CDATA[x<]]></a>"),
            ("<a><b/></a>", "<?xml version='1.0'?><!--c-->\n<a>\n <b/>\n</a>"),
            ("<p:a xmlns:p='u'/>", "<a xmlns='u' xmlns:q='v'/>"),
            ("<a>\r\n x</a>", "<a>\n x</a>"),
            ("<a xmlns:p='u' xmlns:q='v' p:x='1' q:x='2'/>", "<a xmlns:q='u' xmlns:p='v' p:x='2' q:x='1'/>"),
            ("<a> <![CDATA[ ]]> </a>", "<a/>"), ("<a>&#xE9;</a>", "<a>é</a>"),
        ])
    func `what canonical XML makes the same is equivalent`(one: String, other: String) throws {
        let (one, other) = (try read(one), try read(other))
        #expect(one.isEquivalent(to: other))
        #expect(other.isEquivalent(to: one))
    }

    @Test(
        arguments: [
            ("<a/>", "<b/>"), ("<a/>", "<a xmlns='u'/>"), ("<a x='1'/>", "<a/>"), ("<a x='1'/>", "<a x='2'/>"),
            ("<a>x</a>", "<a>y</a>"),
            ("<a>x</a>", "<a> x</a>"), ("<a><b/><c/></a>", "<a><c/><b/></a>"), ("<a><b/></a>", "<a><b/><b/></a>"),
            ("<a>x<b/></a>", "<a><b/>x</a>"),
            ("<a><?p x?></a>", "<a><?p y?></a>"), ("<a/><?p?>", "<a/>"), ("<a x='1'/>", "<a xmlns:p='u' p:x='1'/>"),
            ("<a>é</a>", "<a>e\u{301}</a>"),
            ("<a><b><c/></b></a>", "<a><b/><c/></a>"), ("<a x='1' y='2'/>", "<a x='2' y='1'/>"),
        ])
    func `what canonical XML keeps apart is not`(one: String, other: String) throws {
        let (one, other) = (try read(one), try read(other))
        #expect(!one.isEquivalent(to: other))
        #expect(!other.isEquivalent(to: one))
        #expect(one.isEquivalent(to: one))
    }

    private func read(_ text: String) throws -> XMLDocument {
        try XMLDocument(parsing: Array(text.utf8), limits: Limits())
    }
}
