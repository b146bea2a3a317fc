#!/usr/bin/env python3
"""Holds the page that `sbomkit outline --format html` writes against a real browser.

    page_test.py SBOMKIT              all checks; prints what was measured, and each failure with its place
    page_test.py SBOMKIT --shots DIR  also writes what was seen as PNG

Needs a Chromium (chromium.py has the names) and nothing else.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

import chromium

here = os.path.dirname(os.path.abspath(__file__))
fixture = os.path.join(here, "../../Fixtures/expected/debian-small.spdx.json")
failures = []


def check(what, holds, seen=None):
    if not holds:
        failures.append(what)
        print(f"failed: {what}{'' if seen is None else f': {seen!r}'}")


def document(packages, relationships, name="generated"):
    return {
        "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": name,
        "documentNamespace": "https://example.org/d",
        "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: t"]},
        "packages": [
            {"SPDXID": f"SPDXRef-{number}", "name": text, "versionInfo": "1.0", "downloadLocation": "NONE"}
            for number, text in enumerate(packages)
        ],
        "relationships": [
            {"spdxElementId": f"SPDXRef-{a}", "relationshipType": kind, "relatedSpdxElement": f"SPDXRef-{b}"}
            for a, kind, b in [("DOCUMENT", "DESCRIBES", 0), *relationships]
        ],
    }


def large(count=5000):
    """An image with so many packages, each of which needs up to four before it."""
    chance = random.Random(5)
    relationships = [(0, "CONTAINS", number) for number in range(1, count)]
    for number in range(2, count):
        for needed in {1 + int((number - 1) * chance.random() ** 2) for _ in range(min(number - 1, 4))}:
            relationships.append((number, "DEPENDS_ON", needed))
    return document(["image"] + [f"package-{number}" for number in range(1, count)], relationships)


def texts(page, selector):
    return page.run(f"Array.from(document.querySelectorAll({json.dumps(selector)}), e => e.textContent)")


def count(page, selector):
    return page.run(f"document.querySelectorAll({json.dumps(selector)}).length")


def search(page, text):
    page.run("(e => { e.focus(); e.select(); })(document.getElementById('search'))")
    if text:
        page.type(text)
    else:
        page.run("(e => { e.value = ''; e.dispatchEvent(new Event('input')); })(document.getElementById('search'))")
    page.settle(300)


def check_fixture(page):
    check("the title names the document", page.run("document.title") == "debian-small:latest – SBOM outline")
    rows = texts(page, "#tree .row")
    check("the tree is unfolded as far as there is no choice", len(rows) == 21 and "alpha@1:2.3-4" in rows[2], rows)
    alpha = "[...document.querySelectorAll('#tree .row')].find(r => r.textContent.includes('alpha@1:2.3-4'))"
    page.click(f"{alpha}.querySelector('.fold')")
    check("a row unfolds", count(page, "#tree .row") == 27, count(page, "#tree .row"))
    page.click(f"{alpha}.querySelector('.fold')")
    check("a row folds", count(page, "#tree .row") == 21, count(page, "#tree .row"))
    search(page, "JSON")
    rows = texts(page, "#tree .row")
    check("search narrows the tree", len(rows) == 2 and all("json-" in row for row in rows), rows)
    check("the picture goes to the first match", texts(page, "svg .focus text") == ["json-new@5.1-1"])
    search(page, "")
    check("without words the tree is whole again", count(page, "#tree .row") == 21)
    page.click("[...document.querySelectorAll('#tree .row')].find(r => r.textContent.includes('debian@12'))")
    nodes = texts(page, "svg .node text")
    check("the picture has the element, what leads to it and what it leads to",
          len(nodes) == 21 and nodes[0].startswith("debian-small@") and "postbox@20240101-1" in nodes, nodes)
    check("what leads where is drawn", count(page, "svg .edge") == 36, count(page, "svg .edge"))
    check("relationships say their types", set(texts(page, "svg .edge title")) == {"CONTAINS", "DEPENDS_ON"})
    page.click("[...document.querySelectorAll('svg .node')].find(n => n.textContent.includes('alpha@1:2.3-4'))")
    check("a node that is pressed is in the middle", texts(page, "svg .focus text") == ["alpha@1:2.3-4"])
    about = page.run("document.getElementById('about').textContent")
    check("and is described, with the way to it", "pkg:deb/debian/alpha@1:2.3-4" in about and "debian@12 → alpha" in about)
    page.run("document.querySelector('svg .node:not(.focus)').focus()")
    page.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))")
    check("the keyboard does, too", texts(page, "svg .focus text") != ["alpha@1:2.3-4"])


def painted(page):
    """How many points of the canvas have a colour."""
    return page.run("(c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; "
                    "for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n; })(document.querySelector('canvas'))")


def check_large(page):
    print(f"5,000 packages: drawn after {page.seconds:.2f} s")
    check("a large page is there at once", page.seconds < 8, page.seconds)
    nodes = count(page, "svg .node")
    check("the picture has a bounded number of nodes", 30 < nodes <= 94, nodes)
    check("and of lines", count(page, "svg .edge") <= 2000)
    elements = count(page, "*")
    print(f"5,000 packages: {elements} elements in the page, {nodes} nodes in the picture")
    check("the page is no larger than what is seen of it", elements < 6000, elements)
    smallest = page.run("Math.min(...[...document.querySelectorAll('svg .node')].map(n => n.getBoundingClientRect().height))")
    check("names are large enough to read", smallest > 12, smallest)
    first = texts(page, "svg .node text")
    page.click("document.querySelector('svg .more')")
    check("the rest can be leafed through", texts(page, "svg .node text") != first)
    check("and says where one is", "31 to 60 of 4999 – next" in texts(page, "svg .more text"), texts(page, "svg .more text"))
    for number, selector in ((1, "package-1"), (4999, "package-4999")):
        started = time.monotonic()
        search(page, f"package-{number}")
        print(f"5,000 packages: {selector} found after {time.monotonic() - started:.2f} s")
    check("search finds one of thousands", texts(page, "svg .focus text") == ["package-4999@1.0"])
    check("and only that", count(page, "#tree .row") == 1)
    search(page, "")
    page.click("document.getElementById('mode')")
    page.settle(100)
    points = painted(page)
    check("the whole graph is painted", points > 10_000, points)
    check("instead of the other picture", page.run("document.querySelector('svg').getBoundingClientRect().width") == 0)
    frames = page.run(
        "new Promise(async done => { const c = document.querySelector('canvas'), times = []; "
        "for (let i = 0; i < 5; i++) { const start = performance.now(); "
        "c.dispatchEvent(new WheelEvent('wheel', { deltaY: -100, clientX: 900, clientY: 400, cancelable: true })); "
        "await new Promise(r => requestAnimationFrame(() => setTimeout(r))); times.push(performance.now() - start); } "
        "done(times); })")
    print(f"5,000 packages: the whole graph is zoomed in {sorted(frames)[2]:.0f} ms a step")
    check("zooming the whole graph is smooth enough", sorted(frames)[2] < 1000, frames)
    page.click("document.getElementById('mode')")
    check("and back", count(page, "svg .node") > 1 and page.run("document.querySelector('canvas').getBoundingClientRect().width") == 0)


names = [
    "</script><script>window.pwned = 1</script>", "<img src=x onerror='window.pwned = 2'>", "\"'`${window.pwned = 3}",
    "a\u001b[31mred\u0007", "\u202egpj.exe", "\u2028line", "__proto__", "constructor", "<!--<script>", "]]>", "&lt;b&gt;",
    "name\u0000end", "😀" * 40, "x" * 5000, "\ud800", "http://example.org/?q=<a>",
]


def check_hostile(page):
    shown = "\n".join(texts(page, "#tree .row"))
    for name in ("</script><script>window.pwned = 1</script>", "<img src=x", "\"'`${window", "__proto__", "<!--<script>",
                 "\\u{1b}[31mred\\u{7}", "\\u{202e}gpj.exe", "\\u{2028}line", "&lt;b&gt;", "😀" * 40, "x" * 5000):
        check("a name is shown as it is", name in shown, name)
    outside = page.run(
        "[...document.querySelectorAll('svg .node')].filter(n => { const b = n.querySelector('rect').getBoundingClientRect(); "
        "return document.elementFromPoint(b.right + 12, b.top + b.height / 2)?.closest('.node'); }).length")
    check("no name is shown beyond its box", outside == 0, outside)
    check("none is obeyed", page.run("window.pwned === undefined"))
    check("none is an element", count(page, "#tree img, #tree b, svg img") == 0)
    check("none has control characters", not any(ord(c) < 32 and c != "\n" or c in "\u202e\u2028" for c in shown))
    for number in range(count(page, "svg .node")):
        page.click(f"document.querySelectorAll('svg .node')[{number}]")
        page.click("[...document.querySelectorAll('svg .node')].find(n => n.textContent.includes('top'))")
    search(page, "<img")
    check("what looks like HTML is found", count(page, "#tree .row") == 1)
    check("none is obeyed when it is chosen", page.run("window.pwned === undefined"))
    search(page, "")
    for _ in range(2):
        page.run("document.querySelectorAll('#tree .fold').forEach(b => b.textContent === '▸' && b.click())")
    check("a cycle is marked and ends", any("↻ cycle" in row for row in texts(page, "#tree .row")))


def check_deep(page):
    page.run("document.querySelectorAll('#tree .fold')[0].click()")
    search(page, "level-")
    ways = texts(page, "#tree .row + .faint")
    check("search shows the way to each match", len(ways) == 499 and "level-0@1.0 → level-1@1.0" in ways[-1], len(ways))
    check("long ways are shortened", "… 475 more …" in ways[-1] and max(map(len, ways)) < 500, ways[-1])
    search(page, "level-4999")
    about = page.run("(choose(count - 1), document.getElementById('about').textContent)")
    check("both ends of a way are shown", "level-0@1.0 → level-1" in about and "… 4976 more …" in about, about)


def check_alone(page, path):
    """Nothing was said on the console, and nothing asked for but the page; what would ask is refused."""
    check("no message on the console", page.messages == [], page.messages)
    check("no request", page.requests == ["file://" + path], page.requests)
    refused = page.run("fetch('https://example.org/').then(() => 'fetched', e => 'refused')")
    page.settle(50)
    check("a request would be refused", refused == "refused")
    check("by the page's own policy", any("Content Security Policy" in text for text in page.messages), page.messages)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("sbomkit")
    arguments.add_argument("--shots", metavar="DIR")
    arguments = arguments.parse_args()
    cycle = [(0, "CONTAINS", n) for n in range(1, len(names) + 1)] + [(1, "DEPENDS_ON", 2), (2, "DEPENDS_ON", 1)]
    with open(fixture, encoding="utf-8") as file:
        small = file.read()
    cases = [
        ("fixture", small, check_fixture), ("large", json.dumps(large()), check_large),
        ("hostile", json.dumps(document(["top", *names], cycle, names[0])), check_hostile),
        ("deep", json.dumps(document([f"level-{n}" for n in range(5000)], [(n, "CONTAINS", n + 1) for n in range(4999)])),
         check_deep),
        ("empty", json.dumps(document([], [])), lambda page: check("an empty page has no rows", count(page, "#tree .row") == 0)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, text, checks in cases:
            path = os.path.join(folder, name + ".html")
            made = subprocess.run(
                [arguments.sbomkit, "outline", "--quiet", "--format", "html", "-o", path, "-"], input=text.encode("utf-8"))
            check(f"{name}: a page is written", made.returncode == 0, made.returncode)
            with chromium.Page(path) as page:
                if arguments.shots:
                    page.screenshot(os.path.join(arguments.shots, name + ".png"))
                checks(page)
                if arguments.shots:
                    page.screenshot(os.path.join(arguments.shots, name + "-after.png"))
                check_alone(page, path)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    if chromium.find() is None:
        sys.exit("there is no Chromium; .ci/setup test installs one")
    sys.exit(main())
