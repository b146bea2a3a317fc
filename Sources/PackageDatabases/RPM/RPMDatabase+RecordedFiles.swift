internal import ByteStreams

extension RPMDatabase {
    /// What rpm records of each file, as far as `rpm -V` compares it (rpm lib/verify.c, rpmVerifyFile).
    ///
    /// Files that rpm was told not to install, such as documentation, are not among them.
    package func recordedFiles(in tree: some FileTree) throws(PackageDatabaseError) -> [RecordedFile] {
        var folders = CanonicalFolders(in: tree)
        var list = RecordedFileList(of: path, limits: limits)
        for (number, header) in headers.enumerated() {
            let records = RPMFileRecords(header)
            for index in 0..<records.count {
                guard let place = records.place(index), !place.name.isEmpty else { continue }
                var file = RecordedFile(path: folders.path(of: place.name, in: place.folder), package: number)
                guard records.fill(&file, index) else { continue }
                try list.append(file)
            }
        }
        return list.files
    }
}

/// The arrays of a header that describe files, one element for each file.
///
/// The arrays of a damaged header need not have the same length; what an array does not have is not recorded.
struct RPMFileRecords {
    private let baseNames: [RPMString]
    private let folders: [RPMString]
    private let folderIndexes: [UInt32]
    /// The whole paths of headers from before rpm 4.
    private let oldNames: [RPMString]
    private let states: [UInt32]
    private let modes: [UInt32]
    private let flags: [UInt32]
    private let verifyFlags: [UInt32]
    private let digests: [RPMString]
    private let sizes: [UInt64]
    private let links: [RPMString]
    private let algorithm: RecordedFile.Digest.Algorithm?

    init(_ header: RPMHeader) {
        baseNames = header.strings(.baseNames)
        folders = header.strings(.dirNames)
        folderIndexes = header.numbers(.dirIndexes)
        oldNames = baseNames.isEmpty ? header.strings(.oldFileNames) : []
        states = header.numbers(.fileStates)
        modes = header.numbers(.fileModes)
        flags = header.numbers(.fileFlags)
        verifyFlags = header.numbers(.fileVerifyFlags)
        digests = header.strings(.fileDigests)
        let long = header.longNumbers(.longFileSizes)
        sizes = long.isEmpty ? header.numbers(.fileSizes).map(UInt64.init) : long
        links = header.strings(.fileLinks)
        // The numbers of OpenPGP (RFC 9580 §9.5), and MD5 where there is none (rpm lib/rpmfi.c).
        algorithm =
            switch header.numbers(.fileDigestAlgorithm).first {
            case nil, 1: .md5
            case 2: .sha1
            case 8: .sha256
            default: nil
            }
    }

    var count: Int { max(baseNames.count, oldNames.count) }

    /// The folder and the name of a file; nil if the header does not have its folder.
    func place(_ index: Int) -> (folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>)? {
        if index < oldNames.count { return oldNames[index].bytes.dividedAtLastSlash }
        guard index < folderIndexes.count, let folder = Int(exactly: folderIndexes[index]), folder < folders.count
        else { return nil }
        return (folders[folder].bytes, baseNames[index].bytes)
    }

    /// Adds what must hold for a file; false if the file is not installed.
    func fill(_ file: inout RecordedFile, _ index: Int) -> Bool {
        let flags = Flags(rawValue: element(self.flags, index) ?? 0)
        var verified = Verified(rawValue: element(verifyFlags, index) ?? .max)
        if flags.contains(.configuration) { file.traits.insert(.configuration) }
        if flags.contains(.documentation) { file.traits.insert(.documentation) }
        if flags.contains(.ghost) || flags.contains(.missingOK) { file.traits.insert(.optional) }
        switch State(rawValue: element(states, index) ?? 0) {
        case .notInstalled: return false
        case .replaced:
            // Another package has a file there, so only that there is one can be compared.
            file.traits.insert(.foreign)
            return true
        case .onNetworkShare:
            file.traits.insert(.optional)
            return true
        case .wrongColor:
            // The file of the same package for another architecture was installed instead.
            file.traits.insert(.foreign)
            verified.subtract([.digest, .size])
        case .normal, nil: break
        }
        file.kind = element(modes, index).map(Self.kind)
        guard !flags.contains(.ghost) else { return true }
        switch file.kind {
        case .file:
            if verified.contains(.digest), let algorithm, let text = element(digests, index) {
                file.digest = RecordedFile.Digest(algorithm, hex: text.bytes)
            }
            if verified.contains(.size) { file.size = element(sizes, index).flatMap(Int.init(exactly:)) }
        case .symbolicLink:
            if verified.contains(.linkTarget) { file.linkTarget = element(links, index).map { Array($0.bytes) } }
        case .directory, .other, nil: break
        }
        return true
    }

    /// The places of the files that the header marks as texts of licenses (`%license` of rpm's spec files).
    var licenseFiles: [(folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>)] {
        (0..<min(count, flags.count)).lazy.filter { Flags(rawValue: flags[$0]).contains(.license) }.compactMap {
            place($0)
        }
    }

    private func element<Value>(_ values: [Value], _ index: Int) -> Value? {
        index < values.count ? values[index] : nil
    }

    private static func kind(_ mode: UInt32) -> RecordedFile.Kind {
        switch mode & 0o170000 {
        case 0o100000: .file
        case 0o040000: .directory
        case 0o120000: .symbolicLink
        default: .other
        }
    }

    // rpm include/rpm/rpmfiles.h, rpmfileState_e
    private enum State: UInt32 {
        case normal = 0
        case replaced = 1
        case notInstalled = 2
        case onNetworkShare = 3
        case wrongColor = 4
    }

    // rpm include/rpm/rpmfiles.h, rpmfileAttrs_e
    private struct Flags: OptionSet {
        let rawValue: UInt32
        static let configuration = Flags(rawValue: 1)
        static let documentation = Flags(rawValue: 2)
        static let missingOK = Flags(rawValue: 8)
        static let ghost = Flags(rawValue: 64)
        static let license = Flags(rawValue: 128)
    }

    // rpm include/rpm/rpmfiles.h, rpmVerifyAttrs_e
    private struct Verified: OptionSet {
        let rawValue: UInt32
        static let digest = Verified(rawValue: 1)
        static let size = Verified(rawValue: 2)
        static let linkTarget = Verified(rawValue: 4)
    }
}
