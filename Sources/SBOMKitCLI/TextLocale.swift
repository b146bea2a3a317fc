/// The locale of the environment (POSIX.1-2017 §8.2), as far as it says which characters can be shown.
enum TextLocale {
    /// Whether the environment names a character set that is not UTF-8, so that lines are drawn in ASCII.
    ///
    /// If no variable is set, as in most containers, nothing is known of the terminal, and almost all have UTF-8.
    static let isLimited: Bool = {
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(Environment.value).first { !$0.isEmpty }
        guard let name = name?.lowercased() else { return false }
        return !["utf-8", "utf8"].contains(where: name.contains)
    }()
}
