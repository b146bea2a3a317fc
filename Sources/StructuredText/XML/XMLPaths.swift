extension XMLDocument {
    /// The paths of elements from the root, for people: `/bom/components/component[3]`.
    ///
    /// If an element has siblings of the same name, its path has its number among them, from 1. The children of each
    /// element are visited once for all paths.
    ///
    /// - Parameter elements: Elements of this document, in any order.
    /// - Returns: A path for each.
    package func paths(of elements: [XMLElement]) -> [String] {
        let wanted = elements.map(\.index)
        let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
        var paths = Array(repeating: "", count: wanted.count)
        let numbers = tree.numbersOfEqualNames
        // An element, its path, and the range of `order` with the elements inside of it.
        var pending = [(element: root, path: "/" + root.name.qualified, places: order.indices)]
        while let (element, path, places) = pending.popLast() {
            var next = places.lowerBound
            while next < places.upperBound, wanted[order[next]] == element.index {
                paths[order[next]] = path
                next += 1
            }
            guard next < places.upperBound else { continue }
            var counts: [Int: Int] = [:]
            var steps: [(child: XMLElement, position: Int, places: Range<Int>)] = []
            for child in element.elements {
                let position = counts[numbers[child.nameNumber], default: 0] + 1
                counts[numbers[child.nameNumber]] = position
                let start = next
                while next < places.upperBound, wanted[order[next]] < tree.end(of: child.index) { next += 1 }
                if start < next { steps.append((child, position, start..<next)) }
            }
            for (child, position, places) in steps {
                let isAlone = counts[numbers[child.nameNumber]] == 1
                let step = child.name.qualified + (isAlone ? "" : "[\(position)]")
                pending.append((child, "\(path)/\(step)", places))
            }
        }
        return paths
    }
}

extension XMLTree {
    /// For each name, the number of the first equal name.
    ///
    /// Equal names may have different prefixes.
    fileprivate var numbersOfEqualNames: [Int] {
        var first: [XMLName: Int] = [:]
        return names.enumerated().map { number, name in
            if let known = first[name] { return known }
            first[name] = number
            return number
        }
    }
}
