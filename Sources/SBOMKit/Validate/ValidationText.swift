extension ValidationResults {
    /// The lines about one document for a person: its violations, equal ones together, then the verdict.
    ///
    /// Control characters and invisible characters are escaped: `\u{202e}`.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - file: The name of the document.
    ///   - errorsOnly: Whether warnings and the verdict are left out.
    ///   - isColored: Whether the lines have colors.
    /// - Returns: The lines, without line ends.
    public static func lines(
        _ report: Validator.Report, of file: String, errorsOnly: Bool, isColored: Bool
    ) -> [String] {
        var writer = LineWriter(width: nil, isColored: isColored, isASCII: false)
        var bytes: [UInt8] = []
        for group in report.groups where group.first.isError || !errorsOnly {
            let violation = group.first
            writer.addForeign("\(file):\(violation.line):\(violation.column): ", .bold)
            writer.add(violation.isError ? "error: " : "warning: ", violation.isError ? .removed : .mark)
            writer.addForeign("\(violation.subject): \(violation.demand)")
            if !violation.isFromSchema { writer.add(" [\(violation.name)]", .faint) }
            if group.places.count > 1, let last = group.places.last {
                let more = group.places.count - 1
                let place = "\(more > 1 ? ", the last" : "") at \(last.line):\(last.column)"
                writer.add(" (and \(more) more like it\(place))", .faint)
            }
            writer.end(to: &bytes)
        }
        if report.isTruncated {
            writer.addForeign("\(file): there may be more than is listed")
            writer.end(to: &bytes)
        }
        if !errorsOnly {
            let count = report.violations.count(where: \.isError)
            writer.addForeign("\(file): \(report.format): ", .bold)
            writer.add(
                count == 0 ? "valid" : "not valid, \(count) \(count == 1 ? "error" : "errors")",
                count == 0 ? .added : .removed)
            if let list = report.licenseList { writer.addForeign(" (SPDX License List \(list))") }
            writer.end(to: &bytes)
        }
        return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The results as workflow commands of GitHub Actions, which shows them beside the lines of the documents.
    ///
    /// Equal violations are one command, because GitHub shows ten of a step.
    ///
    /// - Parameter errorsOnly: Whether warnings are left out.
    /// - Returns: The commands, a line each.
    public func workflowCommands(errorsOnly: Bool) -> [String] {
        documents.flatMap { file, outcome -> [String] in
            switch outcome {
            case .failed(let error): return ["::error file=\(Self.property(file))::\(Self.message(error.message))"]
            case .judged(let report):
                return report.groups.filter { $0.first.isError || !errorsOnly }.map { group in
                    let violation = group.first
                    let more = group.places.count > 1 ? " (and \(group.places.count - 1) more like it)" : ""
                    return "::\(violation.isError ? "error" : "warning") file=\(Self.property(file)),"
                        + "line=\(violation.line),col=\(violation.column),title=\(Self.property(violation.rule))::"
                        + Self.message("\(violation.subject): \(violation.demand)\(more)")
                }
            }
        }
    }

    /// The escapes of the text of a workflow command.
    private static func message(_ text: String) -> String {
        VisibleText.of(text).replacing("%", with: "%25")
    }

    /// The escapes of the value of a property, whose end is a comma or a colon.
    private static func property(_ text: String) -> String {
        message(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
