internal import ByteStreams

/// What texts state about licenses, each read once: most packages have the same few texts.
struct LicenseStatements {
    private var known: [ArraySlice<UInt8>: LicenseStatement] = [:]

    init() {}

    /// What a text states.
    mutating func statement(_ text: ArraySlice<UInt8>) -> LicenseStatement {
        if let statement = known[text] { return statement }
        let statement = LicenseStatement(text)
        // The texts that were read are kept in memory.
        if known.count >= Limits.rememberedStatements { known = [:] }
        known[text] = statement
        return statement
    }
}
