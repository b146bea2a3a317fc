package import ByteStreams

/// Writes an OCI layout, one blob after the other.
package struct LayoutBuilder {
    /// Writes a file, which is named by its path in the layout.
    package let put: (_ path: String, _ bytes: [UInt8]) throws -> Void

    /// A layout in a folder of this machine.
    package init(_ folder: String) throws {
        try self.init { path, bytes in try TestSupport.write(bytes, toFile: "\(folder)/\(path)") }
    }

    /// A layout wherever `put` writes its files.
    package init(_ put: @escaping (_ path: String, _ bytes: [UInt8]) throws -> Void) throws {
        self.put = put
        try put("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
    }

    /// Writes a blob; returns its descriptor as JSON, with `more` members.
    @discardableResult
    package func blob(_ bytes: [UInt8], type: String?, _ more: String = "") throws -> String {
        let digest = ContentDigest.of(bytes)
        try put("blobs/sha256/\(digest.hex)", bytes)
        return Self.descriptor(digest, size: bytes.count, type: type, more)
    }

    package func blob(_ text: String, type: String?, _ more: String = "") throws -> String {
        try blob(Array(text.utf8), type: type, more)
    }

    package static func descriptor(_ digest: ContentDigest, size: Int, type: String?, _ more: String = "") -> String {
        let members = [type.map { #""mediaType":"\#($0)""# }, #""digest":"\#(digest)""#, #""size":\#(size)"#]
        return "{" + members.compactMap(\.self).joined(separator: ",") + (more.isEmpty ? "" : "," + more) + "}"
    }

    package func write(index manifests: [String]) throws {
        try put("index.json", Array(#"{"schemaVersion":2,"manifests":[\#(manifests.joined(separator: ","))]}"#.utf8))
    }

    package static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    package static let indexType = "application/vnd.oci.image.index.v1+json"
    package static let configType = "application/vnd.oci.image.config.v1+json"
    package static let layerType = "application/vnd.oci.image.layer.v1.tar"

    /// An image's manifest with its blobs; returns its descriptor as JSON.
    ///
    /// The value of `history` is JSON.
    package func image(
        _ layers: [[UInt8]], platform: String? = "linux/amd64", descriptorPlatform: Bool = true,
        types: (manifest: String?, config: String?, layer: String?) = (manifestType, configType, layerType),
        history: String? = nil, _ more: String = ""
    ) throws -> String {
        let diffIDs = layers.map { "\"\(ContentDigest.of($0))\"" }.joined(separator: ",")
        let platformMembers = platform.map { Self.platform($0) + "," } ?? ""
        let historyMember = history.map { #""history":\#($0),"# } ?? ""
        let config = try blob(
            #"{\#(platformMembers)\#(historyMember)"config":null,"rootfs":{"type":"layers","diff_ids":[\#(diffIDs)]}}"#,
            type: types.config)
        let layers = try layers.map { try blob($0, type: types.layer) }.joined(separator: ",")
        var members = more
        if let platform, descriptorPlatform {
            members += (more.isEmpty ? "" : ",") + #""platform":{\#(Self.platform(platform))}"#
        }
        return try blob(
            #"{"schemaVersion":2,"config":\#(config),"layers":[\#(layers)]}"#, type: types.manifest, members)
    }

    package func index(_ manifests: [String], _ more: String = "") throws -> String {
        try blob(
            #"{"schemaVersion":2,"manifests":[\#(manifests.joined(separator: ","))]}"#, type: Self.indexType, more)
    }

    package static func platform(_ text: String) -> String {
        let parts = text.split(separator: "/")
        return #""os":"\#(parts[0])","architecture":"\#(parts[1])""#
            + (parts.count > 2 ? #","variant":"\#(parts[2])""# : "")
    }

    package static func tag(_ name: String) -> String {
        #""annotations":{"org.opencontainers.image.ref.name":"\#(name)"}"#
    }
}
