internal import SBOMKit

/// What the user of `generate` can do about a finding, or why nothing in an image helps.
enum ProfileAdvice {
    /// Words behind the finding; nil if there is nothing to say.
    static func of(_ rule: String, in profile: DocumentCheck.Profile) -> String? {
        switch (profile, rule) {
        case (.scanner, _): nil
        case (.bsi, "author"): "--creator \"Organization: NAME (EMAIL)\" states one"
        case (.bsi, "format-version"): "--format cyclonedx writes 1.6"
        case (.bsi, "hash"): "the image does not have the files that packages were installed from"
        case (.bsi, "source-uri"), (.bsi, "distribution-uri"): "no package database states it"
        case (.bsi, "filename"): "an image is no single file"
        case (_, "format-version"): "--format spdx writes 2.3"
        case (_, "author"): "--creator \"Organization: NAME\" names one"
        case (_, "supplier"), (_, "producer"), (_, "creator"):
            "--supplier states that of the image, --supplier-from-distribution that of packages without one"
        case (_, "version"): "the version of an image is its digest in a layout or registry, or else its tag"
        case (_, "timestamp"): "--created states it"
        case (_, "signature"): "sbomkit signs nothing: sign the document where it is published"
        case (_, "distribution-license"): "a person must conclude it"
        case (.telco11, "hash"), (.telco12, "hash"): "the operating system and packages without files have none"
        case (_, "hash"): "no package database states it"
        case (_, _): nil
        }
    }
}
