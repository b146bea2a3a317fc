internal import ByteStreams
internal import SBOMFormats

/// The number of members that a converted document may still carry.
///
/// A carried member takes many times the bytes that it took in the source, so their number is bounded by the size of the
/// source. Each element and the document itself carries all of its members or none: a part of a list would not be restored
/// as it was.
struct CarrierBudget: Sendable {
    private(set) var remaining: Int

    /// A budget that has no end, for documents that are not read from a text.
    static let unlimited = CarrierBudget(remaining: .max)

    /// The budget for a document that is made from a source of `size` bytes.
    init(sourceSize size: Int, _ limits: Limits) {
        remaining = max(limits.carriedEntries, size / max(limits.carriedEntrySize, 1))
    }

    private init(remaining: Int) {
        self.remaining = remaining
    }

    /// Takes the members of one holder out of the budget; false, and none is taken, if they are more than remain.
    mutating func admits(_ count: Int) -> Bool {
        guard count <= remaining else { return false }
        remaining -= count
        return true
    }
}
