internal import ByteStreams

extension ImageInspection {
    /// How a tree is drawn.
    public struct TreeOptions: Sendable {
        /// The number of columns at which lines are cut; nil cuts none.
        public var width: Int?
        /// Whether all characters are in ASCII.
        public var isASCII = false

        /// The default options.
        public init() {}
    }

    /// The description as a tree.
    ///
    /// Digests of layers are shortened; commands, labels and annotations are cut after 200 characters. Control characters and
    /// invisible characters are escaped: `\u{202e}`.
    public func tree(_ options: TreeOptions = TreeOptions()) -> String {
        var writer = LineWriter(width: options.width, isColored: false, isASCII: options.isASCII)
        var text: [UInt8] = []
        root.write(to: &text, &writer, isASCII: options.isASCII)
        return String(decoding: text, as: UTF8.self)
    }

    private var root: TreeNode {
        var root = TreeNode(reference)
        var isDescribed = false
        root.children = manifests.map { node($0, &isDescribed) }
        if !isDescribed {
            // A root file system and a folder of layers list nothing; an artifact has no image.
            if let image { root.children += details(of: image) }
            if !attached.isEmpty { root.children.append(attachments) }
        }
        return root
    }

    /// The depth of what is listed is at most ``Limits/indexDepth``.
    private func node(_ manifest: ListedManifest, _ isDescribed: inout Bool) -> TreeNode {
        var words = manifest.names.isEmpty ? [] : [manifest.names.joined(separator: ", ")]
        switch manifest.kind {
        case .index:
            words.append(Self.titled("index", Format(mediaType: manifest.mediaType)))
        case .image:
            if let platform = manifest.platform { words.append(platform) }
        case .artifact:
            words.append("no image: \(manifest.artifactType ?? "")")
        case .unreadable:
            if let platform = manifest.platform { words.append(platform) }
            words.append("cannot be read: \(manifest.problem ?? "")")
        }
        if let digest = manifest.digest {
            words.append(digest)
        } else if let digest = manifest.configurationDigest {
            words.append("configuration \(digest)")
        }
        if let size = manifest.storedSize { words.append("\(Self.size(size)) stored") }
        switch image?.selection {
        case .machine where manifest.isSelected: words.append("for this machine")
        case .platform where manifest.isSelected: words.append("selected")
        case .only, .machine, .platform, nil: break
        }
        if !manifest.attachedTo.isEmpty {
            words.append("attached to \(manifest.attachedTo.map(Self.short).joined(separator: ", "))")
        }
        var node = TreeNode(words.joined(separator: "  "))
        node.children = manifest.manifests.map { self.node($0, &isDescribed) }
        // The same manifest may be listed under several tags.
        if manifest.isSelected, !isDescribed, let image {
            isDescribed = true
            node.children += details(of: image)
            if !attached.isEmpty { node.children.append(attachments) }
        }
        return node
    }

    // MARK: The image

    private func details(of image: SelectedImage) -> [TreeNode] {
        var nodes: [TreeNode] = []
        if let manifest = image.manifest {
            var node = TreeNode("\(Self.titled("manifest", manifest.format)), \(Self.size(manifest.size))")
            if !manifest.statesMediaType { node.children.append(TreeNode("it does not state its media type")) }
            if let format = manifest.format {
                node.children.append(TreeNode("the format has no place for \(Self.list(format.lacks))"))
            }
            node.children += Self.pairs(manifest.annotations, "annotation")
            nodes.append(node)
        }
        if let configuration = image.configuration { nodes.append(Self.node(configuration)) }
        nodes.append(layers(of: image))
        return nodes
    }

    private static func node(_ configuration: Configuration) -> TreeNode {
        let format = configuration.mediaType.flatMap(Format.init(mediaType:))
        var node = TreeNode(
            "\(titled("configuration", format))  \(short(configuration.digest))  \(size(configuration.size))")
        func add(_ name: String, _ value: String?) {
            if let value { node.children.append(TreeNode("\(name): \(value)")) }
        }
        func add(_ name: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            add(name, values.map(quoted).joined(separator: " "))
        }
        add("created", configuration.created)
        add("author", configuration.author)
        add("OS version", configuration.osVersion)
        add("user", configuration.user)
        add("folder", configuration.workingDirectory)
        add("entrypoint", configuration.entrypoint)
        add("command", configuration.command)
        for variable in configuration.environment { add("variable", variable) }
        add("ports", configuration.exposedPorts)
        add("volumes", configuration.volumes)
        add("stop signal", configuration.stopSignal)
        add("health check", configuration.healthCheck)
        add("ONBUILD", configuration.onBuild)
        add("SHELL", configuration.shell)
        node.children += pairs(configuration.labels, "label")
        return node
    }

    private func layers(of image: SelectedImage) -> TreeNode {
        let count = Self.counted(image.layers.count, "layer", "layers")
        var words: [String] = []
        if image.layers.contains(where: { $0.storedSize != nil }) {
            words.append("\(Self.size(image.storedSize)) stored\(image.manifest == nil ? "" : " with the manifest")")
        }
        if let size = image.unpackedSize { words.append("\(Self.size(size)) unpacked") }
        if let size = image.hiddenSize, size > 0 { words.append("\(Self.size(size)) of that hidden by later layers") }
        if layersProblem != nil { words.append("not read") }
        var node = TreeNode("\(count): \(words.joined(separator: ", "))")
        node.children = image.layers.map(Self.node)
        return node
    }

    private static func node(_ layer: Layer) -> TreeNode {
        var words = ["\(layer.number)", layer.digest.map(short) ?? layer.name]
        var sizes: [String] = []
        if let size = layer.storedSize { sizes.append("\(Self.size(size)) stored") }
        if let size = layer.files?.unpackedSize { sizes.append("\(Self.size(size)) unpacked") }
        words.append(sizes.joined(separator: ", "))
        if let compression = layer.compression { words.append(compression == "none" ? "not compressed" : compression) }
        var node = TreeNode(words.filter { !$0.isEmpty }.joined(separator: "  "))
        if let type = layer.mediaType, let stated = statedCompression(of: type), let found = layer.compression,
            stated != found
        {
            node.children.append(TreeNode("the media type says otherwise: \(type)"))
        }
        if let command = layer.createdBy { node.children.append(TreeNode(cut(command))) }
        if let comment = layer.comment { node.children.append(TreeNode("comment: \(cut(comment))")) }
        if let obstacle = layer.obstacle { node.children.append(TreeNode("cannot be read: \(obstacle)")) }
        if let files = layer.files { node.children += Self.nodes(files) }
        return node
    }

    private static func nodes(_ files: LayerFiles) -> [TreeNode] {
        var counts: [String] = []
        for (count, word) in [(files.added, "added"), (files.changed, "changed"), (files.whitedOut, "whited out")]
        where count > 0 {
            counts.append(counts.isEmpty ? "\(counted(count, "file", "files")) \(word)" : "\(count) \(word)")
        }
        var nodes = [TreeNode(counts.isEmpty ? "no files" : counts.joined(separator: ", "))]
        if files.hides > 0 {
            nodes.append(TreeNode("hides \(size(files.hides)) of the layers below, which stay stored"))
        }
        if files.hiddenSize > 0 { nodes.append(TreeNode("\(size(files.hiddenSize)) hidden by later layers")) }
        return nodes
    }

    // MARK: What is attached

    private var attachments: TreeNode {
        var node = TreeNode(image == nil ? "contents" : "attached: \(attached.count)")
        node.children = attached.map(Self.node)
        return node
    }

    private static func node(_ blob: AttachedBlob) -> TreeNode {
        let kind =
            switch blob.kind {
            case .signature: "signature, not verified"
            case .attestation: "attestation"
            case .sbom: "SBOM"
            case .other: "other"
            }
        var node = TreeNode("\(kind)  \(blob.digest)  \(size(blob.size))  \(blob.relation)")
        if let title = blob.title { node.children.append(TreeNode("title: \(cut(title))")) }
        let type = blob.mediaType.isEmpty ? blob.artifactType : blob.mediaType
        if let type { node.children.append(TreeNode("type: \(type)")) }
        if let type = blob.predicateType { node.children.append(TreeNode("predicate: \(type)")) }
        if let problem = blob.problem { node.children.append(TreeNode("cannot be read: \(problem)")) }
        if let payload = blob.payload {
            let name = payload.reference.map { "\($0) is " } ?? ""
            var says = TreeNode("says, not verified: \(name)\(payload.manifestDigest ?? "no digest")")
            if let type = payload.type { says.children.append(TreeNode(type)) }
            says.children.append(
                TreeNode(payload.isAboutImage ? "that is this image" : "that is not the digest of this image"))
            node.children.append(says)
        }
        return node
    }

    // MARK: Words

    /// The compression that a media type states; nil if it states none.
    private static func statedCompression(of mediaType: String) -> String? {
        if mediaType.hasSuffix("+gzip") || mediaType.hasSuffix(".tar.gzip") { return "gzip" }
        if mediaType.hasSuffix("+zstd") || mediaType.hasSuffix(".tar.zstd") { return "zstd" }
        return mediaType.hasSuffix(".tar") ? "none" : nil
    }

    private static func titled(_ noun: String, _ format: Format?) -> String {
        switch format {
        case .oci: "OCI \(noun)"
        case .docker: "Docker \(noun)"
        case nil: noun
        }
    }

    private static func pairs(_ values: [String: String], _ name: String) -> [TreeNode] {
        values.sorted { $0.key < $1.key }.map { TreeNode("\(name): \($0.key) = \(cut($0.value))") }
    }

    private static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.joined() }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }

    private static func quoted(_ text: String) -> String {
        text.isEmpty || text.utf8.contains(where: { $0 <= 0x20 }) ? "\"\(text)\"" : text
    }

    private static func cut(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > Limits.shownCommand else { return text }
        return "\(Substring(scalars.prefix(Limits.shownCommand)))… (\(scalars.count) characters)"
    }

    /// The algorithm and the first twelve digits of a digest, as container engines show it.
    private static func short(_ digest: String) -> String {
        guard let colon = digest.firstIndex(of: ":") else { return digest }
        return String(digest[...colon] + digest[digest.index(after: colon)...].prefix(12))
    }

    private static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    /// A number of bytes with three digits, as container engines show it: `999 B`, `1.23 kB`, `45.6 MB`.
    package static func size(_ bytes: Int) -> String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var unit = 1000
        for (place, name) in ["kB", "MB", "GB", "TB", "PB", "EB"].enumerated() {
            for digits in [2, 1, 0] {
                // Divided first, because a product of the size may not fit.
                let step = unit / (digits == 2 ? 100 : digits == 1 ? 10 : 1)
                let (quotient, remainder) = bytes.quotientAndRemainder(dividingBy: step)
                let rounded = quotient + (remainder >= step - remainder ? 1 : 0)
                guard rounded < 1000 else { continue }
                let text = String(rounded)
                guard digits > 0 else { return "\(text) \(name)" }
                return "\(text.dropLast(digits)).\(text.suffix(digits)) \(name)"
            }
            if place < 5 { unit *= 1000 }
        }
        return "\(bytes) B"
    }
}

/// A line of a tree, and the lines below it.
private struct TreeNode {
    let text: String
    var children: [TreeNode] = []

    init(_ text: String) {
        self.text = text
    }

    /// Writes the tree without recursion of a depth that an input chooses: that of indexes has a limit, all else is ours.
    func write(
        to text: inout [UInt8], _ writer: inout LineWriter, isASCII: Bool, prefix: String = "", branch: String = ""
    ) {
        writer.add(prefix + branch)
        writer.addForeign(self.text)
        writer.end(to: &text)
        let (middle, last, bar) = isASCII ? ("|- ", "`- ", "|  ") : ("├─ ", "└─ ", "│  ")
        // What stands below the last of several siblings is not connected with anything.
        let below = prefix + (branch.isEmpty ? "" : branch == last ? "   " : bar)
        for (number, child) in children.enumerated() {
            child.write(
                to: &text, &writer, isASCII: isASCII, prefix: below,
                branch: number == children.count - 1 ? last : middle)
        }
    }
}
