internal import ByteStreams
internal import ContainerImages
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// Keeps what is needed of the SBOMs inside of an image.
struct EmbeddedSBOMExtractor: FileExtractor {
    /// The places where builders of images and packages put SBOMs, apart from those of ``ofPython``.
    private static let paths: PathPatterns = [
        "\(EmbeddedSBOMExtractor.bitnami)/*/.spdx-*.spdx",
        // melange puts one for each apk package there (Wolfi, Chainguard).
        "var/lib/db/sbom/*.spdx.json", "var/lib/db/sbom/*.cdx.json",
        // Red Hat and Konflux.
        "root/buildinfo/content_manifests/sbom-*.json",
        "usr/share/sbom/*.json",
    ]

    /// The SBOMs of Python distributions (PEP 770).
    private static let ofPython: PathPatterns = ["**/*.dist-info/\(pythonFolder)/*"]
    private static let pythonFolder = "sboms"

    /// The folder in which each component of Bitnami has a folder of its own.
    static let bitnami = "opt/bitnami"

    /// Konflux writes the package URLs of `sbom-cyclonedx.json` there once more, in a format of its own.
    private static let repeated = "root/buildinfo/content_manifests/sbom-purl.json"

    /// Whether the SBOMs are kept as a whole, and not only what identifies them.
    let keepsContents: Bool
    let limits: Limits

    func reader(of path: [ArraySlice<UInt8>], head: [UInt8], size: Int) -> (any FileReader)? {
        guard Self.isSBOM(path) else { return nil }
        return Reader(keepsContents: keepsContents, limits: limits)
    }

    private static let repeatedParts = Array(repeated.utf8).split(separator: UInt8(ascii: "/"))

    /// Whether a file at a path is an SBOM.
    static func isSBOM(_ path: ArraySlice<UInt8>) -> Bool {
        // Only the paths of few files are taken apart.
        if let end = path.lastIndex(of: UInt8(ascii: "/")),
            path[..<end].suffix(pythonFolder.utf8.count).elementsEqual(pythonFolder.utf8)
        {
            return ofPython.matches(path) || paths.matches(path)
        }
        return paths.matches(path) && !path.elementsEqual(repeated.utf8)
    }

    /// Whether a file at the path with those components is an SBOM.
    private static func isSBOM(_ path: [ArraySlice<UInt8>]) -> Bool {
        if path.count > 2, path[path.count - 2].elementsEqual(pythonFolder.utf8), ofPython.matches(path) { return true }
        return paths.matches(path) && !path.elementsEqual(repeatedParts)
    }

    /// What a document states as its identity: its namespace or serial number; nil if that is no URI with a scheme.
    static func reference(of document: ParsedDocument) -> String? {
        let name =
            switch document.family {
            case .spdx: document.content.text("documentNamespace")
            case .cycloneDX: document.content.text("serialNumber")
            }
        return name.flatMap(AbsoluteURI.init)?.text
    }

    /// Computes the digest of an SBOM, and keeps the SBOM or what identifies it.
    private final class Reader: FileReader {
        private let keepsContents: Bool
        private let limits: Limits
        private let limit: Int
        private var hash = RunningHash(.sha256)
        private var size = 0
        private var bytes: [UInt8] = []

        init(keepsContents: Bool, limits: Limits) {
            self.keepsContents = keepsContents
            self.limits = limits
            limit = keepsContents ? limits.embeddedSBOMSize : Limits.listedSBOMSize
        }

        func read(_ piece: Span<UInt8>) {
            hash.update(piece)
            size += piece.count
            guard size <= limit else {
                bytes = []
                return
            }
            bytes.reserveCapacity(size)
            for index in piece.indices { bytes.append(piece[index]) }
        }

        func finish() -> FileExtract? {
            var extract = FileExtract([FileExtract.Part(EmbeddedSBOM.digestPart, hash.finish())])
            guard size <= limit else {
                if keepsContents {
                    extract.diagnostics.append(
                        Diagnostic(
                            .blind, code: .embeddedSBOM, at: "",
                            "the SBOM is not read: it has \(size) bytes, more than the limit embeddedSBOMSize of \(limit)"
                        ))
                }
                return extract
            }
            if keepsContents {
                extract.parts.append(FileExtract.Part(EmbeddedSBOM.contentsPart, bytes))
            } else if let document = try? ParsedDocument(parsing: bytes, limits: limits),
                let reference = EmbeddedSBOMExtractor.reference(of: document)
            {
                extract.parts.append(FileExtract.Part(EmbeddedSBOM.referencePart, Array(reference.utf8)))
            }
            return extract
        }
    }
}

/// An SBOM inside of an image.
struct EmbeddedSBOM: Sendable {
    // The names of the parts of what is kept.
    fileprivate static let digestPart = "sha256"
    fileprivate static let referencePart = "reference"
    fileprivate static let contentsPart = "contents"

    /// The path, in which no component is a symbolic link, without a leading slash.
    let path: String
    /// The layer that has it, counted from 0.
    let layer: Int
    let digest: ContentDigest
    /// Its namespace or serial number; nil if that is not known, or is no URI.
    var reference: String?
    /// The bytes; nil if only what identifies the SBOM was kept.
    var contents: [UInt8]?
    /// Why it is not read.
    let diagnostics: [Diagnostic]

    /// The SBOM of which that was kept; nil if it is none.
    init?(_ path: String, layer: Int, _ extract: FileExtract) {
        guard let value = extract[Self.digestPart], EmbeddedSBOMExtractor.isSBOM(Array(path.utf8)[...]) else {
            return nil
        }
        self.path = path
        self.layer = layer
        digest = ContentDigest(.sha256, value)
        reference = extract[Self.referencePart].map { String(decoding: $0, as: UTF8.self) }
        contents = extract[Self.contentsPart]
        diagnostics = extract.diagnostics.map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.place = path
            return diagnostic
        }
    }

    /// The folder that what it describes is in; empty if that is the image as a whole.
    ///
    /// A component of Bitnami has a folder of its own. The SBOMs of a Python distribution are in its folder, which is
    /// beside the modules.
    var scope: String {
        let parts = path.split(separator: "/")
        if isOfBitnami { return parts.dropLast().joined(separator: "/") }
        let isOfPython = parts.count > 3 && parts[parts.count - 2] == "sboms"
        return isOfPython ? parts.dropLast(3).joined(separator: "/") : ""
    }

    /// Whether it is that of a component of Bitnami.
    var isOfBitnami: Bool {
        path.hasPrefix("\(EmbeddedSBOMExtractor.bitnami)/") && path.split(separator: "/").count == 4
    }
}
