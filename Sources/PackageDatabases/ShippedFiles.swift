internal import ByteStreams

/// What kinds of files a package ships, by their paths.
package struct ShippedFiles: Sendable, Hashable {
    /// Whether a file is in a folder for programs: `bin`, `sbin`, `games` and `libexec`, also in `usr` and `usr/local`
    /// (FHS 3.0 §3.4, §4.4, §4.7), or `bin` inside of `lib` or `opt`, as of a Java runtime.
    package private(set) var hasPrograms = false
    /// Whether there is a library, a header or a module outside of the folders for documentation and configuration.
    package private(set) var hasLibraries = false

    package init() {}

    /// Adds a file; slashes at the ends of the folder do not matter.
    package mutating func add(folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        guard !(hasPrograms && hasLibraries), !name.isEmpty else { return }
        var parts = folder.split(separator: UInt8(ascii: "/"), maxSplits: 20)[...]
        if parts.first?.elementsEqual("usr".utf8) == true { parts = parts.dropFirst() }
        if parts.first?.elementsEqual("local".utf8) == true { parts = parts.dropFirst() }
        guard let top = parts.first else { return }
        if Self.isForPrograms(top, parts.last ?? top, depth: parts.count), !Self.isLibrary(name) || parts.count == 1 {
            hasPrograms = true
        } else if !hasLibraries, Self.isLibrary(name), !Self.isForDocumentation(parts) {
            hasLibraries = true
        }
    }

    private static func isForPrograms(_ folder: ArraySlice<UInt8>, _ last: ArraySlice<UInt8>, depth: Int) -> Bool {
        if folder.elementsEqual("libexec".utf8) { return true }
        guard depth == 1 else {
            return last.elementsEqual("bin".utf8)
                && (folder.starts(with: "lib".utf8) || folder.elementsEqual("opt".utf8))
        }
        return folder.elementsEqual("bin".utf8) || folder.elementsEqual("sbin".utf8)
            || folder.elementsEqual("games".utf8)
    }

    /// Whether a folder is for documentation, examples or configuration, whose files no program links or imports.
    private static func isForDocumentation(_ parts: ArraySlice<ArraySlice<UInt8>>) -> Bool {
        guard let top = parts.first else { return false }
        if top.elementsEqual("etc".utf8) { return true }
        guard top.elementsEqual("share".utf8), let second = parts.dropFirst().first else { return false }
        return second.elementsEqual("doc".utf8) || second.elementsEqual("man".utf8)
    }

    /// Whether the name is one of a library, a header or a module: `libc.so.6`, `stdio.h`, `json.py`, `e1000.ko.xz`.
    private static func isLibrary(_ name: ArraySlice<UInt8>) -> Bool {
        var stem = name
        while let dot = stem.lastIndex(of: UInt8(ascii: ".")) {
            let ending = stem[(dot + 1)...]
            if endings.contains(ending) { return true }
            let isVersion = !ending.isEmpty && ending.allSatisfy(\.isASCIIDigit)
            guard isVersion || compressions.contains(ending) else { return false }
            stem = stem[..<dot]
        }
        return false
    }

    private static let endings = Set(
        [
            "a", "beam", "class", "cjs", "cma", "cmi", "cmxa", "dll", "el", "gir", "go", "h", "hh", "hi", "hpp", "hxx",
            "jar", "js", "ko", "la", "lua", "mjs", "node", "pc", "php", "pm", "py", "rb", "rs", "so", "tcl", "typelib",
            "vapi", "wasm",
        ].map { Array($0.utf8)[...] })

    private static let compressions = Set(["gz", "xz", "zst"].map { Array($0.utf8)[...] })
}
