import ByteStreams
import Glibc
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    private func put(_ text: String, into file: borrowing AtomicFile) {
        _ = unsafe text.utf8CString.withUnsafeBytes { unsafe write(file.descriptor, $0.baseAddress, text.utf8.count) }
    }

    @Test func `a file is replaced once the new one is complete`() throws {
        try withTemporaryFolder { folder in
            try TestSupport.write(Array("old".utf8), toFile: folder + "/a")
            try #require(shell("chmod 640 \(folder)/a; ln -s a \(folder)/link").code == 0)
            var file = try AtomicFile(replacing: folder + "/link")
            put("new", into: file)
            #expect(try bytes(ofFile: folder + "/a") == Array("old".utf8))
            try file.commit()
            #expect(try bytes(ofFile: folder + "/a") == Array("new".utf8))
            #expect(try shell("cd \(folder); stat -c %a a; ls; test -L link").text == "640\na\nlink\n")
        }
    }

    @Test func `nothing is left of a file that is not committed`() throws {
        try withTemporaryFolder { folder in
            do {
                let file = try AtomicFile(replacing: folder + "/a")
                put("new", into: file)
            }
            #expect(names(inFolder: folder).isEmpty)
        }
    }

    @Test func `a folder that is missing and a loop of links are errors`() throws {
        try withTemporaryFolder { folder in
            try #require(shell("ln -s loop \(folder)/loop").code == 0)
            for (name, code) in [("none/a", ENOENT), ("loop", ELOOP)] {
                do throws(ByteStreams.FileError) {
                    _ = try AtomicFile(replacing: "\(folder)/\(name)")
                    Issue.record("\(name) was opened")
                } catch {
                    #expect(error.errno == code)
                }
            }
        }
    }
}
