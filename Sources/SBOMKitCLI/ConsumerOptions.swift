internal import ArgumentParser
internal import SBOMKit

/// The option that names the reader of the written documents.
struct ConsumerOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "Write the names and properties that one reader needs: trivy, gitlab or dependency-track.",
            valueName: "consumer"),
        completion: .list(DocumentConsumer.allCases.map(\.rawValue)), transform: OptionValues.consumer)
    var consumer: DocumentConsumer?
}
