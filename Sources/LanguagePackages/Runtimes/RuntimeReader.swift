package import ByteStreams
package import PackageDatabases
internal import SBOMModel

/// Finds interpreters and runtimes by the headers and release files that state their exact version.
///
/// Images in which they were built from source, or unpacked, have no database that lists them.
package enum RuntimeReader: LanguageReader {
    package static let kind = PackageKind.runtime
    package static let paths: PathPatterns = [
        "**/include/*/patchlevel.h", "**/include/node/node_version.h", "**/include/php/main/php_version.h",
        "**/rbconfig.rb", "**/release", "**/VERSION", "**/Config.pm",
    ]

    /// A file of another kind often has such a name; nothing is kept of it.
    package static func reduced(_ bytes: [UInt8], of name: ArraySlice<UInt8>) -> [UInt8]? {
        let last = name.split(separator: UInt8(ascii: "/")).last ?? []
        let sign: String
        switch String(decoding: last, as: UTF8.self) {
        case "release": sign = "JAVA_VERSION="
        case "VERSION": return bytes.starts(with: "go".utf8) ? Array(bytes.prefix(Limits.runtimeVersionLength)) : nil
        case "Config.pm": sign = "package Config;"
        default: return bytes
        }
        return String(decoding: bytes, as: UTF8.self).hasBytes(of: sign) ? bytes : nil
    }

    /// A runtime, and where it is.
    private struct Runtime {
        var name: String
        var version: String
        var vendor: String?
        var properties: [LanguagePackage.Property] = []
        /// The folder that it is installed in; empty for the root.
        var root: String
        /// Files of code of it, below ``root``.
        var files: [String] = []
        /// Folders of it below ``root``, whose files all belong to it.
        var folders: [String] = []
    }

    package static func read(_ files: LanguageFiles, in tree: some FileTree, limits: Limits) -> LanguageFindings {
        var findings = LanguageFindings()
        for file in files.matching(paths) where !file.bytes.isEmpty {
            let text = String(decoding: file.bytes, as: UTF8.self)
            guard let runtime = runtime(file.path, text, tree) else { continue }
            guard isVersion(runtime.version) else {
                findings.diagnostics.append(
                    Diagnostic(
                        file.damageSeverity, code: .damagedRuntime, at: file.path,
                        "expected the version of \(runtime.name)"))
                continue
            }
            guard findings.canAdd(1, edges: 0, at: file.path, limits) else { break }
            var package = LanguagePackage(
                kind: kind, name: runtime.name, version: runtime.version, path: file.path, layer: file.layer)
            package.isApplication = true
            package.author = runtime.vendor
            package.packageURL = PackageURL(
                type: "generic", namespace: runtime.vendor.map { [$0] } ?? [], name: runtime.name,
                version: runtime.version)
            package.properties = runtime.properties
            findings.withoutDependencies.insert(findings.packages.count)
            findings.packages.append(package)
            findings.explain(runtime.files, runtime.folders, below: runtime.root, tree)
        }
        return findings
    }

    /// Whether a text is a version: one word that begins with a digit.
    private static func isVersion(_ text: String) -> Bool {
        text.utf8.first?.isASCIIDigit == true && !text.hasWhitespace && text.utf8.count <= Limits.runtimeVersionLength
    }

    private static func runtime(_ path: String, _ text: String, _ tree: some FileTree) -> Runtime? {
        let parts = path.split(separator: "/").map(String.init)
        func above(_ count: Int) -> String { parts.dropLast(count).joined(separator: "/") }
        switch parts.last {
        case "patchlevel.h": return parts.count > 2 ? python(parts[parts.count - 2], text, above(3)) : nil
        case "node_version.h": return node(text, above(3))
        case "php_version.h": return php(text, above(4))
        case "rbconfig.rb": return ruby(parts, text)
        case "release": return java(text, above(1), tree)
        case "VERSION": return go(text, above(1), tree)
        case "Config.pm": return perl(parts, text)
        default: return nil
        }
    }

    /// Python: `PY_VERSION` in `include/python3.12/patchlevel.h`.
    private static func python(_ folder: String, _ text: String, _ root: String) -> Runtime? {
        guard folder.hasPrefix("python"), let version = defined("PY_VERSION", in: text) else { return nil }
        // Until Python 3.7, the folder of the headers ends in the letter of an option.
        let names = folder.hasSuffix("m") ? [folder, String(folder.dropLast())] : [folder]
        let libraries = names.flatMap { ["lib/lib\($0).so", "lib/lib\($0).so.1.0"] }
        return Runtime(
            name: "python", version: version, root: root,
            files: names.map { "bin/\($0)" } + libraries + ["lib/libpython3.so"])
    }

    /// Node.js: the numbers in `include/node/node_version.h`.
    private static func node(_ text: String, _ root: String) -> Runtime? {
        let names = ["NODE_MAJOR_VERSION", "NODE_MINOR_VERSION", "NODE_PATCH_VERSION"]
        let numbers = names.compactMap { defined($0, in: text) }
        guard numbers.count == names.count else { return nil }
        // The header appends this tag to all but releases.
        let tag = defined("NODE_VERSION_IS_RELEASE", in: text) == "0" ? "-pre" : ""
        return Runtime(name: "node", version: numbers.joined(separator: ".") + tag, root: root, files: ["bin/node"])
    }

    /// PHP: `PHP_VERSION` in `include/php/main/php_version.h`.
    private static func php(_ text: String, _ root: String) -> Runtime? {
        guard let version = defined("PHP_VERSION", in: text) else { return nil }
        let files = ["bin/php", "bin/php-cgi", "bin/phpdbg", "sbin/php-fpm", "lib/libphp.so"]
        return Runtime(name: "php", version: version, root: root, files: files)
    }

    /// Ruby: `CONFIG` in `lib/ruby/3.3.0/x86_64-linux/rbconfig.rb`.
    private static func ruby(_ parts: [String], _ text: String) -> Runtime? {
        guard parts.count >= 4, parts[parts.count - 4] == "ruby" else { return nil }
        let names = ["MAJOR", "MINOR", "TEENY"]
        let numbers = names.compactMap { quoted(after: "CONFIG[\"\($0)\"] = ", in: text) }
        guard numbers.count == names.count else { return nil }
        let version = numbers.joined(separator: ".")
        let isInLib = parts.count >= 5 && parts[parts.count - 5] == "lib"
        return Runtime(
            name: "ruby", version: version, root: parts.dropLast(isInLib ? 5 : 4).joined(separator: "/"),
            files: ["bin/ruby", "lib/libruby.so.\(version)"])
    }

    /// Java: `JAVA_VERSION` in the file `release` of a runtime image (JEP 220).
    private static func java(_ text: String, _ root: String, _ tree: some FileTree) -> Runtime? {
        func has(_ path: String) -> Bool { tree.target(of: root.isEmpty ? path : "\(root)/\(path)") != nil }
        guard let version = quoted(after: "JAVA_VERSION=", in: text),
            has("bin/java") || has("jre/bin/java") || has("lib/modules")
        else { return nil }
        let folders = [
            "bin", "lib", "lib/server", "lib/client", "lib/minimal", "lib/jli", "jre/bin", "jre/lib",
            "lib/amd64", "lib/amd64/server", "lib/amd64/jli", "jre/lib/amd64", "jre/lib/amd64/server",
            "jre/lib/amd64/jli", "lib/aarch64", "lib/aarch64/server", "lib/aarch64/jli", "jre/lib/aarch64",
            "jre/lib/aarch64/server", "jre/lib/aarch64/jli", "jmods",
        ]
        var runtime = Runtime(
            name: has("bin/javac") ? "jdk" : "jre", version: version,
            vendor: quoted(after: "IMPLEMENTOR=", in: text).flatMap { $0.isEmpty ? nil : $0 }, root: root,
            folders: folders)
        for (key, name) in [
            ("JAVA_RUNTIME_VERSION=", "java:runtimeVersion"), ("IMPLEMENTOR_VERSION=", "java:implementorVersion"),
            ("IMAGE_TYPE=", "java:imageType"), ("SOURCE=", "java:source"),
        ] {
            guard let value = quoted(after: key, in: text), !value.isEmpty else { continue }
            runtime.properties.append(LanguagePackage.Property(name, value))
        }
        return runtime
    }

    /// Go: the first line of `VERSION` beside the sources of the standard library.
    private static func go(_ text: String, _ root: String, _ tree: some FileTree) -> Runtime? {
        guard !tree.names(in: root.isEmpty ? "src/runtime" : "\(root)/src/runtime").isEmpty,
            let line = text.split(whereSeparator: \.isNewline).first, line.hasPrefix("go")
        else { return nil }
        let tools = root.isEmpty ? "pkg/tool" : "\(root)/pkg/tool"
        return Runtime(
            name: "go", version: String(line.dropFirst(2)), root: root,
            folders: ["bin"] + tree.names(in: tools).map { "pkg/tool/\($0)" })
    }

    /// Perl: `version` in `lib/perl5/5.38.2/x86_64-linux-gnu/Config.pm`.
    private static func perl(_ parts: [String], _ text: String) -> Runtime? {
        guard let version = quoted(after: "version => ", in: text, quote: "'") else { return nil }
        // The other place is `lib/x86_64-linux-gnu/perl/5.36.0` of Debian, whose root is not known.
        let isUsual = parts.count >= 5 && parts[parts.count - 4] == "perl5" && parts[parts.count - 5] == "lib"
        let root = parts.dropLast(isUsual ? 5 : 1).joined(separator: "/")
        let libraries = parts.suffix(4).dropLast().joined(separator: "/")
        return Runtime(
            name: "perl", version: version, root: root,
            files: isUsual ? ["bin/perl", "bin/perl\(version)", "lib/\(libraries)/CORE/libperl.so"] : [])
    }

    /// The value of a macro of C, without quotes.
    private static func defined(_ name: String, in text: String) -> String? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(maxSplits: 3) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            // The hash may stand apart: `#  define`.
            let start = words.first.map { $0.elementsEqual("#".utf8) } == true ? 1 : 0
            guard words.count > start + 2, words[start].suffix(6).elementsEqual("define".utf8),
                words[start + 1].elementsEqual(name.utf8)
            else { continue }
            let value = words[start + 2]
            let quote = UInt8(ascii: "\"")
            guard value.first == quote else { return String(Substring(value)) }
            // A value of several words is no version.
            return value.dropFirst().last == quote ? String(Substring(value.dropFirst().dropLast())) : ""
        }
        return nil
    }

    /// The text in quotes after a key at the start of a line, after blanks.
    private static func quoted(after key: String, in text: String, quote: Character = "\"") -> String? {
        let mark = quote.asciiValue ?? 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let line = line.drop { $0 == 0x20 || $0 == 0x09 }
            guard line.starts(with: key.utf8) else { continue }
            let value = line.dropFirst(key.utf8.count)
            guard value.first == mark, let end = value.dropFirst().firstIndex(of: mark) else { return nil }
            return String(Substring(value[value.index(after: value.startIndex)..<end]))
        }
        return nil
    }
}

extension LanguageFindings {
    /// Adds the files of a package that are there: single ones, and all in some folders.
    fileprivate mutating func explain(_ files: [String], _ folders: [String], below root: String, _ tree: some FileTree)
    {
        let prefix = root.isEmpty ? "" : root + "/"
        for file in files {
            if let path = tree.target(of: prefix + file) { explained.insert(path) }
        }
        for folder in folders {
            for name in tree.names(in: prefix + folder) {
                if let path = tree.target(of: "\(prefix)\(folder)/\(name)") { explained.insert(path) }
            }
        }
    }
}
