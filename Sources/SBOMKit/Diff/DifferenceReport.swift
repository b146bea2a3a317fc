internal import StructuredText

extension DocumentDifference {
    /// The parts that were compared, in their order.
    private var orderedParts: [Part] {
        Part.allCases.filter { part in
            parts.contains(part) && !omissions.contains { $0.part == part && $0.relationship == nil }
        }
    }

    /// What was not compared, for a person.
    private var omissionTexts: [String] {
        omissions.map { omission in
            let what = omission.relationship.map { "\(omission.part.rawValue) of type \($0)" } ?? omission.part.rawValue
            return "not compared: \(what), which only the \(omission.statedBy.rawValue) document states"
        }
    }

    // MARK: Text

    /// The difference as lines of text: for each part a line with counts, then a line for each item, which begins with
    /// `+` if it was added, `-` if it was removed and `~` if it changed.
    ///
    /// Control characters and invisible characters are escaped: `\u{202e}`.
    public var lines: [String] { lines(isColored: false) }

    /// The same lines, with colors for a terminal.
    public func lines(isColored: Bool) -> [String] {
        var writer = LineWriter(width: nil, isColored: isColored, isASCII: false)
        var bytes: [UInt8] = []
        for line in plainLines {
            let color: LineWriter.Color =
                switch line.utf8.prefix(3).last {
                case UInt8(ascii: "+") where line.hasPrefix("  "): .added
                case UInt8(ascii: "-") where line.hasPrefix("  "): .removed
                case UInt8(ascii: "~") where line.hasPrefix("  "): .mark
                default: line.hasPrefix("  ") ? .faint : .bold
                }
            writer.addForeign(line, color)
            writer.end(to: &bytes)
        }
        return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private var plainLines: [String] {
        let found =
            isEmpty
            ? ["no difference in \(orderedParts.map(\.rawValue).joined(separator: ", "))"]
            : orderedParts.flatMap { part in
                let details = details(part)
                return details.isEmpty ? [] : ["\(part.rawValue): \(summary(part))"] + details.map { "  " + $0 }
            }
        return found + omissionTexts
    }

    private func details(_ part: Part) -> [String] {
        switch part {
        case .packages: return Self.lines(added, removed, changed)
        case .files: return Self.lines(addedFiles, removedFiles, changedFiles)
        case .licenses: return licenses.map(Self.line)
        case .suppliers: return suppliers.map(Self.line)
        case .edges:
            var lines = addedEdges.filter { !$0.isImplied }.map { "+ \(Self.text($0))" }
            lines += removedEdges.filter { !$0.isImplied }.map { "- \(Self.text($0))" }
            let implied = (addedEdges + removedEdges).count(where: \.isImplied)
            if implied > 0 { lines.append("(\(implied) of them come and go with packages and files)") }
            return lines
        }
    }

    /// The counts of one part: `2 added, 1 upgraded`.
    public func summary(_ part: Part) -> String {
        func counted(_ counts: [(Int, String)]) -> String {
            let texts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            return texts.isEmpty ? "no difference" : texts.joined(separator: ", ")
        }
        func count(_ changes: [Change], _ direction: Change.Direction) -> Int {
            changes.count { $0.direction == direction }
        }
        switch part {
        case .packages:
            return counted([
                (added.count, "added"), (removed.count, "removed"), (count(changed, .upgraded), "upgraded"),
                (count(changed, .downgraded), "downgraded"), (count(changed, .changed), "changed"),
            ])
        case .files:
            return counted([
                (addedFiles.count, "added"), (removedFiles.count, "removed"), (changedFiles.count, "changed"),
            ])
        case .licenses: return counted([(licenses.count, "changed")])
        case .suppliers: return counted([(suppliers.count, "changed")])
        case .edges: return counted([(addedEdges.count, "added"), (removedEdges.count, "removed")])
        }
    }

    private static func lines(_ added: [Item], _ removed: [Item], _ changed: [Change]) -> [String] {
        added.map { "+ \(text($0))" } + removed.map { "- \(text($0))" }
            + changed.map { change in
                guard change.new.type != "file" else { return "~ \(change.new.label)" }
                let (old, new) = texts(change)
                return "~ \(old) -> \(new) (\(change.direction.rawValue))"
            }
    }

    private static func line(_ statement: Statement) -> String {
        let subject = statement.subject == "concluded license" ? " (concluded)" : ""
        return "~ \(statement.item.fullLabel)\(subject): \(statement.old ?? "none") -> \(statement.new ?? "none")"
    }

    private static func text(_ item: Item) -> String {
        item.label + (item.version.map { " \($0)" } ?? "")
    }

    /// The old and the new item as text, with the name only once if it did not change.
    private static func texts(_ change: Change) -> (old: String, new: String) {
        guard change.old.name == change.new.name else { return (text(change.old), text(change.new)) }
        return ("\(change.old.label) \(change.old.version ?? "none")", change.new.version ?? "none")
    }

    private static func text(_ edge: Edge) -> String {
        let note = edge.qualifier.isEmpty ? "" : " (\(edge.qualifier))"
        return
            "\(edge.from?.fullLabel ?? "the document") \(edge.type) \(edge.to?.fullLabel ?? edge.outside ?? "")\(note)"
    }

    // MARK: Markdown

    /// The difference as tables in GitHub-flavored Markdown, with a heading for each part.
    public var markdown: String {
        func sentence(_ text: String) -> String { "\(text.prefix(1).uppercased())\(text.dropFirst()).\n" }
        guard !isEmpty else { return lines.map(sentence).joined(separator: "\n") }
        let omitted = omissionTexts.map { "\n" + sentence(VisibleText.of($0)) }.joined()
        return orderedParts.filter { !details($0).isEmpty }.map { part in
            let title = part.rawValue.prefix(1).uppercased() + part.rawValue.dropFirst()
            return "## \(title): \(summary(part))\n\n" + table(part)
        }.joined(separator: "\n") + omitted
    }

    private func table(_ part: Part) -> String {
        switch part {
        case .packages: return Self.table(added, removed, changed)
        case .files: return Self.table(addedFiles, removedFiles, changedFiles)
        case .licenses, .suppliers:
            let statements = part == .licenses ? licenses : suppliers
            return MarkdownTable.text(
                ["", "package", "old", "new"],
                statements.map {
                    [$0.subject, $0.item.fullLabel, $0.old ?? "", $0.new ?? ""]
                })
        case .edges:
            let rows = [(addedEdges, "added"), (removedEdges, "removed")].flatMap { edges, word in
                edges.filter { !$0.isImplied }.map { edge in
                    let note = edge.qualifier.isEmpty ? "" : " (\(edge.qualifier))"
                    return [
                        word, edge.from?.fullLabel ?? "the document", edge.type,
                        (edge.to?.fullLabel ?? edge.outside ?? "") + note,
                    ]
                }
            }
            let implied = (addedEdges + removedEdges).count(where: \.isImplied)
            let rest = implied > 0 ? "\(implied) of them come and go with packages and files.\n" : ""
            let table = rows.isEmpty ? "" : MarkdownTable.text(["", "from", "type", "to"], rows)
            return table + (table.isEmpty || rest.isEmpty ? "" : "\n") + rest
        }
    }

    private static func table(_ added: [Item], _ removed: [Item], _ changed: [Change]) -> String {
        MarkdownTable.text(
            ["", "name", "old", "new"],
            added.map { ["added", $0.label, "", $0.version ?? ""] }
                + removed.map { ["removed", $0.label, $0.version ?? "", ""] }
                + changed.map { change in
                    let isRenamed = change.old.name != change.new.name
                    return [
                        change.direction.rawValue, change.new.label,
                        isRenamed ? text(change.old) : change.old.version ?? "",
                        isRenamed ? text(change.new) : change.new.version ?? "",
                    ]
                })
    }

    // MARK: JSON

    /// The difference as a JSON document: `equal`, and an object or array for each part that was compared.
    public var json: String {
        var root = JSONObject()
        root.append("schema", "sbomkit-diff/1")
        root.append("equal", .bool(isEmpty))
        root.append("notCompared", .array(omissions.map(Self.json)))
        for part in orderedParts {
            let value: JSONValue
            switch part {
            case .packages: value = Self.json(added, removed, changed)
            case .files: value = Self.json(addedFiles, removedFiles, changedFiles)
            case .licenses: value = .array(licenses.map(Self.json))
            case .suppliers: value = .array(suppliers.map(Self.json))
            case .edges:
                value = [
                    "added": .array(addedEdges.map(Self.json)), "removed": .array(removedEdges.map(Self.json)),
                ]
            }
            root.append(part.rawValue, value)
        }
        return String(decoding: JSONWriter.bytes(of: .object(root), .pretty), as: UTF8.self)
    }

    private static func json(_ added: [Item], _ removed: [Item], _ changed: [Change]) -> JSONValue {
        [
            "added": .array(added.map { .object(object($0)) }), "removed": .array(removed.map { .object(object($0)) }),
            "changed": .array(
                changed.map { change in
                    [
                        "direction": .string(change.direction.rawValue), "old": .object(object(change.old)),
                        "new": .object(object(change.new)),
                    ]
                }),
        ]
    }

    private static func object(_ item: Item) -> JSONObject {
        var object = JSONObject()
        object.append("name", .string(item.name))
        if let version = item.version { object.append("version", .string(version)) }
        if let type = item.type { object.append("type", .string(type)) }
        if let architecture = item.architecture { object.append("architecture", .string(architecture)) }
        if let purl = item.purl { object.append("purl", .string(purl)) }
        return object
    }

    private static func json(_ omission: Omission) -> JSONValue {
        var object = JSONObject([.init(name: "part", value: .string(omission.part.rawValue))])
        if let type = omission.relationship { object.append("type", .string(type)) }
        object.append("statedBy", .string(omission.statedBy.rawValue))
        return .object(object)
    }

    private static func json(_ statement: Statement) -> JSONValue {
        var object = object(statement.item)
        object.append("subject", .string(statement.subject))
        object.append("old", statement.old.map { .string($0) } ?? .null)
        object.append("new", statement.new.map { .string($0) } ?? .null)
        return .object(object)
    }

    private static func json(_ edge: Edge) -> JSONValue {
        var result = JSONObject()
        result.append("from", edge.from.map { .object(object($0)) } ?? "document")
        result.append("type", .string(edge.type))
        if !edge.qualifier.isEmpty { result.append("note", .string(edge.qualifier)) }
        result.append("to", edge.to.map { .object(object($0)) } ?? .string(edge.outside ?? ""))
        result.append("implied", .bool(edge.isImplied))
        return .object(result)
    }
}
