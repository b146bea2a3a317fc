internal import Glibc

/// A string that is equal to those of the same scalars only.
///
/// Swift's own equality of strings is by canonical equivalence; JSON's is not (RFC 8259 §8.3).
package struct ExactString: Hashable {
    let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (one: ExactString, other: ExactString) -> Bool {
        one.text.isIdentical(to: other.text)
    }

    package func hash(into hasher: inout Hasher) {
        // Strings of the same scalars are canonically equivalent, so that String's own hash does.
        hasher.combine(text)
    }
}

extension String {
    /// Whether both consist of the same scalars.
    package func isIdentical(to other: String) -> Bool {
        // Most that differ differ in length.
        guard utf8.count == other.utf8.count else { return false }
        let (one, two) = (utf8.span, other.utf8.span)
        // SAFETY: both have that many bytes, and neither is kept.
        return unsafe one.withUnsafeBytes { one in
            unsafe two.withUnsafeBytes { two in
                guard let left = one.baseAddress, let right = two.baseAddress else { return true }
                return unsafe memcmp(left, right, one.count) == 0
            }
        }
    }
}
