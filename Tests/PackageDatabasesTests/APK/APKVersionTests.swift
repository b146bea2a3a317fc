import PackageDatabases
import TestSupport
import Testing

@Suite struct APKVersionTests {
    @Test(arguments: [
        // Numbers: the first one by its value, later ones as text if either begins with 0.
        ("1", "1", 0), ("2", "10", -1), ("007", "7", 0), ("1.2", "1.10", -1), ("1.02", "1.1", -1), ("1.0", "1.00", -1),
        ("1.01", "1.010", -1), ("1.0", "1", 1), ("1.0.1", "1.0", 1),
        // A letter, suffixes and their numbers, a hash, a revision.
        ("1.0a", "1.0", 1), ("1.0b", "1.0a", 1), ("1.0a", "1.0.1", -1), ("1.0a", "1.1", -1),
        ("1.0_alpha", "1.0_beta", -1), ("1.0_beta", "1.0_pre", -1), ("1.0_pre", "1.0_rc", -1), ("1.0_rc", "1.0", -1),
        ("1.0", "1.0_cvs", -1), ("1.0_cvs", "1.0_svn", -1), ("1.0_svn", "1.0_git", -1), ("1.0_git", "1.0_hg", -1),
        ("1.0_hg", "1.0_p", -1), ("1.0_p", "1.0_p0", -1), ("1.0_p2", "1.0_p10", -1), ("1.0_rc1", "1.0_rc", 1),
        ("1.0_rc1", "1.0_rc1_p1", -1), ("1.0_p1", "1.0_p1_rc1", 1), ("1.0_p1", "1.0.1", -1),
        ("1.0~a1", "1.0", 1), ("1.0~a1", "1.0~b1", -1), ("1.0~a1", "1.0~a1b2", -1), ("1.0~ff", "1.0_p1", -1),
        ("1.0-r0", "1.0", 1), ("1.0-r2", "1.0-r10", -1), ("1.0-r1", "1.0.1", -1), ("1.0-r1", "1.0~a1", -1),
        ("1.0_rc1-r5", "1.0-r0", -1), ("1.0a_p1~ab-r2", "1.0a_p1~ab-r3", -1),
        // What is not valid ends there, and is older than what ends as it may.
        ("1.0bc", "1.0", 1), ("1.0bc", "1.0b", -1), ("1.0+git", "1.0", -1), ("1.0_foo", "1.0", -1),
        ("1.0-5", "1.0", -1),
        ("1.0~", "1.0", -1), ("1.0~AB", "1.0", -1), ("a", "1", -1), ("", "0", -1), ("", "a", 0), ("v1", "v2", 0),
        ("1.0-r", "1.0", -1), ("1.", "1", -1), ("1.0 ", "1.0", -1), ("1.ä", "1", -1), ("1_", "1", -1),
        // apk has 64 bits for a number.
        ("1.18446744073709551616", "1.1", -1), ("1.18446744073709551617", "1.1", 0),
    ])
    func `versions compare part by part`(left: String, right: String, order: Int) {
        #expect(APKVersion(left).order(to: APKVersion(right)).rawValue == order)
        #expect(APKVersion(right).order(to: APKVersion(left)).rawValue == -order)
    }

    @Test(arguments: [
        ("1.6.3", "~", "1.6", true), ("1.6", "~", "1.6", true), ("1.6_pre1", "~", "1.6", true),
        ("1.6.3-r1", "~", "1.6.3", true), ("1.6.30", "~", "1.6.3", false), ("1.6", "~", "1.6.3", false),
        ("1.5", "~", "1.6", false), ("1.6.3", "=~", "1.6", true), ("1.6.3", "~=", "1.6", true),
        ("1.5", "<~", "1.6", true), ("1.6.9", "<~", "1.6", true), ("1.7", "<~", "1.6", false),
        ("1.7", ">~", "1.6", true), ("1.6.9", ">~", "1.6", true), ("1.5", ">~", "1.6", false),
        ("1.6", "<", "1.6", false), ("1.6", "<=", "1.6", true), ("1.6", ">=", "1.6", true), ("1.6", ">", "1.6", false),
        ("1.6.1", ">", "1.6", true), ("1.6_rc1", "<", "1.6", true), ("1.6", "=", "1.6-r0", false),
        ("5", "<=>", "7", true),
        // A provision without a version has the empty one.
        ("", "<", "1", true), ("", "<=", "1", true), ("", "<~", "1", true), ("", "=", "1", false),
        ("", ">", "1", false), ("", ">=", "1", false), ("", "~", "1", false),
    ])
    func `relations hold as in apk`(installed: String, signs: String, wanted: String, holds: Bool) throws {
        let relation = try #require(APKRelation(signs: signs.utf8))
        #expect(APKVersion(installed).holds(relation, APKVersion(wanted)) == holds)
    }

    @Test(arguments: ["!", "==x", " ", "=1"])
    func `other signs are no relation`(signs: String) {
        #expect(APKRelation(signs: signs.utf8) == nil)
    }

    @Test(arguments: [
        ("1", true), ("1.2.3", true), ("1.2b", true), ("1_rc", true), ("1_rc1_p2", true), ("1~0af", true),
        ("1-r0", true),
        ("1.2b_p3~9f-r12", true), ("", false), ("a", false), ("1.", false), (".1", false), ("1bc", false),
        ("1b2", false),
        ("1b.2", false), ("1_", false), ("1_foo", false), ("1~", false), ("1~xyz", false), ("1~ABC", false),
        ("1-r", false),
        ("1-1", false), ("1-r1-r2", false), ("1-r1.2", false), ("1-r1_p1", false), ("1+1", false), ("1:2", false),
    ])
    func `the grammar of versions is that of apk`(text: String, isValid: Bool) {
        #expect(APKVersion(text).isValid == isValid)
    }

    @Test(.needsCorpus) func `the comparisons that apk-tools is tested with hold`() throws {
        let path = try #require(corpus) + "/apk/apk-versions.txt"
        var count = 0
        for line in String(decoding: try bytes(ofFile: path), as: UTF8.self).split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
            guard let first = words.first else { continue }
            count += 1
            if words.count == 1 {
                // Such a line is about the version itself; one mark alone is about the empty one.
                let isValid = !first.hasPrefix("!")
                #expect(APKVersion(isValid ? first : String(first.dropFirst())).isValid == isValid, "\(line)")
                continue
            }
            try #require(words.count == 3, "\(line)")
            let isNegated = words[1].hasPrefix("!")
            let relation = try #require(APKRelation(signs: words[1].drop { $0 == "!" }.utf8))
            #expect(APKVersion(words[0]).holds(relation, APKVersion(words[2])) == !isNegated, "\(line)")
        }
        #expect(count > 700)
    }
}
