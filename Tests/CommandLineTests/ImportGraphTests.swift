import Foundation
import TestSupport
import Testing

/// The walls between targets: what each may import, from the ground up.
///
/// `Package.swift` could give a target any dependency; this table is the plan. See docs/architecture.md.
@Suite struct ImportGraphTests {
    /// What every target may import: not Foundation, which costs start-up time and memory.
    static let everywhere: Set = ["Glibc", "Dispatch", "Synchronization"]

    static let allowed: [String: Set<String>] = [
        "ByteStreams": ["CBZip2", "CCrypto", "CISAL", "CLZMA", "CZstd"],
        "StructuredText": ["ByteStreams", "CLibXML2"],
        "RegistryClient": ["ByteStreams", "CCurl", "StructuredText"],
        "ContainerImages": ["ByteStreams", "RegistryClient", "StructuredText"],
        "PackageDatabases": ["ByteStreams", "CRPM", "SBOMModel"],
        "LanguagePackages": ["ByteStreams", "ContainerImages", "PackageDatabases", "SBOMModel", "StructuredText"],
        "SBOMModel": ["ByteStreams"],
        "SBOMFormats": ["ByteStreams", "CSchemas", "SBOMModel", "StructuredText"],
        "SBOMValidation": ["ByteStreams", "SBOMFormats", "SBOMModel", "StructuredText"],
        "SBOMConversion": ["ByteStreams", "SBOMFormats", "SBOMModel", "SBOMValidation", "StructuredText"],
        "SBOMKit": [
            "ByteStreams", "CPages", "ContainerImages", "LanguagePackages", "PackageDatabases", "RegistryClient",
            "SBOMConversion", "SBOMFormats", "SBOMModel", "SBOMValidation", "StructuredText",
        ],
        "SBOMKitCLI": ["ArgumentParser", "ByteStreams", "SBOMKit", "StructuredText"],
    ]

    @Test func `targets import only what the plan allows`() throws {
        let sources = packageFolder + "/Sources"
        var count = 0
        for target in names(inFolder: sources) {
            for file in swiftFiles(in: "\(sources)/\(target)") {
                let text = String(decoding: try bytes(ofFile: file), as: UTF8.self)
                let allowed = try #require(Self.allowed[target], "\(target) is not in the plan")
                for line in text.split(separator: "\n") {
                    guard let module = Self.module(importedBy: line) else { continue }
                    count += 1
                    let isAllowed = allowed.contains(String(module)) || Self.everywhere.contains(String(module))
                    #expect(isAllowed, "\(file.dropFirst(packageFolder.count + 1)) imports \(module)")
                }
            }
        }
        #expect(count > 100)
    }

    private static func module(importedBy line: Substring) -> Substring? {
        let importLine =
            /\s*(?:@\w+(?:\(\w+\))? )*(?:(?:public|package|internal|fileprivate|private) )?import (?:\w+ )?(\w+)(?:\.\w+)*\s*/
        return line.wholeMatch(of: importLine)?.output.1
    }

    private func swiftFiles(in folder: String) -> [String] {
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
    }
}
