package import StructuredText

/// The order in which a specification names the members of an object.
package struct MemberOrder: Sendable {
    private let ranks: [String: Int]

    /// Creates the order from a text with the names, separated by white space.
    init(_ names: String) {
        ranks = Dictionary(
            uniqueKeysWithValues: names.split(whereSeparator: \.isWhitespace).enumerated().map { (String($1), $0) })
    }

    /// The position of a name; unknown names come after all others.
    func rank(of name: String) -> Int { ranks[name] ?? ranks.count }

    /// Whether the specification names the member.
    package func knows(_ name: String) -> Bool { ranks[name] != nil }
}

/// The order in which SPDX names the members of its objects.
package enum SPDXOrder {
    static let creationInfo = MemberOrder("created creators comment licenseListVersion")
    static let annotation = MemberOrder("annotationDate annotationType annotator comment")
    package static let document = MemberOrder(
        """
        spdxVersion dataLicense SPDXID name documentNamespace externalDocumentRefs creationInfo comment \
        hasExtractedLicensingInfos documentDescribes annotations packages files snippets relationships revieweds
        """)
    package static let element = MemberOrder(
        """
        SPDXID name versionInfo fileName packageFileName fileTypes supplier originator downloadLocation filesAnalyzed \
        packageVerificationCode checksums homepage sourceInfo licenseConcluded licenseInfoInFiles \
        licenseInfoFromFiles licenseDeclared licenseComments copyrightText summary description comment noticeText \
        fileContributors externalRefs attributionTexts primaryPackagePurpose builtDate releaseDate validUntilDate \
        hasFiles fileDependencies artifactOfs annotations
        """)
}

/// The order in which CycloneDX names the members of its objects.
package enum CycloneDXOrder {
    package static let document = MemberOrder(
        """
        $schema bomFormat specVersion serialNumber version metadata components services externalReferences dependencies \
        compositions vulnerabilities annotations formulation declarations definitions citations properties signature
        """)
    package static let metadata = MemberOrder(
        """
        timestamp lifecycles tools manufacturer authors component manufacture supplier licenses properties \
        distributionConstraints
        """)
    package static let component = MemberOrder(
        """
        type mime-type bom-ref supplier manufacturer authors author publisher group name version versionRange \
        isExternal description scope hashes licenses copyright patentAssertions cpe purl omniborId swhid swid modified \
        pedigree externalReferences components evidence releaseNotes modelCard data cryptoProperties properties tags \
        signature
        """)
}

extension JSONObject {
    /// Inserts a member in front of the members that come later in the order.
    package mutating func place(_ name: String, _ value: JSONValue, order: MemberOrder) {
        let rank = order.rank(of: name)
        var place = members.count
        while place > 0, order.rank(of: members[place - 1].name) > rank { place -= 1 }
        members.insert(Member(name: name, value: value), at: place)
    }

    /// Sorts the members into the order of a specification; unknown members come last, in their present order.
    package mutating func arrange(_ order: MemberOrder) {
        let ranks = members.map { order.rank(of: $0.name) }
        guard zip(ranks, ranks.dropFirst()).contains(where: { $0 > $1 }) else { return }
        members = members.indices.sorted { ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0] < ranks[$1] }.map {
            members[$0]
        }
    }
}
