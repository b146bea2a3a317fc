internal import SBOMFormats

/// Draws a graph as a tree, with closed corners and marks on elements that were shown before.
struct TreeOutline: OutlineWalk {
    private let graph: DocumentGraph
    private let options: Outline.Options
    private let links: RelationshipIndex
    private let search: OutlineSearch?
    /// Which elements match the search, and which lead to a match; empty without a search.
    private let isMatch: [Bool]
    private let leads: [Bool]
    private let sections: [Section]
    /// The number of levels that are drawn; nil for all.
    private let depth: Int?
    /// The depth of the tree if it is too deep to be drawn completely; else nil.
    private let cutDepth: Int?

    private var writer: LineWriter
    private var states: [State]
    private var prefix: [UInt8]
    private var pending: [Frame] = []
    private var step = Step.head

    private struct Section {
        let heading: String
        let roots: [Int32]
        /// The text for the elements that are counted instead of drawn, such as `3 more files`.
        let more: String?
    }

    private enum State {
        case new
        /// The element is being drawn; if it is reached again, that is a cycle.
        case open
        case drawn
    }

    private enum Step {
        case head
        case heading(Int)
        case root(Int, Int)
        case more(Int)
        case note
        case end
    }

    /// An element whose relationships are being drawn.
    private struct Frame {
        let element: Int32
        let links: [RelationshipIndex.Link]
        /// The number of files that are counted instead of drawn.
        let fileCount: Int
        let prefixCount: Int
        var next = 0
    }

    init(_ graph: DocumentGraph, _ options: Outline.Options) {
        let links = RelationshipIndex(graph, types: options.types)
        let search = OutlineSearch(options)
        let isMatch = search?.matches(in: graph) ?? []
        let leads = search == nil ? [] : links.leading(to: isMatch)
        self.graph = graph
        self.options = options
        self.links = links
        self.search = search
        self.isMatch = isMatch
        self.leads = leads
        sections = Self.sections(graph, links, leads, options)
        if let depth = options.depth {
            self.depth = depth > 0 ? depth : nil
            cutDepth = nil
        } else {
            let deepest = Self.deepest(links, sections.flatMap(\.roots), leads, count: graph.elements.count)
            cutDepth = deepest > Outline.Options.deepest ? deepest : nil
            depth = deepest > Outline.Options.deepest ? Outline.Options.defaultDepth : nil
        }
        states = Array(repeating: .new, count: graph.elements.count)
        writer = LineWriter(width: options.width, isColored: options.isColored, isASCII: options.isASCII)
        prefix = [0x20]
    }

    private static func sections(
        _ graph: DocumentGraph, _ links: RelationshipIndex, _ leads: [Bool], _ options: Outline.Options
    ) -> [Section] {
        func section(_ heading: (Int) -> String, _ all: [Int32], isFile: Bool) -> Section? {
            let kept = all.filter { graph.elements.isFile($0) == isFile && (leads.isEmpty || leads[Int($0)]) }
            let isCollapsed = isFile && options.collapsesFiles
            let drawn = isCollapsed ? kept.filter { !links.links(of: $0).isEmpty } : kept
            let more = kept.count - drawn.count
            guard !kept.isEmpty else { return nil }
            return Section(
                heading: heading(kept.count), roots: drawn,
                more: more == 0 ? nil : "\(more) \(drawn.isEmpty ? "" : "more ")\(more == 1 ? "file" : "files")")
        }
        func packages(_ count: Int) -> String { count == 1 ? "1 package" : "\(count) packages" }
        func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }
        let signs = options.isASCII ? ("", "", "") : ("📦 ", "📄 ", "❓ ")
        func described(_ what: String) -> String {
            links.isDescribed
                ? "DESCRIBES \(what)" : "\(what) that nothing leads to; the document does not state what it describes"
        }
        var sections: [Section] = []
        if let found = section({ "\(signs.0)\(described(packages($0)))" }, links.roots, isFile: false) {
            sections.append(found)
        } else {
            sections.append(Section(heading: "\(signs.0)DESCRIBES 0 packages", roots: [], more: nil))
        }
        sections += [
            section({ "\(signs.1)\(described(files($0)))" }, links.roots, isFile: true),
            section({ "\(signs.2)\(packages($0)) that nothing leads to" }, links.strays, isFile: false),
            section({ "\(signs.2)\(files($0)) that nothing leads to" }, links.strays, isFile: true),
        ].compactMap(\.self)
        return sections
    }

    /// The number of levels of the complete tree.
    private static func deepest(_ links: RelationshipIndex, _ roots: [Int32], _ leads: [Bool], count: Int) -> Int {
        var isSeen = Array(repeating: false, count: count)
        var deepest = 0
        var pending: [ArraySlice<RelationshipIndex.Link>] = []
        for root in roots where !isSeen[Int(root)] {
            isSeen[Int(root)] = true
            pending.append(links.links(of: root))
            while var rest = pending.popLast() {
                guard let link = rest.popFirst() else { continue }
                pending.append(rest)
                guard link.target >= 0, leads.isEmpty || leads[Int(link.target)], !isSeen[Int(link.target)] else {
                    continue
                }
                isSeen[Int(link.target)] = true
                pending.append(links.links(of: link.target))
                deepest = max(deepest, pending.count)
            }
        }
        return deepest
    }

    mutating func append(to text: inout [UInt8]) -> Bool {
        if let frame = pending.last {
            appendNext(of: frame, to: &text)
            return true
        }
        switch step {
        case .head:
            writer.add(options.isASCII ? "" : "📂 ")
            writer.add("\(graph.format.rawValue) document ", .bold)
            writer.addForeign(graph.name.isEmpty ? graph.documentID : graph.name, .bold)
            writer.end(to: &text)
            step = .heading(0)
        case .heading(let index):
            guard index < sections.count else {
                step = .note
                return append(to: &text)
            }
            let section = sections[index]
            let isEmpty = index == sections.count - 1 && section.roots.isEmpty && section.more == nil
            appendBar(to: &text)
            writer.add(isEmpty ? corner(isLast: true) : options.isASCII ? " |  " : " │ ", .faint)
            writer.add(section.heading, .bold)
            writer.end(to: &text)
            if !section.roots.isEmpty || section.more != nil { appendBar(to: &text) }
            step = section.roots.isEmpty ? .more(index) : .root(index, 0)
        case .root(let index, let place):
            let section = sections[index]
            let isLast = place == section.roots.count - 1 && section.more == nil && index == sections.count - 1
            step = place + 1 < section.roots.count ? .root(index, place + 1) : .more(index)
            let root = section.roots[place]
            writer.add(corner(isLast: isLast), .faint)
            addLabel(of: root)
            let isOpened = addMark(root, depth: 1)
            writer.end(to: &text)
            if isOpened { open(root, isLast: isLast, depth: 1, to: &text) }
        case .more(let index):
            if let more = sections[index].more {
                writer.add(corner(isLast: index == sections.count - 1), .faint)
                writer.add(more)
                writer.end(to: &text)
            }
            step = .heading(index + 1)
        case .note:
            if let cutDepth, let depth {
                let hint = options.depthHint.isEmpty ? "" : ": \(options.depthHint)"
                writer.add("\(depth) of \(cutDepth) levels are drawn\(hint)", .mark)
                writer.end(to: &text)
            }
            if search != nil, !isMatch.contains(true) {
                writer.add("nothing in it matches", .mark)
                writer.end(to: &text)
            }
            step = .end
        case .end: return false
        }
        return true
    }

    private func corner(isLast: Bool) -> String {
        options.isASCII ? (isLast ? " `- " : " |- ") : (isLast ? " └ " : " ├ ")
    }

    private mutating func appendBar(to text: inout [UInt8]) {
        writer.add(options.isASCII ? " |" : " │", .faint)
        writer.end(to: &text)
    }

    // Returns whether the relationships of the element follow.
    private mutating func addMark(_ element: Int32, depth: Int) -> Bool {
        guard !links.links(of: element).isEmpty, hasLinks(element) else { return false }
        switch states[Int(element)] {
        case .new: return true
        case .open: writer.add(options.isASCII ? " (cycle)" : " ↻ cycle", .mark)
        case .drawn: writer.add(options.isASCII ? " ^ shown above" : " ↑ shown above", .mark)
        }
        return false
    }

    private func hasLinks(_ element: Int32) -> Bool {
        leads.isEmpty || links.links(of: element).contains { $0.target >= 0 && leads[Int($0.target)] }
    }

    private mutating func open(_ element: Int32, isLast: Bool, depth level: Int, to text: inout [UInt8]) {
        let all = links.links(of: element)
        let kept = leads.isEmpty ? Array(all) : all.filter { $0.target >= 0 && leads[Int($0.target)] }
        let prefixCount = prefix.count
        prefix += (options.isASCII ? (isLast ? "    " : " |  ") : (isLast ? "   " : " │ ")).utf8
        let stops = depth.map { level >= $0 } ?? false
        if leads.isEmpty || stops {
            writer.add(Array(prefix.dropFirst()), .faint)
            writer.add(stops ? corner(isLast: true) : options.isASCII ? " |  " : " │ ", .faint)
            if !options.isASCII { writer.add("🔗 ") }
            writer.add(kept.count == 1 ? "1 relationship" : "\(kept.count) relationships")
            writer.end(to: &text)
        }
        if stops {
            prefix.removeSubrange(prefixCount...)
            return
        }
        states[Int(element)] = .open
        let drawn =
            options.collapsesFiles
            ? kept.filter { link in
                link.target < 0 || !graph.elements.isFile(link.target) || !links.links(of: link.target).isEmpty
            } : kept
        pending.append(
            Frame(element: element, links: drawn, fileCount: kept.count - drawn.count, prefixCount: prefixCount))
    }

    private mutating func appendNext(of frame: Frame, to text: inout [UInt8]) {
        let count = frame.links.count + (frame.fileCount > 0 ? 1 : 0)
        guard frame.next < count else {
            pending.removeLast()
            states[Int(frame.element)] = .drawn
            prefix.removeSubrange(frame.prefixCount...)
            return
        }
        pending[pending.count - 1].next += 1
        let isLast = frame.next == count - 1
        writer.add(Array(prefix.dropFirst()), .faint)
        writer.add(corner(isLast: isLast), .faint)
        guard frame.next < frame.links.count else {
            writer.add(frame.fileCount == 1 ? "1 file" : "\(frame.fileCount) files")
            writer.end(to: &text)
            return
        }
        let link = frame.links[frame.next]
        let kind = links.kinds[Int(link.kind)]
        writer.addForeign(kind.word, .word)
        writer.add(" ")
        if let target = graph.foreign(link.target) {
            writer.addForeign(target)
            if target.hasPrefix("DocumentRef-") {
                writer.add(" (external)", .faint)
            } else if target != "NONE" && target != "NOASSERTION" {
                writer.add(" (not in the document)", .mark)
            }
            writer.end(to: &text)
            return
        }
        writer.add(graph.elements.isFile(link.target) ? "FILE " : "PACKAGE ", .word)
        addLabel(of: link.target)
        if !kind.qualifier.isEmpty {
            writer.add(" (", .faint)
            writer.addForeign(kind.qualifier, .faint)
            writer.add(")", .faint)
        }
        let isOpened = addMark(link.target, depth: pending.count + 1)
        writer.end(to: &text)
        if isOpened { open(link.target, isLast: isLast, depth: pending.count + 1, to: &text) }
    }

    private mutating func addLabel(of number: Int32) {
        let elements = graph.elements
        let (id, name) = (elements.ids[Int(number)], elements.names[Int(number)])
        let (version, purl) = (elements.versions[Int(number)], elements.packageURLs[Int(number)])
        let color = !isMatch.isEmpty && isMatch[Int(number)] ? LineWriter.Color.bold : .plain
        if options.showsIDs {
            writer.addForeign(id, color)
        } else if options.showsPURLs, !purl.isEmpty {
            writer.addForeign(purl, color)
        } else if name.isEmpty {
            writer.addForeign(id.isEmpty ? "(unnamed)" : id, color)
        } else {
            writer.addForeign(name, color)
            if options.showsVersions, !version.isEmpty {
                writer.add("@", .version)
                writer.addForeign(version, .version)
            }
        }
        if options.license != nil {
            let license = graph.licenseName(number)
            guard !license.isEmpty else { return }
            writer.add(" [", .faint)
            writer.addForeign(license, .faint)
            writer.add("]", .faint)
        }
    }
}
