// swift-tools-version: 6.3
import PackageDescription

/// Settings every Swift target shares.
///
/// Warnings become errors by a flag of `make test`, not here, so that a newer
/// compiler with a new warning does not stop a user's build.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

let package = Package(
    name: "sbomkit",
    products: [
        .library(name: "SBOMKit", targets: ["SBOMKit"]),
        .executable(name: "sbomkit", targets: ["SBOMKitCLI"]),
    ],
    traits: [
        .trait(name: "LibRPM", description: "A second reader of rpm databases: the librpm of the system")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CBZip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CRPM", pkgConfig: "rpm", providers: [.apt(["librpm-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(
            name: "ByteStreams",
            dependencies: ["CISAL", "CZstd", "CLZMA", "CBZip2", "CCrypto"],
            swiftSettings: house
        ),
        .target(name: "StructuredText", dependencies: ["ByteStreams", "CLibXML2"], swiftSettings: house),
        .target(name: "CCurl"),
        .target(
            name: "RegistryClient", dependencies: ["ByteStreams", "CCurl", "StructuredText"], swiftSettings: house),
        .target(
            name: "ContainerImages", dependencies: ["ByteStreams", "RegistryClient", "StructuredText"],
            swiftSettings: house),
        .target(
            name: "PackageDatabases",
            dependencies: [
                "ByteStreams", "SBOMModel", .target(name: "CRPM", condition: .when(traits: ["LibRPM"])),
            ],
            swiftSettings: house
        ),
        .target(
            name: "LanguagePackages",
            dependencies: ["ByteStreams", "ContainerImages", "PackageDatabases", "SBOMModel", "StructuredText"],
            swiftSettings: house
        ),
        .target(name: "SBOMModel", dependencies: ["ByteStreams"], swiftSettings: house),
        .target(name: "CSchemas"),
        .target(name: "CPages"),
        .target(
            name: "SBOMFormats",
            dependencies: ["ByteStreams", "CSchemas", "SBOMModel", "StructuredText"],
            swiftSettings: house
        ),
        .target(
            name: "SBOMValidation",
            dependencies: ["ByteStreams", "SBOMFormats", "SBOMModel", "StructuredText"],
            swiftSettings: house
        ),
        .target(
            name: "SBOMConversion",
            dependencies: ["ByteStreams", "SBOMFormats", "SBOMModel", "SBOMValidation", "StructuredText"],
            swiftSettings: house
        ),
        .target(
            name: "SBOMKit",
            dependencies: [
                "ByteStreams", "StructuredText", "ContainerImages", "PackageDatabases", "LanguagePackages",
                "RegistryClient",
                "SBOMModel", "SBOMFormats",
                "SBOMValidation", "SBOMConversion", "CPages",
            ],
            swiftSettings: house
        ),
        .executableTarget(
            name: "SBOMKitCLI",
            dependencies: [
                "SBOMKit", "ByteStreams", "StructuredText",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "TestSupport", dependencies: ["ByteStreams"], path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(name: "ByteStreamsTests", dependencies: ["ByteStreams", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "ContainerImagesTests",
            dependencies: ["ContainerImages", "RegistryClient", "ByteStreams", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            name: "RegistryClientTests", dependencies: ["RegistryClient", "ByteStreams", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "StructuredTextTests",
            dependencies: ["StructuredText", "ByteStreams", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            name: "PackageDatabasesTests",
            dependencies: ["PackageDatabases", "SBOMModel", "ByteStreams", "CSQLite", "TestSupport"],
            swiftSettings: house
        ),
        .testTarget(
            name: "LanguagePackagesTests",
            dependencies: [
                "LanguagePackages", "PackageDatabases", "ContainerImages", "SBOMModel", "ByteStreams", "TestSupport",
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "SBOMModelTests", dependencies: ["ByteStreams", "SBOMModel", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "SBOMKitTests",
            dependencies: [
                "SBOMKit", "SBOMModel", "SBOMFormats", "SBOMValidation", "SBOMConversion", "PackageDatabases",
                "ByteStreams", "StructuredText", "TestSupport",
            ],
            swiftSettings: house
        ),
        // The product is named so that it is built; the tests run it.
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "SBOMKitCLI", "SBOMKit", "ByteStreams", "StructuredText", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "SBOMFormatsTests",
            dependencies: [
                "SBOMFormats", "SBOMValidation", "SBOMModel", "StructuredText", "ByteStreams", "TestSupport",
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "SBOMValidationTests",
            dependencies: [
                "SBOMValidation", "SBOMFormats", "SBOMModel", "StructuredText", "ByteStreams", "TestSupport",
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "SBOMConversionTests",
            dependencies: [
                "SBOMConversion", "SBOMValidation", "SBOMFormats", "SBOMModel", "StructuredText", "ByteStreams",
                "TestSupport",
            ],
            swiftSettings: house
        ),
    ],
    cLanguageStandard: .c2x
)
