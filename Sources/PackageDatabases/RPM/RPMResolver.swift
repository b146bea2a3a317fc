internal import ByteStreams

/// Resolves the dependencies among the packages of one database.
///
/// Only provisions that a package requires are stored; all other names, versions and paths are skipped.
struct RPMResolver {
    private let headers: [RPMHeader]
    private let limits: Limits

    /// The simple dependencies, each once.
    private var atoms: [Atom] = []
    private var atomNumbers: [RPMDependency: Int] = [:]
    /// The boolean dependencies, each once.
    private var riches: [Rich] = []
    private var richNumbers: [RPMDependency: Int] = [:]
    private var names: [RPMString: Int] = [:]
    /// The packages that provide each name, and the provision.
    private var provides: [[(package: Int, dependency: RPMDependency)]] = []
    /// The packages that own the file of each name that is a path.
    private var owners: [[Int]] = []
    /// The packages that satisfy each atom, once it was looked up.
    private var answers: [[Int]?] = []
    /// The number of dependencies and provisions so far, which are kept in memory.
    private var relationCount = 0
    /// The number of comparisons and additions so far, which is limited because hostile input can make it quadratic.
    private var work = 0

    private struct Atom {
        /// The dependency, with only those flags that compare versions.
        let dependency: RPMDependency
        let name: Int
        /// Whether the dependency is on a feature of rpm itself, which is met by the rpm that wrote the database.
        let isOfRPM: Bool
    }

    private struct Rich {
        let dependency: RPMDependency
        /// The expression; nil if it does not parse, and then nothing satisfies it.
        let expression: RPMRichDependency<Int>?
    }

    private enum Need: Hashable {
        case simple(Int)
        case rich(Int)
    }

    private struct Requirement {
        let need: Need
        /// Whether the dependency is met even if no package satisfies it.
        let isOptional: Bool
    }

    init(headers: [RPMHeader], limits: Limits) {
        self.headers = headers
        self.limits = limits
    }

    /// Resolves all dependencies.
    ///
    /// - Throws: ``ParseError`` of kind ``ParseError/Kind/limit(_:)`` and no other.
    mutating func graph(includingWeak: Bool, in tree: some FileTree) throws(ParseError) -> DependencyGraph {
        var strong: [[Requirement]] = [], forward: [[Requirement]] = [], backward: [[Requirement]] = []
        for header in headers {
            strong.append(try requirements(header, .requires))
            guard includingWeak else { continue }
            forward.append(try requirements(header, .recommends) + requirements(header, .suggests))
            backward.append(try requirements(header, .supplements) + requirements(header, .enhances))
        }
        try findProviders()
        try findOwners(in: tree)

        var graph = DependencyGraph()
        // A package that supplements another is an edge from that other package.
        var weak: [Int: [Int]] = [:]
        for (package, requirements) in backward.enumerated() {
            for requirement in requirements {
                for other in try answer(requirement.need).packages { weak[other, default: []].append(package) }
            }
        }
        for package in headers.indices {
            let needed = try resolve(strong[package], of: package, into: &graph)
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

    /// Returns the packages that satisfy requirements of `package`, and adds the unmet ones to `graph`.
    ///
    /// A package may state the same requirement several times, such as for before and after its installation.
    private mutating func resolve(
        _ requirements: [Requirement], of package: Int, into graph: inout DependencyGraph
    ) throws(ParseError) -> Set<Int> {
        var needed: Set<Int> = []
        var unmet: Set<Need> = []
        for requirement in requirements {
            let (isMet, packages) = try answer(requirement.need)
            needed.formUnion(packages)
            guard !isMet, !requirement.isOptional, unmet.insert(requirement.need).inserted else { continue }
            graph.addUnmet(
                of: package, field: "Requires", need: dependency(requirement.need).text, limits: limits)
        }
        return needed
    }

    private func dependency(_ need: Need) -> RPMDependency {
        switch need {
        case .simple(let number): atoms[number].dependency
        case .rich(let number): riches[number].dependency
        }
    }

    private mutating func count(_ steps: Int) throws(ParseError) {
        work += steps
        guard work <= limits.resolutionSteps else { throw ParseError(.limit("resolutionSteps"), at: 0) }
    }

    /// The dependencies of a header; they are counted before they are read.
    private mutating func relations(
        _ header: RPMHeader, _ kind: RPMHeader.DependencyTags
    ) throws(ParseError) -> [RPMDependency] {
        relationCount += header.count(kind)
        guard relationCount <= limits.relationCount else { throw ParseError(.limit("relationCount"), at: 0) }
        return header.dependencies(kind)
    }

    private mutating func requirements(
        _ header: RPMHeader, _ kind: RPMHeader.DependencyTags
    ) throws(ParseError) -> [Requirement] {
        let dependencies = try relations(header, kind)
        try count(dependencies.count)
        var requirements: [Requirement] = []
        requirements.reserveCapacity(dependencies.count)
        for dependency in dependencies {
            let need: Need =
                dependency.name.hasPrefix("(") ? .rich(try rich(dependency)) : .simple(atom(dependency))
            requirements.append(Requirement(need: need, isOptional: dependency.sense.contains(.missingOK)))
        }
        return requirements
    }

    private mutating func atom(_ dependency: RPMDependency) -> Int {
        let dependency = dependency.comparison
        if let known = atomNumbers[dependency] { return known }
        let name = names[dependency.name] ?? names.count
        names[dependency.name] = name
        atoms.append(Atom(dependency: dependency, name: name, isOfRPM: dependency.name.hasPrefix("rpmlib(")))
        atomNumbers[dependency] = atoms.count - 1
        return atoms.count - 1
    }

    private mutating func rich(_ dependency: RPMDependency) throws(ParseError) -> Int {
        let dependency = dependency.comparison
        if let known = richNumbers[dependency] { return known }
        // A part takes at least the five bytes of `a or `.
        relationCount += dependency.name.bytes.count / 5
        guard relationCount <= limits.relationCount else { throw ParseError(.limit("relationCount"), at: 0) }
        var parser = RPMRichDependencyParser(dependency.name.bytes)
        riches.append(Rich(dependency: dependency, expression: parser.parse { atom($0) }))
        richNumbers[dependency] = riches.count - 1
        return riches.count - 1
    }

    private mutating func findProviders() throws(ParseError) {
        provides = Array(repeating: [], count: names.count)
        owners = Array(repeating: [], count: names.count)
        answers = Array(repeating: nil, count: atoms.count)
        for (package, header) in headers.enumerated() {
            for dependency in try relations(header, .provides) {
                if let name = names[dependency.name] { provides[name].append((package, dependency)) }
            }
        }
    }

    /// Finds the packages that own the files that are required by path.
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
                // No file system has a longer path.
                guard length <= limits.pathLength else { continue }
                try count(1 + length / 32)
                let path = Self.relative(file.folder.text + file.name.text)
                let place = known[path] ?? tree.canonical(path)
                known[path] = place
                for number in wanted[place] ?? [] { owners[number].append(package) }
            }
        }
    }

    /// Whether a dependency is met, and by which packages; a package that is named only in a condition is not one of
    /// them.
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
        case .rich(let number):
            guard let expression = riches[number].expression else { return (false, []) }
            let (isMet, packages) = try evaluate(expression)
            return (isMet, packages.sorted())
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

    /// The packages that satisfy a simple dependency, each once, in ascending order.
    private mutating func answer(_ number: Int) throws(ParseError) -> [Int] {
        if let known = answers[number] { return known }
        let atom = atoms[number]
        // Long versions take longer to compare.
        let length = 1 + atom.dependency.version.bytes.count / 32
        try count((provides[atom.name].count + owners[atom.name].count + 1) * length)
        var packages: Set<Int> = Set(owners[atom.name])
        let version = RPMVersion(atom.dependency.version.bytes)
        for (package, provided) in provides[atom.name] where !packages.contains(package) {
            if provided.answers(atom.dependency, version: version) { packages.insert(package) }
        }
        let sorted = packages.sorted()
        answers[number] = sorted
        return sorted
    }

    /// A path in the form of a ``FileTree``: without slashes at its ends.
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
    /// The folder and the name of each file that is installed and has one of `names`; nil stands for all names.
    func files(named names: Set<RPMString>?) -> [(folder: RPMString, name: RPMString)] {
        let states = numbers(.fileStates)
        // rpm include/rpm/rpmfiles.h, RPMFILE_IS_INSTALLED: normal, or on a network share.
        func isInstalled(_ index: Int) -> Bool {
            guard index < states.count else { return true }
            return states[index] == 0 || states[index] == 3
        }
        var files: [(folder: RPMString, name: RPMString)] = []
        let baseNames = strings(.baseNames)
        if baseNames.isEmpty {
            // Before rpm 4, paths were stored whole.
            for (index, path) in strings(.oldFileNames).enumerated() where isInstalled(index) {
                let start = path.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.bytes.startIndex
                let name = RPMString(path.bytes[start...])
                if names?.contains(name) ?? true { files.append((RPMString(path.bytes[..<start]), name)) }
            }
            return files
        }
        var folders: [RPMString]?
        var indexes: [UInt32] = []
        for (index, name) in baseNames.enumerated() where names?.contains(name) ?? true && isInstalled(index) {
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
