import TestSupport
import Testing

/// What a document of a few bytes for each element may cost.
@Suite struct DocumentCostTests {
    /// Elements that state nothing take 3 bytes of a document, and no more than a kilobyte of memory.
    @Test(arguments: [50_000, 75_000, 100_000])
    func `memory and time grow with the number of empty elements and no faster`(count: Int) throws {
        let folder = try Self.documents(of: count)
        defer { _ = try? shell("rm -r '\(folder)'") }
        // Beside the program itself; seconds of a build without optimization.
        let bounds = "ulimit -c 0; ulimit -v \(210_000 + count); ulimit -t \(5 + count / 10_000)"
        for line in ["outline 'FILE'", "query 'FILE' all", "diff 'FILE' 'FILE'"] {
            for name in ["c.json", "s.json"] {
                let command = line.replacing("FILE", with: "\(folder)/\(name)")
                let result = try shell("\(bounds); '\(program)' \(command) > /dev/null")
                #expect(result.code == 0, "\(line) of \(count) elements in \(name): \(result.errors)")
            }
        }
    }

    /// The limits are those of `elementAllowance` and `objectAllowance`, and the last document has more than both.
    @Test(arguments: [100_001, 200_001])
    func `more empty elements than a document of its size may have are refused, and still validated`(count: Int) throws
    {
        let folder = try Self.documents(of: count)
        defer { _ = try? shell("rm -r '\(folder)'") }
        for name in ["c.json", "s.json", "c.xml"] {
            let file = "\(folder)/\(name)"
            for line in [
                "outline '\(file)'", "query '\(file)' all", "diff '\(file)' '\(file)'", "convert '\(file)' --to spdx",
                "convert '\(file)' --to cyclonedx-xml",
            ] {
                let result = try shell("ulimit -c 0; ulimit -v 400000; '\(program)' \(line) > /dev/null")
                #expect(result.code == 65, "\(line): \(result.errors)")
                let limit = count > 200_000 ? "objectAllowance" : "elementAllowance"
                #expect(result.errors.contains("\(file): "), "\(line)")
                #expect(result.errors.contains("\(limit) of "), "\(line): \(result.errors)")
                #expect(result.errors.count { $0 == "\n" } == 1, "\(line): \(result.errors)")
            }
            let result = try shell("ulimit -c 0; ulimit -v 400000; '\(program)' validate '\(file)' > /dev/null")
            #expect(result.code == 1, "validate \(name): \(result.errors)")
        }
    }

    /// A folder with documents of empty elements: `c.json`, `c.xml` and `s.json`.
    private static func documents(of count: Int) throws -> String {
        let folder = String(try shell("mktemp -d").text.split(separator: "\n")[0])
        let list = "printf '%s' '[{}'; yes ',{}' | head -n \(count - 1) | tr -d '\\n'; printf ']'"
        let elements = "yes '<component/>' | head -n \(count) | tr -d '\\n'"
        let cycloneDX = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": "#
        let xml = #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>"#
        let spdx = #"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": "#
        _ = try shell(
            """
            (printf '%s' '\(cycloneDX)'; \(list); printf '}') > '\(folder)/c.json'
            (printf '%s' '\(xml)'; \(elements); printf '</components></bom>') > '\(folder)/c.xml'
            (printf '%s' '\(spdx)'; \(list); printf '}') > '\(folder)/s.json'
            """)
        return folder
    }
}
