internal import ByteStreams
internal import SBOMModel

/// What a text in plain English states about licenses, as far as each of its sentences is understood.
///
/// Nothing is guessed: a sentence that has a word about licensing and is none of the known ones makes the whole text one that
/// is not understood.
struct LicenseStatement {
    /// The identifiers of the licenses, in the order of the text, each once.
    private(set) var licenses: [String] = []
    /// Whether every sentence about licensing is understood.
    private(set) var isUnderstood = true
    /// Whether a license is named with the words about its version, and not by its notice.
    private(set) var isNamed = false
    /// The lines of the licenses, counted from the first line of the text; nil if there are none.
    private(set) var lines: ClosedRange<Int>?
    /// The files in `/usr/share/common-licenses` to which the text refers.
    private(set) var commonLicenses: Set<String> = []

    /// Reads a text.
    init(_ bytes: ArraySlice<UInt8>) {
        let words = NoticeWords(bytes)
        guard words.count < Limits.noticeWords else {
            isUnderstood = false
            return
        }
        let matches = KnownNotices.common.matches(in: words)
        var places: [(license: String, words: Range<Int>)] = matches.map {
            (String($0.license.prefix { $0 != ":" }), $0.words)
        }
        // The families of licenses that are named without a version, and those of the packaging.
        var (named, ofPackaging): (Set<String>, Set<String>) = ([], [])
        var isAboutPackaging = false
        for (sentence, isBeforeNotice) in Self.sentences(words, without: matches.map(\.words)) {
            let wasAboutPackaging = isAboutPackaging
            guard Self.concernsLicenses(words, sentence) else {
                isAboutPackaging = Self.isAboutPackaging(words.words(sentence))
                continue
            }
            let text = words.words(sentence)
            isAboutPackaging = Self.isAboutPackaging(text)
            let pointers = Self.commonLicenses(in: text)
            if isAboutPackaging || wasAboutPackaging && text.hasPrefix(" and is ") {
                isAboutPackaging = true
                // Under which license the packaging is says nothing about what is packaged.
                ofPackaging.formUnion(Self.families(in: text))
                continue
            }
            if let license = Self.grant(in: text) {
                places.append((license, sentence))
                commonLicenses.formUnion(pointers)
                isNamed = true
            } else if Self.isNeutral(text, hasPointer: !pointers.isEmpty) {
                if !pointers.isEmpty { named.formUnion(Self.families(in: text)) }
                commonLicenses.formUnion(pointers)
            } else if let family = Self.grantWithoutVersion(in: text) {
                named.insert(family)
            } else if !(isBeforeNotice && Self.isHeading(text)) {
                isUnderstood = false
            }
        }
        places.sort { $0.words.lowerBound < $1.words.lowerBound }
        for place in places where !licenses.contains(place.license) { licenses.append(place.license) }
        if places.isEmpty, named.isEmpty || commonLicenses.map(Self.family) == Array(named), commonLicenses.count == 1,
            let license = commonLicenses.first.flatMap({ Self.unversioned[$0] })
        {
            licenses = [license]
            isNamed = true
        } else if !places.isEmpty {
            // A license may be named again in other words, but no other one.
            let known = ofPackaging.union(licenses.map(Self.family))
            isUnderstood =
                isUnderstood && named.isSubset(of: known)
                && (!named.isEmpty || commonLicenses.map(Self.family).allSatisfy(known.contains))
        } else if commonLicenses.isEmpty {
            isUnderstood = isUnderstood && named.isEmpty
        }
        if let first = places.first, let last = places.last {
            lines = words.lines[first.words.lowerBound]...words.lines[last.words.upperBound - 1]
        }
    }

    /// The words between notices, divided at the ends of sentences; whether a notice follows each.
    private static func sentences(
        _ words: NoticeWords, without notices: [Range<Int>]
    ) -> [(words: Range<Int>, isBeforeNotice: Bool)] {
        var sentences: [(words: Range<Int>, isBeforeNotice: Bool)] = []
        var start = 0
        func add(_ end: Int, _ isBeforeNotice: Bool) {
            if start < end { sentences.append((start..<end, isBeforeNotice)) }
        }
        var waiting = notices[...]
        var place = 0
        while place < words.count {
            if let notice = waiting.first, notice.lowerBound == place {
                add(place, true)
                place = notice.upperBound
                start = place
                waiting = waiting.dropFirst()
                continue
            }
            if words.breaks[place] != .none {
                add(place, false)
                start = place
            }
            place += 1
        }
        add(place, false)
        return sentences
    }

    // MARK: Sentences

    private static func has(_ text: String, _ phrases: [String]) -> Bool { phrases.contains { text.hasBytes(of: $0) } }

    /// Whether a sentence has a word that says what may be done with a work.
    private static func concernsLicenses(_ words: NoticeWords, _ sentence: Range<Int>) -> Bool {
        func word(_ place: Int) -> ArraySlice<UInt8> { sentence.contains(place) ? words[place] : [] }
        for place in sentence {
            let bytes = words[place]
            for stem in stems[Int(bytes[bytes.startIndex])] where bytes.starts(with: stem.bytes) {
                switch stem.condition {
                case .none: return true
                case .next(let second) where word(place + 1).elementsEqual(second): return true
                case .unlessReserved where !word(place + 1).elementsEqual("reserved".utf8): return true
                case .unlessFoundation
                where word(place + 1).elementsEqual("software".utf8)
                    && !word(place + 2).elementsEqual("foundation".utf8):
                    return true
                case .next, .unlessReserved, .unlessFoundation: break
                }
            }
            if bytes.count > 6, bytes.suffix(6).elementsEqual("clause".utf8) { return true }
        }
        return false
    }

    /// How a word begins, and what must follow.
    private struct Stem: Sendable {
        enum Condition: Sendable {
            case none
            case next([UInt8])
            /// As in "all rights reserved".
            case unlessReserved
            /// As in "Free Software Foundation".
            case unlessFoundation
        }

        let bytes: [UInt8]
        let condition: Condition
    }

    /// The beginnings of the words about licensing, by their first byte.
    private static let stems: [[Stem]] = {
        var stems = [[Stem]](repeating: [], count: 256)
        func add(_ text: String, _ condition: Stem.Condition = .none) {
            let bytes = Array(text.utf8)
            if let first = bytes.first { stems[Int(first)].append(Stem(bytes: bytes, condition: condition)) }
        }
        let words =
            "licens sublicens relicens permi redistribut copying warrant gpl lgpl agpl gfdl fdl bsd clause artistic terms "
            + "grant disclaim restrict liab dual copyleft proprietary trademark patent authoriz promot endors acknowledg "
            + "conditions notice distributable freely commercial noncommercial commonlicenses"
        for word in words.split(separator: " ") { add(String(word)) }
        for (first, second) in [
            ("public", "domain"), ("provided", "that"), ("as", "is"), ("distributed", "under"), ("may", "be"),
        ] {
            add(first, .next(Array(second.utf8)))
        }
        add("right", .unlessReserved)
        add("free", .unlessFoundation)
        return stems
    }()

    /// Whether the words before a notice are its heading.
    private static func isHeading(_ text: String) -> Bool {
        let words = text.replacing(" all rights reserved", with: "")
        let count = words.split(separator: " ").count
        return count <= 6 && words.hasBytes(of: " license ") || count <= 12 && words.hasPrefix(" copyright notice ")
    }

    /// Whether a sentence is about the files that Debian adds to the sources.
    private static func isAboutPackaging(_ text: String) -> Bool {
        has(
            text,
            [
                " debian packaging ", " packaging is ", " debian package is ", " debian specific changes ",
                " debian changes ", " debian specific files ", " debian modifications ",
            ])
    }

    /// Whether a sentence about a license adds nothing to what is stated elsewhere.
    private static func isNeutral(_ text: String, hasPointer: Bool) -> Bool {
        if has(
            text, [" in the hope that ", " should have received a copy ", " general public license for more details "])
        {
            return !has(text, grants) || text.hasBytes(of: " without any warranty ")
        }
        if text.hasPrefix(" if not see ")
            || has(text, [" write to the free software foundation ", " writing to the free software foundation "])
        {
            return true
        }
        if hasPointer || text.hasBytes(of: " gnu ") {
            let isPlace = has(
                text,
                [" complete text ", " full text ", " copy of the ", " can be found ", " located in ", " may be found "])
            if isPlace, !has(text, grants), !has(text, meanings) { return true }
            if hasPointer, text.hasPrefix(" see "), !has(text, grants) { return true }
        }
        guard text.utf8.count <= 120 else { return false }
        let words = text.split(separator: " ")
        if words.count <= 12, text.hasSuffix(" is free software ") { return true }
        if words.count <= 8, text.hasSuffix(" terms apply ") { return true }
        return words.count <= 4 && words.allSatisfy { headings.contains(String($0)) }
    }

    private static let headings: Set = [
        "license", "licenses", "copyright", "copyrights", "and", "notice", "the", "upstream", "information", "text",
        "of",
        "licensing", "terms",
    ]

    /// Words by which a license is granted.
    private static let grants = [
        " redistribute ", " distributed under ", " licensed under ", " covered by ", " released under ",
        " under the terms ",
        " available under ", " is under ", " are under ", " modify this document under ",
    ]

    /// Words that change what a license means.
    private static let meanings = [
        " except", " exempt", " additional ", " linking ", " openssl ", " dual", " alternativ", " portion", " part of ",
        " parts of ", " some ", " instead ", " unless ", " however ", " but not ", " either the ", " either of ",
        " choice",
    ]

    /// The families of licenses that a sentence names.
    private static func families(in text: String) -> Set<String> {
        let words = text.split(separator: " ")
        // The name of a file is not that of a license.
        let short = words.indices.filter { $0 == 0 || words[$0 - 1] != "commonlicenses" }
            .compactMap { shortNames[String(words[$0])] }
        return Set(names.filter { text.hasBytes(of: " \($0.words) ") }.map(\.family) + short)
    }

    /// The family of the one license that a sentence names for a work, without a version; nil if it is not plain.
    private static func grantWithoutVersion(in text: String) -> String? {
        guard has(text, grants), !has(text, meanings), !text.contains(where: \.isNumber), text.utf8.count <= 300 else {
            return nil
        }
        let families = families(in: text)
        return families.count == 1 ? families.first : nil
    }

    private static let shortNames = ["gpl": "GPL", "lgpl": "LGPL", "agpl": "AGPL", "gfdl": "GFDL"]

    /// The license that a sentence names with the words about its version; nil if it is not plain.
    private static func grant(in text: String) -> String? {
        guard has(text, grants), !has(text, meanings) else { return nil }
        let words = text.split(separator: " ")
        let families = Set(names.filter { text.hasBytes(of: " \($0.words) ") }.map(\.family))
        guard words.count <= 80, families.count == 1, let family = families.first else { return nil }
        if family == "Artistic" {
            return commonLicenses(in: text).contains("Artistic") || text.hasBytes(of: " comes with perl ")
                ? unversioned["Artistic"] : nil
        }
        var versions: Set<String> = []
        var isLater = has(
            text,
            [
                " any later version ", " or later ", " and later ", " or newer ", " or above ", " or higher ",
                " or greater ",
            ])
        for (place, word) in words.enumerated() {
            let before = place > 0 ? words[place - 1] : ""
            var number = word.first == "v" ? word.dropFirst() : word
            guard let first = number.first, ("1"..."4").contains(first), number.count <= 4,
                before == "version" || before == "v" || word.first == "v" || before == "license"
            else { continue }
            if number.last == "+" {
                isLater = true
                number = number.dropLast()
            }
            versions.insert(number.contains(".") ? String(number) : "\(number).0")
            // Another choice than one of later versions.
            let behind = words.dropFirst(place + 1).first
            guard isLater || behind != "or" && behind != "and" else { return nil }
        }
        guard versions.count == 1, let version = versions.first else { return nil }
        if family == "MPL" || family == "Apache" {
            return isLater ? nil : LicenseList.license("\(family)-\(version)")
        }
        // Words like "either" promise a choice that is not in the sentence.
        guard isLater || !has(text, [" either ", " at your option ", " later "]) else { return nil }
        var variant = ""
        if family == "GFDL" {
            guard has(text, [" no invariant sections "]), has(text, [" no frontcover texts "]),
                has(text, [" no backcover texts "])
            else { return nil }
            variant = "no-invariants-"
        }
        return LicenseList.license("\(family)-\(version)-\(variant)\(isLater ? "or-later" : "only")")
    }

    /// The names of licenses in plain English, and how their identifiers begin.
    private static let names: [(words: String, family: String)] = [
        ("gnu general public license", "GPL"), ("gnu lesser general public license", "LGPL"),
        ("gnu library general public license", "LGPL"), ("lesser gnu general public license", "LGPL"),
        ("gnu affero general public license", "AGPL"), ("gnu free documentation license", "GFDL"),
        ("mozilla public license", "MPL"), ("apache license", "Apache"), ("artistic license", "Artistic"),
    ]

    /// The files of `/usr/share/common-licenses` in which only one version of one license can be meant.
    ///
    /// `BSD` is the text of the University of California, and `Artistic` that of Perl (base-files, its copyright file).
    private static let unversioned = [
        "Apache-2.0": "Apache-2.0", "Artistic": "Artistic-1.0-Perl", "BSD": "BSD-3-Clause", "CC0-1.0": "CC0-1.0",
        "MPL-1.1": "MPL-1.1", "MPL-2.0": "MPL-2.0",
    ]

    /// The files in `/usr/share/common-licenses` that a sentence names.
    private static func commonLicenses(in text: String) -> Set<String> {
        guard text.hasBytes(of: " commonlicenses ") else { return [] }
        let words = text.split(separator: " ")
        var names: Set<String> = []
        for (place, word) in words.enumerated() where word == "commonlicenses" {
            // Words have no hyphens.
            guard place + 1 < words.count else {
                names.insert("")
                continue
            }
            names.insert(fileNames[String(words[place + 1])] ?? String(words[place + 1]))
        }
        return names
    }

    private static let fileNames: [String: String] = Dictionary(
        uniqueKeysWithValues: [
            "Apache-2.0", "Artistic", "BSD", "CC0-1.0", "GFDL", "GFDL-1.2", "GFDL-1.3", "GPL", "GPL-1", "GPL-2",
            "GPL-3", "LGPL",
            "LGPL-2", "LGPL-2.1", "LGPL-3", "MPL-1.1", "MPL-2.0",
        ].map { ($0.lowercased().replacing("-", with: ""), $0) })

    /// What comes before the version in the name of a license.
    private static func family(_ name: String) -> String { String(name.prefix { $0 != "-" }) }
}
