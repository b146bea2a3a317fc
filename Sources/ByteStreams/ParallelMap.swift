internal import Dispatch
internal import Glibc
internal import Synchronization

/// The number of processors that this process may use, at least 1.
package let processorCount = max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))

extension RandomAccessCollection where Self: Sendable, SubSequence: Sendable {
    /// Transforms chunks of the collection in parallel; the results are in the order of the chunks.
    ///
    /// The chunks are worked on by several threads. Every chunk has `size` elements, the last one perhaps fewer, so the
    /// results do not depend on the number of threads.
    ///
    /// ```swift
    /// let lengths = lines.parallelMap(chunksOf: 1_000) { chunk in chunk.map(\.count) }.flatMap(\.self)
    /// ```
    ///
    /// - Parameters:
    ///   - size: The number of elements of a chunk; less than 1 is taken as 1.
    ///   - threads: The largest number of threads; with one chunk or one thread the caller's own is used.
    ///   - transform: Called once for each chunk, at the same time on several threads.
    /// - Returns: One result for each chunk.
    /// - Throws: The error of the first chunk that fails, whatever the order in which chunks were worked on. Chunks after
    ///   it may not be worked on.
    package func parallelMap<Result: Sendable, Failure: Error>(
        chunksOf size: Int, threads: Int = processorCount,
        _ transform: @Sendable (SubSequence) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let size = Swift.max(size, 1)
        let count = (self.count + size - 1) / size
        @Sendable func chunk(_ number: Int) -> SubSequence {
            let start = index(startIndex, offsetBy: number * size)
            return self[start..<(index(start, offsetBy: size, limitedBy: endIndex) ?? endIndex)]
        }
        let threads = Swift.min(Swift.max(threads, 1), count)
        guard threads > 1 else {
            var results: [Result] = []
            results.reserveCapacity(count)
            for number in 0..<count { results.append(try transform(chunk(number))) }
            return results
        }
        let outcomes = Mutex<[Swift.Result<Result, Failure>?]>(Array(repeating: nil, count: count))
        let next = Atomic(0)
        let firstFailure = Atomic(Int.max)
        repeatInParallel(threads) {
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < count, number < firstFailure.load(ordering: .relaxed) else { return }
                let outcome = Swift.Result { () throws(Failure) in try transform(chunk(number)) }
                if case .failure = outcome { firstFailure.min(number, ordering: .relaxed) }
                outcomes.withLock { $0[number] = outcome }
            }
        }
        var results: [Result] = []
        results.reserveCapacity(count)
        // Numbers are given out in order, so every chunk before the first failure has an outcome.
        for outcome in outcomes.withLock({ $0 }) {
            guard let outcome else { break }
            results.append(try outcome.get())
        }
        return results
    }

    /// Transforms the elements in parallel, each by itself; the results are in the order of the elements.
    ///
    /// For elements that take long: chunks cost less for many small ones.
    package func parallelMap<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
        parallelMap(chunksOf: 1) { chunk in transform(chunk[chunk.startIndex]) }
    }
}

/// Does two things at the same time, and returns both results.
package func inParallel<First: Sendable, Second: Sendable>(
    _ first: @Sendable () -> First, _ second: @Sendable () -> Second
) -> (First, Second) {
    let results = Mutex<(first: First?, second: Second?)>((nil, nil))
    let turn = Atomic(0)
    repeatInParallel(2) {
        if turn.add(1, ordering: .relaxed).oldValue == 0 {
            let result = first()
            results.withLock { $0.first = result }
        } else {
            let result = second()
            results.withLock { $0.second = result }
        }
    }
    // Both are there, as nothing is returned before both calls have ended.
    guard case (let one?, let other?) = results.withLock({ $0 }) else { return (first(), second()) }
    return (one, other)
}

/// Calls `work` that many times, on as many threads as there are processors, and returns when all calls have ended.
///
/// This is for work that decides itself what is next; else `parallelMap` does more. It is the only place that
/// starts threads for computations.
package func repeatInParallel(_ count: Int, _ work: @Sendable () -> Void) {
    DispatchQueue.concurrentPerform(iterations: count) { _ in work() }
}
