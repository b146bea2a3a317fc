import SBOMModel
import Testing

@testable import SBOMFormats

@Suite struct ToolTests {
    @Test(arguments: [
        ("crane-1.2.3", "crane", "1.2.3"), ("crane-v1.2.3", "crane", "v1.2.3"), ("crane-2.0-rc1", "crane", "2.0-rc1"),
        ("dock-crane-1.2+abc", "dock-crane", "1.2+abc"),
        ("crane-v0.0.0-20240101123456-0123456789ab+dirty", "crane", "v0.0.0-20240101123456-0123456789ab+dirty"),
        ("dock-4-crane-1.0", "dock-4-crane", "1.0"), ("crane-7", "crane", "7"), ("crane-v7", "crane", "v7"),
        ("crane-2024-01-05", "crane", "2024-01-05"), ("crane-7-beta2", "crane", "7-beta2"),
        ("dock-4-crane", "dock-4-crane", ""), ("crane 2.0", "crane 2.0", ""), ("crane", "crane", ""),
        ("crane-", "crane-", ""),
        ("-1.0", "-1.0", ""), ("", "", ""), ("crane-1.", "crane", "1."), ("crane-v", "crane-v", ""),
        ("grüße-1.0", "grüße", "1.0"),
    ])
    func `name and version are apart`(text: String, name: String, version: String) {
        let tool = Tool(spdx: text[...])
        #expect(tool == Tool(name: name, version: version))
        #expect(tool.spdx == "Tool: \(text)")
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["-1", "-a", "-v", "-1a", "1.-"])
    func `a long text takes time in proportion`(part: String) {
        let text = String(repeating: part, count: 50_000)
        #expect(Tool(spdx: text[...]).spdx == "Tool: \(text)")
    }
}
