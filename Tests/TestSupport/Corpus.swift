#if canImport(Glibc)
    import Glibc
#endif

/// Where the collection of real databases, images and documents lies that some tests use, or nil.
///
/// `SBOMKIT_CORPUS` names it; else `.build-corpus` in the folder of the package is taken if it is there. A test that
/// needs it is skipped, and says so, where it is not: a user's clone does not have it.
package let corpus: String? = {
    var candidates: [String] = []
    if let named = unsafe getenv("SBOMKIT_CORPUS") { unsafe candidates.append(String(cString: named)) }
    candidates.append(packageFolder + "/.build-corpus")
    return candidates.first { unsafe access($0, R_OK) == 0 }
}()

/// The folder of the package: two above this file's.
package let packageFolder: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
}()

/// All bytes of a file of this machine.
package func bytes(ofFile path: String) throws -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { throw FileError(path: path) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&buffer, 1, buffer.count, file)
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return bytes
}

/// The names in a folder of this machine, sorted; empty if there is none.
package func names(inFolder path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// A file of this machine that could not be read.
package struct FileError: Error {
    package let path: String
}
