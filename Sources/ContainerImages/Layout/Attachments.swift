package import ByteStreams
internal import RegistryClient
internal import StructuredText

/// A blob that may be a document about an image: attached to it in the layout, or an artifact of its own.
package struct Attachment: Sendable {
    /// How a layout says what something is attached to.
    package enum Relation: Sendable, Hashable {
        /// The manifest says so itself (OCI image-spec 1.1, manifest.md, `subject`).
        case subject
        /// By the tag `sha256-HEX.sbom`, `.att` or `.sig` of cosign, or that of the index with all referrers
        /// (OCI distribution-spec 1.1, "Referrers Tag Schema").
        case tag(String)
        /// By annotations of BuildKit's (attestation-storage.md).
        case buildKit
        /// By its kind, next to the layout's only image, as `cosign save` writes it.
        case kind(String)
        /// It is attached to nothing that is in the layout.
        case alone
    }

    /// What points to the blob.
    package let descriptor: Descriptor
    /// What the manifest says it is of.
    package let artifactType: String?
    package let relation: Relation
    /// The name of what it is attached to; else its own.
    package let tag: String?
    /// The platform of the image that it is attached to.
    package let platform: Platform?
    /// Why the manifest cannot be read; then the descriptor is the manifest's.
    package let problem: ImageError?

    /// The annotations of the manifest.
    let annotations: [String: String]

    /// The type of the in-toto predicate in it, as annotations have it; those of a bundle of sigstore are the manifest's.
    package var predicateType: String? {
        descriptor.annotations["in-toto.io/predicate-type"] ?? descriptor.annotations["predicateType"]
            ?? annotations["dev.sigstore.bundle.predicateType"]
    }
}

/// What a layout has that may be a document about the selected image.
package struct Attachments: Sendable {
    /// Whether an image was selected, and not an artifact.
    package let hasImage: Bool
    /// What is attached to the image, or to an index that it was reached through; each blob once.
    package let attached: [Attachment]
    /// What lies beside it and is attached to nothing in the layout, or the artifact that was selected.
    package let others: [Attachment]
    /// What was unusual about the layout.
    package let diagnostics: [Diagnostic]

    init(hasImage: Bool, attached: [Attachment] = [], others: [Attachment], diagnostics: [Diagnostic]) {
        self.hasImage = hasImage
        self.attached = attached
        self.others = others
        self.diagnostics = diagnostics
    }
}

extension ImageLayout {
    /// What may be a document about the image that the reference and the platform single out, in the order of the layout.
    ///
    /// A reference may also name an artifact, what it is attached to without being in the layout, or the very blob.
    /// Where several images fit, those for this machine are taken, if there are any; several are no error.
    ///
    /// - Throws: ``ImageError``; if nothing fits, its message lists what is there.
    package func attachments(
        _ selector: ImageLayout.Selector, platform: Platform?
    ) throws(ImageError) -> Attachments {
        try attachments(selector, platform: platform, in: LayoutIndex(of: self, for: platform, withAttestations: true))
    }

    /// The same of an index that was read already.
    func attachments(
        _ selector: ImageLayout.Selector, platform: Platform?, in index: LayoutIndex
    ) throws(ImageError) -> Attachments {
        let candidates = index.candidates
        let subjects = Subjects(candidates)
        let entries = candidates.map { Entry(candidate: $0, subjects: subjects.subjects(of: $0)) }
        let selected = entries.filter { $0.candidate.fits(selector) }
        guard selected.isEmpty else { return try attachments(of: selected, among: entries, platform, index) }
        var others = List(limits)
        if case .digest(let digest) = selector {
            for entry in entries where entry.subjects.contains(where: { $0.digest == digest }) {
                try others.add(entry, at: store.name)
            }
            if others.list.isEmpty {
                for entry in entries where entry.isArtifact { try others.add(entry, only: digest, at: store.name) }
            }
        }
        guard !others.list.isEmpty else {
            throw index.unresolved("there is \(selector.inWords) in it", candidates)
        }
        return Attachments(hasImage: false, others: others.list, diagnostics: index.diagnostics)
    }

    private func attachments(
        of selected: [Entry], among entries: [Entry], _ platform: Platform?, _ index: LayoutIndex
    ) throws(ImageError) -> Attachments {
        var images = LayoutIndex.withoutRepeats(
            selected.filter { !$0.isArtifact && !$0.candidate.isPassedOver }.map(\.candidate))
        var (attached, others) = (List(limits), List(limits))
        guard !images.isEmpty else {
            guard !selected.contains(where: { $0.candidate.isPassedOver && !$0.isArtifact }) else {
                throw index.unresolved(
                    "there is no image for \(platform ?? .host) in it", selected.map(\.candidate),
                    platform == nil ? .selectPlatform : nil)
            }
            for entry in selected { try others.add(entry, at: store.name) }
            return Attachments(hasImage: false, others: others.list, diagnostics: index.diagnostics)
        }
        if let platform {
            images = LayoutIndex.best(images, for: platform)
            guard !images.isEmpty else {
                throw index.unresolved("there is no image for \(platform) in it", selected.map(\.candidate))
            }
        } else if images.count > 1 {
            let here = LayoutIndex.best(images, for: .host)
            images = here.isEmpty ? images : here
        }
        // Of an index that several images are reached through the first one counts for what is shown.
        var targets: [ContentDigest: LayoutIndex.Candidate] = [:]
        for image in images {
            for step in image.way where targets[step.digest] == nil { targets[step.digest] = image }
        }
        for entry in entries {
            guard let subject = entry.subjects.first(where: { targets[$0.digest] != nil }),
                let image = targets[subject.digest]
            else { continue }
            try attached.add(
                entry, subject.relation, to: image, isItself: image.descriptor.digest == subject.digest, at: store.name)
        }
        if platform == nil {
            let known = Set(entries.filter { !$0.isArtifact }.flatMap { $0.candidate.way.map(\.digest) })
            for entry in selected
            where entry.isArtifact && !entry.subjects.contains(where: { known.contains($0.digest) }) {
                try others.add(entry, at: store.name)
            }
        }
        return Attachments(
            hasImage: true, attached: attached.list, others: others.list, diagnostics: index.diagnostics)
    }

    /// All of an attached blob, decompressed and verified; nil if its first bytes show that it is no text.
    ///
    /// - Throws: ``ImageError`` if it is not in the layout, not what its descriptor promises, damaged, or larger than
    ///   ``Limits/documentSize``.
    package func contents(of attachment: Attachment) throws(ImageError) -> [UInt8]? {
        if let problem = attachment.problem { throw problem }
        let descriptor = attachment.descriptor
        do {
            var source = BufferedSource(try DecompressingSource(try open(descriptor), limits: limits))
            _ = try source.fill(limits.glanceSize)
            guard Self.isText(source.window.prefix(limits.glanceSize)) else { return nil }
            var bytes: [UInt8] = []
            while try source.fill(1) {
                _ = try source.read(source.window.count, onto: &bytes)
                guard bytes.count <= limits.documentSize else { throw LimitError(name: "documentSize") }
            }
            return bytes
        } catch {
            // A blob that is not the one it should be explains whatever was found in it.
            if !(error is VerificationError), !(error is LimitError), !(error is RegistryError) {
                try verify(descriptor)
            }
            throw imageError(error, at: descriptor.digest)
        }
    }

    /// How errors name an attached blob.
    package func place(of attachment: Attachment) -> String { place(attachment.descriptor.digest) }

    /// Why no more of what is attached is read.
    package var attachmentsTooLarge: ImageError {
        ImageError(.malformed, at: store.name, "what is attached has \(LimitError(name: "attachmentsSize"))")
    }

    /// Whether these first bytes may be those of JSON, XML or tag-value.
    private static func isText(_ bytes: some Collection<UInt8>) -> Bool {
        switch TextSyntax(detecting: bytes) {
        case nil: return false
        case .json, .xml: return true
        // Tar archives and programs have zeros among their first bytes; tag-value in UTF-16 begins with its mark.
        case .other: return !bytes.contains(0) || bytes.first == 0xFE || bytes.first == 0xFF
        }
    }

    /// What a manifest is about, and how the layout says so.
    struct Subject {
        let digest: ContentDigest
        let relation: Attachment.Relation
    }

    /// A manifest of the layout with what it is about.
    private struct Entry {
        let candidate: LayoutIndex.Candidate
        let subjects: [Subject]

        /// A manifest with a subject is an artifact even if it looks like that of an image.
        var isArtifact: Bool { candidate.isArtifact || !subjects.isEmpty }
    }

    /// What is listed: each blob once, so that a layout that names the same again and again costs no more.
    private struct List {
        private let limit: Int
        private(set) var list: [Attachment] = []
        private var manifests: Set<ContentDigest> = []
        private var blobs: Set<ContentDigest> = []

        init(_ limits: Limits) { limit = limits.attachmentCount }

        /// Adds the layers of an artifact, or the one that is meant.
        mutating func add(_ entry: Entry, only digest: ContentDigest? = nil, at folder: String) throws(ImageError) {
            let relation = entry.subjects.first?.relation ?? .alone
            try add(entry.candidate, relation, tag: entry.candidate.tag, nil, only: digest, folder)
        }

        /// Adds the layers of what is attached to an image, or to an index that it was reached through.
        mutating func add(
            _ entry: Entry, _ relation: Attachment.Relation, to image: LayoutIndex.Candidate, isItself: Bool,
            at folder: String
        ) throws(ImageError) {
            try add(entry.candidate, relation, tag: image.tag, isItself ? image.platform : nil, only: nil, folder)
        }

        private mutating func add(
            _ candidate: LayoutIndex.Candidate, _ relation: Attachment.Relation, tag: String?, _ platform: Platform?,
            only digest: ContentDigest?, _ folder: String
        ) throws(ImageError) {
            let descriptor = candidate.descriptor
            guard manifests.insert(descriptor.digest).inserted else { return }
            let found: (layers: [Descriptor], type: String?, annotations: [String: String], problem: ImageError?) =
                switch candidate.kind {
                case .unreadable(let error): ([descriptor], descriptor.artifactType, [:], error)
                case .passedOver: ([], nil, [:], nil)
                case .image(let manifest), .artifact(let manifest, _):
                    (manifest.layers, manifest.artifactType ?? descriptor.artifactType, manifest.annotations, nil)
                }
            for layer in found.layers where digest == nil || layer.digest == digest {
                guard blobs.insert(layer.digest).inserted else { continue }
                guard list.count < limit else {
                    throw ImageError(
                        .malformed, at: folder, "what is attached has \(LimitError(name: "attachmentCount"))")
                }
                list.append(
                    Attachment(
                        descriptor: layer, artifactType: found.type, relation: relation, tag: tag, platform: platform,
                        problem: found.problem, annotations: found.annotations))
            }
        }
    }

    /// Tells what manifests are about.
    struct Subjects {
        /// What `cosign save` writes before the kind of an entry.
        private static let kinds = "dev.cosignproject.cosign/"
        /// The layout's only image or index in a layout that `cosign save` wrote.
        private var saved: ContentDigest?

        init(_ candidates: [LayoutIndex.Candidate]) {
            let images = Set(
                candidates.compactMap(\.way.first).filter { entry in
                    ["image", "imageIndex"].contains { entry.annotations["kind"] == Self.kinds + $0 }
                }.map(\.digest))
            // Of several nothing says which one is meant.
            if images.count == 1 { saved = images.first }
        }

        /// The most direct statement comes first.
        func subjects(of candidate: LayoutIndex.Candidate) -> [Subject] {
            var result: [Subject] = []
            switch candidate.kind {
            case .image(let manifest), .artifact(let manifest, _):
                if let subject = manifest.subject { result.append(Subject(digest: subject.digest, relation: .subject)) }
            case .unreadable, .passedOver: break
            }
            if let text = candidate.descriptor.attestedDigest, let digest = ContentDigest(text) {
                result.append(Subject(digest: digest, relation: .buildKit))
            }
            for step in candidate.way {
                for name in [step.referenceName, step.fullReference] {
                    guard let name, let subject = Self.subject(ofTagIn: name),
                        !result.contains(where: { $0.digest == subject.digest })
                    else { continue }
                    result.append(subject)
                }
            }
            if let saved, let kind = candidate.way.first?.annotations["kind"], kind.hasPrefix(Self.kinds),
                ["atts", "sboms", "sigs"].contains(String(kind.dropFirst(Self.kinds.count)))
            {
                result.append(Subject(digest: saved, relation: .kind(kind)))
            }
            return result
        }

        /// What a tag such as `sha256-HEX.sbom`, alone or at the end of a whole reference, is about.
        private static func subject(ofTagIn name: String) -> Subject? {
            let tag = String(name.split(separator: ":").last ?? "")
            let parts = tag.split(separator: "-", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let end = parts[1].firstIndex(where: { !$0.isHexDigit }) ?? parts[1].endIndex
            guard end == parts[1].endIndex || ".-".contains(parts[1][end]),
                let digest = ContentDigest("\(parts[0]):\(parts[1][..<end])")
            else { return nil }
            return Subject(digest: digest, relation: .tag(tag))
        }
    }
}
