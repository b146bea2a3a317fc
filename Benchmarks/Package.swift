// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "sbomkit", path: "..", traits: ["LibRPM"])],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [.product(name: "SBOMKit", package: "sbomkit")],
            swiftSettings: [.swiftLanguageMode(.v6), .strictMemorySafety()]
        )
    ]
)
