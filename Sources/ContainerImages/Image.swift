package import ByteStreams

/// An image: what it says of itself, and its layers.
package struct Image: Sendable {
    /// What the image says of itself.
    package internal(set) var facts: ImageFacts
    /// Its layers, the lowest first.
    package let layers: [any LayerSource]
    /// How errors that concern all layers name the image.
    package let place: String
    /// What was unusual on the way to it.
    package let diagnostics: [Diagnostic]
    private let limits: Limits

    /// An image of those layers.
    package init(
        _ facts: ImageFacts, layers: [any LayerSource], at place: String, diagnostics: [Diagnostic], limits: Limits
    ) {
        self.facts = facts
        self.layers = layers
        self.place = place
        self.diagnostics = diagnostics
        self.limits = limits
    }

    /// The command that made a layer, as the builder wrote it (`created_by`).
    ///
    /// - Parameter layer: The number of the layer, counted from 0, the lowest.
    /// - Returns: The command; nil if there is no such layer, or the configuration does not say which command made it.
    package func command(ofLayer layer: Int) -> String? { step(ofLayer: layer)?.createdBy }

    /// The step that made a layer; nil if there is no such layer, or the configuration does not have one for each layer.
    package func step(ofLayer layer: Int) -> BuildStep? {
        // Of a history that does not match the layers no step is known.
        guard facts.layerSteps.count == layers.count, layers.indices.contains(layer) else { return nil }
        return facts.layerSteps[layer]
    }

    /// The size of all layers as they are stored, in bytes.
    package var storedSize: Int { Self.storedSize(layers) }

    static func storedSize(_ layers: some Sequence<any LayerSource>) -> Int {
        layers.reduce(0) { sum, layer in
            // The sizes are claims: where their sum does not fit, it is the largest number.
            let (sum, overflow) = sum.addingReportingOverflow(layer.storedSize)
            return overflow ? .max : sum
        }
    }

    /// What the layers of an image make together.
    package struct Files: Sendable {
        /// The merged file system, with the bytes of the files of interest in it and in the state after each layer.
        package let files: RootFileSystem
        /// The states, by their number of layers, in which a file of interest may differ from the state before.
        package let changes: [Int]
        /// How each layer is compressed, the lowest first; nil for folders, and for layers that cannot be read.
        package let compressions: [Compression?]
        /// What was unusual about the layers.
        package let diagnostics: [Diagnostic]
        fileprivate let scanner: LayerScanner

        /// The merged file system after some files were read a second time.
        ///
        /// Only the layers that have such a file are read.
        ///
        /// - Parameters:
        ///   - origins: The entries of the files.
        ///   - reader: Returns the reader of an entry; called from several threads.
        /// - Returns: The file system with what the readers returned in place of the extracts of the files.
        /// - Throws: ``ImageError`` that names a layer that is damaged, or a limit that the layers exceed together.
        package func reading(
            _ origins: [FileOrigin],
            with reader: @Sendable @escaping (_ origin: FileOrigin, _ size: Int) -> (any FileReader)?
        ) async throws(ImageError) -> RootFileSystem {
            var wanted: [Int: [Int: FileOrigin]] = [:]
            for origin in origins { wanted[origin.layer, default: [:]][origin.ordinal] = origin }
            let byLayer = wanted
            let again = try await scanner.inParallel(byLayer.keys.sorted()) { number throws(ImageError) in
                var wishes = LayerScanner.Wishes()
                wishes.reader = { _, ordinal, _, size in byLayer[number]?[ordinal].flatMap { reader($0, size) } }
                return try scanner.scan(number, wishes)
            }
            var result = files
            for (number, contents) in again { result.takeCaptured(from: contents, layer: number) }
            return result
        }
    }

    /// Reads the layers and merges them.
    ///
    /// Each layer is read once, in a task of its own, and verified. Where a link leads to a file that was passed over, that
    /// layer alone is read a second time. A layer that cannot be read leaves a diagnostic of severity
    /// ``Diagnostic/Severity/blind`` and is taken as empty.
    ///
    /// - Parameters:
    ///   - interest: The files whose bytes are kept.
    ///   - probe: What looks at the first bytes of each file; nil if nothing does.
    ///   - extractor: What keeps something of files, for ``RootFileSystem/forEachEntry(_:)``; nil if nothing does.
    ///   - recordsSizes: Whether ``RootFileSystem/layerStatistics()`` knows the sizes of files.
    ///   - recordsDigests: Whether the digests of all files are taken, for ``RootFileSystem/forEachEntry(_:)``.
    ///   - progress: Called from any thread with the number of stored bytes just read.
    /// - Returns: The merged file system, and what was unusual about the layers.
    /// - Throws: ``ImageError`` that names the lowest layer that is damaged, or a limit that the layers exceed together.
    package func rootFileSystem(
        of interest: PathPatterns, probe: (any FileProbe)? = nil, extractor: (any FileExtractor)? = nil,
        recordsSizes: Bool = false, recordsDigests: Bool = false, progress: (@Sendable (Int) -> Void)? = nil
    ) async throws(ImageError) -> Files {
        var diagnostics = DiagnosticLog(limits: limits)
        var readable: [Int] = []
        for (number, layer) in layers.enumerated() {
            if let obstacle = layer.obstacle {
                diagnostics.append(
                    .blind, code: .unreadableLayer, at: layer.name,
                    "\(obstacle); packages that only it describes are not listed")
            } else {
                readable.append(number)
            }
        }
        let budget = ImageBudget(limits: limits, storedSize: Self.storedSize(readable.lazy.map { layers[$0] }))
        let scanner = LayerScanner(
            layers: layers, budget: budget, place: place, recordsSizes: recordsSizes || recordsDigests)
        // A layer that an image has several times is read once.
        var first: [LayerIdentity: Int] = [:]
        var original: [Int: Int] = [:]
        for number in readable {
            guard let identity = layers[number].identity else { continue }
            original[number] = first[identity, default: number]
            first[identity] = original[number]
        }
        let unique = readable.filter { original[$0, default: $0] == $0 }
        let scanned = try await scanner.inParallel(unique) { number throws(ImageError) in
            var wishes = LayerScanner.Wishes(probe: probe, recordsDigests: recordsDigests)
            wishes.isWanted = { path, _ in interest.matches(path) }
            if let extractor { wishes.reader = { extractor.reader(of: $0, head: $2, size: $3) } }
            return try scanner.scan(number, wishes, progress: progress)
        }
        let contents = Dictionary(uniqueKeysWithValues: scanned)
        var merging = Array(repeating: LayerContents(budget), count: layers.count)
        for number in readable { merging[number] = contents[original[number, default: number]] ?? merging[number] }
        for (layer, contents) in zip(layers, merging) {
            diagnostics.append(contentsOf: contents.diagnostics, placesIn: "\(layer.name): ")
        }
        var files: RootFileSystem
        do throws(LimitError) {
            files = try RootFileSystem(merging: merging, budget)
        } catch {
            throw scanner.tooLarge(error)
        }
        let changes = files.changes(of: interest)
        let missing = files.filesNotCaptured(interest, in: changes)
        let again = try await scanner.inParallel(missing.keys.sorted()) { number throws(ImageError) in
            let wanted = missing[number] ?? []
            return try scanner.scan(number, LayerScanner.Wishes(isWanted: { wanted.contains($1) }))
        }
        for (number, contents) in again { files.takeCaptured(from: contents, layer: number) }
        if let error = budget.exceeded { throw scanner.tooLarge(error) }
        return Files(
            files: files, changes: changes, compressions: merging.map(\.compression),
            diagnostics: diagnostics.diagnostics, scanner: scanner)
    }

    /// Reads the layers, and counts what each of them does to the files of those below it.
    ///
    /// - Parameter progress: Called from any thread with the number of stored bytes just read.
    /// - Returns: The counts of each layer, the lowest first, and the merged file system.
    /// - Throws: ``ImageError`` that names the lowest layer that is damaged, or a limit that the layers exceed together.
    package func layerStatistics(
        progress: (@Sendable (Int) -> Void)?
    ) async throws(ImageError) -> (statistics: [LayerStatistics], files: Files) {
        let files = try await rootFileSystem(of: PathPatterns([]), recordsSizes: true, progress: progress)
        do throws(LimitError) {
            return (try files.files.layerStatistics(), files)
        } catch {
            throw ImageError(.malformed, at: place, "the layers have \(error)")
        }
    }

    /// The error of an image in which so many paths are looked up that ``RootFileSystem/isOutOfLookups`` is true.
    package var outOfLookups: ImageError {
        ImageError(.malformed, at: place, "the layers have \(LimitError(name: "lookupCount"))")
    }
}

extension RootFileSystem {
    /// The entry of each file of interest, in the order of the paths: equal for two states with the same files.
    package func origins(of interest: PathPatterns) -> [FileOrigin] {
        files(of: interest).map { file in
            FileOrigin(path: file.path, layer: file.layer, ordinal: ordinal(of: file))
        }
    }

    /// The files of interest in the states `changes` that exist and whose bytes were passed over: the ordinals of their
    /// entries by layer.
    func filesNotCaptured(_ interest: PathPatterns, in changes: [Int]) -> [Int: Set<Int>] {
        var result: [Int: Set<Int>] = [:]
        for count in changes {
            let state = after(layers: count)
            for file in state.files(of: interest) where state.isPassedOver(file) {
                result[file.layer, default: []].insert(ordinal(of: file))
            }
        }
        return result
    }
}

/// The entry that a path leads to.
package struct FileOrigin: Sendable, Hashable {
    /// The path.
    package let path: String
    /// The layer of the entry, counted from 0, the lowest.
    package let layer: Int
    /// The number of the entry in the layer, counted from 0.
    package let ordinal: Int

    package init(path: String, layer: Int, ordinal: Int) {
        self.path = path
        self.layer = layer
        self.ordinal = ordinal
    }
}
