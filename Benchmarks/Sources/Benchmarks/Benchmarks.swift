import Glibc
@_spi(Testing) import SBOMKit

/// Measures single stages side by side in one process, and says whether they keep within what is promised.
///
/// Ratios count, not seconds: machines are noisy, so runs are interleaved and the best of each is taken.
@main
struct Benchmarks {
    static func main() throws {
        guard CommandLine.arguments.count == 5 else {
            print("usage: Benchmarks RPMDB.SQLITE DPKG-STATUS DOCUMENT.JSON DOCUMENT.XML")
            exit(64)
        }
        let rpm = try bytes(CommandLine.arguments[1])
        let status = try bytes(CommandLine.arguments[2])
        var failures = 0

        var native = Double.infinity
        var librpm = Double.infinity
        var resolved = Double.infinity
        var counts = (native: 0, librpm: 0, edges: 0)
        for _ in 0..<9 {
            native = min(
                native,
                try seconds { counts.native = try TestingSPI.readRPM(rpm, with: .native, resolve: false).packageCount })
            librpm = min(
                librpm,
                try seconds { counts.librpm = try TestingSPI.readRPM(rpm, with: .librpm, resolve: false).packageCount })
            resolved = min(
                resolved,
                try seconds { counts.edges = try TestingSPI.readRPM(rpm, with: .native, resolve: true).edgeCount ?? 0 })
        }
        let resolving = max(0, resolved - native)
        let packages = "\(counts.native) packages (librpm: \(counts.librpm)), \(counts.edges) edges"
        print("rpm database of \(rpm.count / 1_000_000) MB, \(packages)")
        report("read, native", native, "s")
        report("read, librpm", librpm, "s")
        failures += check("native against librpm", native / librpm, atMost: 1.5, "times")
        failures += check("resolve", resolving, atMost: 0.2, "s")
        if counts.native != counts.librpm { failures += 1 }

        var dpkg = Double.infinity
        var found = (packages: 0, edges: 0)
        for _ in 0..<9 { dpkg = min(dpkg, try seconds { found = try TestingSPI.readDpkg(status) }) }
        print("dpkg status of \(status.count / 1_000_000) MB, \(found.packages) packages, \(found.edges) edges")
        failures += check("read and resolve", dpkg, atMost: 0.2, "s")

        let json = try bytes(CommandLine.arguments[3])
        let xml = try bytes(CommandLine.arguments[4])
        var reading = (json: Double.infinity, xml: Double.infinity, document: Double.infinity)
        // What was read is kept until the time is taken: to free it is another matter.
        var kept: (any Sendable)?
        for _ in 0..<5 {
            kept = nil
            reading.json = min(reading.json, try seconds { kept = try TestingSPI.readJSON(json) })
            kept = nil
            reading.xml = min(reading.xml, try seconds { kept = try TestingSPI.readXML(xml) })
            kept = nil
            reading.document = min(reading.document, try seconds { kept = try TestingSPI.readDocument(xml) })
        }
        withExtendedLifetime(kept) {}
        print("documents of \(json.count / 1_000_000) MB of JSON and \(xml.count / 1_000_000) MB of XML, into trees")
        report("read JSON", Double(json.count) / 1e6 / reading.json, "MB/s")
        failures += check("read XML", Double(xml.count) / 1e6 / reading.xml, atLeast: 100, "MB/s")
        failures += check("read XML, and all it says", Double(xml.count) / 1e6 / reading.document, atLeast: 100, "MB/s")
        exit(failures == 0 ? 0 : 1)
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = now()
        try body()
        return now() - start
    }

    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func rounded(_ number: Double) -> String { "\((number * 10_000).rounded() / 10_000)" }

    private static func report(_ what: String, _ found: Double, _ unit: String) {
        print("  \(what): \(rounded(found)) \(unit)")
    }

    private static func check(_ what: String, _ found: Double, atMost limit: Double, _ unit: String) -> Int {
        let isGood = found <= limit
        print("  \(what): \(rounded(found)) \(unit), at most \(limit): \(isGood ? "good" : "TOO MUCH")")
        return isGood ? 0 : 1
    }

    private static func check(_ what: String, _ found: Double, atLeast limit: Double, _ unit: String) -> Int {
        let isGood = found >= limit
        print("  \(what): \(rounded(found)) \(unit), at least \(limit): \(isGood ? "good" : "TOO LITTLE")")
        return isGood ? 0 : 1
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else {
            print("\(path): cannot be opened")
            exit(66)
        }
        defer { unsafe fclose(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            if count == 0 { return result }
            result += buffer[..<count]
        }
    }
}
