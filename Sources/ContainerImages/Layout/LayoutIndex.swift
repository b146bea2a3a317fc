internal import ByteStreams

/// The manifests that a layout lists, in its own index and in the indexes that it leads to.
struct LayoutIndex {
    private let layout: ImageLayout
    /// The manifests in the order of the layout.
    let candidates: [Candidate]
    /// What was unusual about the layout.
    let diagnostics: [Diagnostic]
    /// The entries that nothing can be read of, in words.
    private let unknown: [String]

    /// A manifest that the layout lists, and the way to it.
    struct Candidate {
        enum Kind {
            /// Its configuration is parsed again if it is chosen: a layout may list thousands.
            case image(Manifest)
            case artifact(Manifest, kind: String)
            case unreadable(ImageError)
            /// What its index says of it shows that it is not asked for: it is not fetched.
            case passedOver(isArtifact: Bool)
        }

        let descriptor: Descriptor
        let kind: Kind
        let platform: Platform?
        /// The entries that lead to it, from index.json down, itself last.
        let way: [Descriptor]

        var isArtifact: Bool {
            switch kind {
            case .artifact, .passedOver(isArtifact: true): true
            case .image, .unreadable, .passedOver(isArtifact: false): false
            }
        }

        var isPassedOver: Bool { if case .passedOver = kind { true } else { false } }
        var tag: String? { way.lazy.compactMap(\.referenceName).first }
        var fullReference: String? { way.lazy.compactMap(\.fullReference).first }

        func fits(_ selector: ImageLayout.Selector) -> Bool {
            switch selector {
            case .any:
                true
            case .digest(let digest):
                way.contains { $0.digest == digest }
            case .tag(let tag):
                way.contains { entry in
                    entry.referenceName == tag || entry.fullReference == tag
                        || entry.fullReference?.hasSuffix(":" + tag) == true
                }
            }
        }

        var inWords: String {
            let what =
                switch kind {
                case .image: platform?.description ?? "no platform"
                case .passedOver(isArtifact: false): platform?.description ?? "no platform"
                case .artifact(_, let kind): "no image: \(kind)"
                case .passedOver(isArtifact: true): "no image: attestation-manifest"
                case .unreadable(let error): "\(platform.map { "\($0), " } ?? "")cannot be read: \(error.message)"
                }
            return "\(tag.map { "\($0)  " } ?? "")\(what)  \(descriptor.digest)"
        }
    }

    /// Reads `index.json`, and every index and manifest that it leads to.
    ///
    /// Of an index in a registry only what is asked for is read: each manifest is a request, of which registries count how
    /// many somebody makes. It is one long function, because all its steps share what is counted and what is known.
    ///
    /// - Parameters:
    ///   - layout: The layout.
    ///   - platform: What the image is to run on; nil if that does not matter.
    ///   - withAllPlatforms: Whether the images of all platforms are read.
    ///   - withAttestations: Whether what an index says to be about its images is read too.
    /// - Throws: ``ImageError`` if `index.json` cannot be read, or the layout lists more than the limits allow.
    init(
        of layout: ImageLayout, for platform: Platform? = nil, withAllPlatforms: Bool = false,
        withAttestations: Bool = false
    ) throws(ImageError) {
        let wanted = platform
        self.layout = layout
        let limits = layout.limits
        let entries = try layout.topEntries()
        var log = DiagnosticLog(limits: limits)
        log.append(contentsOf: layout.markerDiagnostics)
        log.append(contentsOf: layout.store.diagnostics)
        var unknown: [String] = []
        func report(_ entries: IndexEntries, at place: String) {
            for entry in entries.unknown {
                log.append(.note, code: .unknownDigest, at: place, "an entry is left out: \(entry.digest)")
                if unknown.count < limits.manifestCount { unknown.append(entry.inWords) }
            }
        }
        report(entries, at: "index.json")
        var result: [Candidate] = []
        var pending = entries.descriptors.reversed().map { (way: [$0], isRead: true) }
        var count = 0
        // What a blob says is the same however often a layout lists it; only the first time costs.
        var known: [Descriptor.Blob: Result<ManifestContent, ImageError>] = [:]
        var platforms: [Descriptor.Blob: Result<Platform, ImageError>] = [:]
        var bytesLeft = limits.manifestsSize
        func spend(_ descriptor: Descriptor) throws(ImageError) {
            bytesLeft -= min(descriptor.size, bytesLeft + 1)
            guard bytesLeft >= 0 else {
                throw ImageError(
                    .malformed, at: "\(layout.store.name): index.json", "\(LimitError(name: "manifestsSize"))")
            }
        }
        while let (way, isRead) = pending.popLast(), let descriptor = way.last {
            count += 1
            guard count + pending.count <= limits.manifestCount else {
                throw ImageError(
                    .malformed, at: "\(layout.store.name): index.json", "\(LimitError(name: "manifestCount"))")
            }
            let platform = descriptor.platform
            guard isRead else {
                result.append(
                    Candidate(
                        descriptor: descriptor, kind: .passedOver(isArtifact: descriptor.isAttestation),
                        platform: platform, way: way))
                continue
            }
            do throws(ImageError) {
                let reading: Result<ManifestContent, ImageError>
                // What the descriptor has itself may be what an earlier one did not have.
                if let earlier = known[descriptor.blob], descriptor.data == nil || (try? earlier.get()) != nil {
                    reading = earlier
                } else {
                    try spend(descriptor)
                    reading = Result { () throws(ImageError) in
                        try layout.content(of: descriptor)
                    }
                    known[descriptor.blob] = reading
                }
                switch try reading.get() {
                case .index(let entries):
                    guard way.count < limits.indexDepth else {
                        throw ImageError(
                            .malformed, at: layout.place(descriptor.digest), "\(LimitError(name: "indexDepth"))")
                    }
                    report(entries, at: "\(descriptor.digest)")
                    let areRead =
                        !layout.store.isRemote
                        ? entries.descriptors.map { _ in true }
                        : withAllPlatforms
                            ? entries.descriptors.map { !$0.isAttestation }
                            : Self.areAskedFor(entries.descriptors, for: wanted, withAttestations)
                    pending += zip(entries.descriptors, areRead).reversed().map { (way: way + [$0], isRead: $1) }
                case .manifest(let manifest):
                    result.append(
                        try Self.candidate(manifest, way, descriptor, at: layout.place(descriptor.digest)) {
                            config throws(ImageError) in
                            if let known = platforms[config.blob] { return try known.get() }
                            try spend(config)
                            let platform = Result { () throws(ImageError) in try layout.configuration(config).platform }
                            platforms[config.blob] = platform
                            return try platform.get()
                        })
                }
            } catch {
                // A layout may list more than it holds; that matters only if this one is asked for.
                result.append(Candidate(descriptor: descriptor, kind: .unreadable(error), platform: platform, way: way))
            }
        }
        candidates = result
        diagnostics = log.diagnostics
        self.unknown = unknown
    }

    private static func candidate(
        _ manifest: Manifest, _ way: [Descriptor], _ descriptor: Descriptor, at place: String,
        platform: (Descriptor) throws(ImageError) -> Platform
    ) throws(ImageError) -> Candidate {
        if let kind = manifest.artifactKind ?? (descriptor.isAttestation ? "attestation-manifest" : nil) {
            return Candidate(
                descriptor: descriptor, kind: .artifact(manifest, kind: kind), platform: descriptor.platform, way: way)
        }
        guard let config = manifest.config else {
            throw ImageError(.malformed, at: place, "/config: missing")
        }
        let configured = try platform(config)
        return Candidate(
            descriptor: descriptor, kind: .image(manifest),
            platform: descriptor.platform.flatMap { $0.isEmpty ? nil : $0 } ?? configured, way: way)
    }

    /// Whether each entry of an index is asked for.
    ///
    /// An entry that says nothing of its platform, and one that is an index, may be what is asked for. So may the only
    /// image, whatever it runs on.
    private static func areAskedFor(
        _ entries: [Descriptor], for platform: Platform?, _ withAttestations: Bool
    ) -> [Bool] {
        func isDistinct(_ entry: Descriptor) -> Bool {
            entry.isAttestation || entry.platform.map { !$0.isEmpty } ?? false && !entry.isIndex
        }
        let images = entries.filter { isDistinct($0) && !$0.isAttestation }
        let isOnly = platform == nil && images.count == 1
        let wanted = Set(
            (isOnly ? images : best(images, for: platform ?? .host) { $0.platform }).map(\.digest))
        func isWanted(_ entry: Descriptor) -> Bool {
            guard isDistinct(entry) else { return true }
            guard entry.isAttestation else { return wanted.contains(entry.digest) }
            return withAttestations
                && entry.attestedDigest.map { digest in wanted.contains { $0.description == digest } } ?? true
        }
        return entries.map(isWanted)
    }

    /// The digests of the images that were read.
    var images: Set<ContentDigest> {
        Set(candidates.filter { if case .image = $0.kind { true } else { false } }.map(\.descriptor.digest))
    }

    // MARK: Selecting

    /// The manifest of the image that the selector and the platform single out.
    ///
    /// - Throws: ``ImageError``; if nothing or more than one thing fits, it lists what there is to select.
    func image(_ selector: ImageLayout.Selector, platform: Platform?) throws(ImageError) -> Candidate {
        let selected = candidates.filter { $0.fits(selector) }
        guard !selected.isEmpty else { throw unresolved("there is \(selector.inWords) in it", candidates) }
        var fitting = Self.withoutRepeats(selected.filter { !$0.isArtifact && !$0.isPassedOver })
        guard !fitting.isEmpty else {
            if selected.contains(where: { $0.isPassedOver && !$0.isArtifact }) {
                throw unresolved(
                    "there is no image for \(platform ?? .host) in it", selected,
                    platform == nil ? .selectPlatform : nil)
            }
            throw unresolved("there is no image in it\(selector == .any ? "" : " by that name")", selected)
        }
        if let platform {
            fitting = Self.best(fitting, for: platform)
            guard !fitting.isEmpty else { throw unresolved("there is no image for \(platform) in it", selected) }
        } else if fitting.count > 1 {
            let here = Self.best(fitting, for: .host)
            let isReadable = fitting.contains { if case .unreadable = $0.kind { false } else { true } }
            guard isReadable || !here.isEmpty else { throw unresolved("no image in it can be read", selected) }
            guard !here.isEmpty else {
                throw unresolved("there is no image for \(Platform.host) in it", selected, .selectPlatform)
            }
            fitting = here
        }
        guard fitting.count == 1, let chosen = fitting.first else {
            throw unresolved("several images fit", selected, .selectImage)
        }
        return chosen
    }

    /// The same manifest under several tags is one; the first that can be read counts.
    static func withoutRepeats(_ candidates: [Candidate]) -> [Candidate] {
        var places: [ContentDigest: Int] = [:]
        var result: [Candidate] = []
        for candidate in candidates {
            guard let place = places[candidate.descriptor.digest] else {
                places[candidate.descriptor.digest] = result.count
                result.append(candidate)
                continue
            }
            if case .unreadable = result[place].kind { result[place] = candidate }
        }
        return result
    }

    /// Those for the platform; of several those with the very variant, then those of the usual one.
    static func best(_ candidates: [Candidate], for platform: Platform) -> [Candidate] {
        best(candidates, for: platform) { $0.platform }
    }

    private static func best<Item>(
        _ items: [Item], for platform: Platform, _ platformOf: (Item) -> Platform?
    ) -> [Item] {
        let fitting = items.filter { platformOf($0).map(platform.accepts) ?? false }
        guard fitting.count > 1 else { return fitting }
        let exact = fitting.filter { platformOf($0)?.variant == platform.variant }
        guard exact.isEmpty, platform.variant == nil else { return exact.isEmpty ? fitting : exact }
        let usual = platform.architecture == "arm" ? "v7" : platform.architecture == "arm64" ? "v8" : nil
        let preferred = fitting.filter { platformOf($0)?.variant == usual }
        return preferred.isEmpty ? fitting : preferred
    }

    /// The error of a selection that leads to no image; it lists what there is to select.
    func unresolved(
        _ message: String, _ candidates: [Candidate], _ remedy: ImageError.Remedy? = nil
    ) -> ImageError {
        ImageError(
            .unresolved, at: layout.store.name,
            message + (candidates.isEmpty && unknown.isEmpty ? "; it is empty" : ""),
            choices: candidates.map(\.inWords) + unknown, remedy: remedy)
    }
}

extension IndexEntries.Unknown {
    /// The entry in a list of what can be selected.
    var inWords: String {
        "\(name.map { "\($0)  " } ?? "")\(platform.map { "\($0), " } ?? "")cannot be read: \(digest)"
    }
}
