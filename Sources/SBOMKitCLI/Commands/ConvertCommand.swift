internal import ArgumentParser
internal import Glibc
internal import SBOMKit

/// The format of a report.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert an SBOM to another format, version or syntax.",
        discussion: """
            Reads SPDX 2.2 and 2.3 (JSON, tag-value) and CycloneDX 1.2 to 1.7 (JSON, XML). The format is detected from the \
            content. Information that the new format has no place for is carried as properties (CycloneDX) or \
            annotations (SPDX), so that converting back restores the document. CycloneDX 1.2 has no properties: there it \
            is omitted and reported. If a document must have a time and states none, it gets SOURCE_DATE_EPOCH, or else \
            1970-01-01T00:00:00Z.

            \(DocumentOptions.discussion)
            """)

    @Argument(help: ArgumentHelp("\(DocumentOptions.place)", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var source: DocumentOptions

    @Option(
        name: [.long, .customLong("format")],
        help: ArgumentHelp(
            "The format to write: spdx or spdx-tag-value (2.3, or @2.2), cyclonedx or cyclonedx-xml (1.6, or @1.2 to @1.7). (default: that of the ending of -o)",
            valueName: "format"), completion: .list(DocumentFormat.spellings), transform: DocumentFormat.parse)
    var to: DocumentFormat?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write atomically to FILE instead of standard output. Without --to its ending names the format: .spdx.json, .spdx, .cdx.json or .cdx.xml. FORMAT alone writes to standard output.",
            valueName: "file|format|format=file"),
        completion: .file(), transform: OutputTarget<DocumentFormat>.init(parsing:))
    var output: OutputTarget<DocumentFormat>?

    @OptionGroup var target: ConsumerOptions

    @Option(
        help: ArgumentHelp(
            "Report for every member whether it was mapped, carried, dropped, superseded or rejected: on standard output with -o, else on standard error.",
            valueName: "text|json"))
    var report: ReportFormat?

    @Flag(
        help:
            "Write nothing and exit with 1 if anything would be dropped, or is carried and does not agree with the document."
    )
    var strict = false

    @Flag(help: "Omit what has no place in the new format instead of carrying it.")
    var noCarry = false

    @Flag(name: [.short, .long], help: "Print errors only.")
    var quiet = false

    /// The format of `-o`, or else that of `--to`, or else that of the ending of the file; nil if none of them names one.
    private var chosenFormat: DocumentFormat? {
        output?.format ?? to ?? output?.path.flatMap(DocumentFormat.init(endingOf:))
    }

    func validate() throws {
        try output?.validate(chosen: to)
        if to != nil, output?.format != nil { throw ValidationError("--to has no effect if -o names a format.") }
        guard chosenFormat != nil else {
            throw ValidationError(
                "expected --to FORMAT, or -o with a file whose name ends with .spdx.json, .spdx, .cdx.json or .cdx.xml."
            )
        }
    }

    func run() throws {
        var options = Converter.Options()
        options.carries = !noCarry
        options.reports = report != nil
        options.consumer = target.consumer
        options.sourceDateEpoch = try Environment.sourceDateEpoch()
        guard let format = chosenFormat else { return }
        let document = try InputDocument(at: file, choosing: source.choice(reading: [file]))
        let conversion = try document.parsed { bytes throws(SBOMError) in
            try Converter(options: options).convert(bytes, to: format)
        }
        if !quiet { Reporting.show(document.notices + conversion.notices, of: document.name) }
        if let report { write(report, of: conversion) }
        let dropped = conversion.count(.dropped)
        if strict && dropped > 0 {
            Reporting.say(
                "error", "\(file): \(dropped) members would be dropped (--strict)", list: Self.list(conversion))
            throw ExitCode(1)
        }
        if dropped > 0, !quiet, report == nil {
            Reporting.say("warning", "\(file): \(dropped) members are dropped; --report lists them")
        }
        let superseded = conversion.count(.superseded)
        if superseded > 0, !quiet {
            Reporting.say(
                "warning", "\(file): \(superseded) members were edited since they were converted: the edits count")
        }
        let rejected = conversion.count(.rejected)
        if strict && rejected > 0 {
            Reporting.say(
                "error", "\(file): \(rejected) carried members do not agree with the document (--strict)",
                list: Self.places(conversion, rejected))
            throw ExitCode(1)
        }
        if rejected > 0, !quiet {
            Reporting.say(
                "warning", "\(file): \(rejected) carried members do not agree with the document and are ignored",
                list: Self.places(conversion, rejected))
        }
        if let path = output?.path {
            Output.write(to: path) { try conversion.write(to: $0) }
            if !quiet { Reporting.say("wrote \(path)", "\(format) of \(file)") }
        } else {
            Output.writeToStandardOutput { try conversion.write(to: $0) }
        }
    }

    private static func list(_ conversion: Converter.Conversion) -> [String] {
        let dropped = conversion.members.filter { $0.fate == .dropped }
        let named = dropped.prefix(20).map { "\($0.format) \($0.path) (\($0.count))" }
        return named.count < dropped.count ? named + ["and \(dropped.count - named.count) more"] : named
    }

    private static func places(_ conversion: Converter.Conversion, _ count: Int) -> [String] {
        let named = conversion.rejections.prefix(20).map { "\($0.element ?? "document"): \($0.path)" }
        return named.count < count ? named + ["and \(count - named.count) more"] : named
    }

    private func write(_ format: ReportFormat, of conversion: Converter.Conversion) {
        let text: String
        switch format {
        case .text:
            text = conversion.members.map { member in
                "\(member.fate.rawValue)\t\(member.count)\t\(member.format)\t\(VisibleText.of(member.path))\n"
            }.joined()
        case .json: text = conversion.reportJSON
        }
        if output?.path == nil {
            Output.write(Array(text.utf8), to: STDERR_FILENO)
        } else {
            Output.writeToStandardOutput(Array(text.utf8))
        }
    }
}
