internal import ByteStreams
internal import OCIImages

/// Documents as they come from the command line.
enum InputFile {
    /// All bytes of a file, or of standard input for `-`, as far as the limit on documents lets them be read.
    static func read(_ path: String, limits: Limits) throws(SBOMError) -> [UInt8] {
        do {
            if path == "-" { return try read(StandardInput(), expecting: 0, limits) }
            let source = try FileSource(path: path)
            let size = source.size
            return try read(source, expecting: size, limits)
        } catch {
            let isMissing = (error as? FileError)?.isMissing ?? false
            throw SBOMError(isMissing ? .noInput : .badInput, "\(path): \(error)")
        }
    }

    /// Whether it is an image and no document: `oci:…`, or a folder that is an OCI layout, with a tag or digest or without.
    static func isImage(_ path: String) -> Bool {
        if path.hasPrefix("oci:") { return true }
        // Not there, or no reference: then it is a document, and reading that says what is wrong.
        guard path != "-", let reference = try? ImageReference(parsing: path),
            let layout = try? FileSource(path: reference.folder + "/oci-layout")
        else { return false }
        return layout.size > 0
    }

    /// What `body` makes of all bytes of a file, or of standard input for `-`; its errors name the file.
    static func parse<Result>(
        _ path: String, _ body: ([UInt8]) throws(SBOMError) -> Result
    ) throws(SBOMError) -> Result {
        let bytes = try read(path, limits: Limits())
        do throws(SBOMError) {
            return try body(bytes)
        } catch {
            throw error.of(path)
        }
    }

    /// Reads until the end, or one piece past the limit.
    private static func read(
        _ source: consuming some ByteSource & ~Copyable, expecting size: Int, _ limits: Limits
    ) throws -> [UInt8] {
        var buffered = BufferedSource(source)
        var read: [UInt8] = []
        read.reserveCapacity(min(size, limits.documentSize) + 1)
        while try buffered.fill(1), read.count <= limits.documentSize {
            _ = try buffered.read(buffered.window.count, onto: &read)
        }
        return read
    }
}
