internal import StructuredText

/// What an image runs on (OCI image-spec, image-index.md; config.md).
package struct Platform: Sendable, Hashable, CustomStringConvertible {
    package var os: String
    package var architecture: String
    package var variant: String?

    init(_ reader: MemberReader) throws {
        os = try reader.string("os") ?? ""
        architecture = try reader.string("architecture") ?? ""
        variant = try reader.string("variant")
        if variant?.isEmpty == true { variant = nil }
    }

    package init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// Reads `os/architecture[/variant]`; nil if it has another form.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// Whether it says nothing.
    var isEmpty: Bool { os.isEmpty && architecture.isEmpty }

    package var description: String {
        guard !isEmpty else { return "no platform" }
        return ([os, architecture] + (variant.map { [$0] } ?? [])).joined(separator: "/")
    }

    /// Whether an image for `other` runs where this is asked for.
    ///
    /// The variant counts only where both name one; `v8` is what an unnamed variant of arm64 means.
    package func accepts(_ other: Platform) -> Bool {
        guard os == other.os, architecture == other.architecture else { return false }
        guard let variant else { return true }
        let implied = other.architecture == "arm64" ? "v8" : nil
        guard let theirs = other.variant ?? implied else { return true }
        return variant == theirs
    }

    /// The platform of this machine.
    package static var host: Platform {
        #if arch(x86_64)
            Platform(os: "linux", architecture: "amd64")
        #elseif arch(arm64)
            Platform(os: "linux", architecture: "arm64")
        #elseif arch(i386)
            Platform(os: "linux", architecture: "386")
        #elseif arch(arm)
            Platform(os: "linux", architecture: "arm")
        #elseif arch(s390x)
            Platform(os: "linux", architecture: "s390x")
        #elseif arch(powerpc64le)
            Platform(os: "linux", architecture: "ppc64le")
        #elseif arch(riscv64)
            Platform(os: "linux", architecture: "riscv64")
        #else
            Platform(os: "linux", architecture: "unknown")
        #endif
    }
}
