internal import ArgumentParser
internal import ByteStreams
internal import Glibc
internal import StructuredText

/// A JSON file with values for options: members with names of options, and objects of them with the names of commands.
struct ConfigurationFile {
    /// Why a file cannot be used.
    struct Failure: Error {
        let message: String
    }

    /// Whose file it is.
    enum Owner {
        /// The file of the user, which may set every option.
        case user
        /// A file in the current folder. It may come from a stranger, with a checkout, so that it sets only how results look.
        case folder

        /// Whether such a file may set an option.
        func maySet(_ option: String) -> Bool { self == .user || ConfigurationFile.presentation.contains(option) }
    }

    /// The options that decide how a result looks.
    static let presentation: Set = [
        "ascii", "chains", "collapse", "color", "depth", "fields", "format", "no-version", "purl", "spdx-ids", "style",
        "template", "to", "verbose", "width",
    ]

    let path: String
    let owner: Owner
    private let root: JSONObject

    /// Reads a file.
    ///
    /// - Returns: The file; nil if it does not exist.
    /// - Throws: ``Failure`` if it cannot be read, is too large, or is no JSON object.
    init?(_ path: String, of owner: Owner) throws(Failure) {
        self.path = path
        self.owner = owner
        let bytes: [UInt8]
        do {
            var source = BufferedSource(try FileSource(path: path), capacity: 64 << 10)
            var read: [UInt8] = []
            while read.count <= Limits.configurationSize, try source.fill(1) {
                _ = try source.read(source.window.count, onto: &read)
            }
            bytes = read
        } catch let error as FileError where error.isMissing {
            return nil
        } catch {
            throw Failure(message: "\(path): cannot be read; expected a regular file")
        }
        guard bytes.count <= Limits.configurationSize else {
            throw Failure(message: "\(path): expected at most \(Limits.configurationSize) bytes")
        }
        do {
            guard case .object(let root) = try JSONValue(parsing: bytes, limits: Limits()) else {
                throw Failure(message: "\(path): expected a JSON object")
            }
            self.root = root
        } catch let failure as Failure {
            throw failure
        } catch let error as JSONError {
            throw Failure(message: "\(path):\(error.place.line):\(error.place.column): \(error.problem)")
        } catch {
            throw Failure(message: "\(path): \(error)")
        }
    }

    /// The values for a command: those of the file as a whole, then those for the command, which take precedence.
    ///
    /// - Throws: ``Failure`` if the member of the command is no object.
    func values(for command: String) throws(Failure) -> [(option: String, value: JSONValue)] {
        var values: [(option: String, value: JSONValue)] = []
        for member in root.members where !CommandSpelling.commands.contains(member.name) {
            values.append((member.name, member.value))
        }
        guard let own = root[command] else { return values }
        guard case .object(let object) = own else {
            throw Failure(message: "\(path): /\(command): expected an object with options, found \(own.kind)")
        }
        let names = Set(object.members.map(\.name))
        return values.filter { !names.contains($0.option) } + object.members.map { ($0.name, $0.value) }
    }

    /// Whether a member is for all commands that have the option, so that others ignore it.
    func isShared(_ option: String, for command: String) -> Bool {
        guard case .object(let object)? = root[command] else { return true }
        return object[option] == nil
    }
}
