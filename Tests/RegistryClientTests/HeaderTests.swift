import RegistryClient
import TestSupport
import Testing

/// What stands in the header of an answer.
@Suite struct HeaderTests {
    @Test func `challenges are read however they are written`() {
        let quoted = Challenge.parsing([#"BEARER Realm="https://a/t?x=1,2" , service = "a \"b\" \\c",scope=x"#])
        #expect(quoted.count == 1)
        #expect(quoted.first?.scheme == "bearer")
        #expect(
            quoted.first?.parameters == ["realm": "https://a/t?x=1,2", "service": #"a "b" \c"#, "scope": "x"])
        let several = Challenge.parsing([#"Negotiate, Basic realm="a", charset="UTF-8""#, "Bearer realm=b,error=c"])
        #expect(several.map(\.scheme) == ["negotiate", "basic", "bearer"])
        #expect(several.map { $0.parameters["realm"] } == [nil, "a", "b"])
        #expect(Challenge.parsing(["", ",", "=", "a=b"]).isEmpty)
    }

    @Test func `damaged headers and names are read or refused`() throws {
        let texts = [
            #"Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull""#,
            "Basic realm=\"a\\\"b\", Negotiate",
            "registry.example:5000/a/b:1@sha256:\(String(repeating: "0", count: 64))",
            "https://[fe80::1]:5000/v2/a?b=c#d", "Sun, 06 Nov 1994 08:49:37 GMT",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            let copies = bytes.indices.map { Array(bytes[..<$0]) } + mutations(of: bytes, count: 2_000, seed: 13)
            for copy in copies {
                let text = String(decoding: copy, as: UTF8.self)
                _ = Challenge.parsing([text])
                _ = try? ImageReference(parsing: text)
                _ = HTTPAddress(text)?.resolving(text)
                _ = HTTPHead(status: 429, fields: [("retry-after", text), ("date", text)]).retryAfter
            }
        }
    }

    @Test(arguments: [
        ("120", nil, 120), ("0", nil, 0), ("-1", nil, nil), ("soon", nil, nil),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT", 30),
        ("Wed, 01 Mar 2028 00:00:00 GMT", "Tue, 29 Feb 2028 23:59:00 GMT", 60),
        ("Mon, 01 Mar 2100 00:00:00 GMT", "Sun, 28 Feb 2100 00:00:00 GMT", 86_400),
        ("Sun, 06 Nov 1994 08:49:07 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", nil, nil),
        ("Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", nil),
    ])
    func `a server says how long to wait by seconds or a moment`(text: String, date: String?, seconds: Int?) {
        let fields = [("retry-after", text)] + (date.map { [("date", $0)] } ?? [])
        #expect(HTTPHead(status: 429, fields: fields).retryAfter == seconds)
    }
}
