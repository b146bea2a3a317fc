package import ByteStreams
internal import StructuredText

/// A folder that holds images by digest (OCI image-spec, image-layout.md).
package struct ImageLayout: Sendable {
    let folder: String
    let limits: Limits

    package init(folder: String, limits: Limits) {
        self.folder = folder
        self.limits = limits
    }

    /// The image that the reference and the platform single out.
    ///
    /// Without a platform a layout's only image is taken, whatever it runs on; of several the one for this machine.
    /// Attestations, signatures and other artifacts are never taken for an image.
    ///
    /// - Throws: ``ImageError``; if nothing or more than one thing fits, its message lists what is there.
    package func image(_ selector: ImageReference.Selector, platform: Platform?) throws(ImageError) -> Image {
        var diagnostics: [Diagnostic] = []
        let candidates = try candidates(&diagnostics)
        var fitting = candidates.filter { $0.fits(selector) }
        guard !fitting.isEmpty else {
            throw unresolved("there is \(selector.inWords) in it", candidates)
        }
        let selected = fitting
        fitting = fitting.filter { !$0.isArtifact }
        guard !fitting.isEmpty else {
            throw unresolved("there is no image in it\(selector == .any ? "" : " by that name")", selected)
        }
        fitting = Self.withoutRepeats(fitting)
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
        if case .unreadable(let error) = chosen.kind { throw error }
        guard case .image(let manifest) = chosen.kind, let config = manifest.config else {
            throw unresolved("there is no image in it", selected)
        }
        let configuration = try configuration(config)
        guard manifest.layers.count <= limits.layerCount else {
            throw ImageError(.malformed, at: place(chosen.descriptor.digest), "\(LimitError(name: "layerCount"))")
        }
        guard manifest.layers.count == configuration.diffIDs.count else {
            throw ImageError(
                .malformed, at: place(chosen.descriptor.digest),
                "the manifest has \(manifest.layers.count) layers, its configuration \(configuration.diffIDs.count) diff_ids"
            )
        }
        return Image(
            layout: self, limits: limits, descriptor: chosen.descriptor, manifest: manifest,
            configuration: configuration,
            tag: chosen.tag, fullReference: chosen.fullReference, diagnostics: diagnostics)
    }

    // MARK: Blobs

    /// All of a small blob, verified.
    func blob(_ descriptor: Descriptor) throws(ImageError) -> [UInt8] {
        guard descriptor.size <= limits.manifestSize else {
            throw ImageError(.malformed, at: place(descriptor.digest), "\(LimitError(name: "manifestSize"))")
        }
        do {
            var source = BufferedSource(try open(descriptor))
            var bytes: [UInt8] = []
            while try source.fill(1) { _ = try source.read(source.window.count, onto: &bytes) }
            return bytes
        } catch {
            throw imageError(error, at: descriptor.digest)
        }
    }

    /// A blob's bytes, which end only if size and digest are right.
    func open(_ descriptor: Descriptor, progress: (@Sendable (Int) -> Void)? = nil) throws -> any ByteSource & ~Copyable
    {
        let file = try FileSource(path: path(descriptor.digest))
        guard file.size == descriptor.size else {
            throw VerificationError.size(expected: descriptor.size, found: file.size)
        }
        let counted = ProgressSource(file, report: progress)
        return VerifyingSource(counted, size: descriptor.size, digest: descriptor.digest)
    }

    /// Reads a blob for nothing but its size and digest.
    func verify(_ descriptor: Descriptor) throws(ImageError) {
        do {
            var source = BufferedSource(try open(descriptor))
            try source.drain()
        } catch {
            throw imageError(error, at: descriptor.digest)
        }
    }

    /// Whether the blob is there at all.
    func has(_ digest: ContentDigest) -> Bool {
        (try? FileSource(path: path(digest))) != nil
    }

    /// How errors name a blob.
    func place(_ digest: ContentDigest) -> String { "\(folder): blob \(digest)" }

    func imageError(_ error: any Error, at digest: ContentDigest) -> ImageError {
        switch error {
        case let error as ImageError: error
        case let error as FileError where error.isMissing:
            ImageError(.malformed, at: place(digest), "not in the layout")
        case let error as FileError: ImageError(.malformed, at: place(digest), "\(error)")
        default: ImageError(.malformed, at: place(digest), "\(error)")
        }
    }

    private func path(_ digest: ContentDigest) -> String {
        "\(folder)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    // MARK: Candidates

    /// A manifest that the layout lists, and the way to it.
    struct Candidate {
        enum Kind {
            /// Its configuration is parsed again if it is chosen: a layout may list thousands.
            case image(Manifest)
            case artifact(Manifest, kind: String)
            case unreadable(ImageError)
        }

        let descriptor: Descriptor
        let kind: Kind
        let platform: Platform?
        /// The entries that lead to it, from index.json down, itself last.
        let way: [Descriptor]

        var isArtifact: Bool { if case .artifact = kind { true } else { false } }
        var tag: String? { way.lazy.compactMap(\.referenceName).first }
        var fullReference: String? { way.lazy.compactMap(\.fullReference).first }

        func fits(_ selector: ImageReference.Selector) -> Bool {
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
                case .artifact(_, let kind): "no image: \(kind)"
                case .unreadable(let error): "\(platform.map { "\($0), " } ?? "")cannot be read: \(error.message)"
                }
            return "\(tag.map { "\($0)  " } ?? "")\(what)  \(descriptor.digest)"
        }
    }

    func candidates(_ diagnostics: inout [Diagnostic]) throws(ImageError) -> [Candidate] {
        let entries = try topEntries()
        do throws(ImageError) {
            _ = try top("oci-layout")
        } catch {
            diagnostics.append(
                Diagnostic(
                    .warning, code: .noOCILayout, at: "oci-layout",
                    "missing or unreadable; the folder is read as an OCI layout because it has an index.json"))
        }
        var result: [Candidate] = []
        var pending = entries.reversed().map { [$0] }
        var count = 0
        // What a blob says is the same however often a layout lists it; only the first time costs.
        var known: [Descriptor.Blob: Result<ManifestContent, ImageError>] = [:]
        var platforms: [Descriptor.Blob: Result<Platform, ImageError>] = [:]
        var bytesLeft = limits.manifestsSize
        func spend(_ descriptor: Descriptor) throws(ImageError) {
            bytesLeft -= min(descriptor.size, bytesLeft + 1)
            guard bytesLeft >= 0 else {
                throw ImageError(.malformed, at: "\(folder): index.json", "\(LimitError(name: "manifestsSize"))")
            }
        }
        while let way = pending.popLast(), let descriptor = way.last {
            count += 1
            guard count + pending.count <= limits.manifestCount else {
                throw ImageError(.malformed, at: "\(folder): index.json", "\(LimitError(name: "manifestCount"))")
            }
            let platform = descriptor.platform
            do throws(ImageError) {
                let reading: Result<ManifestContent, ImageError>
                if let earlier = known[descriptor.blob] {
                    reading = earlier
                } else {
                    try spend(descriptor)
                    reading = Result { () throws(ImageError) in
                        try content(try blob(descriptor), at: place(descriptor.digest))
                    }
                    known[descriptor.blob] = reading
                }
                switch try reading.get() {
                case .index(let entries):
                    guard way.count < limits.indexDepth else {
                        throw ImageError(.malformed, at: place(descriptor.digest), "\(LimitError(name: "indexDepth"))")
                    }
                    pending += entries.reversed().map { way + [$0] }
                case .manifest(let manifest):
                    result.append(
                        try candidate(manifest, way, descriptor) { config throws(ImageError) in
                            if let known = platforms[config.blob] { return try known.get() }
                            try spend(config)
                            let platform = Result { () throws(ImageError) in try configuration(config).platform }
                            platforms[config.blob] = platform
                            return try platform.get()
                        })
                }
            } catch {
                // A layout may list more than it holds; that matters only if this one is asked for.
                result.append(Candidate(descriptor: descriptor, kind: .unreadable(error), platform: platform, way: way))
            }
        }
        return result
    }

    private func candidate(
        _ manifest: Manifest, _ way: [Descriptor], _ descriptor: Descriptor,
        platform: (Descriptor) throws(ImageError) -> Platform
    ) throws(ImageError) -> Candidate {
        let isAttestation =
            descriptor.annotations["vnd.docker.reference.type"] != nil
            || descriptor.platform.map { $0.os == "unknown" && $0.architecture == "unknown" } ?? false
        if let kind = manifest.artifactKind ?? (isAttestation ? "attestation-manifest" : nil) {
            return Candidate(
                descriptor: descriptor, kind: .artifact(manifest, kind: kind), platform: descriptor.platform, way: way)
        }
        guard let config = manifest.config else {
            throw ImageError(.malformed, at: place(descriptor.digest), "/config: missing")
        }
        let configured = try platform(config)
        return Candidate(
            descriptor: descriptor, kind: .image(manifest),
            platform: descriptor.platform.flatMap { $0.isEmpty ? nil : $0 } ?? configured, way: way)
    }

    private func configuration(_ config: Descriptor) throws(ImageError) -> ImageConfiguration {
        let bytes = try blob(config)
        do {
            return try ImageConfiguration(parsing: bytes, limits: limits)
        } catch {
            throw ImageError(.malformed, at: place(config.digest), "not an image configuration: \(error)")
        }
    }

    private func content(_ bytes: [UInt8], at place: String) throws(ImageError) -> ManifestContent {
        do {
            return try ManifestContent(parsing: bytes, limits: limits)
        } catch {
            throw ImageError(.malformed, at: place, "not an image index or manifest: \(error)")
        }
    }

    /// What index.json lists.
    private func topEntries() throws(ImageError) -> [Descriptor] {
        let bytes = try top("index.json")
        do {
            return try ManifestContent.entries(ofIndex: bytes, limits: limits)
        } catch {
            throw ImageError(.malformed, at: "\(folder): index.json", "not an image index: \(error)")
        }
    }

    /// A file at the top of the layout.
    private func top(_ name: String) throws(ImageError) -> [UInt8] {
        do {
            var source = BufferedSource(try FileSource(path: "\(folder)/\(name)"))
            var bytes: [UInt8] = []
            while try source.fill(1) {
                _ = try source.read(source.window.count, onto: &bytes)
                guard bytes.count <= limits.manifestSize else { throw LimitError(name: "manifestSize") }
            }
            return bytes
        } catch let error as FileError where error.isMissing {
            throw ImageError(
                .malformed, at: folder,
                "no \(name) in it; expected an OCI layout (a folder with oci-layout and index.json), as "
                    + "`skopeo copy SOURCE oci:DIR:TAG` writes it")
        } catch {
            throw ImageError(.malformed, at: "\(folder): \(name)", "\(error)")
        }
    }

    /// The same manifest under several tags is one.
    static func withoutRepeats(_ candidates: [Candidate]) -> [Candidate] {
        var seen: Set<ContentDigest> = []
        return candidates.filter { seen.insert($0.descriptor.digest).inserted }
    }

    /// Those for the platform; of several those with the very variant, then those of the usual one.
    static func best(_ candidates: [Candidate], for platform: Platform) -> [Candidate] {
        let fitting = candidates.filter { $0.platform.map(platform.accepts) ?? false }
        guard fitting.count > 1 else { return fitting }
        let exact = fitting.filter { $0.platform?.variant == platform.variant }
        guard exact.isEmpty, platform.variant == nil else { return exact.isEmpty ? fitting : exact }
        let usual = platform.architecture == "arm" ? "v7" : platform.architecture == "arm64" ? "v8" : nil
        let preferred = fitting.filter { $0.platform?.variant == usual }
        return preferred.isEmpty ? fitting : preferred
    }

    func unresolved(
        _ message: String, _ candidates: [Candidate], _ remedy: ImageError.Remedy? = nil
    ) -> ImageError {
        ImageError(
            .unresolved, at: folder, message + (candidates.isEmpty ? "; it is empty" : ""),
            choices: candidates.map(\.inWords), remedy: remedy)
    }
}

extension ImageReference.Selector {
    var inWords: String {
        switch self {
        case .any: "nothing"
        case .tag(let tag): "nothing tagged \(tag)"
        case .digest(let digest): "nothing with the digest \(digest)"
        }
    }
}

/// Passes bytes through and tells how many.
private struct ProgressSource: ByteSource, ~Copyable {
    private var source: FileSource
    private let report: (@Sendable (Int) -> Void)?

    init(_ source: consuming FileSource, report: (@Sendable (Int) -> Void)?) {
        self.source = source
        self.report = report
    }

    mutating func read(onto output: inout OutputSpan<UInt8>) throws {
        let before = output.count
        try source.read(onto: &output)
        report?(output.count - before)
    }
}
