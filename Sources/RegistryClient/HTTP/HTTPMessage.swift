internal import ByteStreams

/// A text that stands in no message.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The text itself.
    let value: String

    /// Keeps a text.
    package init(_ value: String) {
        self.value = value
    }

    package var description: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is asked of a server.
struct HTTPRequest {
    enum Method {
        case get
        case head
        /// A form (`application/x-www-form-urlencoded`).
        case post(Secret)
    }

    var method = Method.get
    var address: HTTPAddress
    /// The media types that are understood.
    var accept: String?
    /// The first byte that is wanted; nil asks for the whole.
    var firstByte: Int?
    /// What the server is to know the caller by.
    var authorization: Secret?
}

/// The beginning of an answer: the status and the fields of the header.
package struct HTTPHead: Sendable {
    /// The status (RFC 9110 §15).
    package let status: Int
    private let fields: [(name: String, value: String)]

    /// A header with that status and those fields, whose names are in lowercase.
    package init(status: Int, fields: [(name: String, value: String)]) {
        self.status = status
        self.fields = fields
    }

    /// All values of a field, whose name is in lowercase.
    package func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The first value of a field.
    package func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The size of the body, if the server states it.
    var contentLength: Int? { value("content-length").flatMap { Int($0) } }

    /// The media type of the body without parameters, in lowercase.
    var mediaType: String? {
        value("content-type").map { type in
            type.prefix { $0 != ";" }.split(separator: " ").joined().lowercased()
        }
    }

    /// How many seconds the server asks to wait (RFC 9110 §10.2.3); nil if it does not.
    package var retryAfter: Int? {
        guard let text = value("retry-after") else { return nil }
        if let seconds = Int(text) { return seconds < 0 ? nil : seconds }
        // A moment is compared with that of the answer, so that no clock need agree with the server's.
        guard let moment = Self.seconds(inDate: text), let now = value("date").flatMap(Self.seconds) else { return nil }
        return max(0, moment - now)
    }

    /// The seconds since 1970 in `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7); nil for another form.
    private static func seconds(inDate text: String) -> Int? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])), (1970...9999).contains(year),
            Calendar.hasDay(year: year, month: month + 1, day: day)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        let leapDays = (1970..<year).count { Calendar.isLeap(year: $0) }
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month]
        let leapDay = month > 1 && Calendar.isLeap(year: year) ? 1 : 0
        let days = (year - 1970) * 365 + leapDays + before + leapDay + day - 1
        return ((days * 24 + time[0]) * 60 + time[1]) * 60 + time[2]
    }

    /// The first byte and the size of the whole in `bytes 0-9/10` (RFC 9110 §14.4); nil if it has another form.
    var contentRange: (first: Int, last: Int, size: Int?)? {
        guard let text = value("content-range"), text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/")
        guard parts.count == 2 else { return nil }
        let range = parts[0].split(separator: "-").map { Int($0) }
        guard range.count == 2, let first = range[0], let last = range[1], first >= 0, last >= first else { return nil }
        return (first, last, Int(parts[1]))
    }
}

/// Why a server does not answer, or not to the end.
struct HTTPFailure: Error, CustomStringConvertible {
    enum Kind {
        /// Nothing answers.
        case unreachable
        /// What answers does not speak TLS.
        case notSecure
        /// The certificate is not trusted.
        case certificate
        /// The connection ended, or nothing comes any more.
        case interrupted
        /// What comes is not to be read.
        case refused
    }

    let kind: Kind
    let description: String

    /// Whether the same request may well succeed next time.
    var isPassing: Bool { kind == .unreachable || kind == .interrupted }
}
