import ByteStreams
import Synchronization
import Testing

@Suite struct ParallelMapTests {
    private struct Failure: Error, Equatable {
        let element: Int
    }

    @Test(arguments: [0, 1, 2, 7, 100, 1_001], [1, 2, 8])
    func `results are in order, whatever the number of threads`(count: Int, threads: Int) {
        let elements = Array(0..<count)
        let chunks = elements.parallelMap(chunksOf: 10, threads: threads) { Array($0) }
        #expect(chunks.allSatisfy { $0.count <= 10 })
        #expect(chunks.dropLast().allSatisfy { $0.count == 10 })
        #expect(chunks.flatMap(\.self) == elements)
    }

    @Test(arguments: [1, 4])
    func `the error of the first chunk that fails is thrown`(threads: Int) {
        for _ in 0..<20 {
            let error = #expect(throws: Failure.self) {
                try (0..<1_000).parallelMap(chunksOf: 10, threads: threads) { chunk throws(Failure) in
                    if let bad = chunk.first(where: { $0 >= 305 }) { throw Failure(element: bad) }
                    return chunk.count
                }
            }
            #expect(error == Failure(element: 305))
        }
    }

    @Test func `no more threads are used than allowed`() {
        let running = Mutex((now: 0, most: 0))
        _ = (0..<200).parallelMap(chunksOf: 1, threads: 2) { chunk in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            var sum = 0
            for number in 0..<10_000 { sum &+= number &* (chunk.first ?? 0) }
            running.withLock { $0.now -= 1 }
            return sum
        }
        #expect(running.withLock { $0.most } <= 2)
    }

    @Test func `a size of nothing is a size of one`() {
        #expect((0..<3).parallelMap(chunksOf: 0) { $0.count } == [1, 1, 1])
    }

    @Test(arguments: [0, 1, 2, 1_000])
    func `each element is worked on once, and the results are in order`(count: Int) {
        let calls = Mutex(0)
        let results = (0..<count).parallelMap { number in
            calls.withLock { $0 += 1 }
            return "\(number)"
        }
        #expect(results == (0..<count).map { "\($0)" })
        #expect(calls.withLock { $0 } == count)
    }

    @Test func `two things are done, each once`() {
        for _ in 0..<100 {
            let calls = Mutex<[String]>([])
            let (one, other) = inParallel(
                {
                    calls.withLock { $0.append("one") }
                    return 1
                },
                {
                    calls.withLock { $0.append("other") }
                    return "other"
                })
            #expect(one == 1 && other == "other")
            #expect(calls.withLock { $0.sorted() } == ["one", "other"])
        }
    }

    @Test(arguments: [0, 1, 500])
    func `work is repeated as often as is asked, and all of it has ended then`(count: Int) {
        let calls = Mutex(0)
        repeatInParallel(count) { calls.withLock { $0 += 1 } }
        #expect(calls.withLock { $0 } == count)
    }
}
