import ByteStreams
import ContainerImages
import Foundation
import TestSupport
import Testing

@testable import LanguagePackages

@Suite struct ExecutableReaderTests {
    private static let formats = [(true, false), (true, true), (false, false), (false, true)]
    /// A stored deflate block in a zlib stream: the text `{}`.
    private static let crates: [UInt8] = [0x78, 0x01, 0x01, 2, 0, 0xFD, 0xFF, 0x7B, 0x7D, 0x01, 0x75, 0x00, 0xF9]

    private func builder(_ format: (Bool, Bool) = (true, false)) -> ELFBuilder {
        ELFBuilder(is64Bit: format.0, isBigEndian: format.1)
    }

    private func data(_ bytes: [UInt8]) -> ELFBuilder.Segment { ELFBuilder.Segment(type: 1, flags: 6, bytes: bytes) }

    @Test(arguments: formats) func `a package note is kept in every class and byte order`(_ format: (Bool, Bool)) {
        var elf = builder(format)
        let other = elf.note(owner: "GNU", type: 3, [1, 2, 3, 4, 5])
        elf.segments = [ELFBuilder.Segment(type: 4, flags: 4, bytes: other + elf.packageNote(#"{"name":"a"}"#))]
        for pieces in [1, 7, 1 << 20] {
            #expect(streamed(elf.bytes, pieces: pieces)?.text(".note.package") == #"{"name":"a"}"#)
        }
        #expect(whole(elf.bytes)?.text(".note.package") == #"{"name":"a"}"#)
    }

    @Test(arguments: formats) func `build information of Go is found however its bytes arrive`(_ format: (Bool, Bool)) {
        var elf = builder(format)
        let information = ELFBuilder.goInformation("go1.22.3", "path\ta\n" + String(repeating: "x", count: 300) + "\n")
        let filler = [UInt8](repeating: 0xFF, count: 20_000 * 16)
        elf.segments = [data([1, 2, 3]), data(filler + information)]
        for pieces in [1, 5, 16, 4_093, 1 << 20] {
            let extract = streamed(elf.bytes, pieces: pieces)
            #expect(extract?.text("go.version") == "go1.22.3")
            #expect(extract?.text("go.modinfo")?.hasPrefix("path\ta\nxxx") == true)
            #expect(extract?.text("go.modinfo")?.hasSuffix("xxx\n") == true)
            #expect(extract?.isPartial == false)
        }
        #expect(whole(elf.bytes) == streamed(elf.bytes))
    }

    @Test func `build information that is not aligned or not in the data is none`() {
        let information = ELFBuilder.goInformation("go1.22.3", "path\ta\n")
        for segment in [
            data([0] + information), ELFBuilder.Segment(type: 1, flags: 4, bytes: information),
            ELFBuilder.Segment(type: 1, flags: 7, bytes: information),
        ] {
            var elf = builder()
            elf.segments = [segment]
            #expect(streamed(elf.bytes) == nil)
            #expect(whole(elf.bytes) == nil)
        }
    }

    @Test(arguments: formats) func `pointers of old Go need a second reading`(_ format: (Bool, Bool)) {
        var elf = builder(format)
        elf.addOldGo(version: "go1.16.15", modules: "path\tcommand\nmod\texample.com/a\tv1.0.0\n")
        let first = streamed(elf.bytes)
        #expect(first?.isPartial == true && first?.parts.isEmpty == true)
        let second = whole(elf.bytes)
        #expect(second?.isPartial == false)
        #expect(second?.text("go.version") == "go1.16.15")
        #expect(second?.text("go.modinfo") == "path\tcommand\nmod\texample.com/a\tv1.0.0\n")
    }

    @Test(arguments: formats) func `crates before the section table are kept at once`(_ format: (Bool, Bool)) {
        var elf = builder(format)
        elf.segments = [data([UInt8](repeating: 0, count: 100_000))]
        elf.sections = [(".comment", [1]), (".dep-v0", Self.crates)]
        let extract = streamed(elf.bytes, pieces: 1_000)
        #expect(extract?.text(".dep-v0") == "{}")
        #expect(extract?.isPartial == false)
        #expect(whole(elf.bytes) == extract)
    }

    @Test func `crates or names far before the section table need a second reading`() {
        var elf = builder()
        elf.sections = [(".dep-v0", Self.crates), (".debug", [UInt8](repeating: 0, count: 100_000))]
        let far = streamed(elf.bytes)
        // The head of the file is kept, and this section is in it.
        #expect(far?.text(".dep-v0") == "{}")
        elf.segments = [data([UInt8](repeating: 0, count: 100_000))]
        #expect(streamed(elf.bytes)?.isPartial == true)
        #expect(whole(elf.bytes)?.text(".dep-v0") == "{}")
        elf.sections = [(".dep-v0", Self.crates)]
        elf.gap = 100_000
        #expect(streamed(elf.bytes)?.isPartial == true)
        #expect(whole(elf.bytes)?.text(".dep-v0") == "{}")
        elf.segments.append(data(ELFBuilder.goInformation("go1.22.3", "path\ta\n")))
        #expect(streamed(elf.bytes)?.isPartial == false)
    }

    @Test func `program headers behind the first bytes need a second reading`() {
        var elf = builder()
        elf.segmentsGap = 20_000
        elf.segments = [data(ELFBuilder.goInformation("go1.22.3", "path\ta\n"))]
        #expect(streamed(elf.bytes)?.isPartial == true)
        #expect(whole(elf.bytes)?.text("go.version") == "go1.22.3")
    }

    @Test func `a section of Go that is not in the data needs a second reading`() {
        var elf = builder()
        elf.sections = [(".go.buildinfo", ELFBuilder.goInformation("go1.30", "path\ta\n"))]
        #expect(streamed(elf.bytes)?.isPartial == true)
        #expect(whole(elf.bytes)?.text("go.version") == "go1.30")
    }

    @Test func `object files and other files give nothing`() {
        var elf = builder()
        elf.segments = [data(ELFBuilder.goInformation("go1.22.3", "path\ta\n"))]
        elf.type = 1
        for bytes in [elf.bytes, [], Array("#!/bin/sh".utf8), ELFHeader.magic] {
            #expect(streamed(bytes) == nil)
            #expect(whole(bytes) == nil)
        }
    }

    @Test func `segments that overlap are searched once`() {
        var elf = builder()
        let filler = [UInt8](repeating: 0xFF, count: 8 << 20)
        elf.segments = [ELFBuilder.Segment](
            repeating: ELFBuilder.Segment(type: 1, flags: 6, bytes: [], stated: (0, 8 << 20)), count: 250)
        elf.segments.append(data(filler + ELFBuilder.goInformation("go1.22.3", "path\ta\n")))
        let bytes = elf.bytes
        let start = ContinuousClock.now
        #expect(streamed(bytes)?.text("go.version") == "go1.22.3")
        #expect(whole(bytes)?.text("go.version") == "go1.22.3")
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `huge offsets and sizes are outside of the file`() {
        for stated in [(UInt64.max, UInt64(2)), (1, UInt64.max), (UInt64.max - 3, 100), (UInt64(Int.max), 1)] {
            var elf = builder()
            elf.segments = [1, 4].map {
                ELFBuilder.Segment(type: $0, flags: 6, bytes: [1, 2], stated: (stated.0, stated.1))
            }
            elf.addOldGo(version: "go1.16", modules: "path\ta\n")
            #expect(streamed(elf.bytes)?.isPartial == true)
            #expect(whole(elf.bytes)?.text("go.version") == "go1.16")
        }
    }

    @Test func `notes are read up to noteSize`() {
        var elf = builder()
        var notes: [UInt8] = []
        for _ in 0..<50_000 { notes += elf.note(owner: "GNU", type: 3, []) }
        let note = elf.packageNote("{}")
        elf.segments = [ELFBuilder.Segment(type: 4, flags: 4, bytes: notes + note)]
        var limits = Limits()
        limits.noteSize = notes.count + note.count
        #expect(streamed(elf.bytes, limits: limits)?.text(".note.package") == "{}")
        limits.noteSize -= 1
        for extract in [streamed(elf.bytes, limits: limits), whole(elf.bytes, limits: limits)] {
            #expect(extract?.parts.isEmpty == true)
            #expect(extract?.diagnostics.map(\.code) == [.executableLimit])
        }
    }

    @Test func `many notes without contents take little time`() {
        var elf = builder()
        elf.segments = [ELFBuilder.Segment(type: 4, flags: 4, bytes: [UInt8](repeating: 0, count: 12_000_000))]
        var limits = Limits()
        limits.noteSize = 16 << 20
        #expect(streamed(elf.bytes, limits: limits) == nil)
    }

    @Test func `build information is read up to goBuildInformationSize`() {
        var elf = builder()
        let information = ELFBuilder.goInformation("go1.22.3", String(repeating: "path\ta\n", count: 100))
        elf.segments = [data(information)]
        var old = builder()
        old.addOldGo(version: "go1.16", modules: String(repeating: "a", count: 900))
        var limits = Limits()
        limits.goBuildInformationSize = information.count
        #expect(streamed(elf.bytes, limits: limits)?.text("go.version") == "go1.22.3")
        limits.goBuildInformationSize -= 1
        for extract in [
            streamed(elf.bytes, limits: limits), whole(elf.bytes, limits: limits), whole(old.bytes, limits: limits),
        ] {
            #expect(extract?.parts.isEmpty == true)
            #expect(extract?.diagnostics.map(\.code) == [.executableLimit])
        }
    }

    @Test func `build information that the file cuts is damaged`() {
        var elf = builder()
        elf.segments = [data(Array(ELFBuilder.goInformation("go1.22.3", "path\ta\n").dropLast(3)))]
        #expect(streamed(elf.bytes)?.diagnostics.map(\.code) == [.damagedExecutable])
        #expect(whole(elf.bytes)?.diagnostics.map(\.code) == [.damagedExecutable])
        elf.segments = [data(ELFBuilder.goInformation("", "path\ta\n"))]
        #expect(streamed(elf.bytes)?.diagnostics.map(\.code) == [.damagedExecutable])
    }

    @Test func `crates are decompressed up to crateListSize`() {
        var elf = builder()
        elf.sections = [(".dep-v0", Self.crates)]
        var limits = Limits()
        limits.crateListSize = 1
        for extract in [streamed(elf.bytes, limits: limits), whole(elf.bytes, limits: limits)] {
            #expect(extract?.parts.isEmpty == true)
            #expect(extract?.diagnostics.map(\.code) == [.executableLimit])
        }
        elf.sections = [(".dep-v0", Array(Self.crates.dropLast(2)))]
        for extract in [streamed(elf.bytes), whole(elf.bytes)] {
            #expect(extract?.diagnostics.map(\.code) == [.damagedExecutable])
        }
    }

    @Test func `a section table larger than sectionTableSize is not read`() {
        var elf = builder()
        elf.sections = [(".dep-v0", Self.crates)]
        // Counts and sizes have 16 bits: entries of the usual 64 bytes never exceed the limit, larger ones do.
        var bytes = elf.bytes + [UInt8](repeating: 0, count: 65_535 * 65)
        bytes.replaceSubrange(58..<62, with: [64, 0, 0xFF, 0xFF])
        #expect(streamed(bytes) != nil)
        bytes.replaceSubrange(58..<62, with: [65, 0, 0xFF, 0xFF])
        #expect(65_535 * 65 > Limits.sectionTableSize)
        #expect(streamed(bytes) == nil)
        #expect(whole(bytes) == nil)
    }

    @Test func `a file larger than spoolSize is reported as not read`() {
        var elf = builder()
        elf.addOldGo(version: "go1.16", modules: "path\ta\n")
        var limits = Limits()
        limits.spoolSize = 100
        let messages = whole(elf.bytes, limits: limits)?.diagnostics.map(\.message)
        #expect(messages == ["more than the limit spoolSize allows"])
    }

    @Test func `damaged files of every kind are read without a crash`() {
        for format in Self.formats {
            var elf = builder(format)
            elf.segments = [
                ELFBuilder.Segment(type: 4, flags: 4, bytes: elf.packageNote(#"{"name":"a"}"#)),
                data(ELFBuilder.goInformation("go1.22.3", "path\ta\n")),
            ]
            elf.sections = [(".dep-v0", Self.crates), (".go.buildinfo", [1])]
            var old = builder(format)
            old.addOldGo(version: "go1.16", modules: "path\ta\n")
            for bytes in [elf.bytes, old.bytes] {
                for copy in mutations(of: bytes, count: 1_500, seed: 11) {
                    _ = streamed(copy, pieces: 1_000)
                    _ = whole(copy)
                }
                // The size that a layer states may be another one than that of the bytes.
                for size in [0, 50, bytes.count / 2, bytes.count + 100_000] {
                    _ = extract(ExecutableReader(size: size, limits: Limits()), bytes, pieces: 100)
                }
            }
        }
    }
}
