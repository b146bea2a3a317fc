/// The kinds of language packages that are read.
package enum LanguageReaders {
    /// Each reader, in the order in which packages are listed.
    package static let all: [any LanguageReader.Type] = [
        GoReader.self, PythonReader.self, NodeReader.self, JavaReader.self, DotNetReader.self, RubyReader.self,
        PHPReader.self, RustReader.self, ELFNoteReader.self, CondaReader.self, RReader.self, RuntimeReader.self,
    ]
}
