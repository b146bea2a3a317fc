/// Finds the offsets of the values at some pointers, in a text that was parsed before.
///
/// The pointers form one tree, which is followed through the text. Values outside of it are skipped.
struct JSONLocator {
    private struct Node {
        var children: [ExactString: Int] = [:]
        var offset: Int?
    }

    private var nodes = [Node()]
    private var ends: [Int] = []
    private var parser = JSONParser()

    init(_ pointers: [JSONPointer]) {
        for pointer in pointers {
            var node = 0
            for token in pointer.tokens.map(ExactString.init) {
                if let child = nodes[node].children[token] {
                    node = child
                } else {
                    nodes.append(Node())
                    nodes[node].children[token] = nodes.count - 1
                    node = nodes.count - 1
                }
            }
            ends.append(node)
        }
    }

    /// The offset for each pointer; nil if its value was not found.
    var offsets: [Int?] { ends.map { nodes[$0].offset } }

    mutating func walk(_ text: Span<UInt8>) {
        var open: [(node: Int, isObject: Bool, index: Int)] = []
        var at = JSONParser.endOfSpace(text, from: JSONParser.startsWithMark(text) ? 3 : 0)
        var next: Int? = 0
        while at < text.count {
            if let node = next {
                nodes[node].offset = at
                let byte = text[at]
                if !nodes[node].children.isEmpty, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                    open.append((node, byte == UInt8(ascii: "{"), 0))
                    at += 1
                } else {
                    at = Self.skipValue(text, from: at)
                }
            } else {
                at = Self.skipValue(text, from: at)
            }
            // Go to the next value of the innermost open container, or of one around it.
            while true {
                at = JSONParser.endOfSpace(text, from: at)
                guard let container = open.last, at < text.count else { return }
                let byte = text[at]
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                    open.removeLast()
                    at += 1
                    continue
                }
                if byte == UInt8(ascii: ",") { at = JSONParser.endOfSpace(text, from: at + 1) }
                if container.isObject {
                    // Names are valid, because the text was parsed before. If they were not, nothing would be found.
                    guard at < text.count, let (name, end) = try? parser.name(text, at: at) else { return }
                    at = JSONParser.endOfSpace(text, from: JSONParser.endOfSpace(text, from: end) + 1)
                    next = nodes[container.node].children[ExactString(name)]
                } else {
                    next = nodes[container.node].children[ExactString(String(container.index))]
                    open[open.count - 1].index += 1
                }
                break
            }
        }
    }

    /// The end of the value that begins at `start`.
    private static func skipValue(_ text: Span<UInt8>, from start: Int) -> Int {
        var at = start
        var depth = 0
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""):
                at += 1
                while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
                at += 1
                if depth == 0 { return min(at, text.count) }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return at }
                depth -= 1
                at += 1
                if depth == 0 { return at }
            case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
                if depth == 0 { return at }
                at += 1
            default: at += 1
            }
        }
        return text.count
    }
}
