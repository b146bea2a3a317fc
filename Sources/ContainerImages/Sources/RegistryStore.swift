package import ByteStreams
package import RegistryClient
internal import StructuredText
internal import Synchronization

/// The blobs of one repository in a registry, which are fetched when they are opened.
///
/// The store presents what the reference leads to as a layout that lists that one entry, and what is attached to it.
package struct RegistryStore: BlobStore {
    /// The whole reference.
    package let name: String
    /// What the reference leads to.
    package let digest: ContentDigest
    /// Where the blobs are, the place that had the manifest first.
    private let repositories: [Repository]
    /// Whether the reference has the digest itself.
    private let isPinned: Bool
    private let limits: Limits
    private let cache: Cache
    private var entries: [JSONValue]

    /// Fetches the manifest or index that the reference leads to.
    ///
    /// - Throws: ``ImageError`` if the registry does not have the image, or refuses it to this caller.
    package init(
        _ reference: ImageReference, _ options: RegistryOptions, limits: Limits
    ) throws(ImageError) {
        name = reference.description
        isPinned = reference.digest != nil
        self.limits = limits
        var repositories = Self.repositories(of: reference, options, limits)
        var found: Repository.Manifest?
        var problem: (any Error)?
        for (place, repository) in repositories.enumerated() {
            do {
                found = try repository.manifest(reference.version)
                repositories.remove(at: place)
                repositories.insert(repository, at: 0)
                break
            } catch {
                // That of the registry itself, which is the last, is the one that matters.
                problem = error
            }
        }
        guard let found else {
            throw Self.imageError(problem ?? BlobStoreError.missing, at: name)
        }
        self.repositories = repositories
        digest = found.digest
        cache = Cache(limits)
        cache.keep(found.bytes, found.digest)
        entries = [Self.descriptor(found)]
    }

    /// The registry, and before it the mirrors that have the repository.
    private static func repositories(
        of reference: ImageReference, _ options: RegistryOptions, _ limits: Limits
    ) -> [Repository] {
        func begins(_ mirror: RegistryOptions.Mirror) -> Bool {
            reference.name == mirror.prefix || reference.name.hasPrefix(mirror.prefix + "/")
        }
        let fitting = options.mirrors.filter(begins)
        let longest = fitting.map(\.prefix.utf8.count).max() ?? 0
        let mirrors = fitting.filter { $0.prefix.utf8.count == longest }.compactMap { mirror -> Repository? in
            let name = mirror.location + reference.name.dropFirst(mirror.prefix.count)
            guard let other = try? ImageReference(parsing: name) else { return nil }
            return Repository(other.host, other.path, isNamed: false, options, limits: limits)
        }
        return mirrors + [Repository(reference.host, reference.path, isNamed: true, options, limits: limits)]
    }

    private static func descriptor(_ manifest: Repository.Manifest, tag: String? = nil) -> JSONValue {
        var entry = JSONObject()
        entry.append("mediaType", .string(manifest.mediaType))
        entry.append("digest", .string(manifest.digest.description))
        entry.append("size", .number(JSONNumber(manifest.bytes.count)))
        if let tag {
            let name = JSONObject.Member(name: "org.opencontainers.image.ref.name", value: .string(tag))
            entry.append("annotations", .object(JSONObject([name])))
        }
        return .object(entry)
    }

    // MARK: What is attached

    /// The same store, listing also what the registry says to be about one of these manifests or indexes.
    ///
    /// It is looked for in the list of referrers, which not all registries have; under the tag that stands for the list
    /// where they do not (OCI distribution-spec 1.1, "Referrers Tag Schema"); and under the tags of cosign.
    ///
    /// - Parameters:
    ///   - subjects: The manifests and indexes.
    ///   - withSignatures: Whether cosign's tag for signatures is looked for too.
    /// - Returns: The store with what it found.
    /// - Throws: ``ImageError`` if the registry does not say what there is.
    func listingWhatIsAttached(to subjects: [ContentDigest], withSignatures: Bool) throws(ImageError) -> RegistryStore {
        var store = self
        for subject in subjects {
            do {
                store.entries += try attachments(of: subject, withSignatures)
            } catch {
                throw Self.imageError(error, at: "\(name): what is attached to \(subject)")
            }
        }
        return store
    }

    private func attachments(of subject: ContentDigest, _ withSignatures: Bool) throws -> [JSONValue] {
        var entries: [JSONValue] = []
        for repository in repositories {
            let pages = try repository.referrers(of: subject)
            for page in pages ?? [] {
                guard case .object(let index) = try JSONValue(parsing: page, limits: limits),
                    case .array(let manifests)? = index["manifests"]
                else { throw ImageError(.malformed, at: name, "the list of referrers is no image index") }
                entries += manifests
            }
            let tag = "\(subject.algorithm.rawValue)-\(subject.hex.prefix(64))"
            let endings = ["sbom", "att"] + (withSignatures ? ["sig"] : [])
            for tag in (pages == nil ? [tag] : []) + endings.map({ "\(tag).\($0)" }) {
                do {
                    let manifest = try repository.manifest(tag)
                    cache.keep(manifest.bytes, manifest.digest)
                    entries.append(Self.descriptor(manifest, tag: tag))
                } catch let error as RegistryError where error.kind == .missing {
                    // Nothing is attached in that way.
                }
            }
            // A mirror need not have what is about an image.
            if !entries.isEmpty { break }
        }
        return entries
    }

    static func imageError(_ error: any Error, at place: String) -> ImageError {
        if let error = error as? RegistryError { return ImageError(error, at: place) }
        return ImageError(.malformed, at: place, "\(error)")
    }

    // MARK: Blobs

    package var isRemote: Bool { true }

    package var diagnostics: [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        if !isPinned {
            diagnostics.append(
                Diagnostic(.note, code: .resolvedReference, at: name, "the tag leads to \(digest)"))
        }
        if repositories.count > 1, let first = repositories.first, !name.hasPrefix(first.name) {
            diagnostics.append(Diagnostic(.note, code: .resolvedReference, at: name, "read from \(first.name)"))
        }
        return diagnostics
            + (repositories.first?.warnings ?? []).map { text in
                Diagnostic(.note, code: .registryWarning, at: name, "the registry says: \(text)")
            }
    }

    package func has(_ digest: ContentDigest) -> Bool { repositories.contains { $0.has(digest) } }

    package func open(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable {
        if let bytes = cache.bytes(of: descriptor.digest) { return MemorySource(bytes) }
        // The descriptor may have it all; whoever reads it compares the digest.
        if let data = descriptor.data { return MemorySource(data) }
        let isManifest = Repository.manifestTypes.contains(descriptor.mediaType) || descriptor.mediaType.isEmpty
        var problem: any Error = BlobStoreError.missing
        for repository in repositories {
            do {
                if isManifest {
                    do {
                        let manifest = try repository.manifest(descriptor.digest.description).bytes
                        cache.keep(manifest, descriptor.digest)
                        return MemorySource(manifest)
                    } catch let error as RegistryError where error.kind == .missing && descriptor.mediaType.isEmpty {
                        // What says nothing of its type may be a blob.
                    }
                }
                let download = try BlobDownload(repository, descriptor.digest, size: descriptor.size)
                guard descriptor.isConfiguration, descriptor.size <= limits.manifestSize else { return download }
                var source = BufferedSource(download)
                var bytes: [UInt8] = []
                while bytes.count <= descriptor.size, try source.fill(1) {
                    _ = try source.read(source.window.count, onto: &bytes)
                }
                cache.keep(bytes, descriptor.digest)
                return MemorySource(bytes)
            } catch {
                problem = error
            }
        }
        throw problem
    }

    package func open(fileNamed name: String) throws -> any ByteSource & ~Copyable {
        switch name {
        case "index.json":
            return MemorySource(
                JSONWriter.bytes(
                    of: ["schemaVersion": .number(JSONNumber(2)), "manifests": .array(entries)], .pretty))
        // The marker of a layout, so that nothing is reported as missing.
        case "oci-layout": return MemorySource(Array(#"{"imageLayoutVersion": "1.0.0"}"#.utf8))
        default: throw BlobStoreError.missing
        }
    }

    /// The manifests and configurations that were fetched, within ``Limits/manifestsSize``.
    private final class Cache: Sendable {
        // A class, because copies of the store share it.
        private let state: Mutex<(blobs: [ContentDigest: [UInt8]], left: Int)>

        init(_ limits: Limits) {
            state = Mutex(([:], limits.manifestsSize))
        }

        func bytes(of digest: ContentDigest) -> [UInt8]? { state.withLock { $0.blobs[digest] } }

        func keep(_ bytes: [UInt8], _ digest: ContentDigest) {
            state.withLock { state in
                guard bytes.count <= state.left, state.blobs[digest] == nil else { return }
                state.left -= bytes.count
                state.blobs[digest] = bytes
            }
        }
    }
}

extension ImageError {
    /// The error of a registry.
    init(_ error: RegistryError, at place: String) {
        switch error.kind {
        case .missing, .unavailable: self.init(.missing, at: place, error.description)
        case .denied: self.init(.missing, at: place, error.description, remedy: .logIn)
        case .notSecure: self.init(.missing, at: place, error.description, remedy: .usePlainHTTP)
        case .certificate: self.init(.missing, at: place, error.description, remedy: .trustAuthority)
        case .malformed: self.init(.malformed, at: place, error.description)
        }
    }
}
