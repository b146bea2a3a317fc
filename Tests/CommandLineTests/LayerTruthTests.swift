import ByteStreams
import TestSupport
import Testing

/// What a document says of the layers: which added a package, which command made it, and what upper layers removed.
@Suite struct LayerTruthTests {
    private func status(_ packages: [(name: String, version: String)]) -> String {
        packages.map { name, version in
            "Package: \(name)\nStatus: install ok installed\nArchitecture: amd64\nVersion: \(version)\nDescription: \(name)\n"
        }.joined(separator: "\n")
    }

    /// Writes unpacked layers: of each the packages in its database; nil for one that removes the database, empty for one
    /// that has none.
    private func layers(_ folder: String, _ databases: [[(name: String, version: String)]?]) throws {
        try write(Array("ID=debian\nVERSION_ID=12\n".utf8), toFile: "\(folder)/0/etc/os-release")
        for (number, packages) in databases.enumerated() {
            let path = "\(folder)/\(number)/var/lib"
            if let packages {
                let file = packages.isEmpty ? "\(path)/other" : "\(path)/dpkg/status"
                try write(Array(status(packages).utf8), toFile: file)
            } else {
                try write([], toFile: "\(path)/.wh.dpkg")
            }
        }
    }

    /// The names, versions and properties of the packages of a document in CSV.
    private func generated(_ folder: String, _ options: String = "") throws -> (result: ShellResult, packages: [String])
    {
        let result = try sbomkit("generate \(options) layers:\(folder) -o \(folder).json")
        let list = try sbomkit("query -q \(folder).json 'all purl:pkg:deb' --format csv --fields name,version,id")
        return (result, list.text.split(separator: "\n").dropFirst().map(String.init))
    }

    @Test func `packages that upper layers remove or replace are hidden, and listed only if that is asked for`() throws
    {
        try withTemporaryFolder { folder in
            let place = folder + "/layers"
            try layers(
                place,
                [
                    [("anchor", "1"), ("buoy", "1"), ("canvas", "1")],
                    [("anchor", "1"), ("buoy", "2"), ("canvas", "1")],
                    [("anchor", "1"), ("buoy", "2")], [("anchor", "1"), ("buoy", "2")],
                ])
            let plain = try generated(place)
            #expect(plain.packages.count == 2)
            #expect(plain.result.errors.contains("2 packages, 0 dependencies, 2 hidden"), "\(plain.result.errors)")
            let document = try shell("cat \(place).json").text
            #expect(!document.contains("Hidden"))

            let all = try generated(place, "--hidden include")
            #expect(all.packages.count == 4, "\(all.packages)")
            #expect(all.packages.contains { $0.hasPrefix("buoy,1,Hidden-") || $0.hasPrefix("buoy,1,SPDXRef-Hidden-") })
            #expect(all.packages.contains { $0.hasPrefix("canvas,1,") && $0.contains("Hidden-") })
            let text = try shell("cat \(place).json").text
            #expect(text.contains("Hidden packages: 2. Lower layers have them"))
            #expect(text.contains("RemovedByLayer: 2") && text.contains("RemovedByLayer: 3"), "\(text)")

            let only = try generated(place, "--hidden only")
            #expect(only.packages.count == 2 && only.packages.allSatisfy { $0.contains("Hidden-") }, "\(only.packages)")
            for format in ["spdx", "cyclonedx", "cyclonedx-xml"] {
                for choice in ["include", "only"] {
                    let result = try sbomkit(
                        "generate -q --hidden \(choice) --format \(format) layers:\(place) -o \(folder)/document")
                    #expect(result.code == 0)
                    let verdict = try sbomkit("validate \(folder)/document")
                    #expect(verdict.code == 0, "\(verdict.text)")
                    let text = try shell("cat \(folder)/document").text
                    #expect(text.contains(format == "spdx" ? "\"Hidden: true\"" : "sbomkit:Hidden"))
                }
            }
        }
    }

    @Test func `a package that comes back is not hidden, and a database that is only rewritten hides nothing`() throws {
        try withTemporaryFolder { folder in
            let place = folder + "/layers"
            try layers(
                place, [[("anchor", "1"), ("buoy", "1")], [("anchor", "1")], [("buoy", "1"), ("anchor", "1")], []])
            let all = try generated(place, "--hidden include")
            #expect(all.packages.count == 2, "\(all.packages)")
            #expect(!all.result.errors.contains("hidden"), "\(all.result.errors)")
            let text = try shell("cat \(place).json").text
            // buoy was away for a layer.
            #expect(text.contains("LayerNumber: 1") && text.contains("LayerNumber: 3"))
        }
    }

    @Test func `a layer that removes the database is named, and what it hid can be listed`() throws {
        try withTemporaryFolder { folder in
            let place = folder + "/layers"
            try layers(place, [[("anchor", "1"), ("buoy", "1")], [("anchor", "1")], nil])
            let plain = try generated(place)
            #expect(plain.packages.isEmpty)
            #expect(
                plain.result.errors.contains(
                    "layer 2: the layer removes the package database, or all packages in it; hidden packages: 1"),
                "\(plain.result.errors)")
            #expect(try sbomkit("generate -q --fail-on-blind layers:\(place)").code == 1)
            #expect(try generated(place, "--hidden include").packages.count == 2)
        }
    }

    @Test func `the command that made each layer is named with the layer`() throws {
        try withTemporaryFolder { folder in
            try layers(folder + "/layers", [[("anchor", "1")], [("anchor", "1"), ("buoy", "1")]])
            let tars = try (0..<2).map { number in
                try shell("tar --sort=name --mtime=@0 -C \(folder)/layers/\(number) -cf - .").output
            }
            let builder = try LayoutBuilder(folder + "/image")
            let diffIDs = tars.map { ContentDigest.of($0).description }
            let config = try builder.blob(
                """
                {"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["\(diffIDs[0])","\(diffIDs[1])"]},\
                "history":[{"created_by":"ADD rootfs /"},{"created_by":"ENV A=1","empty_layer":true},\
                {"created_by":"RUN apt-get install buoy"}]}
                """, type: LayoutBuilder.configType)
            let layers = try tars.map { try builder.blob($0, type: LayoutBuilder.layerType) }
            let manifest = try builder.blob(
                #"{"schemaVersion":2,"config":\#(config),"layers":[\#(layers.joined(separator: ","))]}"#,
                type: LayoutBuilder.manifestType)
            try builder.write(index: [manifest])
            let text = try sbomkit("generate -q \(folder)/image").text
            #expect(text.contains("LayerCommand: \(diffIDs[0]) ADD rootfs /"), "\(text)")
            #expect(text.contains("LayerCommand: \(diffIDs[1]) RUN apt-get install buoy"))
            #expect(!text.contains("ENV A=1"))
        }
    }
}
