internal import ArgumentParser
internal import SBOMKit

struct BuildKitScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buildkit-scan",
        abstract: "Write SBOMs as BuildKit's scanner.",
        discussion: """
            Speaks BuildKit's scanner protocol, so that an image with this command as its entry point can be the \
            generator of `docker buildx build --attest type=sbom,generator=IMAGE`. Everything is read from the \
            environment: the root file system of the image from BUILDKIT_SCAN_SOURCE, those of other stages and of \
            build contexts from the folder BUILDKIT_SCAN_SOURCE_EXTRAS, if it is set. Of each an in-toto statement is \
            written to the folder BUILDKIT_SCAN_DESTINATION.

            The parameter format of the generator (BUILDKIT_SCAN_FORMAT) selects spdx, the default, or cyclonedx. \
            SOURCE_DATE_EPOCH is the time of the documents.
            """)

    func run() async throws {
        let scan = try BuildKitScan(variable: Environment.value)
        let format = try format()
        var options = Generator.Options()
        options.sourceDateEpoch = try Environment.sourceDateEpoch()
        for target in scan.targets {
            // Nothing names the image yet, but the other targets have the names of their stages and contexts.
            options.name = target.isImage ? nil : target.name
            let contents = try await Generator(options: options).read("rootfs:\(target.root)")
            Reporting.show(contents.notices, all: false)
            let statement = try contents.statement(format)
            let path = target.output(format)
            if statement.count > ImageInventory.statementSizeOfBuildKit {
                Reporting.say(
                    "warning",
                    "\(path): \(statement.count) bytes; BuildKit reads at most \(ImageInventory.statementSizeOfBuildKit)"
                )
            }
            Output.write(statement, to: path)
            Reporting.show(contents.summary, path: path)
        }
    }

    private func format() throws -> DocumentFormat {
        // BuildKit passes the names of parameters on as they were written.
        let names = ["BUILDKIT_SCAN_FORMAT", "BUILDKIT_SCAN_format"]
        guard let text = names.lazy.compactMap(Environment.value).first(where: { !$0.isEmpty }) else { return .spdx }
        guard let format = DocumentFormat(text) else {
            throw ValidationError("BUILDKIT_SCAN_FORMAT: expected spdx or cyclonedx, found \(text)")
        }
        return format
    }
}
