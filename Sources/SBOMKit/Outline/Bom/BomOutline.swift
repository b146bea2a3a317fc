internal import SBOMFormats
internal import SBOMModel

/// Draws a graph exactly as bom 0.7.1 does.
///
/// As in bom, the rules for JSON and tag-value differ. Where bom crashes or refuses a document, the parts that it
/// cannot follow are left out.
struct BomOutline: OutlineWalk {
    private let graph: DocumentGraph
    private let options: Outline.Options
    private var links: BomLinks
    /// Packages that the document describes, then files.
    private var roots: [Int32] = []
    private var rootFiles: [Int32] = []
    private var isSeen: [Bool]
    private var labels: [Int32: [UInt8]] = [:]
    /// The bars of the deepest line so far.
    private var bars: [UInt8] = []
    private var step = Step.head
    private var pending: [Frame] = []

    private enum Step {
        case head
        case root(Int)
        case files
        case end
    }

    /// An element whose relationships are being drawn.
    private struct Frame {
        let element: Int32
        let depth: Int
        let count: Int
        var next = 0
    }

    init(_ graph: DocumentGraph, _ options: Outline.Options) {
        self.graph = graph
        self.options = options
        isSeen = Array(repeating: false, count: graph.elements.count)
        links = BomLinks(graph)
        let ids = graph.elements.ids
        let top = links.top.sorted { one, other in
            ids[Int(one)].utf8.lexicographicallyPrecedes(ids[Int(other)].utf8)
        }
        roots = top.filter { !graph.elements.isFile($0) }
        rootFiles = top.filter { graph.elements.isFile($0) }
        if let name = options.find {
            var filter = BomFilter(graph, links, name: name)
            roots = filter.keep(roots, depth: options.depth ?? -1)
            links = filter.links
        }
    }

    mutating func append(to text: inout [UInt8]) -> Bool {
        if let frame = pending.last {
            appendNext(of: frame, to: &text)
            return true
        }
        switch step {
        case .head:
            appendHead(to: &text)
            step = .root(0)
        case .root(let index):
            guard index < roots.count else {
                step = .files
                return append(to: &text)
            }
            step = .root(index + 1)
            appendPrefix(0, "├", to: &text)
            appendLabel(of: roots[index], to: &text)
            text.append(0x0A)
            open(roots[index], depth: 1, to: &text)
        case .files:
            appendFiles(to: &text)
            step = .end
        case .end: return false
        }
        return true
    }

    private static let banner = """
                       _      
         ___ _ __   __| |_  __
        / __| '_ \\ / _` \\ \\/ /
        \\__ \\ |_) | (_| |>  < 
        |___/ .__/ \\__,_/_/\\_\\
            |_|               


        """

    private mutating func appendHead(to text: inout [UInt8]) {
        text += Self.banner.utf8
        text += " 📂 SPDX Document \(graph.name.isEmpty ? graph.documentID : graph.name)\n".utf8
        appendLine(0, "│", to: &text)
        appendPrefix(0, "│", to: &text)
        text += "📦 DESCRIBES \(roots.count) Packages\n".utf8
        appendLine(0, "│", to: &text)
    }

    private mutating func appendFiles(to text: inout [UInt8]) {
        if !rootFiles.isEmpty { appendLine(0, "│", to: &text) }
        appendPrefix(0, rootFiles.isEmpty ? "└" : "│", to: &text)
        text += "📄 DESCRIBES \(rootFiles.count) Files\n".utf8
        if !rootFiles.isEmpty { appendPrefix(0, "│", to: &text) }
        text.append(0x0A)
        for (index, file) in rootFiles.enumerated() {
            appendPrefix(0, index == rootFiles.count - 1 ? "└" : "├", to: &text)
            text += graph.elements.names[Int(file)].utf8
            text.append(0x0A)
        }
        text.append(0x0A)
    }

    private mutating func open(_ element: Int32, depth: Int, to text: inout [UInt8]) {
        isSeen[Int(element)] = true
        let count = links.count(of: element)
        let stops = options.depth.map { $0 > 0 && depth >= $0 } ?? false
        if options.find == nil {
            appendPrefix(depth, count == 0 || stops ? "└" : "│", to: &text)
            text += "🔗 \(count) Relationships\n".utf8
        }
        if stops {
            appendLine(depth - 1, "│", to: &text)
        } else if count > 0 {
            pending.append(Frame(element: element, depth: depth, count: count))
        }
    }

    private mutating func appendNext(of frame: Frame, to text: inout [UInt8]) {
        guard frame.next < frame.count else {
            pending.removeLast()
            appendLine(frame.depth - 1, "│", to: &text)
            return
        }
        pending[pending.count - 1].next += 1
        let link = links[frame.element, frame.next]
        let isLast = frame.next == frame.count - 1
        let start = text.count
        appendPrefix(frame.depth, isLast ? "└" : "├", to: &text)
        text += graph.kinds[Int(link.kind)].rawValue.utf8
        text.append(0x20)
        if let target = graph.foreign(link.target) {
            text += reference(target).utf8
            text += " (external)".utf8
        } else {
            let isFile = graph.elements.isFile(link.target)
            let name = graph.elements.names[Int(link.target)]
            if options.showsIDs {
                text.append(0x20)
                text += graph.elements.ids[Int(link.target)].utf8
            } else if isFile {
                text += "FILE ".utf8
                text += name.utf8
            } else {
                text += "PACKAGE ".utf8
                appendLabel(of: link.target, to: &text)
            }
            if isFile, !name.isEmpty { text += " (\(name))".utf8 }
        }
        if let width = options.width, width > 0, text.count - start > width {
            text.removeSubrange((start + width)...)
        }
        text.append(0x0A)
        guard link.target >= 0, !isSeen[Int(link.target)], links.count(of: link.target) > 0 else { return }
        if graph.elements.isFile(link.target) {
            appendPrefix(frame.depth + 1, isLast ? "└" : "├", to: &text)
            text += graph.elements.names[Int(link.target)].utf8
            text.append(0x0A)
        } else {
            open(link.target, depth: frame.depth + 1, to: &text)
        }
    }

    /// The text that bom shows for an element of another document: the last part of `DocumentRef-A:SPDXRef-B`, or in
    /// tag-value the first part.
    private func reference(_ target: String) -> Substring {
        guard let colon = target.firstIndex(of: ":") else { return target[...] }
        return graph.syntax == .tagValue ? target[..<colon] : target[target.index(after: colon)...]
    }

    private mutating func appendLabel(of number: Int32, to text: inout [UInt8]) {
        let elements = graph.elements
        let (name, purl) = (elements.names[Int(number)], elements.packageURLs[Int(number)])
        if options.showsPURLs, !purl.isEmpty {
            let label = labels[number] ?? Array((BomPackageURL.rewritten(purl) ?? "").utf8)
            labels[number] = label
            if !label.isEmpty {
                text += label
                return
            }
        }
        guard !name.isEmpty else {
            text += elements.ids[Int(number)].utf8
            return
        }
        text += name.utf8
        if options.showsVersions, !elements.versions[Int(number)].isEmpty {
            text.append(UInt8(ascii: "@"))
            text += elements.versions[Int(number)].utf8
        }
    }

    private static let bar = Array(" │ ".utf8)

    private mutating func appendPrefix(_ depth: Int, _ corner: String, to text: inout [UInt8]) {
        while bars.count < depth * Self.bar.count { bars += Self.bar }
        text.append(0x20)
        text += bars[..<(depth * Self.bar.count)]
        text.append(0x20)
        text += corner.utf8
        text.append(0x20)
    }

    private mutating func appendLine(_ depth: Int, _ corner: String, to text: inout [UInt8]) {
        appendPrefix(depth, corner, to: &text)
        text.append(0x0A)
    }
}
