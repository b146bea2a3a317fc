extension Outline.Reasons {
    /// How many of the elements that need one directly are named.
    private static let namedDirect = 12
    /// How many relationships are shown that are no needs.
    private static let shownHolders = 5
    /// How many matches are described with chains if no number of chains was asked for.
    private static let describedMatches = 3
    /// The widest name by which others are aligned, in columns.
    private static let widestName = 40

    /// The answer for a person, a line each.
    ///
    /// - Parameters:
    ///   - options: The look of the lines.
    ///   - isComplete: Whether a number of chains was asked for, so that the chains of many matches are wanted.
    ///   - moreHint: How to see more chains, shown with the number of elements that are left out.
    /// - Returns: The lines, without line ends.
    public func lines(_ options: Outline.Options, isComplete: Bool, moreHint: String) -> [String] {
        var lines = ReasonLines(options, isNeed: types.isEmpty)
        let isBrief = !isComplete && reasons.count > Self.describedMatches
        for (place, reason) in reasons.enumerated() {
            if place > 0, !isBrief { lines.end() }
            let isAmbiguous = reasons.contains { other in
                other.subject.id != reason.subject.id && other.subject.label == reason.subject.label
            }
            lines.add(headline: reason, withArchitecture: isAmbiguous)
            if isBrief { continue }
            lines.add(direct: reason.direct, Self.namedDirect)
            lines.add(reason.holders, Self.shownHolders, isAlone: reason.direct.isEmpty)
            lines.add(top: reason, Self.widestName, moreHint)
        }
        if isBrief { lines.add(remark: "what pulls them in is left out\(moreHint)") }
        return lines.text
    }
}

/// Builds the lines of an answer.
private struct ReasonLines {
    private let options: Outline.Options
    /// Whether the relationships that were followed state needs.
    private let isNeed: Bool
    private var writer: LineWriter
    private var bytes: [UInt8] = []

    init(_ options: Outline.Options, isNeed: Bool) {
        self.options = options
        self.isNeed = isNeed
        writer = LineWriter(width: options.width, isColored: options.isColored, isASCII: options.isASCII)
    }

    var text: [String] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func end() { writer.end(to: &bytes) }

    mutating func add(remark: String) {
        writer.add(remark, .mark)
        end()
    }

    private mutating func add(_ subject: Outline.Subject, _ color: LineWriter.Color = .plain) {
        writer.addForeign(subject.name, color)
        guard options.showsVersions, let version = subject.version else { return }
        writer.add("@", .version)
        writer.addForeign(version, .version)
    }

    private func counted(_ count: Int, _ verb: String) -> String {
        "\(count == 0 ? "no" : "\(count)") \(count == 1 || count == 0 ? "package" : "packages") "
            + (isNeed ? (count < 2 ? "needs" : "need") : (count < 2 ? "leads to" : "lead to")) + verb
    }

    mutating func add(headline reason: Outline.Reason, withArchitecture isAmbiguous: Bool) {
        add(reason.subject, .bold)
        if isAmbiguous, let architecture = reason.architecture {
            writer.add(" (")
            writer.addForeign(architecture)
            writer.add(")")
        }
        writer.add(": \(counted(reason.direct.count, reason.direct.isEmpty ? " it" : " it directly"))")
        if reason.dependantCount > reason.direct.count { writer.add(", \(reason.dependantCount) in all") }
        end()
    }

    mutating func add(direct: [Outline.Subject], _ most: Int) {
        guard !direct.isEmpty else { return }
        writer.add("  directly: ")
        for (place, subject) in direct.prefix(most).enumerated() {
            if place > 0 { writer.add(", ") }
            writer.addForeign(subject.name)
        }
        if direct.count > most { writer.add(" and \(direct.count - most) more") }
        end()
    }

    /// Adds what else leads to the element; containers are shown only if nothing needs it.
    mutating func add(_ holders: [Outline.Reason.Holder], _ most: Int, isAlone: Bool) {
        guard isAlone else { return }
        for holder in holders.prefix(most) {
            writer.add("  ")
            add(holder.subject)
            writer.add(" ")
            writer.addForeign(holder.relationship, .word)
            writer.add(" it")
            end()
        }
        if holders.count > most {
            writer.add("  and \(holders.count - most) more")
            end()
        }
        if holders.isEmpty {
            writer.add("  no relationship leads to it from another element")
            end()
        }
    }

    mutating func add(top reason: Outline.Reason, _ widest: Int, _ moreHint: String) {
        let count = reason.topLevel.count + reason.otherTopLevelCount
        guard count > 0 else { return }
        let chains = reason.topLevel.reduce(0) { $0 + $1.chains.count }
        let verb = isNeed ? (count == 1 ? "pulls it in" : "pull it in") : (count == 1 ? "leads to it" : "lead to it")
        writer.add("  \(count) top-level \(count == 1 ? "package" : "packages") \(verb)")
        if chains > reason.topLevel.count {
            writer.add(reason.hasMore ? "; the first \(chains) chains" : ", by \(chains) chains")
        }
        writer.add(":")
        end()
        let widths = reason.topLevel.map { top in
            let name = options.showsVersions ? top.subject.label : top.subject.name
            return LineWriter.columns(of: VisibleText.of(name))
        }
        let width = min(widths.max() ?? 0, widest)
        for (top, ownWidth) in zip(reason.topLevel, widths) {
            for chain in top.chains { add(chain, of: top, padding: max(0, width - ownWidth)) }
        }
        if reason.otherTopLevelCount > 0 {
            writer.add("    and \(reason.otherTopLevelCount) more\(moreHint)", .mark)
            end()
        } else if reason.hasMore {
            writer.add("    there are more chains\(moreHint)", .mark)
            end()
        }
    }

    private mutating func add(_ chain: Outline.Chain, of top: Outline.Reason.TopLevel, padding: Int) {
        writer.add("    ")
        add(top.subject)
        writer.add(String(repeating: " ", count: padding))
        for step in chain.steps.dropFirst() {
            // The type is the usual one in most chains, and would hide the names.
            if step.relationship == "DEPENDS_ON" {
                writer.add(options.isASCII ? " -> " : " → ", .faint)
            } else {
                writer.add(options.isASCII ? " -" : " ─", .faint)
                writer.addForeign(step.relationship, .word)
                writer.add(options.isASCII ? "-> " : "→ ", .faint)
            }
            writer.addForeign(step.subject.name)
        }
        if top.isInCycle { writer.add(options.isASCII ? " (cycle)" : " ↻ cycle", .mark) }
        end()
    }
}
