internal import ByteStreams
internal import ContainerImages
internal import SBOMFormats

/// What BuildKit asks a scanner to do (moby/buildkit, docs/attestations/sbom-protocol.md).
///
/// ```swift
/// let scan = try BuildKitScan { ProcessInfo.processInfo.environment[$0] }
/// for target in scan.targets {
///     let statement = try await Generator().read("rootfs:\(target.root)").statement(.spdx)
///     // Write the statement to `target.output(.spdx)`.
/// }
/// ```
public struct BuildKitScan: Sendable {
    /// A root file system to scan.
    public struct Target: Sendable, Hashable {
        /// The path of the root file system.
        public let root: String
        /// The name by which BuildKit knows it: `sbom` for the image, `sbom-NAME` for another stage or a context of the build.
        public let name: String
        /// Whether it is that of the image.
        public let isImage: Bool
        /// The folder for the statement.
        let destination: String

        /// The path of the file for the statement.
        public func output(_ format: DocumentFormat) -> String {
            "\(destination)/\(name).\(format.target.family == .spdx ? "spdx" : "cdx").json"
        }
    }

    /// The root file systems, that of the image first and the others in the order of their names.
    public let targets: [Target]

    /// Reads what is asked for from the environment.
    ///
    /// - Parameter variable: The value of an environment variable; nil if it is not set.
    /// - Throws: ``SBOMError`` if a variable that the protocol demands is missing, or a folder cannot be listed.
    public init(variable: (String) -> String?) throws(SBOMError) {
        func required(_ name: String) throws(SBOMError) -> String {
            if let value = variable(name), !value.isEmpty { return value }
            throw SBOMError(.usage, "\(name): not set; expected to be run by BuildKit, which sets it")
        }
        let source = Self.withoutSlashes(try required("BUILDKIT_SCAN_SOURCE"))
        let destination = Self.withoutSlashes(try required("BUILDKIT_SCAN_DESTINATION"))
        var targets = [
            Target(root: source, name: Self.lastComponent(of: source), isImage: true, destination: destination)
        ]
        if let extras = variable("BUILDKIT_SCAN_SOURCE_EXTRAS").map(Self.withoutSlashes), !extras.isEmpty {
            let names: [String]
            do throws(ImageError) {
                names = try ImageLocation.names(inFolder: extras)
            } catch {
                throw SBOMError(error)
            }
            targets += names.map { Target(root: "\(extras)/\($0)", name: $0, isImage: false, destination: destination) }
        }
        self.targets = targets
    }

    private static func withoutSlashes(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private static func lastComponent(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "sbom"
    }
}
