internal import ByteStreams

/// Finds who answers what the packages of one database need.
///
/// Only what is needed is looked up among what is provided: names, versions and paths that nobody asks for are never stored.
struct RPMResolver {
    private let headers: [RPMHeader]
    private let limits: Limits

    /// What is asked for, each once.
    private var atoms: [Atom] = []
    private var atomNumbers: [RPMDependency: Int] = [:]
    private var names: [RPMString: Int] = [:]
    /// Who provides each name, and how.
    private var provides: [[(package: Int, dependency: RPMDependency)]] = []
    /// Who has the file of each name that is a path.
    private var owners: [[Int]] = []
    private var answers: [[Int]?] = []
    /// Comparisons and additions so far, against quadratic inputs.
    private var work = 0

    private struct Atom {
        let dependency: RPMDependency
        let version: RPMVersion
        let name: Int
        /// A feature of rpm itself, which whoever wrote the database had.
        let isOfRPM: Bool
    }

    private enum Need {
        case simple(Int)
        case rich(RPMRichDependency<Int>)
        /// A boolean dependency that is not well-formed: nothing answers it.
        case malformed
    }

    private struct Requirement {
        let need: Need
        let dependency: RPMDependency
    }

    init(headers: [RPMHeader], limits: Limits) {
        self.headers = headers
        self.limits = limits
    }

    /// Throws only ``ParseError/Kind/limit(_:)``.
    mutating func graph(includingWeak: Bool, in tree: some FileTree) throws(ParseError) -> DependencyGraph {
        var strong: [[Requirement]] = [], forward: [[Requirement]] = [], backward: [[Requirement]] = []
        for header in headers {
            strong.append(try requirements(header, .requires))
            guard includingWeak else { continue }
            forward.append(try requirements(header, .recommends) + requirements(header, .suggests))
            backward.append(try requirements(header, .supplements) + requirements(header, .enhances))
        }
        provides = Array(repeating: [], count: names.count)
        owners = Array(repeating: [], count: names.count)
        answers = Array(repeating: nil, count: atoms.count)
        for (package, header) in headers.enumerated() {
            for dependency in header.dependencies(.provides) {
                if let name = names[dependency.name] { provides[name].append((package, dependency)) }
            }
        }
        try findOwners(in: tree)

        var graph = DependencyGraph()
        // What supplements a package is an edge from that package.
        var weak: [Int: [Int]] = [:]
        for (package, requirements) in backward.enumerated() {
            for requirement in requirements {
                for other in try answer(requirement.need).packages { weak[other, default: []].append(package) }
            }
        }
        for package in headers.indices {
            var needed: Set<Int> = []
            for requirement in strong[package] {
                let (isMet, packages) = try answer(requirement.need)
                needed.formUnion(packages)
                if !isMet && !requirement.dependency.sense.contains(.missingOK) {
                    graph.unmet.append(
                        DependencyGraph.UnmetNeed(
                            package: package, field: "Requires", need: requirement.dependency.text))
                }
            }
            var wanted = Set(weak[package] ?? [])
            if includingWeak {
                for requirement in forward[package] { wanted.formUnion(try answer(requirement.need).packages) }
            }
            wanted.subtract(needed)
            try count(wanted.count)
            graph.edges += needed.union(wanted).sorted().lazy.filter { $0 != package }
                .map { DependencyGraph.Edge(from: package, to: $0, isWeak: wanted.contains($0)) }
            guard graph.edges.count <= limits.edgeCount else { throw ParseError(.limit("edgeCount"), at: 0) }
        }
        return graph
    }

    private mutating func count(_ steps: Int) throws(ParseError) {
        work += steps
        guard work <= limits.resolutionSteps else { throw ParseError(.limit("resolutionSteps"), at: 0) }
    }

    private mutating func requirements(
        _ header: RPMHeader, _ kind: RPMHeader.DependencyTags
    ) throws(ParseError) -> [Requirement] {
        let dependencies = header.dependencies(kind)
        // Each is kept, and takes many times the bytes it has in the header.
        try count(4 * dependencies.count)
        return dependencies.map { dependency in
            guard dependency.name.hasPrefix("(") else {
                return Requirement(need: .simple(atom(dependency)), dependency: dependency)
            }
            var parser = RPMRichDependencyParser(dependency.name.bytes)
            let rich = parser.parse { atom($0) }
            return Requirement(need: rich.map { .rich($0) } ?? .malformed, dependency: dependency)
        }
    }

    private mutating func atom(_ dependency: RPMDependency) -> Int {
        let dependency = RPMDependency(
            name: dependency.name, sense: dependency.sense.intersection(.comparison), version: dependency.version)
        if let known = atomNumbers[dependency] { return known }
        let name = names[dependency.name] ?? names.count
        names[dependency.name] = name
        atoms.append(
            Atom(
                dependency: dependency, version: RPMVersion(dependency.version.bytes), name: name,
                isOfRPM: dependency.name.hasPrefix("rpmlib(")))
        atomNumbers[dependency] = atoms.count - 1
        return atoms.count - 1
    }

    /// Finds the packages that have the files which are asked for by path.
    private mutating func findOwners(in tree: some FileTree) throws(ParseError) {
        var wanted: [String: [Int]] = [:]
        var wantedNames: Set<RPMString> = []
        for (name, number) in names where name.bytes.first == UInt8(ascii: "/") {
            let path = tree.canonical(Self.relative(name.text))
            wanted[path, default: []].append(number)
            wantedNames.insert(Self.lastPart(RPMString(path)))
        }
        guard !wanted.isEmpty else { return }
        var known: [String: String] = [:]
        for (package, header) in headers.enumerated() {
            for file in header.files(named: wantedNames) {
                let length = file.folder.bytes.count + file.name.bytes.count
                // No file system has a longer one.
                guard length <= limits.pathLength else { continue }
                try count(1 + length / 32)
                let path = Self.relative(file.folder.text + file.name.text)
                let place = known[path] ?? tree.canonical(path)
                known[path] = place
                for number in wanted[place] ?? [] { owners[number].append(package) }
            }
        }
    }

    /// Whether a need is met, and by whom; who is named only in a condition is no dependency.
    private mutating func answer(_ need: Need) throws(ParseError) -> (isMet: Bool, packages: [Int]) {
        let answer = try resolve(need)
        try count(answer.packages.count)
        return answer
    }

    private mutating func resolve(_ need: Need) throws(ParseError) -> (isMet: Bool, packages: [Int]) {
        switch need {
        case .simple(let atom):
            let packages = try answer(atom)
            return (!packages.isEmpty || atoms[atom].isOfRPM, packages)
        case .rich(let rich):
            let (isMet, packages) = try evaluate(rich)
            return (isMet, packages.sorted())
        case .malformed:
            return (false, [])
        }
    }

    private mutating func evaluate(
        _ rich: RPMRichDependency<Int>
    ) throws(ParseError) -> (isMet: Bool, packages: Set<Int>) {
        switch rich {
        case .simple(let atom):
            let packages = try answer(atom)
            try count(packages.count)
            return (!packages.isEmpty || atoms[atom].isOfRPM, Set(packages))
        case .all(let parts):
            var isMet = true, packages: Set<Int> = []
            for part in parts {
                let (met, found) = try evaluate(part)
                isMet = isMet && met
                packages.formUnion(found)
            }
            return (isMet, packages)
        case .any(let parts):
            var isMet = false, packages: Set<Int> = []
            for part in parts {
                let (met, found) = try evaluate(part)
                isMet = isMet || met
                packages.formUnion(found)
            }
            return (isMet, packages)
        case .when(let value, let condition, let otherwise):
            if try evaluate(condition).isMet { return try evaluate(value) }
            return try otherwise.map { other throws(ParseError) in try evaluate(other) } ?? (true, [])
        case .unless(let value, let condition, let otherwise):
            if try !evaluate(condition).isMet { return try evaluate(value) }
            return try otherwise.map { other throws(ParseError) in try evaluate(other) } ?? (true, [])
        case .with(let parts):
            var packages: Set<Int>?
            for part in parts {
                let found = try evaluate(part).packages
                packages = packages?.intersection(found) ?? found
            }
            return (packages?.isEmpty == false, packages ?? [])
        case .without(let value, let other):
            let packages = try evaluate(value).packages.subtracting(try evaluate(other).packages)
            return (!packages.isEmpty, packages)
        }
    }

    /// The packages that answer one simple need, each once, in their order.
    private mutating func answer(_ number: Int) throws(ParseError) -> [Int] {
        if let known = answers[number] { return known }
        let atom = atoms[number]
        // Long versions take longer to compare.
        let length = 1 + atom.dependency.version.bytes.count / 32
        try count((provides[atom.name].count + owners[atom.name].count + 1) * length)
        var packages: Set<Int> = Set(owners[atom.name])
        for (package, provided) in provides[atom.name] where !packages.contains(package) {
            if provided.answers(atom.dependency, version: atom.version) { packages.insert(package) }
        }
        let sorted = packages.sorted()
        answers[number] = sorted
        return sorted
    }

    /// A path as a ``FileTree`` has it: without slashes at its ends.
    private static func relative(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("/") { path.removeFirst() }
        while path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }

    private static func lastPart(_ path: RPMString) -> RPMString {
        guard let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return RPMString(path.bytes[(slash + 1)...])
    }
}

extension RPMHeader {
    /// The folder and name of each file that has one of `names` and is there.
    func files(named names: Set<RPMString>) -> [(folder: RPMString, name: RPMString)] {
        let states = numbers(.fileStates)
        // rpm include/rpm/rpmfiles.h, rpmfileState_e: normal, or on a file system shared by machines.
        func isThere(_ index: Int) -> Bool {
            guard index < states.count else { return true }
            return states[index] == 0 || states[index] == 4
        }
        var files: [(folder: RPMString, name: RPMString)] = []
        let baseNames = strings(.baseNames)
        if baseNames.isEmpty {
            // Whole paths, as before rpm 4.
            for (index, path) in strings(.oldFileNames).enumerated() where isThere(index) {
                let start = path.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.bytes.startIndex
                let name = RPMString(path.bytes[start...])
                if names.contains(name) { files.append((RPMString(path.bytes[..<start]), name)) }
            }
            return files
        }
        var folders: [RPMString]?
        var indexes: [UInt32] = []
        for (index, name) in baseNames.enumerated() where names.contains(name) && isThere(index) {
            if folders == nil {
                folders = strings(.dirNames)
                indexes = numbers(.dirIndexes)
            }
            guard let folders, index < indexes.count, Int(indexes[index]) < folders.count else { continue }
            files.append((folders[Int(indexes[index])], name))
        }
        return files
    }
}
