internal import Glibc
internal import SBOMModel

/// The time that a document states for itself.
public struct CreationTime: Sendable, Hashable {
    enum Choice: Sendable, Hashable {
        case now
        case time(Timestamp)
    }

    let choice: Choice

    /// The time at which the document is made, so that no two documents of an image are the same.
    public static let now = CreationTime(choice: .now)

    private init(choice: Choice) {
        self.choice = choice
    }

    /// Parses `now` or a time of RFC 3339 in the years 0001 to 9999; nil if it does not parse.
    public init?(_ text: String) {
        if text == "now" {
            self = .now
        } else {
            guard let time = Timestamp(rfc3339: text) else { return nil }
            choice = .time(time)
        }
    }
}

extension Timestamp {
    /// The time by the clock of this machine.
    static var now: Timestamp { Timestamp(seconds: time(nil)) }
}
