internal import StructuredText
internal import Synchronization

/// How the XML of one version of CycloneDX is built, and how it says what the JSON says.
///
/// Made from one table for all versions, `Schemas/CycloneDX-XML.txt`; `Schemas/README.md` says how that is read. A class,
/// because there is one for each version, whoever uses it.
package final class CycloneDXXMLGrammar: Sendable {
    /// What an element or attribute holds.
    package enum Content: Sendable, Hashable {
        /// Text of that simple type.
        case simple(Int)
        /// Attributes and elements of that type.
        case complex(Int)
    }

    /// What JSON makes of an element.
    package enum Shape: String, Sendable {
        /// An object; attributes, text and elements are members.
        case object
        /// An array; each element is an item.
        case list
        /// A string in the attribute `ref`.
        case string
        /// An object; but a string if there is nothing but text.
        case mixed
        /// Whatever its one element is.
        case either
        /// An array, or an object with `components` and `services`.
        case tools
    }

    /// What tells, in JSON, that an item of a list is spelled by one element and not another.
    enum Mark: Sendable, Hashable {
        /// It has one of those members.
        case members([String])
        /// It is a string.
        case string
    }

    /// What is known of an attribute or element of a type.
    struct MemberFacts: Sendable {
        /// The name in XML.
        var element: String
        /// The name in JSON.
        var json: String
        var content: Content
        var isRequired = false
        /// Whether it may stand more than once.
        var repeats = false
        /// Whether JSON has an array of those that stand directly in the element.
        var isArray = false
        /// Whether JSON may have a value in place of an array of one.
        var mayBeAlone = false
        /// The member that JSON has around the value.
        var wrapper: String?
        /// Whether it is a string in JSON although the type is larger.
        var isString = false
        /// Whether JSON has its members in the object around it.
        var isInline = false
        /// Whether JSON has a place for it.
        var isInJSON = true
        /// What an empty element means.
        var fallback: String?
        var mark: Mark?
    }

    /// A choice of which a document takes one branch.
    struct Choice: Sendable {
        /// For each branch, the elements that stand in no other, a bit each.
        var branches: [UInt64]
    }

    /// A part of the content that elements may have (XML Schema part 1 §3.8).
    package indirect enum Particle: Sendable {
        case element(Int, least: Int, most: Int)
        /// Elements of another namespace.
        case other(least: Int, most: Int)
        case sequence([Particle], least: Int, most: Int)
        case choice([Particle], least: Int, most: Int)
    }

    /// The attributes that an element may have beside those that the schema names.
    package enum Wildcard: String, Sendable {
        /// None.
        case none
        /// Those of another namespace.
        case other
        /// All.
        case any
    }

    /// What is known of what an element may have.
    struct TypeFacts: Sendable {
        var name: String
        var shape: Shape
        var attributes: [MemberFacts] = []
        var wildcard = Wildcard.none
        /// The text, if there are no elements.
        var text: MemberFacts?
        /// The elements, each once, in the order they are written in.
        var elements: [MemberFacts] = []
        var content: Particle?
        /// The elements that a document must have, a bit each, if it has any.
        var required: UInt64 = 0
        /// Whether it must have them in any case.
        var isRequiredAlways = false
        var choices: [Choice] = []
    }

    /// An attribute or element of a type.
    ///
    /// A class, as is ``ComplexType``, so that a look at one, of which there is one for each element of a document, costs
    /// no more than a reference.
    package final class Member: Sendable {
        package let element: String
        package let json: String
        package let content: Content
        package let isRequired: Bool
        let repeats: Bool
        package let isArray: Bool
        let mayBeAlone: Bool
        package let wrapper: String?
        package let isString: Bool
        package let isInline: Bool
        let isInJSON: Bool
        package let fallback: String?
        let mark: Mark?
        /// Whether it is what others refer to.
        package let isIdentifier: Bool

        init(_ facts: MemberFacts) {
            element = facts.element
            json = facts.json
            content = facts.content
            isRequired = facts.isRequired
            repeats = facts.repeats
            isArray = facts.isArray
            mayBeAlone = facts.mayBeAlone
            wrapper = facts.wrapper
            isString = facts.isString
            isInline = facts.isInline
            isInJSON = facts.isInJSON
            fallback = facts.fallback
            mark = facts.mark
            isIdentifier = facts.json == "bom-ref"
        }
    }

    /// What an element may have.
    package final class ComplexType: Sendable {
        let name: String
        package let shape: Shape
        package let attributes: [Member]
        package let wildcard: Wildcard
        package let text: Member?
        package let elements: [Member]
        package let content: Particle?
        let required: UInt64
        /// The attributes that a document must have, a bit each.
        let requiredAttributes: UInt64
        let isRequiredAlways: Bool
        let choices: [Choice]
        /// For each name of the grammar, which attribute or element that is, or -1.
        let attributePlaces: [Int8]
        package let elementPlaces: [Int8]

        init(_ facts: TypeFacts, names: [String: Int]) {
            name = facts.name
            shape = facts.shape
            attributes = facts.attributes.map { Member($0) }
            wildcard = facts.wildcard
            text = facts.text.map { Member($0) }
            elements = facts.elements.map { Member($0) }
            content = facts.content
            required = facts.required
            requiredAttributes = facts.attributes.indices.reduce(0) { bits, place in
                facts.attributes[place].isRequired ? bits | 1 << UInt64(place) : bits
            }
            isRequiredAlways = facts.isRequiredAlways
            choices = facts.choices
            attributePlaces = Self.places(of: facts.attributes, names)
            elementPlaces = Self.places(of: facts.elements, names)
        }

        private static func places(of members: [MemberFacts], _ names: [String: Int]) -> [Int8] {
            var places = [Int8](repeating: -1, count: names.count)
            for (place, member) in members.enumerated() {
                if let name = names[member.element] { places[name] = Int8(place) }
            }
            return places
        }
    }

    let version: String
    package let namespace: String
    package let simpleTypes: [XMLSchemaType]
    package let types: [ComplexType]
    /// The type of the root.
    package let root: Int
    /// The numbers of the names that occur anywhere.
    package let names: [String: Int]
    private let facts: [TypeFacts]

    /// The version of a namespace; nil if the version is not known.
    static func version(of namespace: String) -> String? {
        CycloneDXVersion.allCases.first { $0.namespace == namespace }?.rawValue
    }

    /// The grammar of a version, made when it is first asked for.
    package static func grammar(of version: String) throws(CycloneDXXMLError) -> CycloneDXXMLGrammar {
        if let known = cache.withLock({ $0[version] }) { return known }
        guard CycloneDXVersion(rawValue: version) != nil else {
            throw CycloneDXXMLError(
                code: .unknownVersion, reason: "expected CycloneDX \(CycloneDXVersion.span), found \(version)")
        }
        let text = String(decoding: SchemaFile.cycloneDXXML.bytes, as: UTF8.self)
        var table = CycloneDXXMLTable(version: version)
        do {
            let grammar = try table.grammar(text)
            cache.withLock { $0[version] = grammar }
            return grammar
        } catch {
            throw CycloneDXXMLError(code: .table, reason: "\(error)")
        }
    }

    private static let cache = Mutex<[String: CycloneDXXMLGrammar]>([:])

    init(version: String, simpleTypes: [XMLSchemaType], types: [TypeFacts], root: Int) {
        self.version = version
        namespace = CycloneDXVersion.namespaceBase + version
        self.simpleTypes = simpleTypes
        self.root = root
        var names: [String: Int] = [:]
        for member in types.flatMap({ $0.attributes + $0.elements }) where names[member.element] == nil {
            names[member.element] = names.count
        }
        self.names = names
        self.types = types.map { ComplexType($0, names: names) }
        facts = types
    }

    /// The same grammar for another thread: two that look at the same types wait for each other to count references.
    func copy() -> CycloneDXXMLGrammar {
        CycloneDXXMLGrammar(version: version, simpleTypes: simpleTypes, types: facts, root: root)
    }
}

/// Why XML cannot be read as CycloneDX, or something not be written as it.
package struct CycloneDXXMLError: Error, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: Sendable, Hashable {
        /// The root is not CycloneDX's.
        case notCycloneDX
        /// There is no grammar of the version.
        case unknownVersion
        /// Our own table is wrong.
        case table
    }

    package let code: Code
    package let reason: String

    package var description: String { reason }
}

extension CycloneDXXMLError {
    /// The kind of failure for the reader of the document.
    package var documentCode: DocumentError.Code {
        switch code {
        case .notCycloneDX: .unknownFormat
        case .unknownVersion: .unknownVersion
        case .table: .internalFailure
        }
    }
}
