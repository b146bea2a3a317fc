internal import ArgumentParser
internal import SBOMKit

/// The name of a profile in `--profile`.
struct ProfileArgument: ExpressibleByArgument {
    let profile: DocumentCheck.Profile

    init(_ profile: DocumentCheck.Profile) {
        self.profile = profile
    }

    init?(argument: String) {
        guard let profile = DocumentCheck.Profile(argument) else { return nil }
        self.profile = profile
    }

    static var allValueStrings: [String] {
        DocumentCheck.Profile.spellings + DocumentCheck.Profile.allCases.map(\.rawValue).filter { $0.contains("@") }
    }
}
