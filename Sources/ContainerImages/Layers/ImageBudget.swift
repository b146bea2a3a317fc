internal import ByteStreams
internal import Synchronization

/// What reading one image may still cost.
///
/// All layers, all states of the merged file system and all lookups in them draw from the same sums, so that what a
/// stranger's image costs does not grow with the number of its layers, links and lists. Whether a sum is exceeded depends
/// on the image alone and not on the order in which layers are read: each asks for all it needs unless a sum is exceeded
/// already.
package final class ImageBudget: Sendable {
    // A class, because the tasks that read layers and all states of a file system share the sums.

    /// The bounds; those that depend on the size of the image are worked out here.
    let limits: Limits
    private let captureLimit: LimitedSum
    private let holeLimit: LimitedSum
    private let expansionLimit: LimitedSum
    private let lookupLimit: LimitedSum

    /// The budget of an image whose layers are stored in that many bytes.
    init(limits: Limits, storedSize: Int) {
        func share(_ ratio: Int, _ allowance: Int) -> Int {
            let (product, overflow) = max(storedSize, 0).multipliedReportingOverflow(by: ratio)
            return max(overflow ? .max : product, allowance)
        }
        let relative = share(limits.capturedRatio, limits.capturedAllowance)
        self.limits = limits
        captureLimit =
            relative < limits.capturedSize
            ? LimitedSum("capturedRatio", relative) : LimitedSum("capturedSize", limits.capturedSize)
        holeLimit = LimitedSum("holeSize", limits.holeSize)
        expansionLimit = LimitedSum("expansionRatio", share(limits.expansionRatio, limits.expansionAllowance))
        lookupLimit = LimitedSum("lookupCount", limits.lookupCount)
    }

    /// Asks for `size` bytes of memory for a file that is kept, of which `holes` are not in the archive.
    func capture(_ size: Int, holes: Int) throws(LimitError) {
        try holeLimit.add(holes)
        try captureLimit.add(size)
    }

    /// Asks for `size` bytes of decompressed layers to be read.
    func expand(_ size: Int) throws(LimitError) {
        try expansionLimit.add(size)
    }

    /// Asks for `count` names to be looked up.
    func lookUp(_ count: Int) throws(LimitError) {
        try lookupLimit.add(count)
    }

    /// Counts `count` names that were looked up, where nothing can be thrown; ``exceeded`` tells the caller's caller.
    func countLookups(_ count: Int) {
        _ = lookupLimit.fits(count)
    }

    /// Whether no more names are looked up.
    var isOutOfLookups: Bool { lookupLimit.isExceeded }

    /// The limit that was exceeded; the first of them if there are several.
    var exceeded: LimitError? {
        [expansionLimit, holeLimit, captureLimit, lookupLimit].first { $0.isExceeded }?.error
    }
}

/// A sum of natural numbers that may not exceed a limit.
private final class LimitedSum: Sendable {
    // A class, because an atomic cannot be copied.
    private let name: String
    private let limit: Int
    private let sum = Atomic(0)

    init(_ name: String, _ limit: Int) {
        self.name = name
        // So far from the largest number that the sums of all threads cannot pass it.
        self.limit = min(max(limit, 0), 1 << 56)
    }

    var error: LimitError { LimitError(name: name) }

    var isExceeded: Bool { sum.load(ordering: .relaxed) > limit }

    /// Adds `count`; false if the sum is more than the limit then, and forever after.
    func fits(_ count: Int) -> Bool {
        guard !isExceeded else { return false }
        // A claim of a stranger's is cut off just above the limit, so that the sum does not overflow.
        let count = min(max(count, 0), limit + 1)
        return sum.wrappingAdd(count, ordering: .relaxed).newValue <= limit
    }

    func add(_ count: Int) throws(LimitError) {
        guard fits(count) else { throw error }
    }
}
