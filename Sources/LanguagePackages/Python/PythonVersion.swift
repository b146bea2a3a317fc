internal import ByteStreams

/// A version of a Python distribution (PyPA specifications, "Version specifiers", formerly PEP 440).
struct PythonVersion: Sendable, Hashable, Comparable {
    /// A number of any length, so that versions made of dates and hashes compare without overflow.
    private struct Digits: Sendable, Hashable, Comparable {
        let text: Substring

        init(_ text: Substring) {
            let significant = text.drop { $0 == "0" }
            self.text = significant.isEmpty ? "0" : significant
        }

        static func < (left: Digits, right: Digits) -> Bool {
            left.text.utf8.count == right.text.utf8.count
                ? left.text < right.text : left.text.utf8.count < right.text.utf8.count
        }
    }

    /// The part that decides the order after the release: a development, pre- or final release.
    private enum Stage: Int, Sendable {
        case development, alpha, beta, candidate, final
    }

    private enum LocalPart: Sendable, Hashable {
        case word(String)
        case number(Digits)
    }

    private var epoch = Digits("0")
    /// The numbers of the release, without zeros at the end.
    private var release: [Digits] = []
    /// How many numbers the release has as it is written.
    private var releaseCount = 0
    private var stage = Stage.final
    private var preNumber = Digits("0")
    private var post: Digits?
    private var dev: Digits?
    private var local: [LocalPart] = []

    /// Parses a version, in any spelling that the specification normalizes; nil if it is not one.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text.lowercased())
        rest = rest.drop(while: \.isWhitespace)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        guard rest.utf8.count <= 1_000 else { return nil }
        if rest.first == "v" { rest.removeFirst() }
        guard var number = Self.takeDigits(&rest) else { return nil }
        if rest.first == "!" {
            rest.removeFirst()
            epoch = Digits(number)
            guard let first = Self.takeDigits(&rest) else { return nil }
            number = first
        }
        release = [Digits(number)]
        while rest.first == ".", rest.dropFirst().first.map(Self.isDigit) == true {
            rest.removeFirst()
            release.append(Digits(Self.takeDigits(&rest) ?? "0"))
        }
        releaseCount = release.count
        while release.count > 1, release.last == Digits("0") { release.removeLast() }
        takePre(&rest)
        takePost(&rest)
        takeDev(&rest)
        if rest.first == "+" {
            for part in rest.dropFirst().split(omittingEmptySubsequences: false, whereSeparator: { "._-".contains($0) })
            {
                guard !part.isEmpty, part.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit }) else { return nil }
                local.append(part.allSatisfy(Self.isDigit) ? .number(Digits(part)) : .word(String(part)))
            }
            rest = ""
        }
        guard rest.isEmpty else { return nil }
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    private static func takeDigits(_ rest: inout Substring) -> Substring? {
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count)
        return digits.isEmpty ? nil : digits
    }

    /// Takes one of the words, with a separator before it and a number behind it.
    private static func take(_ words: [String], _ rest: inout Substring) -> (word: String, number: Digits)? {
        var next = rest
        if let first = next.first, "._-".contains(first) { next.removeFirst() }
        guard let word = words.first(where: next.hasPrefix) else { return nil }
        next = next.dropFirst(word.count)
        var after = next
        if let first = after.first, "._-".contains(first) { after.removeFirst() }
        if let digits = takeDigits(&after) {
            rest = after
            return (word, Digits(digits))
        }
        rest = next
        return (word, Digits("0"))
    }

    private mutating func takePre(_ rest: inout Substring) {
        // The longer words come first, because each begins with a shorter one.
        guard let found = Self.take(["alpha", "a", "beta", "b", "preview", "pre", "rc", "c"], &rest) else { return }
        preNumber = found.number
        stage =
            switch found.word {
            case "alpha", "a": .alpha
            case "beta", "b": .beta
            default: .candidate
            }
    }

    private mutating func takePost(_ rest: inout Substring) {
        if rest.first == "-", rest.dropFirst().first.map(Self.isDigit) == true {
            rest.removeFirst()
            post = Self.takeDigits(&rest).map(Digits.init)
        } else if let found = Self.take(["post", "rev", "r"], &rest) {
            post = found.number
        }
    }

    private mutating func takeDev(_ rest: inout Substring) {
        guard let found = Self.take(["dev"], &rest) else { return }
        dev = found.number
        // A development release of a final version comes before all its pre-releases.
        if stage == .final, post == nil { stage = .development }
    }

    /// Whether it is a pre-release or a development release.
    var isPrerelease: Bool { stage != .final || dev != nil }

    static func < (left: PythonVersion, right: PythonVersion) -> Bool { left.order(to: right) < 0 }

    static func == (left: PythonVersion, right: PythonVersion) -> Bool { left.order(to: right) == 0 }

    func hash(into hasher: inout Hasher) {
        hasher.combine(epoch)
        hasher.combine(release)
        hasher.combine(stage)
        hasher.combine(preNumber)
        hasher.combine(post)
        hasher.combine(dev)
        hasher.combine(local)
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : right < left ? 1 : 0
    }

    /// Less than 0, 0 or more than 0, as the version is older, the same or newer.
    private func order(to other: PythonVersion, withLocal: Bool = true) -> Int {
        let order = publicOrder(to: other)
        guard order == 0, withLocal else { return order }
        for (one, two) in zip(local, other.local) {
            switch (one, two) {
            case (.number(let left), .number(let right)):
                if left != right { return Self.order(left, right) }
            case (.word(let left), .word(let right)):
                if left != right { return left < right ? -1 : 1 }
            case (.word, .number): return -1
            case (.number, .word): return 1
            }
        }
        return Self.order(local.count, other.local.count)
    }

    private func publicOrder(to other: PythonVersion) -> Int {
        if epoch != other.epoch { return Self.order(epoch, other.epoch) }
        for place in 0..<max(release.count, other.release.count) {
            let left = place < release.count ? release[place] : Digits("0")
            let right = place < other.release.count ? other.release[place] : Digits("0")
            if left != right { return Self.order(left, right) }
        }
        if stage != other.stage { return Self.order(stage.rawValue, other.stage.rawValue) }
        if preNumber != other.preNumber { return Self.order(preNumber, other.preNumber) }
        switch (post, other.post) {
        case (nil, _?): return -1
        case (_?, nil): return 1
        case (let left?, let right?) where left != right: return Self.order(left, right)
        default: break
        }
        switch (dev, other.dev) {
        case (nil, _?): return 1
        case (_?, nil): return -1
        case (let left?, let right?): return Self.order(left, right)
        case (nil, nil): return 0
        }
    }
}

extension PythonVersion {
    /// Whether it satisfies a list of clauses such as `>=1.21,!=1.25.0,<3`; nil if a clause does not parse.
    ///
    /// Pre-releases satisfy a clause as any other version does: what is installed was chosen already.
    func satisfies(_ specifiers: some StringProtocol) -> Bool? {
        for clause in specifiers.split(separator: ",") {
            guard let holds = satisfies(clause: Substring(clause).trimmed) else { return nil }
            if !holds { return false }
        }
        return true
    }

    private func satisfies(clause: Substring) -> Bool? {
        guard let name = ["===", "==", "!=", "~=", "<=", ">=", "<", ">"].first(where: clause.hasPrefix) else {
            return nil
        }
        var text = clause.dropFirst(name.count).trimmed
        if name == "===" { return PythonVersion(text).map { $0 == self } }
        let isPrefix = text.hasSuffix(".*")
        if isPrefix { text = text.dropLast(2) }
        guard let wanted = PythonVersion(text) else { return nil }
        if isPrefix {
            switch name {
            case "==": return begins(with: wanted)
            case "!=": return !begins(with: wanted)
            default: return nil
            }
        }
        // A clause without a local label ignores the label of the version.
        let order = self.order(to: wanted, withLocal: !wanted.local.isEmpty)
        switch name {
        case "==": return order == 0
        case "!=": return order != 0
        case "<=": return order <= 0
        case ">=": return order >= 0
        case "<":
            // `<3` excludes the pre-releases of 3.
            if !wanted.isPrerelease, isPrerelease, epoch == wanted.epoch, release == wanted.release, post == nil {
                return false
            }
            return order < 0
        case ">":
            // `>1.7` excludes the post-releases and local versions of 1.7.
            if wanted.post == nil, post != nil, epoch == wanted.epoch, release == wanted.release { return false }
            return self.order(to: wanted, withLocal: false) > 0
        default:
            guard wanted.releaseCount > 1 else { return nil }
            var prefix = wanted
            prefix.release = (0..<(wanted.releaseCount - 1)).map {
                $0 < wanted.release.count ? wanted.release[$0] : Digits("0")
            }
            prefix.releaseCount = wanted.releaseCount - 1
            return order >= 0 && begins(with: prefix)
        }
    }

    /// Whether the release begins with the numbers of another one: `1.2.3` with `1.2`.
    private func begins(with prefix: PythonVersion) -> Bool {
        guard epoch == prefix.epoch else { return false }
        let count = prefix.releaseCount
        func number(_ version: PythonVersion, _ place: Int) -> Digits {
            place < version.release.count ? version.release[place] : Digits("0")
        }
        guard (0..<count).allSatisfy({ number(self, $0) == number(prefix, $0) }) else { return false }
        return prefix.stage == .final || (stage == prefix.stage && preNumber == prefix.preNumber)
    }
}
