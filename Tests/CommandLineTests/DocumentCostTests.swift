import TestSupport
import Testing

/// What a document of a few bytes for each element may cost.
@Suite struct DocumentCostTests {
    /// Elements that state nothing take 3 bytes of a document, and no more than a kilobyte of memory.
    @Test(arguments: [50_000, 100_000, 200_000])
    func `memory and time grow with the number of empty elements and no faster`(count: Int) throws {
        let folder = try shell("mktemp -d").text.split(separator: "\n")[0]
        defer { _ = try? shell("rm -r '\(folder)'") }
        let list = "printf '%s' '[{}'; yes ',{}' | head -n \(count - 1) | tr -d '\\n'; printf ']'"
        let cycloneDX = #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": "#
        let spdx = #"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": "#
        _ = try shell(
            """
            (printf '%s' '\(cycloneDX)'; \(list); printf '}') > '\(folder)/c.json'
            (printf '%s' '\(spdx)'; \(list); printf '}') > '\(folder)/s.json'
            """)
        // Beside the program itself; seconds of a build without optimization.
        let bounds = "ulimit -c 0; ulimit -v \(180_000 + count); ulimit -t \(5 + count / 10_000)"
        for line in ["outline 'FILE'", "query 'FILE' all", "diff 'FILE' 'FILE'"] {
            for name in ["c.json", "s.json"] {
                let command = line.replacing("FILE", with: "\(folder)/\(name)")
                let result = try shell("\(bounds); '\(program)' \(command) > /dev/null")
                #expect(result.code == 0, "\(line) of \(count) elements in \(name): \(result.errors)")
            }
        }
    }
}
