internal import StructuredText

extension ImageInspection {
    /// The description as a JSON document in the shape `sbomkit-inspection/1`, with complete digests and commands.
    ///
    /// What is not known is null, and what is empty is there.
    public var json: String {
        let root: JSONValue = [
            "schema": "sbomkit-inspection/1",
            "reference": .string(reference),
            "manifests": .array(manifests.map(Self.json)),
            "image": image.map(Self.json) ?? .null,
            "problem": .text(problem?.message),
            "layersProblem": .text(layersProblem?.message),
            "attached": .array(attached.map(Self.json)),
        ]
        return String(decoding: JSONWriter.bytes(of: root, .pretty), as: UTF8.self)
    }

    /// The depth of what is listed is at most ``Limits/indexDepth``.
    private static func json(_ manifest: ListedManifest) -> JSONValue {
        [
            "kind": .string(manifest.kind.rawValue),
            "names": .texts(manifest.names),
            "mediaType": .string(manifest.mediaType),
            "digest": .text(manifest.digest),
            "size": .integer(manifest.size),
            "configuration": .text(manifest.configurationDigest),
            "platform": .text(manifest.platform),
            "storedSize": .integer(manifest.storedSize),
            "annotations": .pairs(manifest.annotations),
            "artifactType": .text(manifest.artifactType),
            "attachedTo": .texts(manifest.attachedTo),
            "problem": .text(manifest.problem),
            "selected": .bool(manifest.isSelected),
            "manifests": .array(manifest.manifests.map(json)),
        ]
    }

    private static func json(_ image: SelectedImage) -> JSONValue {
        [
            "selectedBy": .string(image.selection.rawValue),
            "platform": .text(image.platform),
            "storedSize": .integer(image.storedSize),
            "unpackedSize": .integer(image.unpackedSize),
            "hiddenSize": .integer(image.hiddenSize),
            "manifest": image.manifest.map(json) ?? .null,
            "configuration": image.configuration.map(json) ?? .null,
            "layers": .array(image.layers.map(json)),
        ]
    }

    private static func json(_ manifest: Manifest) -> JSONValue {
        [
            "digest": .string(manifest.digest),
            "size": .integer(manifest.size),
            "mediaType": .string(manifest.mediaType),
            "statesMediaType": .bool(manifest.statesMediaType),
            "format": .text(manifest.format?.rawValue),
            "lacks": .texts(manifest.format?.lacks ?? []),
            "annotations": .pairs(manifest.annotations),
        ]
    }

    private static func json(_ configuration: Configuration) -> JSONValue {
        [
            "digest": .string(configuration.digest),
            "size": .integer(configuration.size),
            "mediaType": .text(configuration.mediaType),
            "created": .text(configuration.created),
            "author": .text(configuration.author),
            "osVersion": .text(configuration.osVersion),
            "user": .text(configuration.user),
            "workingDirectory": .text(configuration.workingDirectory),
            "entrypoint": .texts(configuration.entrypoint),
            "command": .texts(configuration.command),
            "environment": .texts(configuration.environment),
            "exposedPorts": .texts(configuration.exposedPorts),
            "volumes": .texts(configuration.volumes),
            "stopSignal": .text(configuration.stopSignal),
            "healthCheck": .texts(configuration.healthCheck),
            "onBuild": .texts(configuration.onBuild),
            "shell": .texts(configuration.shell),
            "labels": .pairs(configuration.labels),
        ]
    }

    private static func json(_ layer: Layer) -> JSONValue {
        let files: JSONValue? = layer.files.map { files in
            [
                "added": .integer(files.added), "changed": .integer(files.changed),
                "whitedOut": .integer(files.whitedOut),
            ]
        }
        return [
            "number": .integer(layer.number),
            "name": .string(layer.name),
            "digest": .text(layer.digest),
            "diffID": .text(layer.diffID),
            "mediaType": .text(layer.mediaType),
            "compression": .text(layer.compression),
            "storedSize": .integer(layer.storedSize),
            "unpackedSize": .integer(layer.files?.unpackedSize),
            "hiddenSize": .integer(layer.files?.hiddenSize),
            "hides": .integer(layer.files?.hides),
            "files": files ?? .null,
            "createdBy": .text(layer.createdBy),
            "created": .text(layer.created),
            "comment": .text(layer.comment),
            "obstacle": .text(layer.obstacle),
        ]
    }

    private static func json(_ blob: AttachedBlob) -> JSONValue {
        let payload: JSONValue? = blob.payload.map { payload in
            [
                "verified": .bool(false),
                "manifestDigest": .text(payload.manifestDigest),
                "reference": .text(payload.reference),
                "type": .text(payload.type),
                "isAboutImage": .bool(payload.isAboutImage),
            ]
        }
        return [
            "kind": .string(blob.kind.rawValue),
            "relation": .string(blob.relation),
            "mediaType": .string(blob.mediaType),
            "artifactType": .text(blob.artifactType),
            "title": .text(blob.title),
            "predicateType": .text(blob.predicateType),
            "digest": .string(blob.digest),
            "size": .integer(blob.size),
            "payload": payload ?? .null,
            "problem": .text(blob.problem),
        ]
    }
}

extension JSONValue {
    fileprivate static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    fileprivate static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    fileprivate static func integer(_ number: Int?) -> JSONValue {
        number.map { .number(JSONNumber($0)) } ?? .null
    }

    /// An object with the names in the order of their Unicode scalars.
    fileprivate static func pairs(_ pairs: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in pairs.sorted(by: { $0.key < $1.key }) { object.append(name, .string(value)) }
        return .object(object)
    }
}
