internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases
internal import StructuredText

/// The repositories that the packages of a layer of a Red Hat image come from: its content sets.
///
/// Red Hat's build system lists them in a file of each of its layers. trivy looks for advisories in these repositories, and
/// without them in the default ones of the system's version.
struct RedHatContentSets {
    /// The paths of the files.
    static let filesOfInterest: PathPatterns = ["\(folder)/*.json"]

    private static let folder = "root/buildinfo/content_manifests"

    /// The sorted content sets of each layer that lists some, counted from 0.
    private var sets: [Int: [String]] = [:]

    /// Reads the files of an image.
    ///
    /// - Returns: The content sets, and a diagnostic for each file that could not be read.
    static func read(_ files: RootFileSystem, limits: Limits) -> (sets: RedHatContentSets, diagnostics: [Diagnostic]) {
        var result = RedHatContentSets()
        var diagnostics: [Diagnostic] = []
        // Konflux puts SBOMs beside the lists.
        for file in files.origins(of: filesOfInterest) where !file.path.hasPrefix("\(folder)/sbom-") {
            guard let bytes = files.contents(of: file.path) else { continue }
            do throws(JSONError) {
                let names = try JSONValue(parsing: bytes, limits: limits).objectContent?["content_sets"]?.arrayContent
                let known = result.sets[file.layer] ?? []
                let all = Set(known + (names ?? []).compactMap(\.textContent).filter { !$0.isEmpty })
                result.sets[file.layer] = Array(all.sorted().prefix(Limits.contentSets))
                if all.count > Limits.contentSets {
                    diagnostics.append(
                        Diagnostic(
                            .warning, code: .contentSets, at: file.path,
                            "\(all.count) content sets, more than the limit contentSets of \(Limits.contentSets)"))
                }
            } catch {
                diagnostics.append(
                    Diagnostic(
                        .warning, code: .contentSets, at: file.path, "the content sets cannot be read: \(error)"))
            }
        }
        return (result, diagnostics)
    }

    /// The content sets of the packages that came with a layer, counted from 0.
    ///
    /// The lowest layer has no list, because the build system adds that on top of it; it has the sets of the next layer. Layers
    /// that others build on a Red Hat image have those of the last layer below (trivy, pkg/fanal/applier).
    subscript(layer: Int) -> [String] {
        if let own = sets[layer] { return own }
        if layer == 0 { return sets[1] ?? [] }
        return sets.keys.filter { $0 < layer }.max().flatMap { sets[$0] } ?? []
    }
}
