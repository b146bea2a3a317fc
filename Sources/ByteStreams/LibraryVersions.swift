internal import CBZip2
internal import CCrypto
internal import CLZMA
internal import CZstd

/// The versions of the C libraries that this module is linked with, as the libraries state them when they are loaded.
package enum LibraryVersions {
    /// The name and version of each library, in the order of the names.
    package static var all: [(name: String, version: String)] {
        // SAFETY: each function returns a terminated string that lives as long as the process; it is copied at once.
        unsafe [
            ("bzip2", text(BZ2_bzlibVersion())), ("liblzma", text(lzma_version_string())),
            ("OpenSSL", text(OpenSSL_version(OPENSSL_VERSION_STRING))), ("zstd", text(ZSTD_versionString())),
        ]
    }

    private static func text(_ string: UnsafePointer<CChar>?) -> String {
        // SAFETY: see `all`.
        guard let string = unsafe string else { return "unknown" }
        return unsafe String(cString: string)
    }
}
