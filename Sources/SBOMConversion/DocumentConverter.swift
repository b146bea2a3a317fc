package import ByteStreams
internal import Dispatch
package import SBOMFormats
package import SBOMModel
internal import SBOMValidation
internal import StructuredText

/// A document in another format, to be written.
package final class ConvertedDocument: Sendable {
    fileprivate enum Text {
        case bytes([UInt8])
        /// A tree, which becomes text when it is written.
        case json(JSONValue)
    }

    private let text: Text
    /// The conversion, with the trees that it used; nil within a family.
    private let conversion: FamilyConversion?
    /// What became of the members of the source.
    package let report: ConversionReport

    fileprivate init(_ text: Text, from conversion: FamilyConversion?, report: ConversionReport) {
        self.text = text
        self.conversion = conversion
        self.report = report
    }

    /// Frees the trees on another thread.
    ///
    /// Freeing their millions of parts takes as long as writing the document, and no caller needs to wait for it.
    deinit {
        DocumentConverter.free((text, conversion))
    }

    /// The whole document.
    package var bytes: [UInt8] {
        switch text {
        case .bytes(let bytes): bytes
        case .json(let value): JSONWriter.bytes(of: value, .pretty)
        }
    }

    /// Passes the document to a sink in consecutive pieces, one at a time, but from several threads.
    package func write(to sink: @escaping @Sendable ([UInt8]) throws -> Void) throws {
        switch text {
        case .bytes(let bytes): try sink(bytes)
        case .json(let value): try JSONWriter.write(value, .pretty, to: sink)
        }
    }
}

/// Converts documents to other formats so that the reverse conversion gives the same document.
package struct DocumentConverter: Sendable {
    private let carries: Bool
    private let created: Timestamp
    private let reports: Bool
    private let limits: Limits

    /// A converter.
    ///
    /// - Parameters:
    ///   - carries: Whether properties or annotations carry what the new format has no member for.
    ///   - created: The time of documents that need one and do not state it.
    ///   - reports: Whether the report also counts members that were mapped.
    ///   - limits: The bounds on a document.
    package init(carries: Bool, created: Timestamp, reports: Bool, limits: Limits) {
        self.carries = carries
        self.created = created
        self.reports = reports
        self.limits = limits
    }

    /// Converts a document, and reports what became of its members.
    package func convert(_ source: consuming ParsedDocument, to target: TargetFormat) throws -> ConvertedDocument {
        try limits.admit(elements: source.elementCount, inBytes: source.size)
        if source.family == target.family, source.version == target.version, source.syntax == target.syntax,
            !isAmbiguous(source)
        {
            return ConvertedDocument(try again(source), from: nil, report: ConversionReport())
        }
        var report = ConversionReport()
        var conversion: FamilyConversion?
        var budget = source.size.map { CarrierBudget(sourceSize: $0, limits) } ?? .unlimited
        var family = source.family
        var version = source.version
        // Whether the content is valid for certain: it is if only our mapping made it.
        var isClean = false
        // Nothing else holds the document, so its parts are freed as they are converted.
        var content = source.takeContent()
        var respelling = VersionConversion(family: family, limits: limits)
        // XML may come from a document of the same version, which is written without being revised.
        let isRestored = respelling.restore(&content, ways: source.syntax == .xml ? 2 : 1) { restored, plain, way in
            try again(restored, of: plain, family, source.version, source.syntax, isRevised: way == 0)
        }
        if isRestored {
            version = Self.version(of: content, family) ?? version
            isClean = false
        }
        report.merge(respelling.report)
        let defaults = DocumentDefaults(for: content, family, created: created)
        if family != target.family {
            let original = content
            content = JSONObject()
            content = try cross(
                consume original, family, version, defaults, to: target, isClean: &isClean, &budget, &report,
                &conversion)
            family = target.family
            version = Self.version(of: content, family) ?? target.version
        }
        // What comes back is what it was, whatever the rules say of it.
        let isReturning = conversion?.isReturning ?? false
        if target.syntax != .json || version != target.version {
            // The document is written and read again before it is done, and both at once may not fit into memory.
            Self.free(conversion.take())
        }
        let converted = content
        content = JSONObject()
        let isOther = source.family != family
        let text = try respell(
            consume converted, family, version, isClean: isClean, isOther: isOther, isRestored: isRestored,
            mends: isOther ? !isReturning : !isRestored, defaults, to: target, budget: budget, &report)
        return ConvertedDocument(text, from: conversion, report: report)
    }

    /// Writes a bill of materials in a format.
    ///
    /// Also returns the number of characters that XML cannot hold and that became U+FFFD.
    package func write(
        _ bill: BillOfMaterials, as target: TargetFormat
    ) throws -> (bytes: [UInt8], replacements: Int) {
        let content: JSONObject
        let version: String
        // CycloneDX 1.2 allows no line feeds in most texts, so our document may be invalid.
        var isClean = true
        switch target.family {
        case .spdx:
            content = SPDXDocumentWriter().document(bill)
            version = SPDXVersion.v2_3.rawValue
        case .cycloneDX:
            let written = CycloneDXVersion(rawValue: target.version) ?? .v1_6
            content = CycloneDXDocumentWriter(version: written).document(bill)
            version = written.rawValue
            isClean = written > .v1_2
        }
        if isClean, version == target.version, target.syntax == .xml {
            let (bytes, omissions) = try CycloneDXXML.write(content, version: version, limits: limits)
            return (bytes, omissions.count { $0.reason == .characters })
        }
        var report = ConversionReport()
        let defaults = DocumentDefaults(for: content, target.family, created: created)
        let text = try respell(
            content, target.family, version, isClean: isClean, isOther: true, isRestored: false, mends: false, defaults,
            to: target, &report)
        return (ConvertedDocument(text, from: nil, report: report).bytes, 0)
    }

    /// Frees trees on another thread.
    fileprivate static func free(_ trees: any Sendable) {
        DispatchQueue.global(qos: .utility).async { withExtendedLifetime(trees) {} }
    }

    /// Whether other readers of a document in tag-value find other tags in it, so that it cannot stay as it is.
    private func isAmbiguous(_ source: borrowing ParsedDocument) -> Bool {
        guard case .tagValue(let bytes) = source.written else { return false }
        return bytes.map { SPDXTagValue.isAmbiguous($0, limits: limits) }
            ?? SPDXTagValue.write(source.content, limits: limits).isAmbiguous
    }

    /// Writes a document in tag-value, changed where other readers would find other tags in it.
    private func writeTagValue(_ content: inout JSONObject) -> SPDXTagValueWriting {
        let written = SPDXTagValue.write(content, limits: limits)
        guard written.needsFitting else { return written }
        SPDXTagValueFitting.fit(&content)
        return SPDXTagValue.write(content, limits: limits)
    }

    private static func version(of content: JSONObject, _ family: DocumentFamily) -> String? {
        switch family {
        case .spdx: content.text("spdxVersion")?.dropping(prefix: "SPDX-").map { String($0) }
        case .cycloneDX: content.text("specVersion")
        }
    }

    /// The document as it was.
    private func again(_ source: ParsedDocument) throws -> ConvertedDocument.Text {
        switch source.written {
        case .json(let value): .json(value)
        case .xml(let document): .bytes(XMLWriter.bytes(of: document, .pretty))
        case .tagValue(let bytes): .bytes(bytes ?? SPDXTagValue.write(source.content, limits: limits).bytes)
        }
    }

    private func cross(
        _ content: consuming JSONObject, _ family: DocumentFamily, _ version: String, _ defaults: DocumentDefaults,
        to target: TargetFormat,
        isClean: inout Bool, _ budget: inout CarrierBudget, _ report: inout ConversionReport,
        _ made: inout FamilyConversion?
    ) throws -> JSONObject {
        var options = FamilyConversion.Options(defaults: defaults, limits: limits)
        options.carries = carries
        options.reports = reports
        var conversion = FamilyConversion(options: options, budget: budget)
        let result: JSONObject
        switch (family, target.family) {
        case (.spdx, .cycloneDX):
            result = conversion.cycloneDX(
                from: content, version: CycloneDXVersion(rawValue: target.version) ?? .v1_6)
        case (.cycloneDX, .spdx):
            result = conversion.spdx(from: content, version: CycloneDXVersion(rawValue: version) ?? .v1_6)
        case (.spdx, .spdx), (.cycloneDX, .cycloneDX): return content
        }
        report.merge(conversion.report)
        budget = conversion.budget
        made = conversion
        // Our mapping is valid, apart from restored values, and from 1.2, which allows no line feeds in most texts.
        isClean = !conversion.hasRestored && target.version != CycloneDXVersion.v1_2.rawValue
        return result
    }

    /// What a reader reads of a document that is written as XML.
    ///
    /// The XML schema and the JSON schema differ, so a document is pruned to the JSON schema only if its XML is invalid.
    private func readAsXML(
        _ content: inout JSONObject, _ version: String, _ defaults: DocumentDefaults
    ) throws -> JSONObject {
        func written() throws -> (document: XMLDocument, isValid: Bool) {
            let document = try XMLDocument(
                parsing: try CycloneDXXML.write(content, version: version, limits: limits).bytes, limits: limits)
            let verdict = try DocumentValidator(limits: limits, violationLimit: 1).validate(document)
            return (document, verdict.isSchemaValid)
        }
        var (document, isValid) = try written()
        if !isValid {
            try SchemaPruning(family: .cycloneDX, version: version, isStrict: false, defaults).fit(&content)
            (document, isValid) = try written()
        }
        if !isValid {
            // Notes that only the XML of another version can hold are carried instead of written.
            content = VersionConversion.withoutReserved(content)
            document = try written().document
        }
        return try CycloneDXXML.read(document, limits: limits).content.namingSchema(version)
    }

    /// The same for a document that is made valid by the rules also in what XML makes of it, such as an empty element of a
    /// null.
    private func readAsMendedXML(
        _ content: inout JSONObject, _ version: String, _ defaults: DocumentDefaults
    ) throws -> JSONObject {
        var read = try readAsXML(&content, version, defaults)
        guard try RuleMending(family: .cycloneDX, version: version, defaults: defaults).mend(&read) else { return read }
        content = read
        return try readAsXML(&content, version, defaults)
    }

    /// Removes the notes on the spelling of XML if they change what the document says.
    ///
    /// They are written unchanged, and may come from carriers.
    private func leaveOutNotes(
        in content: inout JSONObject, _ read: inout JSONObject, _ version: String, _ defaults: DocumentDefaults,
        _ report: inout ConversionReport
    ) throws {
        var plain = VersionConversion.withoutReserved(content)
        guard !plain.isSemanticallyEqual(to: content) else { return }
        let readPlain = try readAsXML(&plain, version, defaults)
        let seen = VersionConversion.withoutReserved(read)
        guard !VersionConversion.withoutReserved(readPlain).isSemanticallyEqual(to: seen) else { return }
        content = plain
        read = readPlain
        report.reject(
            [GuardedPatch.Entry(path: CycloneDXXMLExtras.name, guardHash: nil, value: nil)], of: .cycloneDX, in: "")
    }

    /// What a reader reads of a document that is written in a version and syntax of its family.
    ///
    /// Required values that it lacks come from the document `plain`.
    private func again(
        _ document: JSONObject, of plain: JSONObject, _ family: DocumentFamily, _ version: String,
        _ syntax: DocumentSyntax, isRevised: Bool
    ) throws -> JSONObject {
        let time = plain["creationInfo"]?.objectContent?.text("created").flatMap(Timestamp.init(rfc3339:))
        let defaults = DocumentDefaults(for: plain, family, created: time ?? created)
        let known =
            switch family {
            case .spdx: (SPDXVersion(rawValue: version) ?? .v2_3).rawValue
            case .cycloneDX: (CycloneDXVersion(rawValue: version) ?? .v1_6).rawValue
            }
        var content = syntax == .json ? VersionConversion.withoutReserved(document) : document
        if isRevised {
            try VersionConversion(family: family, limits: limits).revise(&content, to: known, fits: true, defaults)
        }
        _ = try RuleMending(family: family, version: known, defaults: defaults).mend(&content)
        switch syntax {
        case .json: return content
        case .tagValue:
            let written = writeTagValue(&content)
            return try SPDXTagValue.read(written.bytes, limits: limits, making: .none).content
        case .xml: return try readAsMendedXML(&content, known, defaults)
        }
    }

    /// A document in the wrapper that the first SPDX 2.2 had.
    private static func wrapped(_ content: JSONObject, in wrapper: JSONObject) -> JSONObject {
        JSONObject([.init(name: "Document", value: .object(content))] + wrapper.members)
    }

    /// Whether a document is valid in a wrapper, whose schema requires less.
    private func isValid(_ content: JSONObject, in wrapper: JSONObject?) throws -> Bool {
        guard let wrapper else { return false }
        let bytes = JSONWriter.bytes(of: .object(Self.wrapped(content, in: wrapper)), .compact)
        return try DocumentValidator(limits: limits, violationLimit: 1).validate(bytes).isSchemaValid
    }

    /// Whether tag-value is written without changes: it is valid, or it has the lines of an earlier tag-value document.
    private func isRestoredTagValue(_ content: JSONObject) throws -> Bool {
        var content = content
        let written = writeTagValue(&content)
        return try written.followsLayout
            || DocumentValidator(limits: limits, violationLimit: 1).validate(written.bytes).isSchemaValid
    }

    /// Makes a document valid in the version of the target.
    ///
    /// XML is made valid later, when it is written.
    private func revise(
        _ content: inout JSONObject, with respelling: inout VersionConversion, isSame: Bool, isClean: Bool,
        isOther: Bool, isRestored: Bool, _ wrapper: JSONObject?, _ defaults: DocumentDefaults, to target: TargetFormat
    ) throws {
        if !isSame {
            // A restored document was of that version before. XML is judged when it is written.
            let fits = !isRestored || target.syntax != .xml
            try respelling.revise(
                &content, to: target.version, fits: fits && wrapper == nil, defaults)
            if wrapper != nil, try !isValid(content, in: wrapper) {
                try SchemaPruning(family: target.family, version: target.version, isStrict: true, defaults).fit(
                    &content)
            }
        } else if target.syntax != .xml {
            // XML is judged when it is written. Restored tag-value must be what it was, valid or not. A document that is valid
            // in a wrapper need not be valid without it.
            let isNew = target.syntax == .json || isOther || !isRestored || content[ParsedDocument.wrapper] != nil
            if !isClean || content[ParsedDocument.wrapper] != nil,
                try isNew ? !isValid(content, in: wrapper) : !isRestoredTagValue(content)
            {
                try SchemaPruning(family: target.family, version: target.version, isStrict: false, defaults).fit(
                    &content)
            }
        }
    }

    /// Writes a document of the right family in the right version and syntax.
    private func respell(
        _ document: consuming JSONObject, _ family: DocumentFamily, _ version: String, isClean: Bool, isOther: Bool,
        isRestored: Bool, mends: Bool, _ defaults: DocumentDefaults,
        to target: TargetFormat, budget: CarrierBudget = .unlimited, _ report: inout ConversionReport
    ) throws -> ConvertedDocument.Text {
        var content = document
        document = JSONObject()
        let isSame = version == target.version
        let mending = RuleMending(family: family, version: target.version, defaults: defaults)
        if isSame, isClean, target.syntax == .json, !content.members.contains(where: { $0.name.hasPrefix("#") }),
            !mends || !mending.isNeeded(by: content)
        {
            return .json(.object(content))
        }
        var respelling = VersionConversion(family: family, limits: limits, budget: budget)
        // The wrapper of the first SPDX 2.2 is restored.
        var wrapper: JSONObject?
        if target.syntax == .json, family == .spdx, target.version == SPDXVersion.v2_2.rawValue {
            wrapper = content.take(ParsedDocument.wrapper)?.objectContent
        }
        let original = content
        if target.syntax == .json { content = VersionConversion.withoutReserved(content) }
        try revise(
            &content, with: &respelling, isSame: isSame, isClean: isClean, isOther: isOther, isRestored: isRestored,
            wrapper, defaults, to: target)
        if mends { _ = try mending.mend(&content) }
        let isOldest = family == .cycloneDX && target.version == CycloneDXVersion.v1_2.rawValue
        var text: [UInt8]?
        switch target.syntax {
        case .json:
            let read = content
            respelling.carry(original, asRead: read, in: &content, canCarry: carries && !isOldest)
        case .tagValue:
            let written = writeTagValue(&content)
            let read = try SPDXTagValue.read(written.bytes, limits: limits, making: .none).content
            // A layout that is followed is not carried, unless carriers prevent it from being followed.
            var plain = original
            if written.followsLayout { _ = plain.take(SPDXTagValue.layoutMember) }
            let isWhole = written.followsLayout && VersionConversion.isWhole(read, comparedWith: plain)
            respelling.carry(isWhole ? plain : original, asRead: read, in: &content, canCarry: carries)
            // Without added entries, this text is the result.
            if !respelling.hasCarried { text = written.bytes }
        case .xml:
            var read =
                try mends
                ? readAsMendedXML(&content, target.version, defaults) : readAsXML(&content, target.version, defaults)
            if isRestored || !isClean {
                try leaveOutNotes(in: &content, &read, target.version, defaults, &report)
            }
            if isOldest {
                respelling.carryInForeignElements(original, asRead: read, in: &content, canCarry: carries)
            } else {
                respelling.carry(original, asRead: read, in: &content, canCarry: carries)
            }
        }
        report.merge(respelling.report)
        switch target.syntax {
        case .json:
            return .json(.object(wrapper.map { Self.wrapped(content, in: $0) } ?? content))
        case .xml: return .bytes(try CycloneDXXML.write(content, version: target.version, limits: limits).bytes)
        case .tagValue: return .bytes(text ?? writeTagValue(&content).bytes)
        }
    }
}
