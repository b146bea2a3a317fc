internal import ByteStreams
internal import SBOMModel

/// What is left out of a document that is larger than it may be, in the order in which it is.
///
/// Packages, the components that consist of a changed or unowned file, and relationships between them are never left out.
enum DocumentDetail: CaseIterable {
    /// Files of documentation.
    case documentation
    /// Files that are no code, as they were installed.
    case data
    /// Files of code, as they were installed.
    case code
    /// All other files: changed ones, and those that no package owns.
    case otherFiles
    /// The long descriptions of packages.
    case descriptions
    /// The short descriptions of packages.
    case summaries

    /// What it is called in the comment of a document, in the plural.
    fileprivate var name: String {
        switch self {
        case .documentation: "files of documentation"
        case .data: "files that are no code"
        case .code: "files of code"
        case .otherFiles: "changed files and files that no package owns"
        case .descriptions: "long descriptions of packages"
        case .summaries: "short descriptions of packages"
        }
    }

    /// Whether a file is among those that are left out.
    fileprivate func includes(_ file: Element) -> Bool {
        let isAsInstalled = !file.properties.contains { $0.name == "FileState" }
        return switch self {
        case .documentation: isAsInstalled && file.fileTypes == ["DOCUMENTATION"]
        case .data: isAsInstalled && file.fileTypes.isEmpty
        case .code: isAsInstalled
        case .otherFiles: true
        case .descriptions, .summaries: false
        }
    }
}

extension BillOfMaterials {
    /// Leaves a detail out, and says so in the comment.
    ///
    /// - Parameters:
    ///   - detail: What is left out.
    ///   - limit: The largest size of the document in bytes, for the comment.
    /// - Returns: Whether there was any of it.
    mutating func leaveOut(_ detail: DocumentDetail, toFit limit: Int) -> Bool {
        let count: Int
        switch detail {
        case .documentation, .data, .code, .otherFiles:
            var gone: Set<Element.ID> = []
            elements.removeAll { element in
                guard element.form == .file, detail.includes(element) else { return false }
                gone.insert(element.id)
                return true
            }
            if !gone.isEmpty {
                relationships.removeAll { gone.contains($0.from) || gone.contains($0.to) }
            }
            count = gone.count
        case .descriptions:
            count = clear(\.description)
        case .summaries:
            count = clear(\.summary)
        }
        guard count > 0 else { return false }
        let line = "Left out, because the document may have \(limit) bytes: \(count) \(detail.name)."
        metadata.comment = metadata.comment.map { "\($0)\n\(line)" } ?? line
        return true
    }

    /// Removes a text from all packages, and returns how many had it.
    private mutating func clear(_ text: WritableKeyPath<Element, String?>) -> Int {
        var count = 0
        for index in elements.indices where elements[index][keyPath: text] != nil {
            elements[index][keyPath: text] = nil
            count += 1
        }
        return count
    }
}
