#!/usr/bin/env python3
"""Resolves the dependencies of an apk database by the rules of apk-package(5), as a second opinion on sbomkit's resolver.

    edges.py DATABASE

Prints a line for each package of the database, `package NAME VERSION ARCHITECTURE`, for each ordered pair of packages of which
the first depends on the second, `edge NAME NAME`, and for each need that no package meets, `unmet NAME NEED`, with tabs between
the fields, each kind sorted. Versions are compared as apk-tools 3 does.
"""
import base64, collections, re, sys

# The kinds of parts, in the order in which they may follow each other.
NUMBER, MORE, LETTER, SUFFIX, COUNT, HASH, REVISION, END, INVALID = range(9)
SUFFIXES = {"alpha": -4, "beta": -3, "pre": -2, "rc": -1, "cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5}
# What may come after the parts up to a kind: a pattern, and the kind that it makes.
PARTS = [
    (MORE, re.compile(r"\.([0-9]+)"), MORE),
    (MORE, re.compile(r"([a-z])"), LETTER),
    (COUNT, re.compile(r"_([a-z]+)"), SUFFIX),
    (SUFFIX, re.compile(r"([0-9]+)"), COUNT),
    (COUNT, re.compile(r"~([0-9a-f]+)"), HASH),
    (HASH, re.compile(r"-r([0-9]+)"), REVISION),
]


def parts(version):
    """The parts of a version with their kinds, the last of which is END or INVALID."""
    found = re.match(r"[0-9]+", version)
    if not found:
        return [(INVALID, "")]
    result, place, kind = [(NUMBER, found.group())], found.end(), NUMBER
    while place < len(version):
        for last, pattern, next_kind in PARTS:
            match = pattern.match(version, place)
            if not match or kind > last or (next_kind == COUNT and kind != SUFFIX):
                continue
            if next_kind == SUFFIX and match.group(1) not in SUFFIXES:
                continue
            result.append((next_kind, match.group(1)))
            place, kind = match.end(), next_kind
            break
        else:
            return result + [(INVALID, "")]
    return result + [(END, "")]


def compare(left, right, fuzzy=False):
    """-1, 0 or 1; fuzzily a version is the same as its beginning."""
    for (kind, value), (other_kind, other) in zip(parts(left), parts(right)):
        if kind != other_kind:
            if fuzzy and other_kind == END:
                return 0
            if kind == SUFFIX and SUFFIXES[value] < 0:
                return -1
            if other_kind == SUFFIX and SUFFIXES[other] < 0:
                return 1
            return 1 if kind < other_kind else -1
        if kind in (NUMBER, COUNT, REVISION) or (kind == MORE and "0" not in (value[0], other[0])):
            value, other = int(value) % 2**64, int(other) % 2**64
        elif kind == SUFFIX:
            value, other = SUFFIXES[value], SUFFIXES[other]
        if value != other:
            return 1 if value > other else -1
    return 0


def identity(text):
    """The bytes of an identity, no more than 160 bits."""
    if text[:2] in ("Q1", "Q2"):
        return base64.b64decode(text[2:] + "=" * (-len(text[2:]) % 4))[:20]
    return bytes.fromhex(text[2:] if text[:2] in ("X1", "X2") else text)[:20]


def split(word):
    """The name, the signs and the version of a word; the tag of a repository does not matter."""
    match = re.match(r"([^<>=~]*)([<>=~]*)(.*)", word, re.S)
    return match.group(1).partition("@")[0], match.group(2), match.group(3)


def is_met(signs, wanted, version, own_identity):
    """Whether a package or provision with a version is what a need wants; a provision without one has an empty one."""
    kinds = set(signs)
    if not kinds or kinds >= set("<=>"):
        return True
    if kinds == set("<>"):
        return own_identity is not None and identity(wanted) == own_identity
    if parts(wanted)[-1][0] == INVALID:
        return False
    order = compare(version, wanted, fuzzy="~" in kinds)
    return (order < 0 and "<" in kinds) or (order > 0 and ">" in kinds) or (order == 0 and bool(kinds & set("=~")))


def records(text):
    """The fields of each package, by letter."""
    for block in text.split("\n\n"):
        fields = {}
        for line in block.split("\n"):
            if line[1:2] == ":" and line[0] not in "FRMaZ":
                fields[line[0]] = line[2:]
        if "P" in fields and "V" in fields:
            yield fields


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace", newline="") as file:
        packages = {fields["P"]: fields for fields in records(file.read())}
    answers = collections.defaultdict(list)
    for name, fields in packages.items():
        fields["id"] = identity(fields["C"]) if "C" in fields else None
        answers[name].append((name, fields["V"]))
        for word in fields.get("p", "").split():
            provided, signs, version = split(word)
            answers[provided].append((name, version if signs else ""))
    edges, unmet = set(), set()
    for name, fields in packages.items():
        for word in fields.get("D", "").split():
            if word.startswith("!"):
                continue
            needed, signs, wanted = split(word)
            found = [other for other, version in answers[needed] if is_met(signs, wanted, version, packages[other]["id"])]
            if not found:
                unmet.add((name, word))
            edges.update((name, other) for other in found if other != name)
    for kind, rows in [
        ("package", [(fields["P"], fields["V"], fields.get("A", "")) for fields in packages.values()]),
        ("edge", edges), ("unmet", unmet),
    ]:
        for row in sorted(rows):
            print(kind, *row, sep="\t")


if __name__ == "__main__":
    main()
