internal import SBOMModel

/// The value of the environment variable `SOURCE_DATE_EPOCH` (reproducible-builds.org): a time as whole seconds since
/// 1970-01-01T00:00:00Z.
public struct SourceDateEpoch: Sendable, Hashable {
    let time: Timestamp

    /// Parses the value; nil if it is not a decimal number of seconds before the year 10000.
    public init?(_ text: String) {
        guard let time = Timestamp(sourceDateEpoch: text) else { return nil }
        self.time = time
    }
}
