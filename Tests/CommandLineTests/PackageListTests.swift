import ByteStreams
import StructuredText
import TestSupport
import Testing

/// The lists of packages that `generate` writes in place of a document.
@Suite struct PackageListTests {
    private static let workflow = [
        "GITHUB_SHA": String(repeating: "a1", count: 20), "GITHUB_REF": "refs/heads/main", "GITHUB_RUN_ID": "12",
        "GITHUB_WORKFLOW": "build", "GITHUB_JOB": "scan", "GITHUB_SERVER_URL": "https://git.example",
        "GITHUB_REPOSITORY": "owner/app",
    ]

    @Test func `a table has a line for each package and none for the image`() throws {
        let lines = try sbomkit("generate -q debian-small --format table").text.split(separator: "\n")
        #expect(lines.count == 20)
        let head = lines[0]
        #expect(head.split(separator: " ") == ["NAME", "VERSION", "ARCH", "TYPE", "LICENSE", "LAYER"])
        let start = try #require(head.firstIndex(of: "V")).utf16Offset(in: head)
        // Columns are two blanks apart, and all texts of one begin at the same place.
        #expect(
            lines.dropFirst().allSatisfy { line in
                let cells = Array(line)
                return cells[start - 1] == " " && cells[start - 2] == " " && cells[start] != " "
            })
        #expect(lines.contains { $0.split(separator: " ") == ["alpha", "1:2.3-4", "amd64", "deb", "-", "1"] })
        #expect(try sbomkit("generate -q rpm-small --format table").text.contains("  rpm  "))
    }

    @Test(arguments: ["debian-small", "rpm-small", "distroless"])
    func `package URLs are those of the document, one on each line`(image: String) throws {
        let lines = try sbomkit("generate -q \(image) --format purls").text.split(separator: "\n").map(String.init)
        let all = try sbomkit("query expected/\(image).spdx.json all --fields purl").text
        let known = Set(all.split(separator: "\n"))
        #expect(!lines.isEmpty && Set(lines).count == lines.count)
        #expect(lines.allSatisfy { known.contains(Substring($0)) })
        #expect(lines.allSatisfy { $0.hasPrefix("pkg:deb/") || $0.hasPrefix("pkg:rpm/") })
    }

    @Test func `a snapshot for GitHub states the run, the time and the graph`() throws {
        let options = "--format github-json --created 2026-01-31T12:00:00Z"
        let result = try sbomkit("generate -q debian-small \(options)", environment: Self.workflow)
        #expect(result.code == 0)
        let root = try #require(JSONValue(parsing: Array(result.output), limits: Limits()).objectContent)
        #expect(root["scanned"] == "2026-01-31T12:00:00Z")
        #expect(root["sha"] == .string(String(repeating: "a1", count: 20)) && root["ref"] == "refs/heads/main")
        let job = try #require(root["job"]?.objectContent)
        #expect(job["id"] == "12" && job["correlator"] == "build scan debian-small:latest")
        #expect(job["html_url"] == "https://git.example/owner/app/actions/runs/12")
        let manifests = try #require(root["manifests"]?.objectContent)
        let resolved = try #require(manifests["debian-small:latest"]?.objectContent?["resolved"]?.objectContent)
        #expect(resolved.members.count == 19)
        let needed = Set(
            resolved.members.flatMap { $0.value.objectContent?["dependencies"]?.arrayContent ?? [] }
                .compactMap(\.textContent))
        #expect(!needed.isEmpty && needed.allSatisfy { resolved[$0] != nil })
        for member in resolved.members {
            let isNeeded = needed.contains(member.name)
            #expect(member.value.objectContent?["relationship"] == (isNeeded ? "indirect" : "direct"), "\(member.name)")
        }
    }

    @Test(arguments: ["GITHUB_SHA", "GITHUB_REF", "GITHUB_RUN_ID", "GITHUB_WORKFLOW", "GITHUB_JOB"])
    func `a snapshot needs the variables of the run`(variable: String) throws {
        var environment = Self.workflow
        environment[variable] = ""
        let result = try sbomkit("generate debian-small --format github-json", environment: environment)
        #expect(result.code == 64 && result.output.isEmpty)
        #expect(result.lines.first?.hasSuffix(" in the variable \(variable)") == true)
    }

    @Test(arguments: ["--profile ntia --format table", "--all-platforms -o 'purls={os}-{arch}.txt'"])
    func `what needs documents refuses a list`(options: String) throws {
        let result = try sbomkit("generate debian-small \(options)")
        #expect(result.code == 64 && result.errors.contains(" is a list"))
    }

    @Test(.needs(have("script"), "script(1) of util-linux"))
    func `a terminal gets an overview and a hint`() throws {
        let result = try shell(
            "unset SOURCE_DATE_EPOCH; cd '\(fixtures)' && TERM=dumb script -qec \"'\(program)' generate distroless\" /dev/null"
        )
        #expect(result.code == 0)
        #expect(result.text.contains("distroless:latest (linux/amd64, Debian GNU/Linux 12 (bookworm)): "))
        #expect(result.text.contains("sbomkit: hint: -o FILE.spdx.json"))
        #expect(!result.text.contains("spdxVersion"))
        let document = try shell(
            "cd '\(fixtures)' && TERM=dumb script -qec \"'\(program)' generate -q distroless --format spdx\" /dev/null")
        #expect(document.text.contains("\"spdxVersion\""))
    }
}
