internal import ByteStreams
internal import Glibc

/// Where a request goes: an address of the web with a host and a path.
package struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    /// A server: what secrets are bound to.
    package struct Origin: Sendable, Hashable, CustomStringConvertible {
        /// Whether the connection is encrypted.
        package let isSecure: Bool
        /// A name in lowercase, or a literal address; one of IPv6 is in brackets.
        package let host: String
        /// The port; the usual one where none is written.
        package let port: Int

        /// The host, with the port unless it is the usual one.
        package var description: String { port == (isSecure ? 443 : 80) ? host : "\(host):\(port)" }
    }

    /// The server.
    package let origin: Origin
    /// The path and the query, beginning with a slash.
    package let target: String

    /// The resource of a server.
    package init(_ origin: Origin, _ target: String) {
        self.origin = origin
        self.target = target
    }

    /// Parses `http[s]://HOST[:PORT][/PATH][?QUERY]`; nil if it has another form, a user name, or characters that no
    /// address has.
    package init?(_ text: String) {
        let isSecure: Bool
        let rest: Substring
        switch text.prefix(8).lowercased() {
        case "https://": (isSecure, rest) = (true, text.dropFirst(8))
        case let start where start.hasPrefix("http://"): (isSecure, rest) = (false, text.dropFirst(7))
        default: return nil
        }
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        guard let origin = Origin(isSecure: isSecure, authority: rest[..<end]),
            let target = Self.target(rest[end...])
        else { return nil }
        self.init(origin, target)
    }

    /// What a `Location` or `Link` of the resource leads to (RFC 3986 §5.2); nil if that is no address of the web.
    package func resolving(_ reference: String) -> HTTPAddress? {
        if reference.hasPrefix("//") { return HTTPAddress((origin.isSecure ? "https:" : "http:") + reference) }
        let scheme = reference.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
        if scheme.endIndex < reference.endIndex, reference[scheme.endIndex] == ":" { return HTTPAddress(reference) }
        let path = target.prefix { $0 != "?" }
        let text: String
        switch reference.first {
        case "/": text = reference
        case "?", nil: text = path + reference
        default: text = path[...(path.lastIndex(of: "/") ?? path.startIndex)] + reference
        }
        return Self.target(text[...]).map { HTTPAddress(origin, $0) }
    }

    /// The same resource with one more parameter in its query.
    package func adding(_ name: String, _ value: String) -> HTTPAddress {
        HTTPAddress(origin, "\(target)\(target.contains("?") ? "&" : "?")\(name)=\(percentEncoded(value))")
    }

    /// A path and query without the fragment; nil if it has characters that no address has.
    private static func target(_ text: Substring) -> String? {
        let target = text.prefix { $0 != "#" }
        // A space or a control character would end the line of the request, and begin another one.
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return target.hasPrefix("/") ? String(target) : "/\(target)"
    }

    /// Whether a text is the host of a reference: a name or an address, with a port or without.
    package static func isHost(_ text: Substring) -> Bool { Origin(isSecure: true, authority: text) != nil }

    /// The whole address, as it is requested.
    package var text: String { "\(origin.isSecure ? "https" : "http")://\(origin)\(target)" }

    /// The address for messages: without the query, in which storage services expect a signature.
    package var description: String { String(HTTPAddress(origin, String(target.prefix { $0 != "?" })).text) }
}

extension HTTPAddress.Origin {
    /// Parses `HOST[:PORT]`; nil if it has another form.
    package init?(isSecure: Bool, authority: some StringProtocol) {
        var name = authority.lowercased()[...]
        var port = isSecure ? 443 : 80
        let bracket = name.lastIndex(of: "]") ?? name.startIndex
        if let colon = name[bracket...].lastIndex(of: ":") {
            let digits = name[name.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit), let number = UInt16(digits), number > 0
            else {
                return nil
            }
            port = Int(number)
            name = name[..<colon]
        }
        if name.hasPrefix("[") {
            guard name.hasSuffix("]"), NetworkAddress(String(name)) != nil else { return nil }
        } else {
            let labels = name.split(separator: ".", omittingEmptySubsequences: false)
            // An underscore stands in names of containers, which are looked up like others.
            guard
                labels.allSatisfy({ label in
                    guard let first = label.utf8.first, let last = label.utf8.last else { return false }
                    return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
                        && label.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-_".utf8.contains($0) }
                })
            else { return nil }
        }
        self.init(isSecure: isSecure, host: String(name), port: port)
    }

    /// Whether it is this machine, by its name or a literal address.
    package var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || NetworkAddress(host)?.isLoopback == true
    }

    /// Whether it is a literal address that exists on a single link only, as the service with the secrets of a cloud
    /// machine does.
    package var isLinkLocal: Bool { NetworkAddress(host)?.isLinkLocal == true }

    /// Whether it is a literal address, or a name of this machine, which is not reachable from the Internet.
    package var isPrivate: Bool { isLoopback || NetworkAddress(host)?.isPrivate == true }
}

/// An address of a network interface, as it may be written in place of a name.
struct NetworkAddress {
    /// Four bytes for IPv4, sixteen for IPv6.
    private let bytes: [UInt8]

    /// Nil if the text is a name.
    ///
    /// Every form counts that inet_aton(3) reads, such as `2130706433` and `0x7f.1`: libcurl reads them too.
    init?(_ text: String) {
        if text.hasPrefix("["), text.hasSuffix("]") {
            var address = in6_addr()
            // SAFETY: The text lives through the call, which writes one address.
            guard unsafe inet_pton(AF_INET6, String(text.dropFirst().dropLast()), &address) == 1 else { return nil }
            let bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
            // ::ffff:127.0.0.1 and the like are addresses of IPv4.
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11].allSatisfy { $0 == 0xFF }
            let isTranslated = bytes.prefix(12).elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
            self.bytes = isMapped || isTranslated ? Array(bytes[12...]) : bytes
        } else {
            var address = in_addr()
            // SAFETY: As above.
            guard unsafe inet_aton(text, &address) == 1 else { return nil }
            bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
        }
    }

    /// An address of this machine (RFC 6890), or the one that stands for all of them.
    var isLoopback: Bool {
        bytes.count == 4
            ? bytes[0] == 127 || bytes[0] == 0
            : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] <= 1
    }

    /// An address of a single link (RFC 3927, 4291).
    var isLinkLocal: Bool {
        bytes.count == 4
            ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    /// An address of a local network or a single link (RFC 1918, 3927, 4193, 4291, 6598).
    var isPrivate: Bool {
        guard bytes.count == 4 else { return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0x80 == 0x80 }
        switch (bytes[0], bytes[1]) {
        case (10, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127): return true
        default: return bytes[0] >= 224
        }
    }
}

/// A text as the value of a parameter in a query or form (RFC 3986 §2.1 and §2.3).
func percentEncoded(_ text: String) -> String {
    PercentEncoding.encoded(text.utf8) { $0.isASCIILetter || $0.isASCIIDigit || "-._~".utf8.contains($0) }
}
