internal import ByteStreams
internal import StructuredText

/// What a configuration says about how its image is run (OCI image-spec, config.md, `config`; Docker image-spec v1.2).
///
/// Members of another type than the specification has are passed over: nothing but their display depends on them.
package struct ExecutionParameters: Sendable, Hashable {
    /// Who made the image.
    package let author: String?
    /// The version of the operating system, as Windows needs it.
    package let osVersion: String?
    package let user: String?
    package let workingDirectory: String?
    package let entrypoint: [String]
    package let command: [String]
    /// Variables, `NAME=VALUE` each.
    package let environment: [String]
    /// Ports with their protocols, such as `80/tcp`, sorted.
    package let exposedPorts: [String]
    /// Folders that become volumes, sorted.
    package let volumes: [String]
    package let stopSignal: String?
    /// The command that checks a running container; Docker has it, OCI has not.
    package let healthCheck: [String]
    /// What a build does that begins with this image; Docker has it, OCI has not.
    package let onBuild: [String]
    /// The shell of the build's commands; Docker has it, OCI has not.
    package let shell: [String]

    init(parsing bytes: [UInt8], limits: Limits) throws {
        let root = try JSONValue(parsing: bytes, limits: limits).objectContent ?? JSONObject()
        let config = root["config"]?.objectContent ?? JSONObject()
        func text(_ object: JSONObject, _ name: String) -> String? {
            guard let text = object.text(name), !text.isEmpty else { return nil }
            return text
        }
        func texts(_ object: JSONObject, _ name: String) -> [String] {
            object[name]?.arrayContent?.compactMap(\.textContent) ?? []
        }
        func names(_ name: String) -> [String] { (config[name]?.objectContent?.members ?? []).map(\.name).sorted() }
        author = text(root, "author")
        osVersion = text(root, "os.version")
        user = text(config, "User")
        workingDirectory = text(config, "WorkingDir")
        entrypoint = texts(config, "Entrypoint")
        command = texts(config, "Cmd")
        environment = texts(config, "Env")
        exposedPorts = names("ExposedPorts")
        volumes = names("Volumes")
        stopSignal = text(config, "StopSignal")
        healthCheck = texts(config["Healthcheck"]?.objectContent ?? JSONObject(), "Test")
        onBuild = texts(config, "OnBuild")
        shell = texts(config, "Shell")
    }
}
