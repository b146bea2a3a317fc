/// Text from an input, written so that a terminal and a reader of lines show it and do nothing else.
///
/// Every text output and every message goes through this. JSON, CSV and documents do not: they are for programs. The
/// output of `outline --style bom` does only on its way to a terminal, line by line: in a file or a pipe it is byte for byte
/// that of bom.
package enum VisibleText {
    /// Whether a character is shown as itself.
    ///
    /// Not shown are control characters (ECMA-48), which a terminal obeys; line and paragraph separators; characters
    /// that turn the direction of the text around; all others that are invisible (Unicode's `Default_Ignorable_Code_Point`,
    /// for instance zero-width spaces and tags); and noncharacters, two of which XML forbids.
    package static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: true
        case 0..<0xA0, 0x2028, 0x2029: false
        // Interlinear annotations hide the text between them.
        case 0xFFF9...0xFFFB: false
        default: !scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isNoncharacterCodePoint
        }
    }

    /// How a character is written that is not shown as itself: `\u{202e}`.
    package static func escaped(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16))}" }

    /// The text with ``escaped(_:)`` in the place of each character that is not shown as itself.
    package static func of(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isShown(scalar) { result.unicodeScalars.append(scalar) } else { result += escaped(scalar) }
        }
        return result
    }
}
