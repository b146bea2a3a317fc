"""Reads SBOM documents and compares them, without any code of sbomkit's.

`recognise` says from the bytes alone which format and version a document is. `read` gives a value that two documents
have in common exactly if they say the same:

- JSON: the value, with arrays in order and numbers as the digits that were written; of members with one name the last.
- XML: the tree with expanded names, without comments and without text that is nothing but white space.
- tag-value: the pairs of tag and value in order, without the <text> markers.

`difference` says in a line where two such values part; `leaves` reduces one to a bag of paths with their texts, and
`texts` to a bag of texts alone, for documents that were written by hand twice.
"""
import collections, json, re

from lxml import etree

SPDX, TAG_VALUE, CYCLONEDX, XML, ODD = "spdx", "spdx-tag-value", "cyclonedx", "cyclonedx-xml", "odd"
SPDX_VERSIONS = ("2.2", "2.3")
CYCLONEDX_VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
NAMESPACE = "http://cyclonedx.org/schema/bom/"
CARRIER = "sbomkit:"
CARRIER_ELEMENT = "{urn:sbomkit:carried}carried"


class Unreadable(Exception):
    """Why bytes are no document."""


def number(digits):
    """A number as its digits; a tuple, so that no text is equal to it."""
    return ("number", digits)


def no_number(name):
    raise Unreadable(f"{name} is no JSON")


def text_of(data):
    """The characters of a document in UTF-8, or in UTF-16 or UTF-32 as JSON's first bytes tell; no byte order mark."""
    try:
        encoding = json.detect_encoding(data)
        return data.decode("utf-8-sig" if encoding.startswith("utf-8") else encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {error.encoding}: byte {error.start}")


def read_json(data):
    try:
        return json.loads(text_of(data), parse_int=number, parse_float=number, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}")


def parse_xml(data):
    """The root element. Nothing is fetched and no entity is expanded; a document with a DOCTYPE is none of ours."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, strip_cdata=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"not XML: {error}")
    if root.getroottree().docinfo.doctype:
        raise Unreadable("a DOCTYPE")
    return root


def tree(element):
    """An element as nested tuples: name, attributes, content (texts and elements)."""
    if not isinstance(element.tag, str):
        return ("?", getattr(element, "target", ""), element.text or "")
    content = []
    pending = element.text or ""
    for child in element:
        if pending.strip(" \t\r\n"):
            content.append(pending)
        content.append(tree(child))
        pending = child.tail or ""
    if pending.strip(" \t\r\n"):
        content.append(pending)
    return (element.tag, tuple(sorted(element.attrib.items())), tuple(content))


def read_xml(data):
    return tree(parse_xml(data))


def read_tag_value(data):
    """The pairs of tag and value. SPDX 2.3 annex E: `Tag: value` in a line, or <text> to </text> over several."""
    lines = text_of(data).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    pairs = []
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = re.match(r"\s*([A-Za-z][A-Za-z0-9_-]*)\s*:(.*)\Z", line)
        if not match:
            raise Unreadable(f"line {place} is no tag with a value: {line.strip()[:60]!r}")
        tag, value = match.group(1), match.group(2).strip()
        if "<text>" in value:
            before, value = match.group(2).split("<text>", 1)
            start = place
            while "</text>" not in value:
                if place >= len(lines):
                    raise Unreadable(f"line {start}: <text> does not end")
                value += "\n" + lines[place]
                place += 1
            value, after = value.split("</text>", 1)
            value = before.strip() + value + after.strip()
        pairs.append((tag, value))
    return pairs


def read(kind, data):
    return {SPDX: read_json, CYCLONEDX: read_json, XML: read_xml, TAG_VALUE: read_tag_value}[kind](data)


def recognise(data):
    """Format and version as the content says; `odd` and why, where it is none that sbomkit promises to read."""
    start = data[:400].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    try:
        if start in (b"{", b"["):
            value = read_json(data)
            inner = value.get("Document") if isinstance(value, dict) else None
            if isinstance(inner, dict) and "spdxVersion" not in value:
                value = inner
            if not isinstance(value, dict):
                return ODD, "not an object"
            if value.get("bomFormat") == "CycloneDX":
                version = value.get("specVersion")
                return (CYCLONEDX, version) if version in CYCLONEDX_VERSIONS else (ODD, f"CycloneDX {str(version)[:20]}")
            version = str(value.get("spdxVersion"))
            if version.removeprefix("SPDX-") in SPDX_VERSIONS and version.startswith("SPDX-"):
                return SPDX, version[5:]
            return ODD, "neither SPDX 2.2 or 2.3 nor CycloneDX"
        if start == b"<":
            root = parse_xml(data)
            name = etree.QName(root)
            version = (name.namespace or "").removeprefix(NAMESPACE)
            if name.localname == "bom" and name.namespace == NAMESPACE + version and version in CYCLONEDX_VERSIONS:
                return XML, version
            return ODD, f"XML of {name.namespace} {name.localname}"
        if b"SPDXVersion" in data.replace(b"\0", b"") and re.search(r"^\s*SPDXVersion\s*:", text_of(data), re.MULTILINE):
            versions = [value for tag, value in read_tag_value(data) if tag == "SPDXVersion"]
            if versions and versions[0].removeprefix("SPDX-") in SPDX_VERSIONS:
                return TAG_VALUE, versions[0][5:]
            return ODD, f"tag-value of {versions[:1]}"
        return ODD, "no form that is known"
    except Unreadable as error:
        return ODD, str(error)


def shown(value):
    said = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else repr(value)
    return said if len(said) <= 90 else said[:60] + "…" + said[-25:]


def difference(old, new, place=""):
    """The first place where two values part, in a line; None where they do not."""
    if old == new:
        return None
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old:
            if name not in new:
                return f"{place}/{name}: gone, was {shown(old[name])}"
            found = difference(old[name], new[name], f"{place}/{name}")
            if found:
                return found
        extra = next(name for name in new if name not in old)
        return f"{place}/{extra}: came in, {shown(new[extra])}"
    if isinstance(old, list) and isinstance(new, list):
        for index, (one, other) in enumerate(zip(old, new)):
            found = difference(one, other, f"{place}/{index}")
            if found:
                return found
        if len(old) > len(new):
            return f"{place}: {len(new)} instead of {len(old)}, the first missing is {shown(old[len(new)])}"
        return f"{place}: {len(new)} instead of {len(old)}, the first too many is {shown(new[len(old)])}"
    if is_element(old) and is_element(new) and old[0] == new[0]:
        place += "/" + local(old[0])
        return (difference(dict(old[1]), dict(new[1]), place + "@")
                or difference(list(old[2]), list(new[2]), place))
    return f"{place}: {shown(new)} instead of {shown(old)}"


def is_element(value):
    return isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], tuple)


def local(name):
    return name.rsplit("}", 1)[-1]


def leaves(value):
    """A bag of paths with their texts: no order, no name spaces, white space collapsed, `$schema` and what is carried
    of the format before left out."""
    bag = collections.Counter()

    def note(path, text):
        text = str(text).lower() if isinstance(text, bool) else str(text)
        bag[f"{path} = {' '.join(text.split())}"] += 1

    def is_carrier(value):
        if isinstance(value, dict):
            return str(value.get("name", "")).startswith(CARRIER)
        return is_element(value) and (
            dict(value[1]).get("name", "").startswith(CARRIER) or value[0] == CARRIER_ELEMENT)

    def without_carriers(items):
        return [inner for inner in items if not is_carrier(inner) and not is_for_carriers(inner)]

    def is_for_carriers(value):
        """Whether it holds carriers and nothing else."""
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else (
            value[2] if is_element(value) and not value[1] else ())
        return bool(inner) and all(is_carrier(one) or is_for_carriers(one) for one in inner)

    def walk(value, path):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name != "$schema" and not is_for_carriers(inner):
                    walk(inner, f"{path}/{name}")
            if not value:
                note(path, "{}")
        elif isinstance(value, list):
            for inner in without_carriers(value):
                walk(inner, path)
        elif is_element(value):
            path = f"{path}/{local(value[0])}"
            for name, text in value[1]:
                if "schemaLocation" not in name:
                    note(f"{path}/@{local(name)}", text)
            for inner in without_carriers(value[2]):
                walk(inner, path)
            if not value[2]:
                note(path, "")
        else:
            note(path, value[1] if isinstance(value, tuple) else value)

    walk(value, "")
    return bag


def texts(leaves):
    """What some leaves say, wherever they say it; not what only one syntax says."""
    bag = collections.Counter()
    for leaf, count in leaves.items():
        path, text = leaf.split(" = ", 1)
        if path not in ("/bomFormat", "/specVersion") and text not in ("", "{}"):
            bag[text] += count
    return bag
