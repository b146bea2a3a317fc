import ByteStreams
import SBOMKit
import StructuredText
import TestSupport

/// An image of `Fixtures` as one test takes it.
struct Fixture: Sendable, CustomStringConvertible {
    /// What its files in `Fixtures/expected` are called.
    let name: String
    let folder: String
    let platform: String?

    init(_ name: String, folder: String? = nil, platform: String? = nil) {
        self.name = name
        self.folder = folder ?? name
        self.platform = platform
    }

    static let all = [
        Fixture("debian-small"), Fixture("debian-layers"), Fixture("links"), Fixture("distroless"),
        Fixture("multiarch-amd64", folder: "multiarch", platform: "linux/amd64"),
        Fixture("multiarch-arm64", folder: "multiarch", platform: "linux/arm64"),
        Fixture("docker-types"), Fixture("compressions"), Fixture("blind"), Fixture("languages"), Fixture("alpine"),
        Fixture("scratch"),
        Fixture("foreign"),
        Fixture("encrypted"), Fixture("rpm-small"), Fixture("rpm-hotwal"), Fixture("rpm-ndb"), Fixture("rpm-bdb"),
        Fixture("rpm-two-databases"),
    ]

    var description: String { name }
    var path: String { "\(packageFolder)/Fixtures/\(folder)" }
    func expected(_ kind: String) -> String { "\(packageFolder)/Fixtures/expected/\(name).\(kind)" }

    func generated(_ options: Generator.Options = Generator.Options()) async throws -> ImageInventory {
        var options = options
        options.platform = platform.flatMap { ImagePlatform($0) }
        return try await Generator(options: options).read(path)
    }
}

/// The document of an image made for one test.
func generated(
    _ image: TinyImage, _ options: Generator.Options = Generator.Options()
) async throws -> ImageInventory {
    let folder = try shell("mktemp -d").text.trimmed
    defer { _ = try? shell("rm -r \(folder)") }
    try image.write(toFolder: "\(folder)/layout")
    return try await Generator(options: options).read("\(folder)/layout")
}

/// An SPDX document, to be asked about.
struct Document {
    let json: JSONValue

    init(_ generated: ImageInventory) throws {
        json = try JSONValue(parsing: generated.spdx, limits: Limits())
    }

    var packages: [JSONValue] { json["packages"].array }
    var relationships: [JSONValue] { json["relationships"].array }

    /// The packages that a package manager installed.
    var installed: [JSONValue] { packages.filter { $0["SPDXID"].text.hasPrefix("SPDXRef-Package-") } }

    func package(_ name: String, architecture: String? = nil) -> JSONValue? {
        installed.first { $0["name"].text == name && (architecture.map($0.purl.contains) ?? true) }
    }

    /// `from KIND to` of every relationship, elements by their names, with the architecture where it is not amd64.
    var edges: [String] {
        var names: [String: String] = ["SPDXRef-DOCUMENT": "DOCUMENT"]
        for package in packages {
            let isForeign = package.purl.contains("arch=i386")
            names[package["SPDXID"].text] = package["name"].text + (isForeign ? ":i386" : "")
        }
        return relationships.map {
            "\(names[$0["spdxElementId"].text] ?? "?") \($0["relationshipType"].text) "
                + (names[$0["relatedSpdxElement"].text] ?? "?")
        }
    }
}

extension JSONValue {
    /// The member with that name, or null.
    subscript(_ name: String) -> JSONValue {
        if case .object(let object) = self { return object[name] ?? .null }
        return .null
    }

    var text: String {
        if case .string(let text) = self { return text }
        return ""
    }

    var array: [JSONValue] {
        if case .array(let values) = self { return values }
        return []
    }

    var purl: String {
        self["externalRefs"].array.first { $0["referenceType"].text == "purl" }?["referenceLocator"].text ?? ""
    }
}

extension String {
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension Notice {
    /// As golden files have it.
    var line: String { "\(severity) \(code) \(place): \(message)" }
}

extension ImageInventory {
    /// The document as SPDX 2.3 JSON.
    var spdx: [UInt8] { get throws { try document(.spdx) } }
}
