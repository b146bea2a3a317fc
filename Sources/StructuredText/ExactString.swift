internal import Glibc

/// A string that is equal only to strings with the same scalars.
///
/// Swift compares strings by canonical equivalence, but JSON compares them by scalars (RFC 8259 §8.3).
package struct ExactString: Hashable {
    let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (one: ExactString, other: ExactString) -> Bool {
        one.text.isIdentical(to: other.text)
    }

    package func hash(into hasher: inout Hasher) {
        // Equal scalars imply canonical equivalence, so the hash of String is correct here too.
        hasher.combine(text)
    }
}

extension String {
    /// Whether both consist of the same scalars.
    package func isIdentical(to other: String) -> Bool {
        // Most different strings have different lengths.
        guard utf8.count == other.utf8.count else { return false }
        let (one, two) = (utf8.span, other.utf8.span)
        // SAFETY: both buffers have that many bytes, and neither pointer is kept.
        return unsafe one.withUnsafeBytes { one in
            unsafe two.withUnsafeBytes { two in
                guard let left = one.baseAddress, let right = two.baseAddress else { return true }
                return unsafe memcmp(left, right, one.count) == 0
            }
        }
    }
}
