internal import ArgumentParser
internal import Glibc
internal import SBOMKit

/// Parses values of options into types of the library.
enum OptionValues {
    /// Platforms that a shell completes; there are others.
    static let platforms = [
        "linux/386", "linux/amd64", "linux/arm/v6", "linux/arm/v7", "linux/arm64/v8", "linux/ppc64le", "linux/riscv64",
        "linux/s390x",
    ]

    static func platform(_ text: String) throws -> ImagePlatform {
        guard let platform = ImagePlatform(text) else {
            throw ValidationError("expected a platform such as linux/amd64 or linux/arm/v7")
        }
        return platform
    }

    static func contact(_ text: String) throws -> Contact {
        guard let contact = Contact(text) else {
            throw ValidationError("expected \"Organization: NAME (EMAIL)\" or \"Person: NAME (EMAIL)\"")
        }
        return contact
    }

    static func packages(_ text: String) throws -> PackageSelection {
        guard let selection = PackageSelection(text) else {
            let wrong =
                text.split(separator: ",").map(String.init).first { !PackageSelection.names.contains($0) } ?? text
            throw ValidationError(
                "expected \(PackageSelection.names.joined(separator: ", ")), with commas between them"
                    + Spelling.question(wrong, in: PackageSelection.names))
        }
        return selection
    }

    static func namespaceBase(_ text: String) throws -> NamespaceBase {
        guard let base = NamespaceBase(text) else {
            throw ValidationError("expected an absolute URI without a fragment")
        }
        return base
    }

    static func consumer(_ text: String) throws -> DocumentConsumer {
        guard let consumer = DocumentConsumer(rawValue: text) else {
            let names = DocumentConsumer.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("expected one of \(names)")
        }
        return consumer
    }

    static func creationTime(_ text: String) throws -> CreationTime {
        guard let time = CreationTime(text) else {
            throw ValidationError("expected now, or a time such as 2026-01-31T12:00:00Z")
        }
        return time
    }

    static func mirror(_ text: String) throws -> RegistryAccess.Mirror {
        guard let mirror = RegistryAccess.Mirror(text) else {
            throw ValidationError("expected PREFIX=LOCATION, such as docker.io=mirror.example/docker-hub")
        }
        return mirror
    }

    /// A number of bytes, with a unit or without: `16MiB`, `2GB`, `100000`.
    static func size(_ text: String) throws -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = [
            "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "kib": 1 << 10, "mib": 1 << 20,
            "gib": 1 << 30,
        ]
        guard let number = Int(digits), number > 0, let unit = units[text.dropFirst(digits.count).lowercased()],
            case (let size, false) = number.multipliedReportingOverflow(by: unit)
        else {
            throw ValidationError("expected a size such as 16MiB, 500KB or 1000000")
        }
        return size
    }

    static func name(_ text: String) throws -> String {
        guard !text.isEmpty, !text.contains(where: \.isNewline) else {
            throw ValidationError("expected one line of text")
        }
        return text
    }
}

/// The variables of the environment.
enum Environment {
    /// The value of a variable; nil if it is not set.
    static func value(_ name: String) -> String? {
        // SAFETY: The program changes no variable, so that the string lives as long as the process; it is copied at once.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// The value of `SOURCE_DATE_EPOCH`; nil if it is not set or empty.
    static func sourceDateEpoch() throws -> SourceDateEpoch? {
        guard let text = value("SOURCE_DATE_EPOCH"), !text.isEmpty else { return nil }
        guard let epoch = SourceDateEpoch(text) else {
            Reporting.say("error", "SOURCE_DATE_EPOCH: expected whole seconds since 1970")
            throw ExitCode(EX_USAGE)
        }
        return epoch
    }

    /// The run of a GitHub workflow that submits a snapshot, from the variables that GitHub sets.
    ///
    /// - Parameter image: What the snapshot is of: a job can submit several, which must not replace each other.
    /// - Returns: The run.
    /// - Throws: `ValidationError` if a variable is missing.
    static func workflowRun(submitting image: String) throws -> WorkflowRun {
        func required(_ name: String, _ expected: String, _ isRight: (String) -> Bool) throws -> String {
            guard let value = value(name), isRight(value) else {
                throw ValidationError("github-json: expected \(expected) in the variable \(name)")
            }
            return value
        }
        let isHexadecimal: (String) -> Bool = { $0.utf8.count == 40 && $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
        let commit = try required("GITHUB_SHA", "a commit of 40 hexadecimal digits", isHexadecimal)
        let reference = try required("GITHUB_REF", "a reference such as refs/heads/main") { $0.hasPrefix("refs/") }
        let id = try required("GITHUB_RUN_ID", "the number of the run") { !$0.isEmpty }
        let workflow = try required("GITHUB_WORKFLOW", "the name of the workflow") { !$0.isEmpty }
        let job = try required("GITHUB_JOB", "the name of the job") { !$0.isEmpty }
        var run = WorkflowRun(commit: commit, reference: reference, id: id, correlator: "\(workflow) \(job) \(image)")
        if let server = value("GITHUB_SERVER_URL"), let repository = value("GITHUB_REPOSITORY") {
            run.address = "\(server)/\(repository)/actions/runs/\(id)"
        }
        return run
    }
}
