internal import ByteStreams
internal import SBOMFormats
package import StructuredText

extension DocumentValidator {
    /// Parses an XML document and validates it.
    func validate(xml bytes: [UInt8]) throws(ValidationError) -> ValidationReport {
        let document: XMLDocument
        do throws(XMLError) {
            document = try XMLDocument(parsing: bytes, limits: limits)
        } catch {
            throw ValidationError(code: .xml, place: error.place, reason: error.description)
        }
        return try validate(document)
    }

    /// Validates a parsed XML document.
    package func validate(_ document: XMLDocument) throws(ValidationError) -> ValidationReport {
        let reading: CycloneDXXMLReading
        let grammar: CycloneDXXMLGrammar
        do throws(CycloneDXXMLError) {
            reading = try CycloneDXXML.shape(of: document, keepingExtras: false)
            grammar = try CycloneDXXMLGrammar.grammar(of: reading.version)
        } catch {
            throw ValidationError(
                DocumentError(
                    error.documentCode, place: document.place(at: document.root.offset), reason: error.reason))
        }
        var schema = CycloneDXXMLValidator(grammar, limit: violationLimit)
        schema.judge(document)
        var rules = RuleChecker(limit: violationLimit)
        rules.judgeCycloneDX(.object(reading.content))
        // The XML schema itself requires unique bom-refs, so the rule would report them twice.
        let broken = rules.found.filter { $0.name != ValidationRule.duplicateIdentifier.rawValue }
        var finder = CycloneDXXMLPlaces(document, grammar)
        let places =
            schema.findings.map { ($0.element, $0.attribute) } + broken.map { finder.place(of: $0.pointer) }
        let paths = zip(document.paths(of: places.map(\.0)), places).map { path, place in
            path + (place.1.map { "/@" + $0.name.qualified } ?? "")
        }
        let offsets = places.map { $0.1?.offset ?? $0.0.offset }
        var found = schema.findings.enumerated().map { index, finding in
            DocumentViolation(
                xmlRule: finding.name.rawValue, at: paths[index], offset: offsets[index], expected: finding.expected,
                found: finding.found)
        }
        for (index, rule) in broken.enumerated() {
            let place = schema.findings.count + index
            found.append(rule.placed(at: paths[place], offset: offsets[place]))
        }
        let positions = document.places(at: found.map(\.offset))
        let order = found.indices.sorted { one, other in
            found[one].offset == found[other].offset ? one < other : found[one].offset < found[other].offset
        }
        return ValidationReport(
            format: .cycloneDX, version: reading.version,
            violations: order.map { found[$0].placed(at: positions[$0]) },
            isTruncated: schema.isTruncated || rules.isTruncated, licenseList: rules.licenseList)
    }
}

/// Finds the element or attribute for a pointer into the equivalent JSON.
struct CycloneDXXMLPlaces {
    private let document: XMLDocument
    private let grammar: CycloneDXXMLGrammar
    /// The known children of elements that were visited, by the offset of the element.
    private var children: [Int: [XMLElement]] = [:]

    init(_ document: XMLDocument, _ grammar: CycloneDXXMLGrammar) {
        self.document = document
        self.grammar = grammar
    }

    /// The element for a pointer, or an attribute of it; the nearest ancestor if there is none.
    mutating func place(of pointer: JSONPointer) -> (element: XMLElement, attribute: XMLAttribute?) {
        var tokens = pointer.tokens[...]
        var element = document.root
        var number = grammar.root
        while let token = tokens.popFirst() {
            let type = grammar.types[number]
            if let member = type.attributes.first(where: { $0.json == token }) {
                return (element, element.attributes.first { $0.name.matches(member.element, in: "") })
            }
            guard let (inner, member) = step(token, &tokens, element, type) else { return (element, nil) }
            element = inner
            guard case .complex(let next) = member.content else { return (element, nil) }
            if member.isString || grammar.types[next].shape == .string {
                return (element, element.attributes.first { $0.name.matches("ref", in: "") })
            }
            number = next
        }
        return (element, nil)
    }

    private mutating func step(
        _ token: String, _ tokens: inout ArraySlice<String>, _ element: XMLElement,
        _ type: CycloneDXXMLGrammar.ComplexType
    ) -> (XMLElement, CycloneDXXMLGrammar.Member)? {
        if let index = Int(token), type.shape == .list || type.shape == .tools {
            let items = known(in: element, type)
            guard items.indices.contains(index), let place = place(of: items[index], type) else { return nil }
            let member = type.elements[place]
            if member.wrapper != nil, tokens.first == member.wrapper { tokens.removeFirst() }
            return (items[index], member)
        }
        guard let place = type.elements.firstIndex(where: { $0.json == token || type.shape == .either }) else {
            // An inline type has its members in the same element.
            for (place, member) in type.elements.enumerated() where member.isInline {
                if let inner = known(in: element, type).first(where: { self.place(of: $0, type) == place }) {
                    return (inner, member)
                }
            }
            return nil
        }
        let member = type.elements[place]
        let alike = known(in: element, type).filter {
            type.shape == .either || self.place(of: $0, type) == place
        }
        var index = 0
        if member.isArray, let next = tokens.first, let number = Int(next) {
            index = number
            tokens.removeFirst()
        }
        guard alike.indices.contains(index) else { return nil }
        if type.shape == .either, let place = self.place(of: alike[index], type) {
            tokens = [token] + tokens
            return (alike[index], type.elements[place])
        }
        return (alike[index], member)
    }

    private func place(of element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType) -> Int? {
        guard element.name.namespace == grammar.namespace, let name = grammar.names[element.name.local],
            type.elementPlaces[name] >= 0
        else { return nil }
        return Int(type.elementPlaces[name])
    }

    private mutating func known(in element: XMLElement, _ type: CycloneDXXMLGrammar.ComplexType) -> [XMLElement] {
        if let known = children[element.offset] { return known }
        let known = element.elements.filter { place(of: $0, type) != nil }
        children[element.offset] = known
        return known
    }
}
