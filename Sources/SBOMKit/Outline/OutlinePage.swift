internal import ByteStreams
internal import CPages
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

extension GraphPart {
    /// A page that needs nothing but a browser: a table, a tree and a picture of the elements.
    ///
    /// The data in it is a JSON object with these members:
    ///
    /// - `name`, `tag`, `digest`: those of the image that the document describes; without an image, the name of what it
    ///   describes or of the document;
    /// - `document`, `format`: the name and the format of the document;
    /// - `incomplete`: what is missing, if the document states that it is incomplete;
    /// - `texts`: texts that many elements have, each once, the empty one first;
    /// - `licenses`: pairs of the identifier and the name of a license that is not on the SPDX License List;
    /// - `elements`: of each the ``PageElementKind``, name, version, package URL and identifier, then the numbers in `texts`
    ///   of its type, architecture, license, supplier and layer;
    /// - `labels`: what is shown in place of the names, if the options say so; `hidesVersions`: whether versions are not
    ///   shown after names;
    /// - `links`: of each element the numbers of the elements that it leads to, each with the number of the kind;
    /// - `kinds`: pairs of the type of a relationship and its qualifier;
    /// - `roots`, `strays`: the numbers of the elements that the tree begins with.
    var page: [UInt8] {
        let data = JSONWriter.bytes(of: pageData, .compact)
        let (css, js) = (PageFile.css.bytes, PageFile.js.bytes)
        let policy =
            "default-src 'none'; style-src '\(Self.source(css))'; script-src '\(Self.source(js))'; "
            + "base-uri 'none'; form-action 'none'"
        // `<` can end the script or begin a comment in HTML. JSON can escape it.
        var escaped: [UInt8] = []
        escaped.reserveCapacity(data.count)
        for byte in data {
            if byte == UInt8(ascii: "<") { escaped += "\\u003c".utf8 } else { escaped.append(byte) }
        }
        var result: [UInt8] = []
        var rest = PageFile.html.bytes[...]
        // In the order in which they stand in the file, so that nothing is looked for in what was put in.
        let parts = [("{{policy}}", Array(policy.utf8)), ("{{style}}", css), ("{{sbom}}", escaped), ("{{script}}", js)]
        for (mark, content) in parts {
            guard let place = rest.indices.first(where: { rest[$0...].starts(with: mark.utf8) }) else { continue }
            result += rest[..<place]
            result += content
            rest = rest[(place + mark.utf8.count)...]
        }
        return result + rest
    }

    /// The data, which the script of the page reads.
    private var pageData: JSONValue {
        var places: [Int32: Int] = [:]
        for (place, element) in elements.enumerated() { places[element] = place }
        func numbers(_ list: [Int32]) -> JSONValue {
            .array(list.compactMap { places[$0] }.map { .number(JSONNumber($0)) })
        }
        var texts = PageTexts()
        var licenses = PageLicenses()
        let columns = graph.elements
        let described = Set(roots)
        let items = elements.map { number -> JSONValue in
            let license = columns.license(number)
            licenses.add(license, in: graph)
            let purl = PackageURL(parsing: columns.packageURLs[Int(number)])
            let kind = PageElementKind(number, columns, purl, isDescribed: described.contains(number))
            let name = columns.names[Int(number)]
            let own = [
                name.isEmpty ? columns.ids[Int(number)] : name, columns.versions[Int(number)],
                columns.packageURLs[Int(number)], columns.ids[Int(number)],
            ]
            let shared = [
                purl?.type ?? Self.type(columns.packageURLs[Int(number)]), purl?.qualifiers["arch"] ?? "", license,
                columns.supplier(number), columns.layer(number),
            ]
            return .array(
                [.number(JSONNumber(kind.rawValue))] + own.map { .string(VisibleText.of($0)) }
                    + shared.map { .number(JSONNumber(texts.number(of: $0))) })
        }
        let edges = elements.map { number -> JSONValue in
            var flat: [JSONValue] = []
            for link in links(of: number) {
                guard let place = places[link.target] else { continue }
                flat += [.number(JSONNumber(place)), .number(JSONNumber(link.kind))]
            }
            return .array(flat)
        }
        let kinds = links.kinds.map { kind -> JSONValue in
            [.string(VisibleText.of(kind.word)), .string(VisibleText.of(kind.qualifier))]
        }
        let hasLabels = options.showsIDs || options.showsPURLs
        var object = JSONObject()
        for (name, text) in title { object.append(name, .string(VisibleText.of(text))) }
        object.append("texts", .array(texts.all.map { .string($0) }))
        object.append("licenses", .array(licenses.pairs))
        object.append("elements", .array(items))
        if hasLabels { object.append("labels", .array(elements.map { .string(VisibleText.of(label($0))) })) }
        object.append("hidesVersions", .bool(hasLabels || !options.showsVersions))
        object.append("links", .array(edges))
        object.append("kinds", .array(kinds))
        object.append("roots", numbers(roots))
        object.append("strays", numbers(strays))
        return .object(object)
    }

    /// The type of a package URL that need not parse; empty without one.
    private static func type(_ purl: String) -> String {
        purl.hasPrefix("pkg:") ? String(purl.dropFirst(4).prefix { $0 != "/" && $0 != "@" && $0 != "?" }) : ""
    }

    /// How many characters are shown of what is missing in an incomplete document.
    private static let longestRemark = 400

    /// The members that name the document, and say what is missing in it.
    private var title: [(String, String)] {
        let documentName = graph.name.isEmpty ? graph.documentID : graph.name
        var (name, tag, digest) = (documentName, "", "")
        if let root = roots.first, roots.count == 1 {
            let version = graph.elements.versions[Int(root)]
            let purl = PackageURL(parsing: graph.elements.packageURLs[Int(root)])
            if !graph.elements.names[Int(root)].isEmpty { name = graph.elements.names[Int(root)] }
            digest = [version, purl?.version ?? ""].first { ContentDigest($0) != nil } ?? ""
            tag = purl?.qualifiers["tag"] ?? (ContentDigest(version) == nil ? version : "")
        }
        var members = [
            ("name", name), ("tag", tag), ("digest", digest), ("document", documentName),
            ("format", "\(graph.format.rawValue) \(graph.version)"),
        ]
        if let missing = graph.incompleteness {
            let scalars = missing.unicodeScalars
            let most = Self.longestRemark
            let shown = scalars.count > most ? "\(Substring(scalars.prefix(most)))…" : missing
            members.append(("incomplete", shown))
        }
        return members
    }

    /// What allows an inline script or style in a content security policy (CSP Level 3 §2.3.1, `hash-source`).
    private static func source(_ bytes: [UInt8]) -> String {
        var hash = RunningHash(.sha256)
        hash.update(bytes.span)
        return "sha256-\(Base64.encoded(hash.finish()))"
    }
}

/// A file of the folder Pages.
private enum PageFile {
    case html, css, js

    /// The content, which is a part of the program.
    var bytes: [UInt8] {
        // SAFETY: each is an array that never changes, of exactly that length.
        let part =
            switch self {
            case .html: unsafe sbomkit_outline_html()
            case .css: unsafe sbomkit_outline_css()
            case .js: unsafe sbomkit_outline_js()
            }
        return unsafe Array(UnsafeBufferPointer(start: part.bytes, count: part.length))
    }
}

/// What an element is to the page, which leaves images and operating systems out of its table and ways.
private enum PageElementKind: Int {
    case package = 0
    case file = 1
    case image = 2
    case operatingSystem = 3

    init(_ element: Int32, _ columns: ElementColumns, _ purl: PackageURL?, isDescribed: Bool) {
        self =
            switch columns.purpose(element) {
            case _ where columns.isFile(element): .file
            case "OPERATING_SYSTEM", "OPERATING-SYSTEM": .operatingSystem
            case "CONTAINER" where isDescribed: .image
            default: isDescribed && ["oci", "docker"].contains(purl?.type) ? .image : .package
            }
    }
}

/// Texts that many elements have, each once.
private struct PageTexts {
    private(set) var all = [""]
    private var numbers: [ExactString: Int] = [ExactString(""): 0]

    mutating func number(of text: String) -> Int {
        let key = ExactString(text)
        if let number = numbers[key] { return number }
        numbers[key] = all.count
        all.append(VisibleText.of(text))
        return all.count - 1
    }
}

/// The names of the licenses that expressions refer to.
private struct PageLicenses {
    private(set) var pairs: [JSONValue] = []
    private var seen: Set<ExactString> = []
    private var named: Set<ExactString> = []

    mutating func add(_ expression: String, in graph: DocumentGraph) {
        guard expression.hasBytes(of: "LicenseRef-"), seen.insert(ExactString(expression)).inserted else { return }
        let words = expression.split { $0.isWhitespace || $0 == "(" || $0 == ")" }.map(String.init)
        for word in words where word.hasBytes(of: "LicenseRef-") {
            let name = graph.licenseName(word)
            if name != word, named.insert(ExactString(word)).inserted {
                pairs.append([.string(VisibleText.of(word)), .string(VisibleText.of(name))])
            }
        }
    }
}
