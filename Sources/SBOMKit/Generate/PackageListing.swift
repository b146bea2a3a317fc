internal import SBOMFormats
internal import SBOMModel

/// The packages of an image, without the image, its operating system and its files.
struct PackageListing {
    let graph: DocumentGraph
    /// The numbers of the packages in the graph, in the order of the document.
    let packages: [Int32]

    init(_ graph: DocumentGraph) {
        self.graph = graph
        let described = Set(graph.described)
        let columns = graph.elements
        packages = (0..<Int32(columns.packageCount)).filter { number in
            !described.contains(number) && !columns.isSystem(number)
        }
    }

    /// The names of the columns, then a row for each package.
    var table: [[String]] {
        let columns = graph.elements
        return [["NAME", "VERSION", "ARCH", "TYPE", "LICENSE", "LAYER"]]
            + packages.map { number in
                let place = Int(number)
                let url = PackageURL(parsing: columns.packageURLs[place])
                let architecture = url?.qualifiers["arch"]
                let cells = [
                    columns.names[place], columns.versions[place], architecture ?? "", url?.type ?? "",
                    graph.licenseName(number), Self.layer(columns.layer(number)),
                ]
                return cells.map { $0.isEmpty ? "-" : $0 }
            }
    }

    /// The package URLs, each once.
    var packageURLs: [String] {
        var seen: Set<String> = []
        return packages.map { graph.elements.packageURLs[Int($0)] }.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// The number of a layer, or else the beginning of its digest.
    private static func layer(_ text: String) -> String {
        guard let word = text.split(separator: " ").first else { return "" }
        guard word.contains(":") else { return String(word) }
        return String(word.split(separator: ":", maxSplits: 1).last?.prefix(12) ?? word)
    }
}

extension ImageInventory {
    /// The packages as a table for a person: name, version, architecture, type, license, and the number of the layer.
    ///
    /// A field without a value is `-`. The image, its operating system and its files are not in the table.
    ///
    /// - Returns: The lines, the first of which has the names of the columns.
    /// - Throws: ``SBOMError`` if the image has more packages than a document may have.
    public func table() throws(SBOMError) -> [String] { AlignedColumns.lines(PackageListing(try graph()).table) }

    /// The package URLs of the packages, each once, in the order of the document.
    ///
    /// - Throws: ``SBOMError`` if the image has more packages than a document may have.
    public func packageURLs() throws(SBOMError) -> [String] { PackageListing(try graph()).packageURLs }
}
