import ByteStreams
import StructuredText
import TestSupport
import Testing

@Suite struct XMLDocumentTests {
    @Test(
        arguments: [
            ("<a/>", "a()"), ("<a></a>", "a()"), ("\n <a/> \n", "a()"), ("<a>x</a>", "a(t:x)"),
            ("<?xml version='1.0'?><a/>", "a()"), ("<a b='1' c=\"2\"/>", "a[b=1 c=2]()"),
            ("<a b = '1'\n\tc\r\n=\r\"2\" />", "a[b=1 c=2]()"), ("<a b='x\n\ty\r\nz'/>", "a[b=x  y z]()"),
            ("<a b='&#10;&#9;&#13;&#x20;&lt;&gt;&amp;&quot;&apos;'/>", "a[b=\n\t\r <>&\"']()"),
            ("<a>&lt;&#65;&#x1F600;&amp;&gt;</a>", "a(t:<A😀&>)"), ("<a>x\r\ny\rz\n</a>", "a(t:x\ny\nz\n)"),
            ("<a>é€😀</a>", "a(t:é€😀)"), ("<a>x&#13;y</a>", "a(t:x\ry)"), ("<é:b xmlns:é='u'/>", "{u}b{é=u}()"),
            ("<a><![CDATA[<x>&amp;]]]]><![CDATA[>]]>y</a>", "a(c:<x>&amp;]] c:> t:y)"),
            ("<a><![CDATA[]]></a>", "a(c:)"),
            ("<a><![CDATA[x\r\ny]]></a>", "a(c:x\ny)"),
            ("<a>x<!-- c -->y<?p d e?><?q?>z</a>", "a(t:x m: c  t:y p:p:d e p:q: t:z)"),
            ("<!--b\r\n--><?p x?><a/><!--e--><?q <?z?>", "m:b\n p:p:x a() m:e p:q:<?z"),
            ("<a> <b/>\n <c/></a>", "a(t:  b() t:\n  c())"),
            ("<a xmlns='u' x='1'><b xmlns=''><c/></b></a>", "{u}a{=u}[x=1](b{=}(c()))"),
            (
                "<p:a xmlns:p='u' xmlns:q='v' p:x='1' q:x='2' x='3'><q:b/></p:a>",
                "{u}a{p=u q=v}[{u}x=1 {v}x=2 x=3]({v}b())"
            ),
            (
                "<a xml:space='preserve' xml:lang='x'> </a>",
                "a[{http://www.w3.org/XML/1998/namespace}space=preserve {http://www.w3.org/XML/1998/namespace}lang=x](t: )"
            ),
            ("<a xmlns='not a uri' xmlns:r='rel'/>", "{not a uri}a{=not a uri r=rel}()"),
            ("<a b='<' />".replacing("<'", with: "&lt;'"), "a[b=<]()"), ("<a b='>'>></a>", "a[b=>](t:>)"),
            ("<a.-_1 :x='1'/>".replacing(":x", with: "x"), "a.-_1[x=1]()"), ("\u{FEFF}<a/>", "a()"),
            ("<?xml version=\"1.1\"?><a/>", "a()"),
        ])
    func `a well-formed text is read`(text: String, dump: String) throws {
        #expect(dumped(try XMLDocument(parsing: Array(text.utf8), limits: Limits())) == dump)
    }

    @Test(
        arguments: [
            "", " ", "x", "<", "<a", "<a>", "<a></b>", "<a></a", "<a/><b/>", "<a/>x", "x<a/>", "<a/>&amp;", "</a>",
            "<a><b></a></b>",
            "<1/>", "< a/>", "<a b/>", "<a b=/>", "<a b=1/>", "<a b='1/>", "<a b='1'c='2'/>", "<a b='<'/>",
            "<a b='1' b='2'/>",
            "<a>&</a>", "<a>&x;</a>", "<a>&nbsp;</a>", "<a>&lt</a>", "<a>&#0;</a>", "<a>&#x1;</a>", "<a>&#xFFFE;</a>",
            "<a>&#xD800;</a>",
            "<a>&#x110000;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>\u{1}</a>", "<a>\u{FFFE}</a>", "<a>\u{0}</a>",
            "<a/>\u{0}",
            "<a>]]></a>", "<a><!-- -- --></a>", "<a><!-- ---></a>", "<a><!-- </a>", "<a><![CDATA[x</a>",
            "<![CDATA[x]]>", "<a><![cdata[x]]></a>",
            "<a><?xml x?></a>", " <?xml version='1.0'?><a/>", "<?xml?><a/>", "<?xml version='2.0'?><a/>",
            "<?xml encoding='UTF-8'?><a/>",
            "<?xml version='1.0' encoding='UTF-8'><a/>", "<?xml version='1.0' standalone='maybe'?><a/>", "<a><?p x</a>",
            "<a><??></a>",
            "<p:a/>", "<a p:b='1'/>", "<a xmlns:p=''/>", "<a:b:c xmlns:a='u'/>",
            "<p:a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>",
            "<a xmlns='u' xmlns='v'/>", "<a xmlns:xmlns='u'/>", "<a xmlns:xml='u'/>", "<a></a >x", "<!DOCTYPE a><a/>",
            "<!doctype a><a/>",
            "<a><!DOCTYPE a></a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<!ELEMENT a EMPTY><a/>",
            "\u{FEFF}\u{FEFF}<a/>",
            "Lo\u{A7}\u{94}<a/>", "{\"a\":1}", "<a>\u{FFFF}</a>", "<a b='\u{1F}'/>", "<!-- \u{2} --><a/>",
            "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        ])
    func `what is not well formed is refused`(text: String) {
        #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(text.utf8), limits: Limits()) }
    }

    @Test(
        arguments: [
            ("<a>\n <b>\n </c></a>", .expected("'</b>'"), 3, 2), ("<a>\n<b", .truncated(expected: "'>'"), 2, 3),
            ("<a>\n", .truncated(expected: "'</a>'"), 2, 1), ("", .truncated(expected: "an element"), 1, 1),
            ("\n\n", .truncated(expected: "an element"), 3, 1), ("\n x<a/>", .expected("'<'"), 2, 2),
            ("<a/>\né <b/>", .trailing, 2, 1), ("<a/>\n  <b/>", .trailing, 2, 3),
            ("<a é='1'\n  b='2'  b='3'/>", .duplicateAttribute("b"), 2, 10),
            ("<a xmlns:p='u'\r\n p:b='1' p:b='1'/>", .duplicateAttribute("p:b"), 2, 10),
            ("<a>\n  <p:b/></a>", .undeclaredPrefix("p"), 2, 3),
            ("<a>\n  <b c='p:d' p:d='1'/></a>", .undeclaredPrefix("p"), 2, 14),
            ("<a>é\u{1}</a>", .character, 1, 5), ("<a>\n&#0;</a>", .character, 2, 5),
            ("<a>\u{0}</a>", .character, 1, 4),
            ("<a>\n &nbsp;</a>", .undefinedEntity("nbsp"), 2, 8), ("<a b='&x;'/>", .undefinedEntity("x"), 1, 10),
            ("<a>&lt </a>", .expected("';'"), 1, 7), ("<a\n b='<'/>", .expected("no '<' in an attribute value"), 2, 5),
            ("<a b=1/>", .expected("an attribute value in quotes"), 1, 6), ("<a b>", .expected("'='"), 1, 5),
            ("<a b='1'c='2'/>", .expected("white space"), 1, 9), ("<!--\n<a/>", .truncated(expected: "'-->'"), 2, 5),
            ("<a><![CDATA[x", .truncated(expected: "']]>'"), 1, 14),
            ("<a>\n]]></a>", .expected("no ']]>' in text"), 2, 1),
            ("<?xml version='1.0'?>\n <!DOCTYPE a SYSTEM 'x'><a/>", .documentType, 2, 2),
            ("\n<?xml version='1.0'?><a/>", .expected("the XML declaration at the beginning only"), 2, 1),
            ("<?xml version='1.0' encoding='KOI8-R'?><a/>", .unknownEncoding("KOI8-R"), 1, 1),
            ("<?xml version='1.0' encoding='UTF-16'?><a/>", .encoding("UTF-16"), 1, 1),
            ("<a><1/></a>", .expected("a name"), 1, 5),
        ] as [(String, XMLError.Kind, Int, Int)])
    func `an error tells what is wrong in which line and column`(
        text: String, kind: XMLError.Kind, line: Int, column: Int
    ) throws {
        let error = try #require(throws: XMLError.self) { try XMLDocument(parsing: Array(text.utf8), limits: Limits()) }
        #expect(error.kind == kind)
        #expect("\(error.place)" == "line \(line), column \(column)")
    }

    @Test func `everything has its place`() throws {
        let text = """
            \u{FEFF}<?xml version="1.0"?>
            <!-- é -->
            <a  xmlns:p="u" b="x>" p:c='é'
               d="b="><b/>té&amp;xt<?pi x?><![CDATA[
            ]]><c
            >
              <d></d></c >x\r
            <!--
            --></a>
            <?end?>
            """
        let document = try XMLDocument(parsing: Array(text.utf8), limits: Limits())
        func places(_ nodes: some Sequence<XMLNode>) -> [String] {
            nodes.map {
                let place = document.place(at: $0.offset); return "\(place.line):\(place.column)"
            }
        }
        #expect(places(document.prolog) == ["2:1"])
        #expect(places(document.epilog) == ["10:1"])
        #expect(document.place(at: document.root.offset).description == "line 3, column 1")
        #expect(places(document.root.children) == ["4:11", "4:15", "4:24", "4:32", "5:4", "7:15", "8:1"])
        let last = try #require(document.root.elements.first { $0.name.local == "c" })
        let crossing = try XMLDocument(parsing: Array("<a>\r\nx<b/>\r\n</a>".utf8), limits: Limits())
        #expect(crossing.root.children.map(\.offset) == [3, 6, 10])
        #expect(places(last.children) == ["6:2", "7:3"])
        #expect(
            document.places(at: document.root.attributes.map(\.offset)).map(\.description) == [
                "line 3, column 17", "line 3, column 24", "line 4, column 4",
            ])
        #expect(document.paths(of: [try #require(last.element("d", in: ""))]) == ["/a/c/d"])
        // Offsets are those of the bytes that were given.
        #expect(document.text.elementsEqual(text.utf8))
    }

    @Test func `views tell what was written`() throws {
        let text = """
            <bom xmlns="u" xmlns:x="v"><c n="1">a<!--x--><![CDATA[b]]><e/>c</c><c x:n='2' n="3" m=""><x:c/><c/></c><d> </d></bom>
            """
        let document = try XMLDocument(parsing: Array(text.utf8), limits: Limits())
        let root = document.root
        #expect(root.name.matches("bom", in: "u"))
        #expect(root.declarations == [.init(prefix: "", namespace: "u"), .init(prefix: "x", namespace: "v")])
        let first = try #require(root.element("c", in: "u"))
        #expect(first.text == "abc")
        #expect(first.hasText)
        #expect(first["n"] == "1")
        #expect(first["x"] == nil)
        let second = try #require(root.elements.dropFirst().first { _ in true })
        #expect(second["n"] == "3")
        #expect(second["m"] == "")
        #expect(second.attributes.map(\.name.qualified) == ["x:n", "n", "m"])
        #expect(second.attributes[0].name.prefix == "x")
        #expect(second.attributes[0].name.namespace == "v")
        let inner = try #require(second.element("c", in: "v"))
        let other = try #require(second.element("c", in: "u"))
        #expect(
            document.paths(of: [other, root, inner, second, other]) == [
                "/bom/c[2]/c", "/bom", "/bom/c[2]/x:c", "/bom/c[2]", "/bom/c[2]/c",
            ])
        #expect(document.paths(of: []).isEmpty)
        #expect(inner.declarationsInScope.count == 2)
        #expect(root.element("d", in: "u")?.hasText == false)
        #expect(root.element("c", in: "") == nil)
    }

    @Test func `encodings are told by mark or declaration`() throws {
        let body = "<a b=\"é\">ÿ€😀</a>"
        func declared(_ name: String) -> String { "<?xml version=\"1.0\" encoding=\"\(name)\"?>\n" }
        func wide(_ text: String, big: Bool) -> [UInt8] {
            text.utf16.flatMap { big ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        }
        let cases: [(String, [UInt8])] = [
            ("UTF-8", Array(body.utf8)), ("UTF-8", Array((declared("utf-8") + body).utf8)),
            ("UTF-8", Array(("\u{FEFF}" + declared("UTF-8") + body).utf8)),
            ("UTF-16LE", wide("\u{FEFF}" + body, big: false)),
            ("UTF-16BE", wide("\u{FEFF}" + declared("UTF-16") + body, big: true)),
            ("UTF-16LE", wide(declared("utf-16") + body, big: false)),
            ("UTF-16BE", wide(declared("UTF-16BE") + body, big: true)),
        ]
        for (name, bytes) in cases {
            let document = try XMLDocument(parsing: bytes, limits: Limits())
            #expect(document.encoding == name)
            #expect(dumped(document) == "a[b=é](t:ÿ€😀)")
            for count in 0..<bytes.count { _ = try? XMLDocument(parsing: Array(bytes[..<count]), limits: Limits()) }
        }
        let latin = try XMLDocument(
            parsing: Array((declared("iso-8859-1") + "<a>").utf8) + [0xE9, 0xFF, 0x85] + Array("</a>".utf8),
            limits: Limits())
        #expect(latin.root.text == "éÿ\u{85}")
        #expect(latin.encoding == "ISO-8859-1")
        #expect(latin.declaration == XMLDeclaration(version: "1.0", encoding: "iso-8859-1", isStandalone: nil))
        let windows = try XMLDocument(
            parsing: Array((declared("Windows-1252") + "<a>").utf8) + [0x80, 0x9F, 0xE9] + Array("</a>".utf8),
            limits: Limits())
        #expect(windows.root.text == "€Ÿé")
        for bytes in [
            Array("<a>".utf8) + [0xE9] + Array("</a>".utf8), Array((declared("US-ASCII") + "<a>é</a>").utf8),
            wide(declared("UTF-8") + body, big: true), wide("<a/>", big: true) + [0], [0xFF, 0xFE, 0x3C, 0, 0, 0xD8],
            [0, 0, 0, 0x3C], [0x4C, 0x6F, 0xA7, 0x94], Array("<a b='".utf8) + [0xC0, 0xAF] + Array("'/>".utf8),
        ] {
            #expect(throws: XMLError.self) { try XMLDocument(parsing: bytes, limits: Limits()) }
        }
        let standalone = try XMLDocument(
            parsing: Array("<?xml version = '1.0' standalone = 'no' ?><a/>".utf8), limits: Limits())
        #expect(standalone.declaration == XMLDeclaration(version: "1.0", encoding: nil, isStandalone: false))
    }

    @Test func `entities are never expanded and nothing is opened`() throws {
        try withTemporaryFolder { folder in
            let sentinel = folder + "/sentinel"
            try write(Array("SECRET".utf8), toFile: sentinel)
            let bombs = [
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file://\(sentinel)\">]><a>&x;</a>",
                "<!DOCTYPE a SYSTEM \"file://\(sentinel)\"><a/>", "<!DOCTYPE a PUBLIC \"p\" \"\(sentinel)\"><a/>",
                "<!DOCTYPE a [<!ENTITY % x SYSTEM \"file://\(sentinel)\"> %x;]><a/>",
                "<!--<!DOCTYPE--><?p <!DOCTYPE ?>\n<!DOCTYPE a [<!ENTITY x \"SECRET\">]><a b=\"&x;\">&x;</a>",
                "<!DOCTYPE a [<!ENTITY a \"ha\">"
                    + (0..<30).map {
                        "<!ENTITY a\($0 + 1) \"&a\($0 == 0 ? "" : "\($0)");&a\($0 == 0 ? "" : "\($0)");\">"
                    }.joined()
                    + "]><a>&a30;</a>",
            ]
            for bomb in bombs {
                let error = try #require(throws: XMLError.self) {
                    try XMLDocument(parsing: Array(bomb.utf8), limits: Limits())
                }
                #expect(error.kind == .documentType)
                #expect(!"\(error)".contains("SECRET"))
            }
            let harmless = try XMLDocument(
                parsing: Array(
                    "<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='\(sentinel)' parse='text'/><![CDATA[<!DOCTYPE x>]]></a>"
                        .utf8), limits: Limits())
            #expect(harmless.root.text == "<!DOCTYPE x>")
            #expect(harmless.root.elements.contains { $0.name.local == "include" })
        }
    }

    @Test func `limits are reached and named`() throws {
        func kind(_ text: String, _ change: (inout Limits) -> Void) throws -> XMLError.Kind? {
            var limits = Limits()
            change(&limits)
            do {
                _ = try XMLDocument(parsing: Array(text.utf8), limits: limits)
                return nil
            } catch { return error.kind }
        }
        #expect(try kind("<a><b><c/></b></a>") { $0.documentDepth = 3 } == nil)
        #expect(try kind("<a><b><c><d/></c></b></a>") { $0.documentDepth = 3 } == .depth(3))
        #expect(try kind("<a b='1'><c/><a/></a>") { $0.nameCount = 3 } == nil)
        #expect(try kind("<a b='1'><c/><d/></a>") { $0.nameCount = 3 } == .tooMany("names", limit: 3))
        for text in [
            "<a>12345</a>", "<a>1&amp;345</a>", "<a b='12345'/>", "<a b='1&amp;345'/>", "<a><![CDATA[12345]]></a>",
            "<!--12345--><a/>",
        ] {
            #expect(try kind(text) { $0.documentTextSize = 5 } == nil)
            let found = try kind(text) { $0.documentTextSize = 4 } ?? .trailing
            guard case .tooLong(_, limit: 4) = found else {
                Issue.record("\(text): \(found)")
                continue
            }
        }
        let many = (0..<300).map { " a\($0)=''" }.joined()
        #expect(try kind("<a\(many)/>") { $0.attributeCount = 300 } == nil)
        #expect(try kind("<a\(many)/>") { $0.attributeCount = 299 } == .tooMany("attributes of an element", limit: 299))
        // What only looks like attributes is none.
        let inert =
            "<a b='\(many.replacing("'", with: "&quot;"))'>\(many)<![CDATA[<a \(many)]]><!--<a \(many)--><?p <a \(many)?></a>"
        #expect(try kind(inert) { $0.attributeCount = 5 } == nil)
        let spaces = "<a xmlns:p='1'><b xmlns:q='2'/><b xmlns:q='2'/><b xmlns:q='2'><c xmlns='4'/></b></a>"
        #expect(try kind(spaces) { $0.namespaceCount = 3 } == nil)
        #expect(try kind(spaces) { $0.namespaceCount = 2 } == .tooMany("namespace declarations at one place", limit: 2))
    }

    @Test func `large texts are read and libxml2's limits are named`() throws {
        let large = String(repeating: "QUJD", count: 3_000_000)
        let document = try XMLDocument(
            parsing: Array("<a><t>\(large)</t><t>é\(large)&amp;</t></a>".utf8), limits: Limits())
        #expect(document.root.elements.map(\.text.utf8.count) == [12_000_000, 12_000_003])
        for text in ["<a><![CDATA[\(large)]]></a>", "<a b='\(large)'/>", "<a><!--\(large)--></a>"] {
            let error = try #require(throws: XMLError.self) {
                try XMLDocument(parsing: Array(text.utf8), limits: Limits())
            }
            guard case .tooLong(_, limit: 10_000_000) = error.kind else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test func `bombs are refused or read quickly`() throws {
        var limits = Limits()
        limits.documentDepth = .max
        let clock = ContinuousClock()
        let deep = String(repeating: "<a>", count: 500_000)
        let texts = [
            deep, String(repeating: "<a b='1'><b>x", count: 100_000), String(repeating: "<", count: 1_000_000),
            "<a>" + String(repeating: "&amp;", count: 500_000) + "</a>",
            "<a " + (0..<200_000).map { "a\($0)='' " }.joined() + "/>",
            // Behind an error libxml2 may take for a tag what was a comment.
            "<a <!-- <b " + (0..<200_000).map { "a\($0)='' " }.joined() + "/> -->",
            String(repeating: "<a xmlns:p='u'>", count: 1_900) + "<b/>",
            "<a>" + String(repeating: "<![CDATA[", count: 100_000), "<a>" + String(repeating: "<!--", count: 100_000),
            String(repeating: "<?a ", count: 200_000),
            "<a>" + String(repeating: "]]&gt;<b/>\r", count: 100_000) + "</a>",
            "<a>" + String(repeating: "é\r<![CDATA[\r]]>", count: 50_000) + "</a>",
        ]
        for text in texts {
            let time = clock.measure { _ = try? XMLDocument(parsing: Array(text.utf8), limits: limits) }
            #expect(time < .seconds(5), "\(text.prefix(20))")
        }
        let error = try #require(throws: XMLError.self) { try XMLDocument(parsing: Array(deep.utf8), limits: limits) }
        #expect(error.kind == .depth(2_000))
    }

    @Test func `the deepest document fits a stack of 512 KB`() {
        let finished = onSmallStack {
            var limits = Limits()
            limits.documentDepth = .max
            let text = String(repeating: "<a>", count: 2_000) + "x" + String(repeating: "</a>", count: 2_000)
            guard let document = try? XMLDocument(parsing: Array(text.utf8), limits: limits),
                let other = try? XMLDocument(parsing: XMLWriter.bytes(of: document, .pretty), limits: limits)
            else { return false }
            return document.isEquivalent(to: other) && XMLWriter.bytes(of: other, .asWritten).count > text.utf8.count
        }
        #expect(finished)
    }

    @Test func `documents are read by many threads at once`() async throws {
        let good = Array(sample.utf8)
        let bad = Array("<a>\n<b></c></a>".utf8)
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask {
                    for _ in 0..<20 {
                        if index % 2 == 0 {
                            guard (try? XMLDocument(parsing: good, limits: Limits())) != nil else { return false }
                        } else {
                            let error = #expect(throws: XMLError.self) {
                                try XMLDocument(parsing: bad, limits: Limits())
                            }
                            guard error?.kind == .expected("'</b>'"), error?.place.line == 2 else { return false }
                        }
                    }
                    return true
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `a damaged document is read or refused`(seed: UInt64) throws {
        // Without the declaration, which says UTF-8.
        let units = Array(sample.utf16.dropFirst(39))
        let utf16: [UInt8] = [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for text in [Array(sample.utf8), utf16] {
            _ = try XMLDocument(parsing: text, limits: Limits())
            for damaged in mutations(of: text, count: 400, seed: seed) + text.indices.map({ Array(text[..<$0]) }) {
                guard let document = try? XMLDocument(parsing: damaged, limits: Limits()) else { continue }
                for style in [XMLWriter.Style.asWritten, .pretty] {
                    let again = try XMLDocument(parsing: XMLWriter.bytes(of: document, style), limits: Limits())
                    #expect(again.isEquivalent(to: document))
                }
                for element in document.root.elements {
                    _ = (document.paths(of: [element]), element.attributes.map(\.offset), element.text)
                }
            }
        }
    }
}

@Suite(.needsCorpus) struct XMLCorpusTests {
    /// What expat and the C14N of Python's library say of all files: refused, or their canonical form.
    ///
    /// The oracle refuses document types as we do, and is asked to see namespaces.
    private static let script = #"""
        import io, os, sys, xml.parsers.expat, xml.etree.ElementTree as tree
        def refuse(*ignored): raise ValueError
        def canonical(data):
            parser = xml.parsers.expat.ParserCreate(namespace_separator=' ')
            parser.StartDoctypeDeclHandler = refuse
            try: parser.Parse(data, True)
            except (ValueError, LookupError, xml.parsers.expat.ExpatError): return b'refused'
            # That library cannot hold namespaces with a brace in them.
            try: return tree.canonicalize(from_file=io.BytesIO(data)).encode()
            except tree.ParseError: return b'unread'
        for line in sys.stdin.buffer:
            data = open(line.rstrip(b'\n'), 'rb').read()
            text = canonical(data)
            sys.stdout.buffer.write(b'%d\n' % len(text) + text)
        """#

    private func canonical(_ paths: [String]) throws -> [[UInt8]] {
        let output = try withTemporaryFolder { folder in
            try write(Array(Self.script.utf8), toFile: folder + "/oracle.py")
            return try shell("python3 \(folder)/oracle.py", input: Array((paths.joined(separator: "\n") + "\n").utf8))
                .output
        }
        var answers: [[UInt8]] = []
        var rest = output[...]
        while let end = rest.firstIndex(of: 0x0A), let count = Int(String(decoding: rest[..<end], as: UTF8.self)) {
            answers.append(Array(rest[(end + 1)..<(end + 1 + count)]))
            rest = rest[(end + 1 + count)...]
        }
        return answers
    }

    @Test func `real documents are read as Python reads them and written as they were`() throws {
        let found = try shell("find '\(corpus ?? "")/sbom' -name '*.xml' -type f | sort").text
        let paths = found.split(separator: "\n").map(String.init)
        let answers = try canonical(paths)
        #expect(paths.count > 100)
        #expect(answers.count == paths.count)
        try withTemporaryFolder { folder in
            var written: [(path: String, copy: String, canonical: [UInt8])] = []
            for (path, answer) in zip(paths, answers) {
                let isRefused = answer == Array("refused".utf8)
                do {
                    let document = try XMLDocument(parsing: try bytes(ofFile: path), limits: Limits())
                    #expect(!isRefused, "\(path)")
                    for style in [XMLWriter.Style.asWritten, .pretty] {
                        let text = XMLWriter.bytes(of: document, style)
                        let again = try XMLDocument(parsing: text, limits: Limits())
                        #expect(again.isEquivalent(to: document), "\(path)")
                        guard style == .asWritten else { continue }
                        let copy = "\(folder)/\(written.count).xml"
                        try write(text, toFile: copy)
                        written.append((path, copy, answer))
                    }
                } catch let error as XMLError {
                    #expect(isRefused, "\(path): \(error)")
                }
            }
            for (document, answer) in zip(written, try canonical(written.map(\.copy))) {
                let isSame = answer.elementsEqual(document.canonical)
                #expect(isSame, "\(document.path)")
            }
        }
    }
}

/// All of a document in a line: elements with declarations, attributes and content; text, CDATA, comments marked.
func dumped(_ document: XMLDocument) -> String {
    func name(_ name: XMLName) -> String { name.namespace.isEmpty ? name.local : "{\(name.namespace)}\(name.local)" }
    func dump(_ node: XMLNode.Value) -> String {
        switch node {
        case .text(let text): return "t:\(text)"
        case .cdata(let text): return "c:\(text)"
        case .comment(let text): return "m:\(text)"
        case .processingInstruction(let target, let data): return "p:\(target):\(data)"
        case .element(let element):
            let declarations = element.declarations.map { "\($0.prefix)=\($0.namespace)" }.joined(separator: " ")
            let attributes = element.attributes.map { "\(name($0.name))=\($0.value)" }.joined(separator: " ")
            return name(element.name) + (declarations.isEmpty ? "" : "{\(declarations)}")
                + (attributes.isEmpty ? "" : "[\(attributes)]")
                + "(" + element.children.map { dump($0.value) }.joined(separator: " ") + ")"
        }
    }
    let nodes =
        document.prolog.map { dump($0.value) } + [dump(.element(document.root))]
        + document.epilog.map { dump($0.value) }
    return nodes.joined(separator: " ")
}

private let sample = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- é --><?p i?>
    <bom xmlns="http://cyclonedx.org/schema/bom/1.6" xmlns:x="urn:x" version="1" x:y="&quot;&#10;é">
      <components>
        <component type="library" bom-ref="a"><name>a &amp; b</name><x:z xmlns:w="urn:w" w:v='1'>mixed <b/> text</x:z></component>
        <component type="library" bom-ref="b"><text><![CDATA[<licence> €😀]]></text>\r
        </component>
      </components>
    </bom>

    """
