#if LibRPM
    internal import ByteStreams
    private import CRPM
    private import Glibc
    private import Synchronization

    /// The system's own librpm as a second reader, for callers who want it to decide what a database holds.
    ///
    /// The guarantees about hostile input do not apply to it. It is C code that reads a stranger's bytes. It works on
    /// files, here on a private copy, which is removed. It has one configuration for the whole process. After an error
    /// it returns the part that it has read as if that were complete. Only its log shows the error, so the log is kept.
    enum LibRPMStore {
        /// librpm has one configuration and one log for the process, so there is one reader at a time.
        private static let messages = Mutex<[String]>([])
        private static let isReading = Mutex(())

        static func read(
            _ bytes: [UInt8], log: [UInt8]?, format: RPMStoreFormat, path: String, limits: Limits
        ) throws(PackageDatabaseError) -> RPMStoreContents {
            let (backend, name): (String, String)
            switch format {
            case .sqlite: (backend, name) = ("sqlite", "rpmdb.sqlite")
            case .berkeleyHash: (backend, name) = ("bdb_ro", "Packages")
            case .ndb, .berkeleyBTree:
                throw PackageDatabaseError(
                    .unsupported, path: path, "librpm does not read a database of the kind \(format.rawValue)")
            }
            return try isReading.withLock { _ throws(PackageDatabaseError) in
                var template = Array("/tmp/sbomkit-XXXXXX".utf8CString)
                guard unsafe mkdtemp(&template) != nil else {
                    throw PackageDatabaseError(.unreadable, path: path, "a private copy cannot be made in /tmp")
                }
                let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
                defer { remove(folder) }
                guard write(bytes, to: "\(folder)/\(name)"), log.map({ write($0, to: "\(folder)/\(name)-wal") }) ?? true
                else {
                    throw PackageDatabaseError(.unreadable, path: path, "a private copy cannot be written to \(folder)")
                }
                return try records(in: folder, backend: backend, path: path, limits: limits)
            }
        }

        private static func records(
            in folder: String, backend: String, path: String, limits: Limits
        ) throws(PackageDatabaseError) -> RPMStoreContents {
            // librpm expands macros in the path, but this path was made here and has none.
            for (macro, value) in [("_dbpath", folder), ("_db_backend", backend)] {
                _ = unsafe rpmPushMacro(nil, macro, nil, value, RMIL_CMDLINE)
            }
            defer { for macro in ["_dbpath", "_db_backend"] { _ = unsafe rpmPopMacro(nil, macro) } }
            messages.withLock { $0 = [] }
            let before = unsafe rpmlogSetCallback(
                { record, _ in
                    guard unsafe rpmlogRecPriority(record).rawValue <= RPMLOG_ERR.rawValue,
                        let message = unsafe rpmlogRecMessage(record)
                    else { return 0 }
                    let text = unsafe String(cString: message)
                    LibRPMStore.messages.withLock { $0.append(text) }
                    return 0
                }, nil)
            defer { _ = unsafe rpmlogSetCallback(before, nil) }

            guard let transaction = unsafe rpmtsCreate() else {
                throw PackageDatabaseError(.unreadable, path: path, "librpm has no memory")
            }
            defer { unsafe rpmtsFree(transaction) }
            // No signature or digest is checked, because that needs keys.
            _ = unsafe rpmtsSetVSFlags(transaction, ~0)
            // librpm makes missing indexes, and refuses a database that it may not write.
            guard unsafe rpmtsOpenDB(transaction, backend == "sqlite" ? O_RDWR : O_RDONLY) == 0 else {
                throw PackageDatabaseError(.unreadable, path: path, "librpm reports: \(loggedText())")
            }
            var contents = RPMStoreContents(limits: limits)
            let iterator = unsafe rpmtsInitIterator(transaction, rpmDbiTagVal(RPMDBI_PACKAGES.rawValue), nil, 0)
            defer { unsafe rpmdbFreeIterator(iterator) }
            while let header = unsafe rpmdbNextIterator(iterator) {
                var size: UInt32 = 0
                guard let blob = unsafe headerExport(header, &size) else { continue }
                defer { unsafe free(blob) }
                // SAFETY: headerExport returns a buffer of `size` bytes, which the caller owns until it frees it.
                let copy = unsafe Array(UnsafeRawBufferPointer(start: blob, count: Int(size)))
                let number = unsafe headerGetInstance(header)
                try contents.append(RPMRecord(number: number, blob: copy), path: path, limits: limits)
            }
            if messages.withLock({ !$0.isEmpty }) {
                contents.diagnostics.append(
                    .blind, code: .rpmDamagedDatabase, at: path, "librpm reports: \(loggedText())")
            }
            return contents
        }

        /// The log of librpm in one line.
        private static func loggedText() -> String {
            messages.withLock { $0.joined(separator: "; ").split { $0.isNewline }.joined(separator: " ") }
        }

        private static func write(_ bytes: [UInt8], to path: String) -> Bool {
            guard let file = unsafe fopen(path, "wxb") else { return false }
            let count = unsafe fwrite(bytes, 1, bytes.count, file)
            return unsafe fclose(file) == 0 && count == bytes.count
        }

        /// Removes the copy, and the files that librpm created next to it.
        private static func remove(_ folder: String) {
            if let entries = unsafe opendir(folder) {
                while let entry = unsafe readdir(entries) {
                    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                    }
                    if name != "." && name != ".." { _ = unsafe unlink("\(folder)/\(name)") }
                }
                _ = unsafe closedir(entries)
            }
            _ = unsafe rmdir(folder)
        }
    }
#endif
