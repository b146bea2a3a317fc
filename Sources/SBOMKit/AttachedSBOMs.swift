package import ByteStreams
internal import ContainerImages
internal import SBOMFormats
internal import StructuredText

/// The SBOMs that are attached to an image in a layout, detected from their content.
package struct AttachedSBOMs {
    /// An SBOM, or an attachment that is labeled as one.
    private struct Entry {
        let attachment: Attachment
        /// The format, such as `SPDX 2.3 JSON`; or why it cannot be read.
        let format: Result<String, SBOMError>

        var isReadable: Bool { if case .success = format { true } else { false } }

        /// Whether it matches the selection of the user.
        func fits(_ text: String) -> Bool {
            let digest = attachment.descriptor.digest
            if digest.description.hasPrefix(text) || text.utf8.count >= 4 && digest.hex.hasPrefix(text) { return true }
            let types = [
                (try? format.get()), attachment.descriptor.mediaType, attachment.predicateType, attachment.artifactType,
            ]
            return types.contains { $0?.lowercased().contains(text.lowercased()) ?? false }
        }

        func inWords(_ number: Int) -> String {
            var words = ["\(number)"]
            switch format {
            case .success(let format): words.append(format)
            case .failure(let error): words.append("cannot be read: \(error.message)")
            }
            words.append(attachment.descriptor.digest.description)
            let image = [attachment.tag, attachment.platform?.description].compactMap(\.self).joined(separator: " ")
            if !image.isEmpty { words.append(image) }
            words.append(attachment.inWords)
            return words.joined(separator: "  ")
        }
    }

    /// The image, as the caller named it.
    private let place: String
    private let layout: ImageLayout
    private let entries: [Entry]
    private let hasImage: Bool
    /// What was unusual about the layout.
    private let notices: [Notice]
    /// Why an attachment, which may be an SBOM, cannot be read.
    private let problem: SBOMError?

    /// Finds the attachments, and detects the format of each.
    package init(of place: String, _ choice: InputDocument.Choice, limits: Limits) throws(SBOMError) {
        self.place = place
        let location: ImageLocation
        let canHaveAttachments: Bool
        do throws(ImageError) {
            location = try ImageLocation(parsing: place)
            canHaveAttachments = try location.canHaveAttachments(limits: limits)
        } catch {
            throw SBOMError(error)
        }
        guard canHaveAttachments else {
            throw SBOMError(.badInput, "\(place): no SBOM can be attached to it", remedy: .generate)
        }
        do throws(ImageError) {
            let (layout, selector) = try location.layout(
                platform: choice.platform?.platform, registries: choice.registry.options, limits: limits)
            let found = try layout.attachments(selector, platform: choice.platform?.platform)
            self.layout = layout
            hasImage = found.hasImage
            notices = found.diagnostics.map(Notice.init)
            var reader = Reader(layout: layout, limits: limits)
            var entries = try reader.sboms(among: found.attached)
            if entries.isEmpty { entries = try reader.sboms(among: found.others) }
            self.entries = entries
            problem = reader.problem
        } catch {
            throw SBOMError(error)
        }
    }

    /// The selected SBOM; without a selection the only one that can be read.
    func chosen(_ choice: String?) throws(SBOMError) -> InputDocument {
        guard !entries.isEmpty else {
            if let problem { throw problem }
            guard hasImage else { throw SBOMError(.badInput, "\(place): there is no SBOM in it") }
            throw SBOMError(.badInput, "\(place): no SBOM is attached to the image", remedy: .generate)
        }
        let entry: Entry
        var notices = notices
        if let choice {
            let number = Int(choice)
            if let number, entries.indices.contains(number - 1) {
                entry = entries[number - 1]
            } else {
                // Digits can be the beginning of a digest, but so few are a number of the list.
                let all = number != nil && choice.utf8.count < 4 ? [] : entries.filter { $0.fits(choice) }
                let fitting = all.contains(where: \.isReadable) ? all.filter(\.isReadable) : all
                guard let first = fitting.first, fitting.count == 1 else {
                    let found = fitting.isEmpty ? "no attached SBOM fits" : "several attached SBOMs fit"
                    throw unresolved("\(found) \(choice)")
                }
                entry = first
            }
        } else {
            let readable = entries.filter(\.isReadable)
            guard readable.count <= 1, let first = readable.first ?? entries.first else {
                throw unresolved("several SBOMs are attached", remedy: .selectAttachment)
            }
            entry = first
            notices += entries.filter { !$0.isReadable && entry.isReadable }.compactMap { entry in
                guard case .failure(let error) = entry.format else { return nil }
                return Notice(
                    .warning, code: .unreadableAttachment, at: .document,
                    "another SBOM is attached and cannot be read: \(error.message)")
            }
        }
        if case .failure(let error) = entry.format { throw error.of(layout.place(of: entry.attachment)) }
        do throws(ImageError) {
            // Read a second time, so that never more than one is in memory.
            let bytes = try layout.contents(of: entry.attachment) ?? []
            return InputDocument(name: layout.place(of: entry.attachment), bytes: bytes, notices: notices)
        } catch {
            throw SBOMError(error)
        }
    }

    private func unresolved(_ message: String, remedy: SBOMError.Remedy? = nil) -> SBOMError {
        SBOMError(
            .badInput, "\(place): \(message)", choices: entries.enumerated().map { $1.inWords($0 + 1) }, remedy: remedy)
    }

    /// Reads attachments within the limits.
    private struct Reader {
        let layout: ImageLayout
        let limits: Limits
        private var bytesLeft: Int
        private(set) var problem: SBOMError?

        init(layout: ImageLayout, limits: Limits) {
            self.layout = layout
            self.limits = limits
            bytesLeft = limits.attachmentsSize
        }

        mutating func sboms(among attachments: [Attachment]) throws(ImageError) -> [Entry] {
            var entries: [Entry] = []
            for attachment in attachments {
                if let entry = try entry(attachment) { entries.append(entry) }
            }
            return entries
        }

        /// Nil if it is not an SBOM and not labeled as one: signatures, provenance, README files.
        private mutating func entry(_ attachment: Attachment) throws(ImageError) -> Entry? {
            let bytes: [UInt8]?
            do throws(ImageError) {
                bytes = try layout.contents(of: attachment)
            } catch {
                if problem == nil { problem = SBOMError(error) }
                return attachment.isSaidToBeSBOM
                    ? Entry(attachment: attachment, format: .failure(SBOMError(.badInput, error.message))) : nil
            }
            bytesLeft -= bytes?.count ?? 0
            guard bytesLeft >= 0 else { throw layout.attachmentsTooLarge }
            guard let bytes else {
                let error = SBOMError(.badInput, "expected JSON, XML or SPDX tag-value, found no text")
                return attachment.isSaidToBeSBOM ? Entry(attachment: attachment, format: .failure(error)) : nil
            }
            do throws(DocumentError) {
                let source = try ParsedDocument(opening: bytes, limits: limits)
                return Entry(attachment: attachment, format: .success(source.kind))
            } catch {
                guard attachment.isSaidToBeSBOM else { return nil }
                return Entry(attachment: attachment, format: .failure(SBOMError(error)))
            }
        }
    }
}

extension Attachment {
    /// Whether the media types or the way it is attached label it as an SBOM, truthfully or not.
    var isSaidToBeSBOM: Bool {
        if case .tag(let tag) = relation, tag.hasSuffix(".sbom") { return true }
        let types = [descriptor.mediaType, predicateType ?? "", artifactType ?? ""].map { $0.lowercased() }
        return types.contains { type in ["spdx", "cyclonedx", "syft", "sbom"].contains { type.contains($0) } }
    }

    /// The way it is attached.
    var manner: String {
        switch relation {
        case .subject: "referrer"
        case .tag(let tag): tag.contains(".") ? "cosign, \(tag)" : "referrer, \(tag)"
        case .buildKit: "BuildKit"
        case .kind(let kind): "cosign, \(kind)"
        case .alone: "artifact"
        }
    }

    /// The way it is attached, with its types.
    fileprivate var inWords: String {
        let types = [artifactType, descriptor.mediaType, predicateType].compactMap(\.self).filter { !$0.isEmpty }
        var seen: Set<String> = []
        return ([manner] + types.filter { seen.insert($0).inserted }).joined(separator: ", ")
    }
}
