internal import SBOMFormats
internal import SBOMModel
internal import StructuredText

/// The run of a GitHub workflow that submits a snapshot of dependencies.
public struct WorkflowRun: Sendable, Hashable {
    /// The commit, 40 hexadecimal digits.
    public var commit: String
    /// The reference, such as `refs/heads/main`.
    public var reference: String
    /// The identifier of the run.
    public var id: String
    /// What stays the same from run to run: a newer snapshot replaces an older one with the same correlator and detector.
    public var correlator: String
    /// The address of the run; nil if it is not known.
    public var address: String?

    /// Makes the description of a run.
    public init(commit: String, reference: String, id: String, correlator: String, address: String? = nil) {
        self.commit = commit
        self.reference = reference
        self.id = id
        self.correlator = correlator
        self.address = address
    }
}

extension ImageInventory {
    /// A snapshot of dependencies, as GitHub's dependency submission API takes it (REST API, "Create a snapshot of
    /// dependencies for a repository").
    ///
    /// A package is `direct` if no other package depends on it. Packages without a package URL are left out, because the API has no
    /// other identity for a dependency. The time of the snapshot is that of the document.
    ///
    /// - Parameter run: The run that submits it.
    /// - Returns: The snapshot, in JSON.
    /// - Throws: ``SBOMError`` if the image has more packages than a document may have.
    public func dependencySnapshot(of run: WorkflowRun) throws(SBOMError) -> [UInt8] {
        let listing = PackageListing(try graph())
        let name = VisibleText.of(summary.image)
        var metadata: [JSONObject.Member] = []
        for (key, value) in [
            ("digest", summary.digest), ("platform", summary.platform), ("operatingSystem", summary.operatingSystem),
        ] {
            if let value { metadata.append(.init(name: "sbomkit:\(key)", value: .string(value))) }
        }
        var manifest: [JSONObject.Member] = [.init(name: "name", value: .string(name))]
        if !metadata.isEmpty { manifest.append(.init(name: "metadata", value: .object(JSONObject(metadata)))) }
        manifest.append(.init(name: "resolved", value: listing.resolved))
        var job: [JSONObject.Member] = [
            .init(name: "id", value: .string(run.id)), .init(name: "correlator", value: .string(run.correlator)),
        ]
        if let address = run.address { job.append(.init(name: "html_url", value: .string(address))) }
        let snapshot = JSONObject([
            .init(name: "version", value: .number(JSONNumber(0))),
            .init(name: "job", value: .object(JSONObject(job))),
            .init(name: "sha", value: .string(run.commit)),
            .init(name: "ref", value: .string(run.reference)),
            .init(
                name: "detector",
                value: [
                    "name": "sbomkit", "version": .string(Generator.version),
                    "url": .string(
                        PackageURL(type: "generic", name: "sbomkit", version: Generator.version).description),
                ]),
            .init(name: "scanned", value: .string(bill.metadata.created.description)),
            .init(
                name: "manifests",
                value: .object(JSONObject([.init(name: name, value: .object(JSONObject(manifest)))]))),
        ])
        return JSONWriter.bytes(of: .object(snapshot), .pretty)
    }
}

extension PackageListing {
    /// The packages by package URL, with those that each depends on.
    fileprivate var resolved: JSONValue {
        let columns = graph.elements
        let links = RelationshipIndex(graph, types: [Relationship.Kind.dependsOn.rawValue])
        let listed = Set(packages)
        var needed: Set<Int32> = []
        for package in packages {
            for link in links.links(of: package) where link.target != package { needed.insert(link.target) }
        }
        var seen: Set<String> = []
        var members: [JSONObject.Member] = []
        for package in packages {
            let url = columns.packageURLs[Int(package)]
            guard !url.isEmpty, seen.insert(url).inserted else { continue }
            var targets: Set<String> = []
            for link in links.links(of: package) where link.target >= 0 && listed.contains(link.target) {
                let target = columns.packageURLs[Int(link.target)]
                if !target.isEmpty && target != url { targets.insert(target) }
            }
            let dependency: JSONValue = [
                "package_url": .string(url),
                "relationship": needed.contains(package) ? "indirect" : "direct",
                "scope": "runtime",
                "dependencies": .array(targets.sorted().map { .string($0) }),
            ]
            members.append(.init(name: url, value: dependency))
        }
        return .object(JSONObject(members))
    }
}
