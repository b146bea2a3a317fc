import ByteStreams
import PackageDatabases
import SBOMKit
import SBOMModel
import StructuredText
import TestSupport
import Testing

@Suite struct PackageURLTests {
    static let spellings: KeyValuePairs<String, PackageURL> = [
        "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64": PackageURL(
            type: "deb", namespace: ["debian"], name: "attr", version: "1:2.4.47-2+b1", qualifiers: ["arch": "amd64"]),
        "pkg:deb/debian/g%2B%2B@4:12.2.0-3~bpo11%2B1": PackageURL(
            type: "deb", namespace: ["debian"], name: "g++", version: "4:12.2.0-3~bpo11+1"),
        "pkg:oci/app@sha256:00?repository_url=registry.example:5000%2Fteam%2Fapp&tag=a%26b": PackageURL(
            type: "oci", name: "app", version: "sha256:00",
            qualifiers: ["tag": "a&b", "repository_url": "registry.example:5000/team/app", "empty": ""]),
        "pkg:generic/a%20b%2Fc%40d%3Fe%23f%25g": PackageURL(type: "generic", name: "a b/c@d?e#f%g"),
        "pkg:deb/debian/a@1_2.3~4-5?b=1&upstream=x%402": PackageURL(
            type: "deb", namespace: ["", "debian", ""], name: "a", version: "1_2.3~4-5",
            qualifiers: ["upstream": "x@2", "b": "1"]),
        "pkg:generic/na%C3%AFve@%E2%98%83": PackageURL(type: "generic", name: "naïve", version: "☃"),
        "pkg:generic/a": PackageURL(type: "generic", name: "a", version: ""),
    ]

    @Test(arguments: spellings.map { ($0.key, $0.value) })
    func `the spelling is canonical`(expected: String, url: PackageURL) {
        #expect(url.description == expected)
    }

    @Test(.needsCorpus, arguments: ["apk", "deb", "oci", "rpm"])
    func `the specification's own examples are built`(type: String) throws {
        let path = "\(corpus ?? "")/schemas/purl/tests/types/\(type)-test.json"
        let cases = try JSONValue(parsing: bytes(ofFile: path), limits: Limits())["tests"].array
            .filter { $0["test_type"].text == "build" && $0["expected_failure"] == .bool(false) }
        try #require(!cases.isEmpty)
        for test in cases {
            let input = test["input"]
            var qualifiers: [String: String] = [:]
            if case .object(let object) = input["qualifiers"] {
                for member in object.members { qualifiers[member.name] = member.value.text }
            }
            let url = PackageURL(
                type: input["type"].text, namespace: input["namespace"].text.split(separator: "/").map(String.init),
                name: input["name"].text, version: input["version"].text, qualifiers: qualifiers)
            #expect(url.description == test["expected_output"].text)
        }
    }

    /// The ID of os-release; the name of the system and the namespace of its packages, by default and for trivy.
    static let names: [(id: String, name: String, namespace: String, forTrivy: String?)] = [
        ("rhel", "redhat", "redhat", nil), ("sles", "sles", "suse", nil), ("sle-micro", "slem", "suse", nil),
        ("sl-micro", "slem", "suse", nil), ("opensuse-leap", "opensuse-leap", "opensuse", nil),
        ("opensuse-tumbleweed", "opensuse-tumbleweed", "opensuse", nil), ("openEuler", "openeuler", "openeuler", nil),
        ("opensuse-microos", "opensuse-microos", "opensuse-microos", nil), ("opensuse", "opensuse", "opensuse", nil),
        ("sles_sap", "sles_sap", "sles_sap", nil), ("rocky", "rocky", "rocky", nil),
        ("amzn", "amzn", "amzn", "amazon"), ("ol", "ol", "ol", "oracle"),
        ("almalinux", "almalinux", "almalinux", "alma"),
        ("mariner", "mariner", "mariner", "cbl-mariner"), ("azurelinux", "azurelinux", "azurelinux", nil),
    ]

    @Test(arguments: names)
    func `system and namespace have names that agree`(id: String, name: String, namespace: String, forTrivy: String?) {
        let system = OSRelease(parsing: Array("ID=\(id)\nVERSION_ID=1\n".utf8))
        let package = InstalledPackage(
            ecosystem: .rpm, name: "a", version: "1-1", architecture: nil, database: "rpmdb.sqlite")
        func found(_ consumer: DocumentConsumer?) -> [String] {
            [system.documentName(for: consumer) ?? "", PackageURL(package, system, for: consumer).description]
        }
        let distro = "@1-1?distro=\(id)-1"
        #expect(found(nil) == [name, "pkg:rpm/\(namespace)/a\(distro)"])
        #expect(found(.gitLab) == found(nil))
        #expect(found(.dependencyTrack) == [id, "pkg:rpm/\(namespace)/a\(distro)"])
        #expect(found(.trivy) == [forTrivy ?? name, "pkg:rpm/\(forTrivy ?? namespace)/a\(distro)"])
    }

    static let systems: KeyValuePairs<String, String> = [
        "ID=debian\nVERSION_ID=12\n": "pkg:deb/debian/a@1:1%2Bb1?arch=amd64&distro=debian-12",
        "ID=debian\nVERSION_CODENAME=trixie\n": "pkg:deb/debian/a@1:1%2Bb1?arch=amd64&distro=debian-trixie",
        "ID=debian\nVERSION_ID=\nVERSION_CODENAME=sid\n": "pkg:deb/debian/a@1:1%2Bb1?arch=amd64&distro=debian-sid",
        "ID=debian\n": "pkg:deb/debian/a@1:1%2Bb1?arch=amd64&distro=debian",
        "ID=Ubuntu\nVERSION_ID=\"22.04\"\n": "pkg:deb/ubuntu/a@1:1%2Bb1?arch=amd64&distro=Ubuntu-22.04",
        "NAME=Debian\nVERSION_ID=12\n": "pkg:deb/debian/a@1:1%2Bb1?arch=amd64",
        "ID=\nNAME=Debian\n": "pkg:deb/debian/a@1:1%2Bb1?arch=amd64",
        "": "pkg:deb/debian/a@1:1%2Bb1?arch=amd64",
    ]

    @Test(arguments: systems.map { ($0.key, $0.value) })
    func `a Debian package is of its distribution, or of Debian where that is not known`(
        release: String, expected: String
    ) {
        var package = InstalledPackage(
            ecosystem: .dpkg, name: "A", version: "1:1+b1", architecture: "amd64", database: "status")
        #expect(PackageURL(package, OSRelease(parsing: Array(release.utf8))).description == expected)
        package.source = .init(name: "src", version: "0:2")
        #expect(
            PackageURL(package, nil).description == "pkg:deb/debian/a@1:1%2Bb1?arch=amd64&upstream=src%400:2")
        package.source = .init(name: "src")
        package.architecture = nil
        #expect(PackageURL(package, nil).description == "pkg:deb/debian/a@1:1%2Bb1?upstream=src")
    }
}
