internal import Glibc
internal import SBOMKit

/// Messages on standard error.
enum Reporting {
    /// How many notices of one kind are printed before the others are counted.
    private static let shownOfAKind = 5
    /// How many characters of a message are shown: names in it can have any length.
    private static let longest = 1_000
    /// How many of the things that can be selected are listed.
    private static let mostChoices = 20

    /// Prints an error and ends the process with its exit code.
    static func fail(_ error: SBOMError) -> Never {
        say(error)
        exit(Program.exitCode(for: error))
    }

    /// Prints an error.
    static func say(_ error: SBOMError) {
        var message = text(of: error)
        if !error.choices.isEmpty { message += "; there is:" }
        var list = Array(error.choices.prefix(mostChoices))
        if error.choices.count > mostChoices { list.append("… and \(error.choices.count - mostChoices) more") }
        say("error", message, list: list)
    }

    /// The message of an error, and what to do about it.
    static func text(of error: SBOMError) -> String {
        error.message + (error.remedy.map { "; \(words(for: $0))" } ?? "")
    }

    /// What to do about an error, in terms of the command line.
    private static func words(for remedy: SBOMError.Remedy) -> String {
        switch remedy {
        case .selectImage: "name one by :TAG, @DIGEST or --platform"
        case .selectPlatform: "choose with --platform"
        case .logIn:
            "`docker login` or `podman login` stores credentials, and --explain-auth shows where they are looked for"
        case .usePlainHTTP: "if it speaks without encryption, --plain-http reads from it"
        case .trustAuthority:
            "certs.d/HOST/ca.crt below ~/.config/containers or /etc/containers trusts its authority; --insecure checks nothing"
        case .selectAttachment: "choose with --attached by number, format or digest"
        case .generate: "`sbomkit generate` makes one of what is in it"
        case .nameImage: "--attached and --platform choose among SBOMs attached to an image"
        case .buildWithLibRPM: "--rpm-reader librpm needs a build with --traits LibRPM"
        }
    }

    /// Reports that an output failed, and ends the process: with 73 if it cannot be created, with 74 if it cannot be written.
    static func failOutput(_ path: String, created: Bool, errno code: CInt) -> Never {
        // SAFETY: strerror(3) returns a terminated string, valid until this thread calls it again; it is copied at once.
        let reason = unsafe String(cString: strerror(code))
        say("error", "\(path): cannot be \(created ? "written" : "created"): \(reason)")
        exit(created ? EX_IOERR : EX_CANTCREAT)
    }

    /// Prints notices, one line each; of many notices of one kind the first few and the number of the others.
    ///
    /// - Parameters:
    ///   - notices: The notices, in their order.
    ///   - file: The document that they are about; nil for an image.
    ///   - all: Whether to print every one of them.
    static func show(_ notices: [Notice], of file: String? = nil, all: Bool = false) {
        var counts: [String: Int] = [:]
        var order: [String] = []
        for notice in notices {
            let count = counts[notice.code, default: 0] + 1
            counts[notice.code] = count
            if count == 1 { order.append(notice.code) }
            guard all || count <= shownOfAKind else { continue }
            let place =
                switch notice.place {
                case .document: file ?? notice.place.description
                case .position(let position): "\(file ?? "document"):\(position)"
                case .image(let place): place
                }
            say(notice.severity == .note ? "note" : "warning", "\(place): \(notice.message)")
        }
        guard !all else { return }
        for code in order {
            let more = counts[code, default: 0] - shownOfAKind
            guard more > 0 else { continue }
            if let file {
                say("warning", "\(file): and \(more) more like that")
            } else {
                say("warning", "and \(more) more like that (\(code)); --verbose shows all")
            }
        }
    }

    /// Reports in one line what was written.
    ///
    /// - Parameters:
    ///   - summary: The figures of the image.
    ///   - path: The file.
    ///   - format: The format, if the name of the file does not show it.
    static func show(_ summary: ImageInventory.Summary, path: String, format: String? = nil) {
        say("wrote \(path)\(format.map { " (\($0))" } ?? "")", overview(of: summary))
    }

    /// One line with the name of an image and its figures.
    static func overview(of summary: ImageInventory.Summary) -> String {
        let system = [summary.platform, summary.operatingSystem].compactMap(\.self).joined(separator: ", ")
        let kind = system.isEmpty ? "" : " (\(system))"
        if summary.isIndex {
            return "\(summary.image): the index of \(counted(summary.packageCount, "image", "images"))"
        }
        if let type = summary.artifactType {
            return "\(summary.image) (no image: \(type)): \(counted(summary.packageCount, "blob", "blobs"))"
        }
        let inherited = summary.inheritedCount.map { " (\($0) of the base image)" } ?? ""
        let hidden = summary.hiddenCount == 0 ? "" : ", \(summary.hiddenCount) hidden"
        let files = summary.files.map { ", \(text(of: $0))" } ?? ""
        let unmet = summary.unmetCount == 0 ? "" : ", \(summary.unmetCount) unmet"
        return "\(summary.image)\(kind): \(counted(summary.packageCount, "package", "packages"))\(inherited), "
            + "\(counted(summary.dependencyCount, "dependency", "dependencies"))\(unmet)\(hidden)\(files)"
    }

    private static func text(of files: ImageInventory.FileCounts) -> String {
        var text = "\(files.owned) of \(counted(files.regular, "file", "files")) owned"
        if files.changed > 0 {
            text += ", \(files.changed) changed"
            if files.configuration > 0 { text += " (\(files.configuration) of configuration)" }
        }
        if files.missing > 0 { text += ", \(files.missing) missing" }
        if files.unownedCode > 0 { text += ", \(counted(files.unownedCode, "program", "programs")) unowned" }
        return text
    }

    /// Prints one line on standard error, and below it a list.
    static func say(_ kind: String, _ message: String, list: some Sequence<String> = []) {
        // Scalars, because a character may consist of any number of them.
        let scalars = message.unicodeScalars
        let shown =
            scalars.count > longest ? "\(Substring(scalars.prefix(longest)))… (\(scalars.count) characters)" : message
        let kind = VisibleText.of(kind)
        let color = usesColors ? colors[kind] : nil
        let head = color.map { "\u{1B}[\($0)m\(kind)\u{1B}[0m" } ?? kind
        var text = "sbomkit: \(head): \(VisibleText.of(shown))\n"
        // Only lists are indented, so that no text from an input looks like a message.
        for line in list { text += "  \(VisibleText.of(line))\n" }
        Output.write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// Whether messages have colors: on a terminal that has them.
    private static let usesColors = isatty(STDERR_FILENO) == 1 && !Terminal.refusesColors
    /// The codes of ECMA-48 for the kinds of messages: bold red, bold yellow, cyan.
    private static let colors = ["error": "1;31", "warning": "1;33", "note": "36", "hint": "36"]

    private static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
