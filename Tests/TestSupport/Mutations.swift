/// A small generator of pseudo-random numbers with a seed that a failing test prints (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Damaged copies of `bytes`: cut short, with bytes flipped, removed, repeated or set to telling values.
///
/// The same seed gives the same copies.
package func mutations(of bytes: [UInt8], count: Int, seed: UInt64) -> [[UInt8]] {
    guard !bytes.isEmpty else { return [] }
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
        var copy = bytes
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            copy.removeLast(Int.random(in: 1...copy.count, using: &random))
        case 2:
            let start = Int.random(in: 0..<copy.count, using: &random)
            copy.removeSubrange(start..<min(copy.count, start + Int.random(in: 1...64, using: &random)))
        case 3:
            let start = Int.random(in: 0..<copy.count, using: &random)
            let piece = Array(copy[start..<min(copy.count, start + Int.random(in: 1...64, using: &random))])
            copy.insert(contentsOf: piece, at: Int.random(in: 0...copy.count, using: &random))
        case 4, 5:
            let value: UInt8 = [0, 0xFF, 0x7F, 0x80, 0x0A, 0x20].randomElement(using: &random) ?? 0
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                copy[Int.random(in: 0..<copy.count, using: &random)] = value
            }
        default:
            for _ in 0..<Int.random(in: 1...16, using: &random) {
                copy[Int.random(in: 0..<copy.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return copy
    }
}
