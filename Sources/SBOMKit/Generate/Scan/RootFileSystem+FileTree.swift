internal import ContainerImages
internal import PackageDatabases

extension RootFileSystem: FileTree {
    package func contents(of path: String) -> [UInt8]? {
        guard case .bytes(let bytes) = file(path) else { return nil }
        return bytes
    }
}
