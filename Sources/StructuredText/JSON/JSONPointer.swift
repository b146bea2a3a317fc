/// A path from the root of a JSON document to one of its values (RFC 6901).
///
/// Each step refers to the path before it, so that one more step costs one allocation at any depth.
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    private indirect enum Way: Sendable {
        case root
        case member(Way, String)
        case element(Way, Int)
    }

    private var way: Way

    private init(_ way: Way) {
        self.way = way
    }

    /// The pointer to the whole document, written as the empty string (RFC 6901 §5).
    package static let root = JSONPointer(.root)

    /// Parses the string form; nil if it is not empty and does not begin with `/`, or has a bare `~` (RFC 6901 §3).
    package init?(parsing text: String) {
        guard !text.isEmpty else {
            self = .root
            return
        }
        var tokens: [String] = []
        for (place, part) in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if place == 0 {
                guard part.isEmpty else { return nil }
                continue
            }
            var token: [UInt8] = []
            var rest = part
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "~") else {
                    token.append(byte)
                    continue
                }
                switch rest.popFirst() {
                case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
                default: return nil
                }
            }
            tokens.append(String(decoding: token, as: UTF8.self))
        }
        self.init(tokens.reduce(.root) { .member($0, $1) })
    }

    /// The pointer to a member of the object at this pointer.
    package func appending(_ name: String) -> JSONPointer {
        JSONPointer(.member(way, name))
    }

    /// The pointer to an element of the array at this pointer, by its index.
    package func appending(_ index: Int) -> JSONPointer {
        JSONPointer(.element(way, index))
    }

    /// The names and indices of all steps, not escaped.
    package var tokens: [String] {
        var tokens: [String] = []
        var at = way
        while true {
            switch at {
            case .root: return tokens.reversed()
            case .member(let parent, let name):
                tokens.append(name)
                at = parent
            case .element(let parent, let index):
                tokens.append(String(index))
                at = parent
            }
        }
    }

    /// The string form: `/packages/3/name`, with `~` as `~0` and `/` as `~1` (RFC 6901 §3).
    package var description: String {
        var bytes: [UInt8] = []
        for token in tokens {
            bytes.append(UInt8(ascii: "/"))
            for byte in token.utf8 {
                switch byte {
                case UInt8(ascii: "~"): bytes += "~0".utf8
                case UInt8(ascii: "/"): bytes += "~1".utf8
                default: bytes.append(byte)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func == (one: JSONPointer, other: JSONPointer) -> Bool {
        one.tokens.elementsEqual(other.tokens) { $0.isIdentical(to: $1) }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(tokens)
    }
}

extension JSONValue {
    /// The value at a pointer; nil if there is none (RFC 6901 §4).
    package subscript(pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let object):
                guard let member = object[token] else { return nil }
                value = member
            case .array(let items):
                // `01` is not an index.
                guard let index = Int(token), token.isIdentical(to: String(index)), items.indices.contains(index) else {
                    return nil
                }
                value = items[index]
            case .null, .bool, .number, .string: return nil
            }
        }
        return value
    }
}
