internal import ByteStreams
internal import StructuredText

/// The prefixes that notes use for namespaces other than CycloneDX's: one each, declared once, at the root.
struct CycloneDXXMLPrefixes {
    private(set) var all: [(prefix: String, namespace: String)] = []
    private var known: [String: String] = [:]
    private var used: Set<String> = ["", "xml", "xmlns"]

    /// Whether there are more than can be declared.
    var isOverfull: Bool { all.count > Limits.declaredNamespaces }

    /// A name with the prefix that its namespace has here.
    mutating func qualified(_ name: XMLName, isAttribute: Bool) -> String {
        if name.namespace.isEmpty { return name.local }
        if name.namespace == "http://www.w3.org/XML/1998/namespace" { return "xml:" + name.local }
        return prefix(of: name) + ":" + name.local
    }

    private mutating func prefix(of name: XMLName) -> String {
        if let known = known[name.namespace] { return known }
        var prefix = name.prefix
        var number = all.count
        while used.contains(prefix) {
            number += 1
            prefix = "ns\(number)"
        }
        used.insert(prefix)
        known[name.namespace] = prefix
        all.append((prefix, name.namespace))
        return prefix
    }
}
