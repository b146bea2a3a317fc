package import ByteStreams
internal import StructuredText

/// The blobs of a folder with one image, in files named by their digests (`dir:` of containers/image;
/// `podman save --format docker-dir`).
///
/// `manifest.json` is the manifest, or an index whose manifests are in `HEX.manifest.json`. The store presents it as a layout
/// that lists that one entry.
package struct ManifestFolderStore: BlobStore {
    /// The name of the file that has the manifest.
    package static let manifestName = "manifest.json"

    /// The folder.
    package let name: String
    private let manifest: [UInt8]
    private let digest: ContentDigest
    /// The folder as a layout: its `index.json`.
    private let index: [UInt8]

    /// Reads the manifest of a folder.
    ///
    /// - Throws: ``ImageError`` if there is none, or it is too large.
    package init(folder: String, limits: Limits) throws(ImageError) {
        name = folder
        do {
            var source = BufferedSource(try FileSource(path: "\(folder)/\(Self.manifestName)"))
            var bytes: [UInt8] = []
            while try source.fill(1) {
                _ = try source.read(source.window.count, onto: &bytes)
                guard bytes.count <= limits.manifestSize else { throw LimitError(name: "manifestSize") }
            }
            manifest = bytes
        } catch let error as FileError where error.isMissing {
            throw ImageError(
                .malformed, at: folder,
                "no \(Self.manifestName) in it; a root file system is named by rootfs:, an OCI layout by oci:")
        } catch {
            throw ImageError(.malformed, at: "\(folder)/\(Self.manifestName)", "\(error)")
        }
        digest = ContentDigest.of(manifest)
        // What is no JSON is reported when the entry is read.
        let value = try? JSONValue(parsing: manifest, limits: limits)
        let type = value?.objectContent?.text("mediaType") ?? ""
        let entry: JSONValue = [
            "mediaType": .string(type), "digest": .string(digest.description),
            "size": .number(JSONNumber(manifest.count)),
        ]
        index = JSONWriter.bytes(
            of: ["schemaVersion": .number(JSONNumber(2)), "manifests": .array([entry])], .pretty)
    }

    package func has(_ digest: ContentDigest) -> Bool { digest == self.digest || (try? file(digest)) != nil }

    package func open(_ descriptor: Descriptor) throws -> any ByteSource & ~Copyable {
        if descriptor.digest == digest { return MemorySource(manifest) }
        let file = try file(descriptor.digest)
        guard file.size == descriptor.size else {
            throw VerificationError.size(expected: descriptor.size, found: file.size)
        }
        return file
    }

    package func open(fileNamed name: String) throws -> any ByteSource & ~Copyable {
        switch name {
        case "index.json": return MemorySource(index)
        // The marker of a layout, so that nothing is reported as missing.
        case "oci-layout": return MemorySource(Array(#"{"imageLayoutVersion": "1.0.0"}"#.utf8))
        default: throw BlobStoreError.missing
        }
    }

    private func file(_ digest: ContentDigest) throws -> FileSource {
        do throws(FileError) {
            return try FileSource(path: "\(name)/\(digest.hex)")
        } catch {
            guard error.isMissing else { throw error }
        }
        do throws(FileError) {
            return try FileSource(path: "\(name)/\(digest.hex).manifest.json")
        } catch {
            if error.isMissing { throw BlobStoreError.missing }
            throw error
        }
    }
}
