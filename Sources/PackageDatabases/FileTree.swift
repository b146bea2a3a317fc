/// The root file system that package databases are read from.
///
/// Paths are relative to the root and written with single slashes, without one at either end: `var/lib/dpkg/status`.
/// Symbolic links are followed in every component and never lead out of the root.
package protocol FileTree {
    /// The bytes of the regular file that the path leads to, or nil if there is none.
    func contents(of path: String) -> [UInt8]?
    /// The regular files in the directory that the path leads to, sorted by the bytes of their names.
    func contents(ofFilesIn directory: String) -> [(name: String, contents: [UInt8])]
    /// The names in the directory that the path leads to, sorted by their bytes; empty if there is none.
    func names(in directory: String) -> [String]
    /// The path of the same file with no symbolic link in any component but the last; the file need not exist.
    ///
    /// `bin/sh` becomes `usr/bin/sh` if `bin` is a link to `usr/bin`. A link in the last component is not followed.
    func canonical(_ path: String) -> String
    /// Resolves all symbolic links of a path, and returns the path of its file; nil if there is no file.
    ///
    /// A link in the last component is followed too.
    func target(of path: String) -> String?
}

extension FileTree {
    package func contents(ofFilesIn directory: String) -> [(name: String, contents: [UInt8])] {
        names(in: directory).compactMap { name in contents(of: "\(directory)/\(name)").map { (name, $0) } }
    }
}
