internal import ByteStreams

/// An image made for one test: a few files, one uncompressed layer, and what the layout says of it.
///
/// Nothing about it is random, so that the same value always makes the same layout.
package struct TinyImage {
    /// What stands at a path of the layer.
    package enum Entry {
        case file([UInt8])
        case link(to: String)
    }

    /// Paths without a leading slash, in the order of the tar; folders above them need not be named.
    package var entries: [(path: String, entry: Entry)] = []
    /// The configuration's `created`; nil leaves it out.
    package var created: String? = "2025-10-09T08:53:20Z"
    /// The configuration's labels.
    package var labels: [(name: String, value: String)] = []
    /// Annotations of the manifest in `index.json`, the names of the image among them.
    package var annotations: [(name: String, value: String)] = [("org.opencontainers.image.ref.name", "latest")]

    package init() {}

    /// An image with these text files.
    package init(_ files: KeyValuePairs<String, String>) {
        entries = files.map { ($0.key, .file(Array($0.value.utf8))) }
    }

    /// Writes the layout into that folder, which need not be there.
    package func write(toFolder folder: String) throws {
        let layer = try tar()
        let diffID = try blob(layer, folder)
        let configuration = object([
            ("architecture", text("amd64")), ("os", text("linux")),
            ("created", created.map(text)),
            ("config", object([("Labels", object(labels.map { ($0.name, text($0.value)) }))])),
            ("rootfs", "{\"type\":\"layers\",\"diff_ids\":[\(text(diffID.description))]}"),
        ])
        let configDigest = try blob(Array(configuration.utf8), folder)
        let manifest = object([
            ("schemaVersion", "2"), ("mediaType", text("application/vnd.oci.image.manifest.v1+json")),
            ("config", descriptor("image.config.v1+json", configDigest, configuration.utf8.count)),
            ("layers", "[\(descriptor("image.layer.v1.tar", diffID, layer.count))]"),
        ])
        let manifestDigest = try blob(Array(manifest.utf8), folder)
        let named = object(annotations.map { ($0.name, text($0.value)) })
        let index = """
            {"schemaVersion":2,"manifests":[\
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\(manifestDigest)",\
            "size":\(manifest.utf8.count),"annotations":\(named)}]}
            """
        try TestSupport.write(Array(index.utf8), toFile: "\(folder)/index.json")
        try TestSupport.write(Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8), toFile: "\(folder)/oci-layout")
    }

    private func blob(_ bytes: [UInt8], _ folder: String) throws -> ContentDigest {
        let digest = ContentDigest.of(bytes)
        try TestSupport.write(bytes, toFile: "\(folder)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)")
        return digest
    }

    private func descriptor(_ type: String, _ digest: ContentDigest, _ size: Int) -> String {
        "{\"mediaType\":\"application/vnd.oci.\(type)\",\"digest\":\"\(digest)\",\"size\":\(size)}"
    }

    private func object(_ members: [(String, String?)]) -> String {
        "{" + members.compactMap { name, value in value.map { "\(text(name)):\($0)" } }.joined(separator: ",") + "}"
    }

    private func text(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                result += "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2)
                result += String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// POSIX ustar; paths longer than its name field are refused.
    private func tar() throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (path, entry) in entries {
            var contents: [UInt8] = []
            var target = ""
            switch entry {
            case .file(let bytes): contents = bytes
            case .link(let to): target = to
            }
            guard path.utf8.count <= 100, target.utf8.count <= 100 else { throw FileError(path: path) }
            func octal(_ number: Int, _ width: Int) -> [UInt8] {
                let digits = String(number, radix: 8)
                return Array((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8) + [0]
            }
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: [UInt8], at place: Int) { header.replaceSubrange(place..<place + text.count, with: text) }
            put(Array(path.utf8), at: 0)
            put(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(contents.count, 12) + octal(0, 12), at: 100)
            put(Array(repeating: UInt8(ascii: " "), count: 8), at: 148)
            put([UInt8(ascii: target.isEmpty ? "0" : "2")] + Array(target.utf8), at: 156)
            put(Array("ustar".utf8) + [0] + Array("00".utf8), at: 257)
            put(octal(header.reduce(0) { $0 + Int($1) }, 7) + [UInt8(ascii: " ")], at: 148)
            bytes += header + contents
            bytes += Array(repeating: 0, count: (512 - contents.count % 512) % 512)
        }
        return bytes + Array(repeating: 0, count: 1024)
    }
}
