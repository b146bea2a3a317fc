package import ByteStreams

/// The codes of the diagnostics about the packages of Node.js, .NET, Ruby and PHP.
extension Diagnostic.Code {
    /// A `package.json` or a lock file of npm that could not be read.
    package static let nodeMalformedFile = Self(rawValue: "node-malformed-file")
    /// Packages that npm installed and that are not there any more.
    package static let nodePrunedPackages = Self(rawValue: "node-pruned-packages")
    /// Packages that are there and that npm did not install.
    package static let nodeExtraPackages = Self(rawValue: "node-extra-packages")
    /// A package of another version than npm installed.
    package static let nodeOtherVersion = Self(rawValue: "node-other-version")
    /// A `*.deps.json` or `*.runtimeconfig.json` of .NET that could not be read, or one entry of it.
    package static let dotnetMalformedFile = Self(rawValue: "dotnet-malformed-file")
    /// An `installed.json` of Composer that could not be read, or one entry of it.
    package static let phpMalformedFile = Self(rawValue: "php-malformed-file")
    /// Packages that Composer installed and that are not there any more.
    package static let phpAbsentPackages = Self(rawValue: "php-absent-packages")
    /// A specification of a gem that could not be read.
    package static let rubyMalformedSpecification = Self(rawValue: "ruby-malformed-specification")
}
