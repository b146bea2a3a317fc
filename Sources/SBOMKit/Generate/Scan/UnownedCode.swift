internal import ByteStreams
internal import ContainerImages
internal import PackageDatabases

/// The files of code that no package of a database owns.
///
/// A program that somebody compiled and copied into the image is in no package database. Scripts are counted apart: most
/// of them are an image's own configuration, such as its entry point.
struct UnownedCode {
    /// The paths of compiled code and archives of code, sorted by their bytes.
    let code: [String]
    /// The paths of scripts, sorted by their bytes.
    private let scripts: [String]
    /// Whether a database has no lists of files, so that its packages may own the code.
    let lacksLists: Bool

    /// Those of some files of code that have no owner.
    init(_ files: [(path: String, type: CodeType)], _ ownership: FileOwnership) {
        var unowned = files.filter { ownership.owner(of: $0.path) == nil }
        if unowned.contains(where: { Self.source(of: $0.path) != nil }) {
            let owned = Set(files.lazy.filter { ownership.owner(of: $0.path) != nil }.map { Self.name(of: $0.path) })
            unowned.removeAll { file in Self.source(of: file.path).map(owned.contains) ?? false }
        }
        func sorted(_ isWanted: (CodeType) -> Bool) -> [String] {
            unowned.filter { isWanted($0.type) }.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        code = sorted { !$0.isScript }
        // A script below etc may be a configuration file of a package: of what distroless images of Debian have, that of
        // base-files in etc/update-motd.d is.
        scripts = sorted(\.isScript).filter { !ownership.lacksConfiguration || !$0.hasPrefix("etc/") }
        lacksLists = ownership.lacksLists
    }

    /// Whether a file is a package manager's own copy of a part of a package that its database lists.
    static func isKeptByPackageManager(_ path: ArraySlice<UInt8>) -> Bool { kept.matches(path) }

    private static let kept: PathPatterns = [
        // dpkg runs these when a package is installed or removed (deb-preinst(5)); that of bash is an executable in ELF.
        "var/lib/dpkg/info/*.preinst", "var/lib/dpkg/info/*.postinst", "var/lib/dpkg/info/*.prerm",
        "var/lib/dpkg/info/*.postrm", "var/lib/dpkg/info/*.config",
        // So does opkg.
        "usr/lib/opkg/info/*.preinst", "usr/lib/opkg/info/*.postinst", "usr/lib/opkg/info/*.prerm",
        "usr/lib/opkg/info/*.postrm", "var/lib/opkg/info/*.preinst", "var/lib/opkg/info/*.postinst",
        "var/lib/opkg/info/*.prerm", "var/lib/opkg/info/*.postrm",
    ]

    /// The files that packages make of their own code when they are installed, and what follows the name of the file that
    /// they are made of.
    ///
    /// They count as described where a package owns a file of code of that name.
    private static let made: [(files: PathPatterns, ending: String)] = [
        // gacutil(1) copies the assemblies of packages into Mono's global cache: 12 files of libnunit-cil-dev.
        (["usr/lib/mono/gac/**"], ""),
        // mono-runtime compiles mscorlib.dll and mcs.exe for the processor.
        (["usr/lib/mono/aot-cache/**"], ".so"),
    ]

    /// The name of the file of a package that a file is made of; nil if it is not one of those.
    private static func source(of path: String) -> String? {
        for (files, ending) in made where path.hasSuffix(ending) && files.matches(Array(path.utf8)[...]) {
            return String(name(of: path).dropLast(ending.count))
        }
        return nil
    }

    /// The last component of a path.
    private static func name(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// The notices, which are also in the document.
    func diagnostics(_ limits: Limits) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        func add(_ severity: Diagnostic.Severity, _ code: Diagnostic.Code, _ message: String, _ paths: [String]) {
            diagnostics.append(
                Diagnostic(severity, code: code, at: "image", "\(message): \(Self.named(paths, limits))"))
        }
        let what =
            code.count == 1
            ? "1 executable, library or archive of code" : "\(code.count) executables, libraries or archives of code"
        if !code.isEmpty, lacksLists {
            add(
                .warning, .noFileLists,
                "the package database has no lists of files, so it is not known whether its packages own \(what)", code)
        } else if !code.isEmpty {
            add(.blind, .unownedCode, "\(what) that no package owns", code)
        }
        if !scripts.isEmpty, !lacksLists {
            let what = scripts.count == 1 ? "1 script" : "\(scripts.count) scripts"
            add(.note, .unownedScripts, "\(what) that no package owns", scripts)
        }
        return diagnostics
    }

    /// The first paths, each on one line, and how many more there are.
    private static func named(_ paths: [String], _ limits: Limits) -> String {
        let names = paths.prefix(Limits.namedFiles).map {
            VisibleText.of(String(decoding: $0.utf8.prefix(limits.quotedPathLength), as: UTF8.self))
        }
        let more = paths.count - names.count
        return names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
