package import ByteStreams
package import StructuredText

/// SPDX 2 documents in tag-value, as the same document in SPDX's JSON.
///
/// Files that come after a package belong to it (SPDX 2.3 §5.2.2), which is `hasFiles` in JSON; files of no package
/// are written before the first. What JSON has no place for (the order of tags, unknown tags, spellings) is kept
/// in the member ``layoutMember``, if there is any.
package enum SPDXTagValue {
    /// The member of the document that keeps what JSON has no place for.
    ///
    /// It names runs of the tags in the order in which we would write them, and has the tags that come between in full.
    /// The further somebody else's order is from ours, the longer it is.
    package static let layoutMember = "#tag-value"

    /// What is recorded in addition to the document.
    package enum Extra: Sendable, Hashable {
        /// Nothing.
        case none
        /// The layout, to write the same tags in the same order.
        case layout
        /// The place of each tag, to report where a violation is.
        case places
    }

    /// Whether there is a line with the tag `SPDXVersion`, without which nothing is tag-value.
    package static func isTagValue(_ bytes: [UInt8]) -> Bool {
        TagValueText.hasVersion(bytes)
    }

    /// Reads a document.
    ///
    /// Everything odd is read and noted, down to lines without a tag.
    ///
    /// - Throws: ``SPDXTagValueError`` if no tag is `SPDXVersion`, or if the document exceeds a limit.
    package static func read(
        _ bytes: [UInt8], limits: Limits, making extra: Extra
    ) throws(SPDXTagValueError) -> SPDXTagValueReading {
        let text = try TagValueText(bytes, limits: limits)
        var reader = TagValueReader(text, makesPlaces: extra == .places)
        guard var content = reader.read() else { throw SPDXTagValueError(.noVersion, offset: 0) }
        if extra == .layout {
            var writer = TagValueWriter()
            writer.write(content)
            if let layout = TagValueLayout(of: text.sequence, over: writer.sequence) {
                content.append(layoutMember, layout.json)
            }
        }
        return SPDXTagValueReading(content, reader, text)
    }

    /// Writes a document.
    ///
    /// A layout is followed if what is written by it reads as exactly this document, and otherwise dropped. Without a
    /// layout the order is that of the specification. What tag-value cannot express is omitted or written differently, and
    /// listed in both cases.
    package static func write(_ content: JSONObject, limits: Limits) -> SPDXTagValueWriting {
        var writer = TagValueWriter()
        writer.write(content)
        if let kept = content[layoutMember], let layout = TagValueLayout(kept),
            let sequence = layout.applied(to: writer.sequence)
        {
            let (bytes, isAmbiguous) = sequence.written()
            // A layout that exceeds a limit or lacks a version was not made from this document.
            if let reading = try? read(bytes, limits: limits, making: .none),
                reading.content.isEquivalent(to: JSONObject(content.members.filter { !$0.name.hasPrefix("#") }))
            {
                return SPDXTagValueWriting(
                    bytes: bytes, omissions: [], followsLayout: true, isAmbiguous: isAmbiguous)
            }
        }
        let (bytes, isAmbiguous) = writer.sequence.written()
        return SPDXTagValueWriting(
            bytes: bytes, omissions: writer.omissions, followsLayout: false, isAmbiguous: isAmbiguous)
    }

    /// Whether other readers find more lines in a document than are read here.
    ///
    /// That is so where one of the characters of ``TagValueSpelling/lineEnd(_:at:before:)`` is outside of a text and
    /// something follows it on its line.
    package static func isAmbiguous(_ bytes: [UInt8], limits: Limits) -> Bool {
        guard TagValueText.mayBeAmbiguous(bytes), let text = try? TagValueText(bytes, limits: limits) else {
            return false
        }
        return text.hasHiddenLines
    }
}

/// What was read from a document in tag-value.
package struct SPDXTagValueReading: Sendable {
    /// The document in the shape of SPDX's JSON of its version.
    package let content: JSONObject
    /// The version without `SPDX-`: `2.3`.
    package let version: String
    /// What is odd, in the order of the text; the first of them, at most ``SPDXTagValueNotice/limit``.
    package let notices: [SPDXTagValueNotice]
    /// How many there are in all.
    package let noticeCount: Int
    private let text: [UInt8]
    private let map: TagValuePlaces

    init(_ content: JSONObject, _ reader: TagValueReader, _ text: TagValueText) {
        self.content = content
        self.text = text.sequence.bytes
        map = reader.map
        let spelled = content["spdxVersion"]?.textContent ?? ""
        version = spelled.hasPrefix("SPDX-") ? String(spelled.dropFirst(5)) : spelled
        let found = (text.oddities + reader.oddities).sorted { $0.offset < $1.offset }
            .prefix(SPDXTagValueNotice.limit)
        let places = TextPlace.places(atOffsets: found.map { $0.offset }, in: text.sequence.bytes.span)
        notices = zip(found, places).compactMap { oddity, place in
            place.map { SPDXTagValueNotice(kind: oddity.kind, tag: oddity.tag, place: $0) }
        }
        noticeCount = text.oddityCount + reader.oddityCount
    }

    /// The place and the tag of the value at each pointer, or of its nearest ancestor.
    ///
    /// All are nil unless the document was read for ``SPDXTagValue/Extra/places``.
    package func places(of pointers: [JSONPointer]) -> [(place: TextPlace, tag: String)?] {
        let found = map.pairs(of: pointers)
        let places = TextPlace.places(atOffsets: found.map { $0?.offset }, in: text.span)
        return zip(found, places).map { pair, place in
            guard let pair, let place else { return nil }
            return (place, String(decoding: text[pair.name], as: UTF8.self))
        }
    }
}

/// What was written.
package struct SPDXTagValueWriting: Sendable {
    /// The document.
    package let bytes: [UInt8]
    /// The values of the JSON form that are missing or changed; members whose names begin with `#` are not listed.
    package let omissions: [Omission]
    /// Whether the order is that of the document that was read.
    package let followsLayout: Bool
    /// Whether other readers would find other tags or values in it.
    package let isAmbiguous: Bool

    /// Whether ``SPDXTagValueFitting`` makes more of the document readable.
    package var needsFitting: Bool { isAmbiguous || omissions.contains { $0.reason == .spelling } }

    /// A value that is omitted or written differently.
    package struct Omission: Sendable, Hashable {
        /// Where it is in the JSON form.
        package let pointer: JSONPointer
        /// Why tag-value cannot express it.
        package let reason: Reason
    }

    /// Why something is not in tag-value as it is in JSON.
    package enum Reason: String, Sendable, Hashable {
        /// There is no tag for the member.
        case noTag = "tag-value has no tag for it"
        /// An array without elements is the same as none.
        case emptyArray = "an empty array cannot be told from none"
        /// The value is not of the type that JSON's schema asks for.
        case type = "it is not of the type that the member has"
        /// An empty value of the tag is refused by others.
        case emptyValue = "an empty value is refused by others"
        /// A locator has no blanks in tag-value, where it is a word.
        case blank = "a blank is written as \"%20\""
        /// A part of a value that is put together cannot be told from the next.
        case spelling = "it cannot be separated from the value next to it"
        /// The first tag of an object, without which there are no others, has no value.
        case noStart = "it lacks what its first tag is made of"
        /// `</text>` inside a text ends it.
        case closing = "\"</text>\" is written as \"< /text>\""
        /// It is written as relationships, which come back as such.
        case relationships = "it is written as relationships"
        /// A pointer of a range leads to another file than the snippet is from.
        case range = "a range is of bytes or of lines of the snippet's own file"
    }
}

/// Something odd about a document in tag-value, which was read all the same.
package struct SPDXTagValueNotice: Sendable, Hashable {
    /// How many are listed.
    static let limit = Limits.tagValueNotices

    /// What kind of oddity.
    package enum Kind: Sendable, Hashable {
        /// The text begins with a byte order mark.
        case byteOrderMark
        /// The text is in UTF-16.
        case utf16
        /// There are bytes that are no UTF-8, read as U+FFFD.
        case invalidUTF8
        /// A line is neither a tag nor a comment.
        case noTag
        /// There is no such tag.
        case unknownTag
        /// The tag is spelled with other capitals than the named one.
        case tagSpelling(String)
        /// `<text>` without an end, read to the end of the document.
        case unterminatedText
        /// Something follows `</text>` on its line, so that `<text>` and `</text>` are part of the value.
        case textAfterEnd
        /// No element precedes the tag that it could belong to.
        case misplaced
        /// The tag is about an element that has ended before; taken as if it had not.
        case late
        /// The tag was given before; the first counts.
        case repeated
        /// `true` or `false` is spelled with other capitals.
        case flagSpelling
        /// The value is not what the tag asks for, which is named.
        case malformed(expected: String)
        /// An annotation of something that is not in the document.
        case annotationOfNothing
        /// An annotation does not say of what; taken to be of what it follows.
        case annotationWithoutReference
    }

    /// What kind of oddity.
    package let kind: Kind
    /// The tag; empty if the line has none.
    package let tag: String
    /// Where the line begins.
    package let place: TextPlace

    /// What is odd, for people.
    package var reason: String {
        switch kind {
        case .byteOrderMark: "the text begins with a byte order mark"
        case .utf16: "the text is in UTF-16, not in UTF-8"
        case .invalidUTF8: "there are bytes that are no UTF-8"
        case .noTag: "the line has no tag and is no comment"
        case .unknownTag: "there is no such tag"
        case .tagSpelling(let name): "the tag is \(name) with other capitals"
        case .unterminatedText: "the text has no end"
        case .textAfterEnd: "something follows the end of the text"
        case .misplaced: "the tag is about nothing that comes before it"
        case .late: "the tag is about an element that another has followed"
        case .repeated: "the tag was given before"
        case .flagSpelling: "the value is spelled with other capitals"
        case .malformed(let expected): "expected \(expected)"
        case .annotationOfNothing: "the annotation is of something that is not in the document"
        case .annotationWithoutReference: "the annotation does not say what it is of"
        }
    }
}

/// Why something is not read as tag-value at all.
package struct SPDXTagValueError: Error, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Kind: Sendable, Hashable {
        /// No line has the tag `SPDXVersion`.
        case noVersion
        /// A limit of ``Limits`` is passed; which one is named.
        case limit(String)
    }

    /// What kind of trouble it is.
    package let kind: Kind
    /// Where in the text it shows, in bytes.
    package let offset: Int

    init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    package var description: String {
        switch kind {
        case .noVersion: "expected a line with the tag SPDXVersion"
        case .limit(let name): "byte \(offset): more than the limit \(name) allows"
        }
    }
}
