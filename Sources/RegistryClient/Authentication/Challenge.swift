internal import ByteStreams

/// How a server wants to know who asks (`WWW-Authenticate`, RFC 9110 §11.6.1).
package struct Challenge: Sendable, Hashable {
    /// The scheme in lowercase.
    package let scheme: String
    /// The parameters; their names are in lowercase.
    package let parameters: [String: String]

    /// The challenges in the values of the field: a value may have several.
    package static func parsing(_ values: [String]) -> [Challenge] { values.flatMap { parsing($0) } }

    private static func parsing(_ value: String) -> [Challenge] {
        var challenges: [Challenge] = []
        var scheme: String?
        var parameters: [String: String] = [:]
        var rest = Array(value.unicodeScalars)[...]
        func skip(_ scalars: String.UnicodeScalarView) {
            rest = rest.drop { scalars.contains($0) }
        }
        func token() -> String {
            let token = rest.prefix { !" \t,=\"".unicodeScalars.contains($0) }
            rest = rest.dropFirst(token.count)
            return String(String.UnicodeScalarView(token)).lowercased()
        }
        while true {
            skip(" \t,".unicodeScalars)
            guard !rest.isEmpty else { break }
            let name = token()
            if name.isEmpty {
                // A character that has no place here.
                rest = rest.dropFirst()
                continue
            }
            skip(" \t".unicodeScalars)
            guard rest.first == "=" else {
                if let scheme { challenges.append(Challenge(scheme: scheme, parameters: parameters)) }
                (scheme, parameters) = (name, [:])
                continue
            }
            rest = rest.dropFirst()
            skip(" \t".unicodeScalars)
            var text = String.UnicodeScalarView()
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let scalar = rest.popFirst(), scalar != "\"" {
                    // RFC 9110 §5.6.4: a backslash stands before any character.
                    text.append(scalar == "\\" ? rest.popFirst() ?? scalar : scalar)
                }
            } else {
                let plain = rest.prefix { !" \t,".unicodeScalars.contains($0) }
                rest = rest.dropFirst(plain.count)
                text.append(contentsOf: plain)
            }
            if parameters[name] == nil { parameters[name] = String(text) }
        }
        if let scheme { challenges.append(Challenge(scheme: scheme, parameters: parameters)) }
        return challenges
    }
}
