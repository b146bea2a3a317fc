internal import SBOMModel

/// A person or an organization that supplies an image or makes a document.
public struct Contact: Sendable, Hashable {
    let actor: Actor

    /// Parses `Organization: NAME (EMAIL)`, `Person: NAME (EMAIL)` or a name alone, with or without the address, which may
    /// also stand in angle brackets.
    ///
    /// Nil if there is no name, or if it is a tool.
    public init?(_ text: String) {
        guard let actor = Actor(argument: text) else { return nil }
        self.actor = actor
    }
}
