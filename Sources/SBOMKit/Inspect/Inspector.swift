package import ByteStreams
internal import ContainerImages

/// Describes container images: what a source lists, and of one image the manifest, the configuration, the layers and what is
/// attached to it.
///
/// ```swift
/// let inspection = try await Inspector().inspect("image-layout:latest")
/// for layer in inspection.image?.layers ?? [] {
///     print(layer.createdBy ?? "?", layer.files?.hiddenSize ?? 0, "bytes hidden by later layers")
/// }
/// ```
///
/// Each layer is read once and verified. Nothing is unpacked, and no signature is verified. Nothing is fetched unless the caller
/// names an image in a registry, see ``RegistryAccess``.
public struct Inspector: Sendable {
    /// The options of an inspector.
    public struct Options: Sendable {
        /// The platform of the image that is described in detail; nil selects the only image, or the one for this machine.
        public var platform: ImagePlatform?
        /// How images in registries are reached.
        public var registry = RegistryAccess()

        /// The default options.
        public init() {}
    }

    private let options: Options
    private let limits: Limits

    /// An inspector with the options.
    public init(options: Options = Options()) {
        self.init(options: options, limits: Limits())
    }

    /// An inspector with those options that refuses what exceeds those limits.
    package init(options: Options, limits: Limits) {
        self.options = options
        self.limits = limits
    }

    /// Describes an image.
    ///
    /// If several images fit and none of them is for this machine, or the reference leads to something that is no image, the
    /// manifests are listed and ``ImageInspection/image`` is nil. If a layer is missing or damaged, or the layers exceed a limit,
    /// ``ImageInspection/layersProblem`` says so, and nothing is known of the files.
    ///
    /// - Parameters:
    ///   - reference: An image, as ``Generator/read(_:progress:)`` takes it.
    ///   - progress: Called from any thread with the bytes of layers read so far and the bytes there are.
    /// - Returns: The description, and notices about the reading.
    /// - Throws: ``SBOMError`` if the image cannot be read, nothing fits, or there is no image for the platform of the options.
    public func inspect(
        _ reference: String, progress: (@Sendable (_ read: Int, _ total: Int) -> Void)? = nil
    ) async throws(SBOMError) -> ImageInspection {
        do throws(ImageError) {
            let description = try ImageLocation(parsing: reference).description(
                platform: options.platform?.platform, registries: options.registry.options, limits: limits)
            var layers: (statistics: [LayerStatistics], files: Image.Files)?
            var layersProblem: ImageError?
            if let image = description.selection?.image {
                let counter = ProgressCounter(total: image.storedSize, report: progress)
                do throws(ImageError) {
                    layers = try await image.layerStatistics { counter?.add($0) }
                } catch {
                    layersProblem = error
                }
            }
            return ImageInspection(reference, description, layers, layersProblem, platform: options.platform)
        } catch {
            throw SBOMError(error)
        }
    }

    /// Returns the bytes of a manifest as they are stored.
    ///
    /// Without a platform in the options these are of what the reference leads to, which may be an index; with one, of the
    /// manifest of that image. An archive of `docker save` has a list of its images instead.
    ///
    /// - Parameter reference: An image, as ``Generator/read(_:progress:)`` takes it.
    /// - Returns: The bytes.
    /// - Throws: ``SBOMError`` if there is no manifest, it cannot be read, or nothing or more than one thing fits.
    public func storedManifest(of reference: String) throws(SBOMError) -> [UInt8] {
        do throws(ImageError) {
            return try ImageLocation(parsing: reference).storedManifest(
                platform: options.platform?.platform, registries: options.registry.options, limits: limits)
        } catch {
            throw SBOMError(error)
        }
    }
}
