import Foundation
import SBOMKit
import TestSupport
import Testing

/// `generate X` and then `convert --to Y` gives the bytes of `generate Y`, unless X has no place for something.
@Suite struct GenerateAndConvertTests {
    static let formats: [DocumentFormat] =
        DocumentFormat.SPDXVersion.allCases.flatMap { [.spdxJSON($0), .spdxTagValue($0)] }
        + DocumentFormat.CycloneDXVersion.allCases.flatMap { [.cycloneDX($0), .cycloneDXXML($0)] }

    private static func version(_ format: DocumentFormat) -> DocumentFormat.CycloneDXVersion? {
        switch format {
        case .cycloneDX(let version), .cycloneDXXML(let version): version
        case .spdxJSON, .spdxTagValue: nil
        }
    }

    /// Why a conversion does not give the document that is generated; nil if it does.
    private static func difference(from source: DocumentFormat, to target: DocumentFormat) -> String? {
        switch (source, target) {
        case (.spdxJSON(.v2_2), .spdxTagValue(.v2_2)), (.spdxTagValue(.v2_2), .spdxJSON(.v2_2)): nil
        case (.spdxJSON(.v2_2), _), (.spdxTagValue(.v2_2), _): "SPDX 2.2 has no purpose"
        case (.cycloneDX(.v1_2), _), (.cycloneDXXML(.v1_2), _): "CycloneDX 1.2 has no properties and no compositions"
        case (.cycloneDXXML(let one), .cycloneDX(let other)) where one == other:
            "XML has no empty lists, and its schema another order"
        default:
            version(source) != nil && version(target) != nil && version(source) != version(target)
                ? "between its versions a document changes only as far as the other version requires it" : nil
        }
    }

    /// The lines of a document without what its source cannot tell.
    ///
    /// CycloneDX requires a type of every component: a package without a purpose comes back as a library. Before 1.6 the author
    /// of a component is a text, which is read as a person.
    private static func comparable(_ document: [UInt8], from source: DocumentFormat) -> [Substring] {
        String(decoding: document, as: UTF8.self).split(separator: "\n").compactMap { line in
            let line = line.hasSuffix(",") ? line.dropLast() : line
            guard let version = version(source) else { return line }
            let text = line.drop { $0 == " " }
            if text == "\"primaryPackagePurpose\": \"LIBRARY\"" || text == "PrimaryPackagePurpose: LIBRARY" {
                return nil
            }
            let isOriginator = text.hasPrefix("\"originator\":") || text.hasPrefix("PackageOriginator:")
            return isOriginator && version.rawValue < "1.6" ? nil : line
        }
    }

    /// The document without what only CycloneDX has of each package: where syft finds it, and its size.
    ///
    /// From CycloneDX to SPDX they come as an annotation with properties.
    private static func withoutPlaces(_ document: [UInt8]) -> [UInt8] {
        let names = "(?:syft:location:0:path|syft:metadata:installedSize|syft:metadata:size)"
        let comment = #"<?(?:text>)?"?MISSING_CDX_PROPERTY:properties=\[\{\\?"name\\?":\\?""# + names + "[^\n]*\n"
        let patterns = [
            #",\s*\{\s*"name": ""# + names + #"",\s*"value": "[^"]*"\s*\}"#,
            #"\s*<property name=""# + names + #"">[^<]*</property>"#,
            #",\s*\{\s*"annotationDate": "[^"]*",\s*"annotationType": "OTHER",\s*"annotator": "Tool: sbomkit",\s*"comment": "#
                + comment + #"\s*\}"#,
            #"Annotator: Tool: sbomkit\nAnnotationDate: [^\n]*\nAnnotationType: OTHER\nSPDXREF: [^\n]*\nAnnotationComment: "#
                + comment,
        ]
        var text = String(decoding: document, as: UTF8.self)
        for pattern in patterns {
            text = text.replacingOccurrences(of: pattern, with: "", options: .regularExpression)
        }
        return Array(text.utf8)
    }

    @Test(
        arguments: zip(
            ["debian-small", "rpm-small", "blind", "scratch", "debian-small", "debian-layers", "rpm-small"],
            [.none, .none, .none, .none, .modified, .all, .owned] as [Generator.Files]))
    func `a converted document is the one that is generated`(name: String, files: Generator.Files) async throws {
        var options = Generator.Options()
        options.files = files
        // CycloneDX keeps people and organizations in two lists, people first.
        options.creators = try ["Person: C (c@example.org)", "Organization: A (a@example.org)", "Organization: B"]
            .map { try #require(Contact($0)) }
        options.supplier = Contact("Person: Ada Example (ada@example.org)")
        options.namespaceBase = try #require(NamespaceBase("https://example.org/sboms"))
        let image = try await Fixture(name).generated(options)
        var settings = Converter.Options()
        settings.carries = false
        let converter = Converter(options: settings)
        let documents = try Self.formats.map { try image.document($0) }
        for (source, document) in zip(Self.formats, documents) {
            for (target, expected) in zip(Self.formats, documents)
            where source != target && Self.difference(from: source, to: target) == nil {
                var (converted, expected) = (try converter.convert(document, to: target).bytes, expected)
                if (Self.version(source) == nil) != (Self.version(target) == nil) {
                    (converted, expected) = (Self.withoutPlaces(converted), Self.withoutPlaces(expected))
                }
                if Self.version(source) == nil { #expect(converted == expected, "\(source) to \(target)") }
                let (one, other) = (
                    Self.comparable(converted, from: source), Self.comparable(expected, from: source)
                )
                let place = zip(one, other).first { $0 != $1 }
                #expect(
                    place == nil && one.count == other.count, "\(source) to \(target): \(place.map { "\($0)" } ?? "")")
            }
        }
    }
}
