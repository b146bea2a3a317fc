internal import ByteStreams

/// A comma in an array where a text can be divided into two parts that are parsed in parallel.
struct JSONSplitPoint {
    /// The offset of the comma.
    let offset: Int
    /// For each array or object around the comma, from the outermost on, whether it is an object; the innermost is an
    /// array.
    let isObject: [Bool]

    /// The depth of the deepest array that is divided.
    ///
    /// All arrays and objects around it must be joined again.
    private static let deepest = 8

    /// Finds the first such comma near an offset and after it; nil if none is found, or if the text before it is invalid.
    ///
    /// Only brackets and quotes are checked here. The parser checks the rest.
    init?(in text: Span<UInt8>, behind target: Int, limits: Limits) {
        let depthLimit = JSONParser.depthLimit(limits)
        let last = min(text.count, target + text.count / 8)
        let raw = unsafe text.bytes
        var open: [Bool] = []
        var at = 0
        while at < last {
            at = JSONParser.endOfSpace(text, from: at)
            guard at < last else { break }
            let byte = text[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                inString: while true {
                    while at + 8 <= text.count, EightBytes(raw, at).quotesAndSolidi == 0 { at += 8 }
                    guard at < text.count else { return nil }
                    let byte = text[at]
                    at += 1
                    if byte == UInt8(ascii: "\"") { break inString }
                    if byte == UInt8(ascii: "\\") { at += 1 }
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < depthLimit else { return nil }
                open.append(byte == UInt8(ascii: "{"))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() == (byte == UInt8(ascii: "}")) else { return nil }
            case UInt8(ascii: ",") where at > target && open.last == false && open.count <= Self.deepest:
                (offset, isObject) = (at - 1, open)
                return
            default: break
            }
        }
        return nil
    }
}

extension JSONParser {
    /// The value of a whole text that is parsed in two parts in parallel.
    ///
    /// Nil if the parts cannot be joined: an object that is divided has two members of one name.
    mutating func document(
        _ text: [UInt8], seam: JSONSplitPoint, limits: Limits
    ) throws(JSONError) -> JSONValue? {
        passOverMark(text.span)
        end = seam.offset
        let (head, tail) = (self, JSONParser(behind: seam, limits: limits))
        @Sendable func read(_ start: JSONParser) -> (parser: JSONParser, result: Result<JSONValue?, JSONError>) {
            var parser = start
            let result = Result { () throws(JSONError) in try parser.read(text.span) }
            return (parser, result)
        }
        let (front, rest) = inParallel({ read(head) }, { read(tail) })
        self = front.parser
        // An error in the first part is reported first, as it comes first in the text.
        guard try front.result.get() == nil, offset == seam.offset, open.map(\.isObject) == seam.isObject,
            let back = try rest.result.get(), let whole = join(back)
        else { return nil }
        notes = Array((notes + rest.parser.notes).prefix(Limits.noticeCount))
        noteCount += rest.parser.noteCount
        objectCount += rest.parser.objectCount
        return whole
    }

    /// A parser that starts after a comma, as if everything around the comma were open and empty.
    private init(behind seam: JSONSplitPoint, limits: Limits) {
        self.init(limits: limits)
        offset = seam.offset + 1
        for isObject in seam.isObject {
            open.append(Container(isObject: isObject, firstValue: 0, firstName: names.count, isResumed: true))
            if isObject { names.append("") }
        }
    }

    /// Closes the open arrays and objects with the values of the second part.
    private mutating func join(_ back: JSONValue) -> JSONValue? {
        var shares: [JSONValue] = []
        var share: JSONValue? = back
        while shares.count < open.count, let value = share {
            shares.append(value)
            switch value {
            case .array(let items): share = items.first
            case .object(let object): share = object.members.first?.value
            case .null, .bool, .number, .string: return nil
            }
        }
        guard shares.count == open.count else { return nil }
        var inner: JSONValue?
        while let container = open.popLast(), let share = shares.popLast() {
            let shared = inner == nil ? 0 : 1
            if let inner { values.append(inner) }
            switch share {
            case .array(let items):
                values += items.dropFirst(shared)
                inner = .array(closeArray(container))
            case .object(let object):
                for member in object.members.dropFirst(shared) {
                    names.append(member.name)
                    values.append(member.value)
                }
                var container = container
                container.mayHaveDuplicates = false
                let whole = closeObject(container)
                guard whole.duplicates.isEmpty else { return nil }
                inner = .object(whole)
            case .null, .bool, .number, .string: return nil
            }
        }
        return inner
    }
}
