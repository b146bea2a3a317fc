/// Looks at the first bytes of files while a layer streams, and says what a file is.
///
/// The bytes are not kept. What was found stays with the file through the merge of the layers:
/// ``RootFileSystem/forEachFile(_:)`` has it. Called at the same time for several layers.
package protocol FileProbe: Sendable {
    /// Whether the first bytes of a file can tell something.
    ///
    /// - Parameters:
    ///   - name: The last component of its path.
    ///   - size: Its size in bytes.
    /// - Returns: Whether ``evidence(in:of:size:)`` is asked.
    func wants(_ name: ArraySlice<UInt8>, size: Int) -> Bool

    /// What the file is; nil if it is nothing that the probe looks for.
    ///
    /// - Parameters:
    ///   - head: Its first bytes, ``Limits/probeSize`` or all that it has.
    ///   - name: The last component of its path.
    ///   - size: Its size in bytes.
    /// - Returns: What was found.
    func evidence(in head: [UInt8], of name: ArraySlice<UInt8>, size: Int) -> FileEvidence?
}

/// What a ``FileProbe`` found in a file.
package enum FileEvidence: Sendable, Hashable {
    /// The file holds code.
    case code(CodeType)
}

/// A kind of file that holds code.
package enum CodeType: UInt8, Sendable, Hashable, CaseIterable {
    /// An executable, a shared library, an object file or a kernel module in ELF.
    case elf
    /// An executable or a library in the format of Windows and EFI; .NET has it on every system.
    case portableExecutable
    /// An executable or a library of macOS.
    case machO
    /// A class of Java.
    case javaClass
    /// A module of WebAssembly.
    case webAssembly
    /// An archive of object files: a static library.
    case objectArchive
    /// An archive that a language runs or loads code from, such as a JAR, a wheel or an egg.
    case codeArchive
    /// A text that names its interpreter in the first line (`#!`).
    case script

    /// Whether it is a text that its interpreter runs, not compiled and not an archive.
    package var isScript: Bool { self == .script }
}

/// Tells files of code by their first bytes, and archives by their names too.
package struct CodeProbe: FileProbe {
    package init() {}

    package func wants(_ name: ArraySlice<UInt8>, size: Int) -> Bool { size >= 4 }

    package func evidence(in head: [UInt8], of name: ArraySlice<UInt8>, size: Int) -> FileEvidence? {
        Self.type(of: head, named: name, size: size).map(FileEvidence.code)
    }

    private static func type(of head: [UInt8], named name: ArraySlice<UInt8>, size: Int) -> CodeType? {
        guard head.count >= 4 else { return nil }
        switch (head[0], head[1], head[2], head[3]) {
        case (0x7F, 0x45, 0x4C, 0x46):
            return isELFCode(head) ? .elf : nil
        case (0x4D, 0x5A, _, _):
            return isPortableExecutable(head, size: size) ? .portableExecutable : nil
        case (0xFE, 0xED, 0xFA, 0xCE), (0xFE, 0xED, 0xFA, 0xCF), (0xCE, 0xFA, 0xED, 0xFE), (0xCF, 0xFA, 0xED, 0xFE):
            return .machO
        case (0xCA, 0xFE, 0xBA, 0xBE):
            // Java's major version is 45 or more (JVM specification 4.1); a universal binary has the number of its
            // architectures there.
            guard head.count >= 8 else { return nil }
            let version = Int(head[6]) << 8 | Int(head[7])
            return version >= 45 ? .javaClass : version > 0 ? .machO : nil
        case (0x00, 0x61, 0x73, 0x6D):
            return .webAssembly
        case (0x21, 0x3C, 0x61, 0x72):
            // A package file of dpkg is such an archive too. It is what is installed that counts.
            return head.starts(with: "!<arch>\n".utf8) && !head.dropFirst(8).starts(with: "debian-binary".utf8)
                ? .objectArchive : nil
        case (0x50, 0x4B, 0x03, 0x04):
            return isCodeArchive(name) ? .codeArchive : nil
        case (0x4A, 0x4D, 0x01, _):
            // Modules of the JDK begin with `JM`, the version, and then the archive (jdk.internal.jmod.JmodFile).
            return head.dropFirst(4).starts(with: [0x50, 0x4B, 0x03, 0x04]) ? .codeArchive : nil
        case (0x23, 0x21, _, _):
            // A zip archive may stand behind such a line (Python's zipapp, PEP 441).
            return isCodeArchive(name) ? .codeArchive : .script
        default:
            return nil
        }
    }

    /// Whether a file in ELF is an object, an executable or a shared object (gABI, `e_type`), and not a core dump.
    private static func isELFCode(_ head: [UInt8]) -> Bool {
        guard head.count >= 18, head[5] == 1 || head[5] == 2 else { return false }
        let type = head[5] == 1 ? Int(head[17]) << 8 | Int(head[16]) : Int(head[16]) << 8 | Int(head[17])
        return (1...3).contains(type)
    }

    /// Whether the header that `e_lfanew` points to can be in the file (PE format, "MS-DOS Stub"); of a text it cannot.
    private static func isPortableExecutable(_ head: [UInt8], size: Int) -> Bool {
        guard head.count >= 64 else { return false }
        let place = (60..<64).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
        return place >= 64 && place <= size - 24
    }

    private static func isCodeArchive(_ name: ArraySlice<UInt8>) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
        let ending = String(decoding: name[(dot + 1)...].prefix(8), as: UTF8.self).lowercased()
        return archiveEndings.contains(ending)
    }

    /// How the names of archives end that code is run or loaded from; other zip archives are taken for data.
    private static let archiveEndings: Set<String> = [
        "jar", "war", "ear", "sar", "par", "rar", "jmod", "hpi", "jpi", "kar", "nar", "aar", "apk",
        "whl", "egg", "pyz", "pyzw", "pex", "nupkg", "vsix", "xpi", "crx",
    ]
}
