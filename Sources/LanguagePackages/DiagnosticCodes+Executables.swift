package import ByteStreams

/// The codes of the diagnostics about executables inside images, and about what they state of packages.
extension Diagnostic.Code {
    /// An executable, or a part of it, that exceeds a limit or could not be spooled.
    package static let executableLimit = Self(rawValue: "executable-limit")
    /// A part of an executable that is not as its format prescribes.
    package static let damagedExecutable = Self(rawValue: "damaged-executable")
    /// A list of modules of Go that is not as Go writes it.
    package static let damagedGoModules = Self(rawValue: "damaged-go-modules")
    /// A list of crates that is not as cargo-auditable writes it.
    package static let damagedCrateList = Self(rawValue: "damaged-crate-list")
    /// A package note that is not as its specification prescribes.
    package static let damagedPackageNote = Self(rawValue: "damaged-package-note")
    /// A header or release file of a runtime that states no version.
    package static let damagedRuntime = Self(rawValue: "damaged-runtime")
    /// A description of a conda package that could not be read.
    package static let damagedCondaPackage = Self(rawValue: "damaged-conda-package")
    /// A description of an R package that could not be read.
    package static let damagedRPackage = Self(rawValue: "damaged-r-package")
    /// There are more packages of one kind, or more dependencies, than the limit allows.
    package static let languageLimit = Self(rawValue: "language-package-limit")
}
