internal import ByteStreams
internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// Residue as properties of CycloneDX and as annotations of SPDX.
enum PatchCarrier {
    /// The annotator.
    static let tool = Tool.converter.spdx
    /// The prefix of cdx2spdx's annotations, before the name of a member, `=` and its value as JSON.
    static let missingProperty = "MISSING_CDX_PROPERTY:"

    private static let spdx = "sbomkit:spdx:"
    private static let cycloneDX = "sbomkit:cyclonedx:"

    private static func prefix(_ family: DocumentFamily) -> String {
        switch family {
        case .spdx: spdx
        case .cycloneDX: cycloneDX
        }
    }

    // MARK: CycloneDX

    static func property(_ entry: GuardedPatch.Entry, of family: DocumentFamily) -> JSONValue {
        CycloneDXComponentCodec.property(prefix(family) + entry.label, entry.text)
    }

    /// Removes the entries of one family from the properties of an object, and returns them.
    static func takeProperties(
        from object: inout JSONObject, of family: DocumentFamily, limits: Limits
    ) -> [GuardedPatch.Entry] {
        let prefix = prefix(family)
        return take("properties", from: &object) { property in
            guard let property = property.objectContent,
                let label = property.text("name")?.dropping(prefix: prefix)
            else { return nil }
            return GuardedPatch.Entry(label: String(label), text: property.text("value") ?? "", limits: limits)
        }
    }

    private static func take(
        _ name: String, from object: inout JSONObject, _ read: (JSONValue) -> GuardedPatch.Entry?
    ) -> [GuardedPatch.Entry] {
        guard let index = object.members.lastIndex(where: { $0.name == name }),
            case .array(let items) = object.members[index].value
        else { return [] }
        var kept: [JSONValue] = []
        var entries: [GuardedPatch.Entry] = []
        for item in items {
            if let entry = read(item) { entries.append(entry) } else { kept.append(item) }
        }
        guard !entries.isEmpty else { return [] }
        if kept.isEmpty {
            object.members.remove(at: index)
            // An entry may restore an empty list in its place.
            let isReplaced = entries.contains { entry in
                (entry.path == name || entry.path == "metadata/\(name)") && entry.value == .array([])
            }
            if !isReplaced { object.shiftForeignElements(by: -1) }
        } else {
            object.members[index].value = .array(kept)
        }
        return entries
    }

    // MARK: SPDX

    static func comment(_ entry: GuardedPatch.Entry, of family: DocumentFamily) -> String {
        let label = entry.label
        // Readers of cdx2spdx's annotations understand this form.
        if family == .cycloneDX, entry.guardHash == nil, !label.hasSuffix("@-"), !label.hasPrefix("#"),
            entry.value != nil,
            label != "properties"
        {
            return "\(missingProperty)\(label)=\(entry.text)"
        }
        return "\(prefix(family))\(label)=\(entry.text)"
    }

    /// Removes the entries of one family from the annotations of an object, and returns them.
    static func takeAnnotations(
        from object: inout JSONObject, of family: DocumentFamily, limits: Limits
    ) -> [GuardedPatch.Entry] {
        take("annotations", from: &object) { annotation in
            // Annotations of people and of other tools with our prefix are kept as annotations.
            guard let annotation = annotation.objectContent, annotation.text("annotationType") == "OTHER",
                let annotator = annotation.text("annotator"), annotator.hasPrefix("Tool: "),
                let comment = annotation.text("comment"),
                annotator == tool || !comment.hasPrefix(prefix(family))
            else { return nil }
            return read(comment, of: family, limits)
        }
    }

    private static func read(_ comment: String, of family: DocumentFamily, _ limits: Limits) -> GuardedPatch.Entry? {
        var rest = comment.dropping(prefix: prefix(family))
        if rest == nil, family == .cycloneDX {
            rest = comment.dropping(prefix: missingProperty)
            // The codec reads these.
            if rest?.hasPrefix("properties=") == true { return nil }
        }
        guard let rest, let sign = rest.firstIndex(of: "=") else { return nil }
        return GuardedPatch.Entry(
            label: String(rest[..<sign]), text: String(rest[rest.index(after: sign)...]), limits: limits)
    }
}
