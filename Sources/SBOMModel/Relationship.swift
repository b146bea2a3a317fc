/// A directed relationship between two elements (SPDX 2.3 §11).
package struct Relationship: Sendable, Hashable {
    package var from: Element.ID
    package var kind: Kind
    package var to: Element.ID
    package var comment: String?

    package init(_ from: Element.ID, _ kind: Kind, _ to: Element.ID, comment: String? = nil) {
        self.from = from
        self.kind = kind
        self.to = to
        self.comment = comment
    }

    /// The type of a relationship, spelled as SPDX spells it (SPDX 2.3 §11.1).
    ///
    /// The vocabulary is open: a document may use a type that the specification does not list.
    package struct Kind: RawRepresentable, Sendable, Hashable {
        /// The type as the document spells it: `DEPENDS_ON`.
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }
    }
}

// MARK: The words of SPDX 2.3 §11.1

extension Relationship.Kind {
    package static let amends = Self(rawValue: "AMENDS")
    package static let ancestorOf = Self(rawValue: "ANCESTOR_OF")
    package static let buildDependencyOf = Self(rawValue: "BUILD_DEPENDENCY_OF")
    package static let buildToolOf = Self(rawValue: "BUILD_TOOL_OF")
    package static let containedBy = Self(rawValue: "CONTAINED_BY")
    package static let contains = Self(rawValue: "CONTAINS")
    package static let copyOf = Self(rawValue: "COPY_OF")
    package static let dataFileOf = Self(rawValue: "DATA_FILE_OF")
    package static let dependencyManifestOf = Self(rawValue: "DEPENDENCY_MANIFEST_OF")
    package static let dependencyOf = Self(rawValue: "DEPENDENCY_OF")
    package static let dependsOn = Self(rawValue: "DEPENDS_ON")
    package static let descendantOf = Self(rawValue: "DESCENDANT_OF")
    package static let describedBy = Self(rawValue: "DESCRIBED_BY")
    package static let describes = Self(rawValue: "DESCRIBES")
    package static let devDependencyOf = Self(rawValue: "DEV_DEPENDENCY_OF")
    package static let devToolOf = Self(rawValue: "DEV_TOOL_OF")
    package static let distributionArtifact = Self(rawValue: "DISTRIBUTION_ARTIFACT")
    package static let documentationOf = Self(rawValue: "DOCUMENTATION_OF")
    package static let dynamicLink = Self(rawValue: "DYNAMIC_LINK")
    package static let exampleOf = Self(rawValue: "EXAMPLE_OF")
    package static let expandedFromArchive = Self(rawValue: "EXPANDED_FROM_ARCHIVE")
    package static let fileAdded = Self(rawValue: "FILE_ADDED")
    package static let fileDeleted = Self(rawValue: "FILE_DELETED")
    package static let fileModified = Self(rawValue: "FILE_MODIFIED")
    package static let generatedFrom = Self(rawValue: "GENERATED_FROM")
    package static let generates = Self(rawValue: "GENERATES")
    package static let hasPrerequisite = Self(rawValue: "HAS_PREREQUISITE")
    package static let metafileOf = Self(rawValue: "METAFILE_OF")
    package static let optionalComponentOf = Self(rawValue: "OPTIONAL_COMPONENT_OF")
    package static let optionalDependencyOf = Self(rawValue: "OPTIONAL_DEPENDENCY_OF")
    package static let other = Self(rawValue: "OTHER")
    package static let packageOf = Self(rawValue: "PACKAGE_OF")
    package static let patchApplied = Self(rawValue: "PATCH_APPLIED")
    package static let patchFor = Self(rawValue: "PATCH_FOR")
    package static let prerequisiteFor = Self(rawValue: "PREREQUISITE_FOR")
    package static let providedDependencyOf = Self(rawValue: "PROVIDED_DEPENDENCY_OF")
    package static let requirementDescriptionFor = Self(rawValue: "REQUIREMENT_DESCRIPTION_FOR")
    package static let runtimeDependencyOf = Self(rawValue: "RUNTIME_DEPENDENCY_OF")
    package static let specificationFor = Self(rawValue: "SPECIFICATION_FOR")
    package static let staticLink = Self(rawValue: "STATIC_LINK")
    package static let testCaseOf = Self(rawValue: "TEST_CASE_OF")
    package static let testDependencyOf = Self(rawValue: "TEST_DEPENDENCY_OF")
    package static let testOf = Self(rawValue: "TEST_OF")
    package static let testToolOf = Self(rawValue: "TEST_TOOL_OF")
    package static let variantOf = Self(rawValue: "VARIANT_OF")

    /// All types of SPDX 2.3 §11.1, in alphabetical order.
    package static let specified: [Self] = [
        amends, ancestorOf, buildDependencyOf, buildToolOf, containedBy, contains, copyOf, dataFileOf,
        dependencyManifestOf, dependencyOf, dependsOn, descendantOf, describedBy, describes, devDependencyOf,
        devToolOf, distributionArtifact, documentationOf, dynamicLink, exampleOf, expandedFromArchive, fileAdded,
        fileDeleted, fileModified, generatedFrom, generates, hasPrerequisite, metafileOf, optionalComponentOf,
        optionalDependencyOf, other, packageOf, patchApplied, patchFor, prerequisiteFor, providedDependencyOf,
        requirementDescriptionFor, runtimeDependencyOf, specificationFor, staticLink, testCaseOf, testDependencyOf,
        testOf, testToolOf, variantOf,
    ]
}

// MARK: Direction and meaning

extension Relationship.Kind {
    /// A kind in the direction that leads away from the document: from the element that contains, describes or needs
    /// another one to that other element.
    package struct Forward: Sendable, Hashable {
        /// The kind in that direction: `DEPENDS_ON` for `TEST_DEPENDENCY_OF`.
        package var kind: Relationship.Kind
        /// Whether the two ends of the relationship must be swapped to read it in that direction.
        package var isReversed: Bool
        /// The part of the original type that ``kind`` leaves out, in lower case: `test` for `TEST_DEPENDENCY_OF`; else
        /// empty.
        package var qualifier: String
    }

    /// The kind in the direction that leads away from the document.
    ///
    /// `X_DEPENDENCY_OF` is `DEPENDS_ON` with the qualifier `x`, also for an X that the specification does not list.
    /// A kind that has no inverse, or that leads away from the document already, is its own forward kind.
    package var forward: Forward {
        switch self {
        case .dependencyOf: return Forward(kind: .dependsOn, isReversed: true, qualifier: "")
        case .containedBy: return Forward(kind: .contains, isReversed: true, qualifier: "")
        case .describedBy: return Forward(kind: .describes, isReversed: true, qualifier: "")
        case .prerequisiteFor: return Forward(kind: .hasPrerequisite, isReversed: true, qualifier: "")
        default:
            let suffix = "_DEPENDENCY_OF"
            guard rawValue.utf8.count > suffix.utf8.count, rawValue.hasSuffix(suffix) else {
                return Forward(kind: self, isReversed: false, qualifier: "")
            }
            return Forward(
                kind: .dependsOn, isReversed: true, qualifier: rawValue.dropLast(suffix.count).lowercased())
        }
    }

    /// The structure that relationships of a kind express in formats without relationship types, such as CycloneDX.
    package enum Structure: Sendable, Hashable {
        /// One element needs another: CycloneDX `dependencies`.
        case needs
        /// One element is part of another: nested CycloneDX `components`.
        case contains
    }

    /// The structure in CycloneDX that expresses this kind in its ``forward`` direction; nil if none does.
    package var structure: Structure? {
        switch forward.kind {
        case .dependsOn, .hasPrerequisite, .staticLink, .dynamicLink: .needs
        case .contains: .contains
        default: nil
        }
    }
}
