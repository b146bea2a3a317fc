/// A program or platform that a document is written for, where what it reads differs from what others read.
///
/// A document for no particular consumer is one that all of them read, as far as one document can be.
public enum DocumentConsumer: String, Sendable, CaseIterable {
    /// trivy: the operating system, and the namespaces of package URLs, have trivy's names.
    case trivy
    /// GitLab: CycloneDX documents have the properties by which it takes them for a container scan.
    case gitLab = "gitlab"
    /// Dependency-Track: the operating system has the ID of os-release, as the `distro` of package URLs has it.
    case dependencyTrack = "dependency-track"

    /// The format that it takes, where it takes one only; otherwise SPDX.
    public var format: DocumentFormat {
        switch self {
        case .trivy: .spdx
        case .gitLab, .dependencyTrack: .cycloneDX(.v1_6)
        }
    }
}
