/// The first bytes of files of code; all of them are ASCII, so that they are text too.
package enum CodeSamples {
    /// A file in ELF of 64 bits, little-endian (gABI), with that `e_type`: 1 of an object, 2 of an executable, 3 of a shared
    /// object, 4 of a core dump.
    package static func elf(type: UInt8 = 3) -> String {
        let head: [UInt8] =
            [0x7F] + Array("ELF".utf8) + [2, 1, 1] + Array(repeating: 0, count: 9) + [type, 0, 0x3E, 0]
        return String(decoding: head + Array(repeating: 0, count: 100 - head.count), as: UTF8.self)
    }

    /// An executable of Windows whose header is at byte 64.
    package static let portableExecutable =
        "MZ" + String(repeating: "\0", count: 58) + "\u{40}\0\0\0PE\0\0" + String(repeating: "\0", count: 40)

    /// A zip archive.
    package static let zip = "PK\u{3}\u{4}" + String(repeating: "\0", count: 40)
}
