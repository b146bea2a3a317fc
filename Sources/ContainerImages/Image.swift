package import ByteStreams

/// One image of a layout: its manifest and configuration, and the way to its layers.
package struct Image: Sendable {
    private let layout: ImageLayout
    private let limits: Limits
    /// What points to the manifest.
    package let descriptor: Descriptor
    package let manifest: Manifest
    package let configuration: ImageConfiguration
    /// The name the layout gives it (`org.opencontainers.image.ref.name`).
    package let tag: String?
    /// The whole reference, with repository, where the layout has one.
    package let fullReference: String?
    /// What was odd on the way to it.
    package let diagnostics: [Diagnostic]

    init(
        layout: ImageLayout, limits: Limits, descriptor: Descriptor, manifest: Manifest,
        configuration: ImageConfiguration, tag: String?, fullReference: String?, diagnostics: [Diagnostic]
    ) {
        self.layout = layout
        self.limits = limits
        self.descriptor = descriptor
        self.manifest = manifest
        self.configuration = configuration
        self.tag = tag
        self.fullReference = fullReference
        self.diagnostics = diagnostics
    }

    /// How many bytes all layers have as they are stored.
    package var storedSize: Int { manifest.layers.reduce(0) { $0.addingClamped($1.size) } }

    /// What the layers make together, with the bytes of the files of interest in it and in the state after each layer.
    ///
    /// Each layer is read once, in a task of its own, verified against its digest and its diff ID. Where a link leads to
    /// a file that was passed over, that layer alone is read a second time. A layer that is encrypted, or absent because
    /// it must not be distributed, leaves a diagnostic of severity ``Diagnostic/Severity/blind`` and is taken as empty.
    ///
    /// - Parameters:
    ///   - interest: Which files' bytes are kept.
    ///   - progress: Called from any thread with the number of stored bytes just read.
    /// - Returns: The merged file system, and what was odd about the layers.
    /// - Throws: ``ImageError`` naming the lowest layer that is damaged.
    package func rootFileSystem(
        of interest: PathPatterns, progress: (@Sendable (Int) -> Void)? = nil
    ) async throws(ImageError) -> (files: RootFileSystem, diagnostics: [Diagnostic]) {
        var diagnostics = DiagnosticLog(limits: limits)
        var readable: [Int] = []
        for (number, layer) in manifest.layers.enumerated() {
            if let reason = reasonNotToRead(layer) {
                diagnostics.append(
                    .blind, code: .unreadableLayer, at: "layer \(layer.digest)",
                    "\(reason); packages that only it describes are not listed")
            } else {
                readable.append(number)
            }
        }
        // A layer that an image has several times is read once.
        var first: [LayerIdentity: Int] = [:]
        for number in readable where first[identity(number)] == nil { first[identity(number)] = number }
        let budget = ImageBudget(
            limits: limits, storedSize: readable.reduce(0) { $0.addingClamped(manifest.layers[$1].size) })
        let contents = try await inParallel(first.values.sorted(), budget) { number in
            try self.read(layer: number, budget, progress: progress) { path, _ in interest.matches(path) }
        }
        let read = Dictionary(uniqueKeysWithValues: contents)
        var layers = Array(repeating: LayerContents(budget), count: manifest.layers.count)
        for number in readable {
            if let original = first[identity(number)], let contents = read[original] { layers[number] = contents }
        }
        for (number, layer) in layers.enumerated() {
            diagnostics.append(
                contentsOf: layer.diagnostics, placesIn: "layer \(manifest.layers[number].digest): ")
        }
        var files: RootFileSystem
        do throws(LimitError) {
            files = try RootFileSystem(merging: layers, budget)
        } catch {
            throw tooLarge(error)
        }
        let missing = files.filesNotCaptured(interest)
        if !missing.isEmpty {
            let again = try await inParallel(missing.keys.sorted(), budget) { number in
                let wanted = missing[number] ?? []
                return try self.read(layer: number, budget, progress: nil) { _, ordinal in wanted.contains(ordinal) }
            }
            for (number, contents) in again { files.takeCaptured(from: contents, layer: number) }
        }
        if let error = budget.exceeded { throw tooLarge(error) }
        return (files, diagnostics.diagnostics)
    }

    /// The error of an image whose layers together exceed a limit.
    private func tooLarge(_ error: LimitError) -> ImageError {
        ImageError(.malformed, at: layout.place(descriptor.digest), "the layers have \(error)")
    }

    /// The error of an image in which so many paths are looked up that ``RootFileSystem/isOutOfLookups`` is true.
    package var outOfLookups: ImageError { tooLarge(LimitError(name: "lookupCount")) }

    /// What makes two layers the same.
    private struct LayerIdentity: Hashable {
        let digest: ContentDigest
        let diffID: ContentDigest
    }

    private func identity(_ number: Int) -> LayerIdentity {
        LayerIdentity(digest: manifest.layers[number].digest, diffID: configuration.diffIDs[number])
    }

    private func reasonNotToRead(_ layer: Descriptor) -> String? {
        if layer.isEncrypted { return "the layer is encrypted" }
        if layer.isNondistributable && !layout.has(layer.digest) {
            return "the layer is not to be distributed and not in the layout"
        }
        return nil
    }

    /// Walks one layer from its first to its last byte.
    ///
    /// `isWanted` is given the path of a regular file and the ordinal of its entry, and says whether its bytes are kept.
    private func read(
        layer number: Int, _ budget: ImageBudget, progress: (@Sendable (Int) -> Void)?,
        isWanted: (_ path: [ArraySlice<UInt8>], _ ordinal: Int) -> Bool
    ) throws(ImageError) -> LayerContents {
        let layer = manifest.layers[number]
        do {
            let stored = try layout.open(layer, progress: progress)
            let expanded = BudgetedSource(try DecompressingSource(stored, limits: limits), budget)
            let tar = VerifyingSource(
                expanded, size: nil, digest: configuration.diffIDs[number], limit: limits.layerSize)
            var reader = TarReader(tar, limits: limits)
            var contents = LayerContents(budget)
            while let entry = try reader.next() {
                let ordinal = contents.entryCount
                guard let node = try contents.add(entry), entry.kind == .file else { continue }
                if isWanted(contents.path(of: node), ordinal) {
                    if entry.size <= limits.capturedFileSize {
                        try budget.capture(entry.size, holes: entry.holeSize)
                    }
                    contents.capture(try reader.contents(limit: limits.capturedFileSize), ordinal: ordinal)
                }
            }
            try reader.drain()
            return contents
        } catch let error as VerificationError {
            // Of an uncompressed layer digest and diff ID are the same, and the digest is checked first.
            if case .digest(let expected, let found) = error, expected == configuration.diffIDs[number],
                expected != layer.digest
            {
                throw ImageError(
                    .malformed, at: layout.place(layer.digest),
                    "decompressed it should have the diff ID \(expected), but has \(found)")
            }
            if case .tooLarge = error { throw layout.imageError(LimitError(name: "layerSize"), at: layer.digest) }
            throw layout.imageError(error, at: layer.digest)
        } catch {
            // A blob that is not the one it should be explains whatever was found in it.
            try layout.verify(layer)
            if let error = error as? ParseError {
                throw ImageError(.malformed, at: layout.place(layer.digest), "not a readable tar: \(error)")
            }
            throw layout.imageError(error, at: layer.digest)
        }
    }

    /// Works on several layers at once, as many as there are processors.
    ///
    /// All are finished before an error is thrown, so that the same image always gives the same error. Once they hold more
    /// together than the limits allow, the rest is read for its damage only and not kept.
    private func inParallel(
        _ numbers: [Int], _ budget: ImageBudget, _ work: @Sendable @escaping (Int) throws -> LayerContents
    ) async throws(ImageError) -> [(Int, LayerContents)] {
        let limits = limits
        let (results, total) = await withTaskGroup(
            of: (Int, Result<LayerContents, any Error>).self,
            returning: ([Int: Result<LayerContents, any Error>], LayerTotal).self
        ) { group in
            var waiting = numbers.makeIterator()
            var results: [Int: Result<LayerContents, any Error>] = [:]
            var total = LayerTotal()
            for _ in 0..<processorCount {
                guard let number = waiting.next() else { break }
                group.addTask { (number, Result { try work(number) }) }
            }
            while let (number, result) = await group.next() {
                if case .success(let contents) = result { total.add(contents) }
                switch result {
                case .success where total.passed(limits) != nil: break
                case .success, .failure: results[number] = result
                }
                if let number = waiting.next() { group.addTask { (number, Result { try work(number) }) } }
            }
            return (results, total)
        }
        // What all layers share comes first: which of them asked for too much depends on the order in which they ran.
        if let error = budget.exceeded { throw tooLarge(error) }
        var contents: [(Int, LayerContents)] = []
        for number in numbers {
            do {
                if let layer = try results[number]?.get() { contents.append((number, layer)) }
            } catch {
                throw layout.imageError(error, at: manifest.layers[number].digest)
            }
        }
        if let error = total.passed(limits) { throw tooLarge(error) }
        return contents
    }
}

/// How much several layers hold together.
private struct LayerTotal: Sendable {
    private var entryCount = 0
    private var nameBytes = 0

    mutating func add(_ layer: LayerContents) {
        entryCount += layer.entryCount
        nameBytes += layer.nameBytes
    }

    /// The first limit that it passes.
    func passed(_ limits: Limits) -> LimitError? {
        if entryCount > limits.entryCount { return LimitError(name: "entryCount") }
        return nameBytes > limits.nameBytes ? LimitError(name: "nameBytes") : nil
    }
}

extension RootFileSystem {
    /// Which entry of which layer each file of interest is, in order of the paths: equal where two states have the same files.
    package func origins(of interest: PathPatterns) -> [FileOrigin] {
        files(of: interest).map { file in
            FileOrigin(path: file.path, layer: file.layer, ordinal: ordinal(of: file))
        }
    }

    /// The files of interest, in any state, that are there but whose bytes were passed over: layer to ordinals of entries.
    func filesNotCaptured(_ interest: PathPatterns) -> [Int: Set<Int>] {
        var result: [Int: Set<Int>] = [:]
        for count in changes(of: interest) {
            let state = after(layers: count)
            for file in state.files(of: interest) where state.isPassedOver(file) {
                result[file.layer, default: []].insert(ordinal(of: file))
            }
        }
        return result
    }
}

/// Which entry of which layer a path leads to.
package struct FileOrigin: Sendable, Hashable {
    package let path: String
    /// Counted from 0, the lowest.
    package let layer: Int
    /// Counted from 0 in the tar of the layer.
    package let ordinal: Int
}

/// Passes decompressed bytes through as long as the budget of the image allows.
private struct BudgetedSource: ByteSource, ~Copyable {
    private var source: DecompressingSource
    private let budget: ImageBudget

    init(_ source: consuming DecompressingSource, _ budget: ImageBudget) {
        self.source = source
        self.budget = budget
    }

    mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        let before = output.count
        try source.read(onto: &output)
        try budget.expand(output.count - before)
    }
}

extension Int {
    /// The sum, or the largest number where there is none: what a stranger claims must not trap.
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
