#!/usr/bin/env python3
"""Makes rows for the table of known notices (Sources/PackageDatabases/Licenses/KnownNotices.swift).

    known-notices.py FOLDER ID...

FOLDER has the license files of the SPDX License List in JSON (github.com/spdx/license-list-data, json/details; the same
files are in every copy of the list). Each ID is the identifier of a license whose template is taken, or
`ID:header` for its standard header. The rows go to standard output.

A row has hashes and no text. A template (SPDX License List Matching Guidelines, annex B of SPDX 2.3) is a sequence of
fixed words, of gaps for names (40 words at most, and 400 if their name is `table`), and of optional words. The words of a
file are taken as `words()` says, and as NoticeWords.swift says in the same way. A fixed run is written as the number of its
words, the FNV-1a hash of its first word, and the first 16 digits of the SHA-256 of its words with blanks between them.
"""
import hashlib
import json
import os
import re
import sys
import textwrap

LETTERS = re.compile(rb"[0-9A-Za-z\x80-\xff]")
# A line of a notice may begin with the word too; then one of these follows.
COPYRIGHT = re.compile(
    rb"(?i)(?:\(c\)|\xc2\xa9|copyright(?![0-9a-z\x80-\xff])"
    rb"(?!\s*(?:notices?|holders?|owners?|laws?|and|or|in|is)(?![0-9a-z\x80-\xff])))")


def words(text: bytes, begins_line: bool = True) -> list[bytes]:
    """The words of a text in lower case: runs of letters, digits and bytes that are not ASCII.

    A hyphen, an apostrophe and a dot between digits do not end a word, a plus sign behind a digit belongs to it; a hyphen at the end of a line joins it with the
    next one. Marks of comments and numbers of items at the beginning of a line are left out, and so are lines that
    begin with a copyright notice, up to the end of the sentence. British and American spelling of `license` are one.
    """
    result: list[bytes] = []
    joined = b""
    for number, line in enumerate(text.split(b"\n")):
        begins_line = begins_line or number > 0
        line = re.sub(rb"^[ \t\r*#/;%>|]*(?:[-+o][ \t]+)?", b"", line)
        if begins_line and not joined and COPYRIGHT.match(line):
            rest = re.search(rb"\.[ \t]+(?=[A-Z])", line)
            line = line[rest.end():] if rest else b""
        if begins_line:
            line = re.sub(rb"^\(?(?:[0-9]{1,2}|[A-Za-z]|i{1,3}|iv)[.)][ \t]+", b"", line)
        word = joined
        joined = b""
        index = 0
        while index < len(line):
            byte = line[index:index + 1]
            if LETTERS.match(byte):
                word += byte
            elif byte == b"-" and word:
                if not line[index + 1:].strip():
                    joined = word
                    word = b""
                    break
            elif byte == b"'" and word and LETTERS.match(line[index + 1:index + 2]):
                pass
            elif word[-1:].isdigit() and (byte == b"+" or byte == b"." and line[index + 1:index + 2].isdigit()):
                word += byte
            elif word:
                result.append(word)
                word = b""
            index += 1
        if word:
            result.append(word)
    if joined:
        result.append(joined)
    lowered = [re.sub(rb"[A-Z]", lambda m: m.group().lower(), word) for word in result]
    return [re.sub(rb"^(licen|sublicen(?=ce$))c", rb"\1s", word) for word in lowered]


def fixed(run: list[bytes]) -> str:
    fnv = 0x811C9DC5
    for byte in run[0]:
        fnv = ((fnv ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{len(run)}:{fnv:08x}:{hashlib.sha256(b' '.join(run)).hexdigest()[:16]}"


MARK = re.compile(r"<<(.*?)>>", re.S)


def gap(mark: str) -> int:
    """The largest number of words in a replaceable part."""
    match = re.search(r';match="(.*?)"$', mark, re.S)
    pattern = match.group(1) if match else ".+"
    original = re.search(r';original="(.*?)";', mark, re.S)
    count = len(words((original.group(1) if original else "").encode()))
    if re.search(r"bullet", mark):
        return 1
    limit = re.fullmatch(r"\.\{0,(\d+)\}", pattern)
    if limit:
        return min(400 if ';name="table"' in mark else 40, int(limit.group(1)) // 4 + 1)
    if re.search(r"\.[+*]", pattern):
        return 40
    longest = max((len(words(re.sub(r"\\s[+*]?", " ", part).encode())) for part in pattern.split("|")), default=0)
    return max(count, longest)


def row(template: str) -> str:
    """The template as tokens: `N:FNV:SHA` a fixed run, `~N` a gap of at most N words, `[` and `]` around optional ones."""
    tokens: list[str] = []
    place = 0
    started = False
    depth = 0
    # What comes before the first fixed run cannot anchor a search.
    for mark in list(MARK.finditer(template)) + [None]:
        begins_line = template[:place].rstrip(" \t")[-1:] in ("", "\n")
        run = words(template[place:mark.start() if mark else len(template)].encode(), begins_line)
        if run and (started or depth == 0):
            # A short head is compared first, so that a search costs little where a long run only begins alike.
            if not started and len(run) > 16:
                tokens.append(fixed(run[:8]))
                run = run[8:]
            tokens.append(fixed(run))
            started = True
        if mark is None:
            break
        place = mark.end()
        if mark.group(1).startswith("beginOptional"):
            depth += 1
            if started:
                tokens.append("[")
        elif mark.group(1).startswith("endOptional"):
            depth -= 1
            if started:
                tokens.append("]")
        elif started:
            count = gap(mark.group(1))
            if count:
                tokens.append(f"~{count}")
    text = " ".join(tokens)
    while "[ ]" in text:
        text = text.replace("[ ]", "").replace("  ", " ")
    # Gaps and optional words at the end would swallow what follows.
    return re.sub(r"(?: (?:~\d+|\[ ~\d+ \]))+$", "", text.strip())


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    for name in sys.argv[2:]:
        identifier, _, kind = name.partition(":")
        with open(os.path.join(sys.argv[1], identifier + ".json"), encoding="utf-8") as file:
            license = json.load(file)
        template = license["standardLicenseHeaderTemplate" if kind else "standardLicenseTemplate"]
        # Lines of a Swift string, which a backslash joins.
        print(" \\\n".join(textwrap.wrap(f"{name} {row(template)}", 108)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
