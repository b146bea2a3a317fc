internal import ByteStreams

/// The list of packages that distroless images of Azure Linux (CBL-Mariner) have in place of a database.
///
/// It is the output of `rpm -qa` from when the image was built: one package a line, fields separated by tabs.
enum RPMContainerManifest {
    static let path = "var/lib/rpmmanifest/container-manifest-2"

    /// The position of each field, counted from 0.
    ///
    /// The epoch has two fields. The first one is `(none)` if the package has no epoch.
    private enum Field {
        static let name = 0
        static let version = 1
        static let vendor = 4
        static let epoch = 5
        static let architecture = 7
        static let sourceRPM = 9
        static let count = 10
    }

    static func read(
        _ bytes: [UInt8], limits: Limits
    ) throws(PackageDatabaseError) -> (packages: [InstalledPackage], diagnostics: [Diagnostic]) {
        var packages: [InstalledPackage] = []
        var diagnostics = DiagnosticLog(limits: limits)
        diagnostics.append(
            .warning, code: .rpmManifest, at: path, "a manifest states no dependencies, so none can be listed")
        for (index, line) in ByteLines(bytes).enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.isEmpty { continue }
            let fields = line.split(
                separator: UInt8(ascii: "\t"), maxSplits: Field.count, omittingEmptySubsequences: false
            ).map { String(decoding: $0, as: UTF8.self) }
            guard fields.count >= Field.count, !fields[Field.name].isEmpty, !fields[Field.version].isEmpty else {
                diagnostics.append(
                    .blind, code: .rpmDamagedRecord, at: "\(path): line \(index + 1)",
                    "expected a name, a version and \(Field.count - 2) more fields, found \(fields.count)")
                continue
            }
            guard packages.count < limits.packageCount else {
                throw PackageDatabaseError(.limit, path: path, "more packages than the limit packageCount allows")
            }
            func value(_ field: Int) -> String? {
                fields[field].isEmpty || fields[field] == "(none)" ? nil : fields[field]
            }
            let epoch = value(Field.epoch).flatMap { UInt32($0) }
            let prefix = epoch.map { $0 == 0 ? "" : "\($0):" } ?? ""
            var package = InstalledPackage(
                ecosystem: .rpm, name: fields[Field.name], version: prefix + fields[Field.version],
                architecture: value(Field.architecture), database: path)
            package.epoch = epoch
            package.vendor = value(Field.vendor)
            package.source = value(Field.sourceRPM).map { InstalledPackage.Source(name: $0) }
            packages.append(package)
        }
        return (packages, diagnostics.diagnostics)
    }
}
