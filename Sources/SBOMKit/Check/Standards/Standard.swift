internal import SBOMFormats
internal import SBOMModel

/// What a standard for SBOMs wants in a document: one table of fields, which are read in the same way in every format.
struct Standard: Sendable {
    /// A field that a standard names.
    struct Field: Sendable {
        /// How much a standard wants a field.
        enum Level: String, Sendable {
            /// A document without it does not conform.
            case required
            /// The standard wants it where it exists, or only recommends it.
            case recommended
            /// The standard requires it, but a document alone cannot show whether it is there.
            case outside = "required outside of the document"
        }

        /// Whether something has a field.
        enum Answer: Sendable {
            case present
            /// What is missing or wrong, in words that continue `2 packages …` or stand alone.
            case missing(String)
            /// The standard does not want the field here.
            case exempt
        }

        enum Test: Sendable {
            case document(@Sendable (AssessedDocument) -> Answer)
            case component(@Sendable (AssessedDocument.Component) -> Answer)
        }

        /// The name of the field in reports, which is also the name of the rule.
        let name: String
        /// The place in the standard.
        let clause: String
        let level: Level
        let test: Test
    }

    /// The names of the facts of a field: how many components, or documents, were judged, and how many have it.
    static let factNames = ["judged", "met", "level", "clause"]

    /// The name of the standard with its version.
    let name: String
    let fields: [Field]

    /// A section for each field: who has it, and who does not.
    func sections(_ document: AssessedDocument) -> [DocumentCheck.Section] {
        fields.map { field in
            var log = FindingLog()
            let severity: DocumentCheck.Finding.Severity = field.level == .required ? .error : .warning
            var (judged, met) = (0, 0)
            func count(_ answer: Field.Answer) -> String? {
                switch answer {
                case .exempt: return nil
                case .present: met += 1
                case .missing(let message):
                    judged += 1
                    return message
                }
                judged += 1
                return nil
            }
            switch field.test {
            case .document(let test):
                if let message = count(test(document)) { log.add(severity, field.name, message) }
            case .component(let test):
                for component in document.components {
                    if let message = count(test(component)) { log.add(severity, field.name, message, component.label) }
                }
            }
            return DocumentCheck.Section(
                name: field.name,
                facts: zip(
                    Self.factNames,
                    [
                        .number(judged), .number(met), .text(field.level.rawValue), .text("\(name), \(field.clause)"),
                    ]
                ).map { DocumentCheck.Fact(name: $0, value: $1) }, findings: log.all)
        }
    }
}

// MARK: Building tables

extension Standard.Field {
    typealias Component = AssessedDocument.Component

    static func document(
        _ name: String, _ clause: String, _ level: Level = .required,
        _ test: @escaping @Sendable (AssessedDocument) -> Answer
    ) -> Self {
        Self(name: name, clause: clause, level: level, test: .document(test))
    }

    static func component(
        _ name: String, _ clause: String, _ level: Level = .required,
        _ test: @escaping @Sendable (Component) -> Answer
    ) -> Self {
        Self(name: name, clause: clause, level: level, test: .component(test))
    }

    /// A field of components that is there or not.
    static func component(
        _ name: String, _ clause: String, _ level: Level = .required, missing: String,
        _ test: @escaping @Sendable (Component) -> Bool
    ) -> Self {
        component(name, clause, level) { test($0) ? .present : .missing(missing) }
    }
}

// MARK: Fields of several standards

extension Standard.Field {
    /// The document is valid in its format, and so can be read by programs.
    static func validity(_ clause: String) -> Self {
        document("format", clause) { document in
            let (count, isTruncated) = (document.errors.count, document.errors.isTruncated)
            guard count > 0 else { return .present }
            let errors = count == 1 ? "1 error" : "\(count) errors\(isTruncated ? " or more" : "")"
            return .missing("the document is not valid, \(errors); sbomkit validate lists them")
        }
    }

    static func timestamp(_ clause: String) -> Self {
        document("timestamp", clause) { document in
            guard let text = document.timestamp.nonEmpty else {
                return .missing("the document does not state when it was made")
            }
            guard Timestamp(rfc3339: text) != nil else { return .missing("the time of the document is no time") }
            return .present
        }
    }

    /// A person or an organization that made the document: a program is none.
    static func author(_ clause: String) -> Self {
        document("author", clause) { document in
            document.authors.contains { !$0.name.isEmpty || $0.isReachable }
                ? .present : .missing("no person or organization stands for the document")
        }
    }

    static func toolName(_ clause: String) -> Self {
        document("tool-name", clause) { document in
            document.tools.isEmpty ? .missing("no program is named that made the document") : .present
        }
    }

    static func toolVersion(_ clause: String, _ level: Level = .required) -> Self {
        document("tool-version", clause, level) { document in
            guard let tool = document.tools.first(where: { !$0.hasVersion }) else {
                return document.tools.isEmpty ? .missing("no program is named that made the document") : .present
            }
            return .missing("no version of the program \(tool.name) is stated")
        }
    }

    /// The phase of the software's life in which the document was made.
    static func context(_ clause: String) -> Self {
        document("generation-context", clause) { document in
            let isStated: Bool
            switch document.family {
            case .spdx: isStated = document.context.namesTypeOfSBOM
            case .cycloneDX: isStated = document.context.nonEmpty != nil
            }
            return isStated ? .present : .missing("the document does not state in which phase it was made")
        }
    }

    static func name(_ clause: String) -> Self {
        component("name", clause, missing: "without a name") { !$0.name.isEmpty }
    }

    /// The version; the statement that it is unknown is one of the standard's answers.
    static func version(_ clause: String) -> Self {
        component("version", clause, missing: "without a version") { $0.version.isSaid }
    }

    static func identifier(_ clause: String, _ level: Level) -> Self {
        component("identifier", clause, level, missing: "without a package URL, CPE name or other identifier") {
            $0.hasIdentifier
        }
    }

    static func root(_ clause: String) -> Self {
        document("root", clause) { document in
            document.hasRoot ? .present : .missing("the document does not state which package it is about")
        }
    }

    /// Relationships from what the document is about to what it consists of.
    static func topLevel(_ clause: String) -> Self {
        document("dependencies", clause) { document in
            document.hasTopLevel || document.components.count == 1 && document.hasRoot
                ? .present : .missing("no relationship states what the described package consists of or needs")
        }
    }

    /// Components that nothing connects with what the document is about.
    static func connected(_ clause: String, _ level: Level) -> Self {
        component(
            "connection", clause, level, missing: "without a relationship that leads to them from the described package"
        ) { $0.isConnected }
    }
}

extension Tool {
    /// Whether a version is stated, in its field or in the name: `scancode-toolkit 32.3.0`.
    fileprivate var hasVersion: Bool {
        if version.nonEmpty != nil { return true }
        return name.split { " :/@-".contains($0) }.dropFirst().contains { word in
            word.first?.isNumber == true || word.first == "v" && word.dropFirst().first?.isNumber == true
        }
    }
}

extension String {
    /// Whether a text has one of the words for types of SBOMs (CISA, "Types of Software Bill of Material Documents", 2023).
    var namesTypeOfSBOM: Bool {
        let types: Set<String> = ["design", "source", "build", "analyzed", "deployed", "runtime"]
        return split { !($0.isLetter || $0.isNumber) }.contains { types.contains($0.lowercased()) }
    }
}
