internal import ByteStreams

extension DpkgDatabase {
    static let documentationFolder = "usr/share/doc"
    static let commonLicensesFolder = "usr/share/common-licenses"

    /// A copyright file, which several packages may share through symbolic links.
    private struct CopyrightFile: Sendable {
        let path: String
        let bytes: [UInt8]
    }

    /// What the copyright files state: `usr/share/doc/NAME/copyright` (Debian policy §12.5), which may be compressed.
    ///
    /// A package without such a file, as in images whose documentation was removed, has no finding.
    package func licenses(in tree: some FileTree) -> [LicenseFinding?] {
        var files: [CopyrightFile] = []
        var numbers: [String: Int] = [:]
        let places = packages.map { package -> Int? in
            for ending in ["", ".gz"] {
                let path = "\(Self.documentationFolder)/\(package.name)/copyright\(ending)"
                guard let target = tree.target(of: path) else { continue }
                if let known = numbers[target] { return known }
                guard let bytes = tree.contents(of: target) else { continue }
                numbers[target] = files.count
                files.append(CopyrightFile(path: target, bytes: bytes))
                return files.count - 1
            }
            return nil
        }
        guard !files.isEmpty else { return Array(repeating: nil, count: packages.count) }
        let commonLicenses = Dictionary(
            tree.contents(ofFilesIn: Self.commonLicensesFolder).map { ($0.name, $0.contents) },
            uniquingKeysWith: { first, _ in first })
        let limits = limits
        // Large chunks, because what is known of a text serves the files behind it.
        let findings = files.parallelMap(chunksOf: max(16, files.count / processorCount + 1)) { chunk in
            var statements = LicenseStatements()
            return chunk.map { file in
                guard let bytes = Self.decompressed(file.bytes, limits) else {
                    return LicenseFinding(.none, at: file.path)
                }
                return LicenseFinding(
                    copyrightFile: bytes, at: file.path, commonLicenses: commonLicenses, &statements)
            }
        }.flatMap(\.self)
        return places.map { place in place.map { findings[$0] } }
    }

    /// The content of a file that may be compressed; nil if it is damaged or larger than the limit.
    private static func decompressed(_ bytes: [UInt8], _ limits: Limits) -> [UInt8]? {
        guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
        do {
            var source = BufferedSource(try DecompressingSource(MemorySource(bytes), limits: limits))
            var content: [UInt8] = []
            while try source.fill(1) {
                content += source.window
                source.use(source.window.count)
                guard content.count <= Limits.copyrightFileSize else { return nil }
            }
            return content
        } catch {
            return nil
        }
    }
}
