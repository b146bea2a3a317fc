internal import ByteStreams

/// Reads the layers of one image, several at once.
struct LayerScanner: Sendable {
    /// The layers of the image, the lowest first.
    let layers: [any LayerSource]
    /// What all of them draw from.
    let budget: ImageBudget
    /// How errors that concern all layers name the image.
    let place: String
    /// Whether the sizes of files are recorded, which costs eight bytes an entry.
    let recordsSizes: Bool

    /// The error of an image whose layers together exceed a limit.
    func tooLarge(_ error: LimitError) -> ImageError {
        ImageError(.malformed, at: place, "the layers have \(error)")
    }

    /// What is done with the files of a layer.
    struct Wishes {
        /// What looks at the first bytes of each file; nil if nothing does.
        var probe: (any FileProbe)?
        /// Whether the digests of files are taken, which costs 80 bytes a file.
        var recordsDigests = false
        /// Given the path of a regular file and the ordinal of its entry; whether its bytes are kept.
        var isWanted: (_ path: [ArraySlice<UInt8>], _ ordinal: Int) -> Bool = { _, _ in false }
        /// Given the same, the first bytes and the size; the reader that keeps something of the file.
        var reader: ((_ path: [ArraySlice<UInt8>], _ ordinal: Int, _ head: [UInt8], _ size: Int) -> (any FileReader)?)?
    }

    /// Reads one layer from its first to its last byte.
    ///
    /// - Parameters:
    ///   - number: The number of the layer, counted from 0, the lowest.
    ///   - wishes: What is done with its files.
    ///   - progress: Called with the number of stored bytes just read.
    /// - Returns: What the layer has.
    /// - Throws: ``ImageError`` if the layer is damaged or exceeds a limit.
    func scan(
        _ number: Int, _ wishes: Wishes, progress: (@Sendable (Int) -> Void)? = nil
    ) throws(ImageError) -> LayerContents {
        let limits = budget.limits
        do {
            var entries = try layers[number].entries(budget, progress: progress)
            var contents = LayerContents(budget)
            contents.compression = entries.compression
            while let entry = try entries.next() {
                let ordinal = contents.entryCount
                guard let node = try contents.add(entry), entry.kind == .file else { continue }
                if recordsSizes { contents.recordSize(entry.size, ordinal: ordinal) }
                let path = contents.path(of: node)
                guard let name = path.last else { continue }
                let isProbed = wishes.probe?.wants(name, size: entry.size) ?? false
                var reader: (any FileReader)?
                if isProbed || wishes.reader != nil {
                    let head = try entries.leadingBytes(limits.probeSize)
                    if isProbed, let found = wishes.probe?.evidence(in: head, of: name, size: entry.size) {
                        try contents.note(found, ordinal: ordinal)
                    }
                    reader = wishes.reader?(path, ordinal, head, entry.size)
                }
                if wishes.isWanted(path, ordinal) {
                    if entry.size <= limits.capturedFileSize {
                        try budget.capture(entry.size, holes: entry.holeSize)
                    }
                    let bytes = try entries.contents(limit: limits.capturedFileSize)
                    contents.capture(bytes, ordinal: ordinal)
                    if wishes.recordsDigests { try contents.note(FileHasher.digests(of: bytes), ordinal: ordinal) }
                    reader?.read(bytes.span)
                } else if wishes.recordsDigests || reader != nil {
                    let isRead = try read(
                        entry, from: &entries, into: &contents, ordinal: ordinal,
                        recordsDigests: wishes.recordsDigests, &reader)
                    if !isRead { reader = nil }
                }
                if let extract = reader?.finish() {
                    try budget.capture(extract.size, holes: 0)
                    contents.keep(extract, ordinal: ordinal)
                }
            }
            try entries.drain()
            contents.append(entries.diagnostics)
            return contents
        } catch let error as ImageError {
            throw error
        } catch {
            throw layers[number].imageError(error)
        }
    }

    /// Takes the digests of the file that was returned last, and passes its bytes to a reader.
    ///
    /// - Returns: Whether all of it was read; a file that cannot be read has no digests.
    private func read(
        _ entry: TarEntry, from entries: inout any LayerEntries & ~Copyable, into contents: inout LayerContents,
        ordinal: Int, recordsDigests: Bool, _ reader: inout (any FileReader)?
    ) throws -> Bool {
        guard entry.holeSize <= budget.limits.hashedHoleSize else {
            contents.describe(
                .noDigest, entry,
                "a sparse file whose holes exceed the limit hashedHoleSize; its contents are not read")
            return false
        }
        if entry.holeSize > 0 { try budget.expand(entry.holeSize) }
        guard recordsDigests else { return try entries.readContents { reader?.read($0) } }
        var hasher = FileHasher()
        let isRead = try entries.readContents { bytes in
            hasher.update(bytes)
            reader?.read(bytes)
        }
        if isRead { try contents.note(hasher.finish(), ordinal: ordinal) }
        return isRead
    }

    /// Works on several layers at once, on as many as there are processors.
    ///
    /// All of them end before an error is thrown, so that the same image always gives the same error. Once they hold more
    /// together than the limits allow, the rest is read for its damage only and not kept.
    ///
    /// - Parameters:
    ///   - numbers: The numbers of the layers, in ascending order.
    ///   - work: Reads one layer; called at the same time on several threads.
    /// - Returns: The number and the contents of each layer, in the order of `numbers`.
    /// - Throws: ``ImageError``: a limit of the whole image, else the error of the lowest layer that is damaged.
    func inParallel(
        _ numbers: [Int], _ work: @Sendable @escaping (Int) throws(ImageError) -> LayerContents
    ) async throws(ImageError) -> [(Int, LayerContents)] {
        let limits = budget.limits
        // Tasks and not `parallelMap`, which would block the thread of the caller, who is asynchronous.
        let (results, total) = await withTaskGroup(
            of: (Int, Result<LayerContents, ImageError>).self,
            returning: ([Int: Result<LayerContents, ImageError>], LayerTotal).self
        ) { group in
            var waiting = numbers.makeIterator()
            var results: [Int: Result<LayerContents, ImageError>] = [:]
            var total = LayerTotal()
            func start(_ number: Int) {
                group.addTask { (number, Result { () throws(ImageError) in try work(number) }) }
            }
            for _ in 0..<processorCount {
                guard let number = waiting.next() else { break }
                start(number)
            }
            while let (number, result) = await group.next() {
                if case .success(let contents) = result { total.add(contents) }
                switch result {
                case .success where total.passed(limits) != nil: break
                case .success, .failure: results[number] = result
                }
                if let number = waiting.next() { start(number) }
            }
            return (results, total)
        }
        // What all layers share comes first: which of them asked for too much depends on the order in which they ran.
        if let error = budget.exceeded { throw tooLarge(error) }
        var contents: [(Int, LayerContents)] = []
        for number in numbers {
            if let layer = try results[number]?.get() { contents.append((number, layer)) }
        }
        if let error = total.passed(limits) { throw tooLarge(error) }
        return contents
    }
}

/// How much several layers hold together.
private struct LayerTotal: Sendable {
    private var entryCount = 0
    private var nameBytes = 0
    private var evidenceCount = 0
    private var digestCount = 0

    mutating func add(_ layer: LayerContents) {
        entryCount += layer.entryCount
        nameBytes += layer.nameBytes
        evidenceCount += layer.evidenceCount
        digestCount += layer.digestCount
    }

    /// The first limit that it exceeds.
    func passed(_ limits: Limits) -> LimitError? {
        if entryCount > limits.entryCount { return LimitError(name: "entryCount") }
        if evidenceCount > limits.evidenceCount { return LimitError(name: "evidenceCount") }
        if digestCount > limits.digestCount { return LimitError(name: "digestCount") }
        return nameBytes > limits.nameBytes ? LimitError(name: "nameBytes") : nil
    }
}
