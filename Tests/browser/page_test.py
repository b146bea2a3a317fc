#!/usr/bin/env python3
"""Holds the page that `sbomkit outline --format html` writes against a real browser.

    page_test.py SBOMKIT              all checks; prints what was measured, and each failure with its place
    page_test.py SBOMKIT --only NAME  the checks of one document
    page_test.py SBOMKIT --shots DIR  also writes what was seen as PNG

Needs a Chromium (chromium.py has the names). The rules of WCAG are checked by axe-core, which `.ci/setup test` installs,
the syntax by node and tidy; where one of these three is missing, its checks alone are left out, and a line says so. With
CI=true, axe-core must be there.
"""

import argparse
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import chromium

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.join(here, "../..")
fixture = os.path.join(root, "Fixtures/expected/debian-small.spdx.json")
NODES = 3000
WIDTHS = (360, 820, 1440)
SCHEMES = ("light", "dark")
failures, skipped = [], []


def check(what, holds, seen=None):
    if not holds:
        failures.append(what)
        print(f"failed: {what}{'' if seen is None else f': {seen!r}'}")


def skip(what):
    skipped.append(what)
    print(f"skipped: {what}")


# The documents


def document(packages, relationships, name="generated", **members):
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
        **members,
    }


def with_purls(made, purl):
    for number, package in enumerate(made["packages"]):
        package["externalRefs"] = [{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": purl(number, package["name"])}]
    made["packages"][0]["primaryPackagePurpose"] = "CONTAINER"
    return made


def large(count=5000):
    """An image with so many packages, each of which needs up to four before it."""
    chance = random.Random(5)
    relationships = [(0, "CONTAINS", number) for number in range(1, count)]
    for number in range(2, count):
        for needed in {1 + int((number - 1) * chance.random() ** 2) for _ in range(min(number - 1, 4))}:
            relationships.append((number, "DEPENDS_ON", needed))
    made = with_purls(
        document(["image"] + [f"package-{number}" for number in range(1, count)], relationships),
        lambda number, name: f"pkg:deb/debian/{name}@1.0?arch=amd64&distro=debian-12&upstream=source-{number // 3}")
    for number, package in enumerate(made["packages"]):
        package["licenseDeclared"] = f"LicenseRef-{number}" if number % 2 else "MIT AND GPL-2.0-only"
        package["supplier"] = f"Person: Person {number % 700} (p{number}@example.org)"
    return made


def many_files(count=45_000, packages=200):
    """An image with so many files in a few packages."""
    made = with_purls(
        document(["image"] + [f"package-{number}" for number in range(1, packages)],
                 [(0, "CONTAINS", number) for number in range(1, packages)]),
        lambda number, name: f"pkg:rpm/example/{name}@1.0")
    made["files"] = [
        {"SPDXID": f"SPDXRef-f{number}", "fileName": f"usr/share/doc/package-{number % packages}/part-{number % 977}/{number}.txt"}
        for number in range(count)
    ]
    for number, package in enumerate(made["packages"]):
        if number:
            package["hasFiles"] = [f"SPDXRef-f{file}" for file in range(number - 1, count, packages - 1)]
    return made


def ranked():
    """Packages that a search for `ssl` finds for different reasons, in another order than that of the results."""
    names = ["image", "debian", "xs", "libssl", "ssl-tools", "ssl", "curl", "other"]
    made = with_purls(
        document(names, [(0, "CONTAINS", 1), *((1, "CONTAINS", number) for number in range(2, 8)),
                         (6, "DEPENDS_ON", 3), (3, "DEPENDS_ON", 5), (2, "DEPENDS_ON", 7)]),
        lambda number, name: f"pkg:generic/{name}@1.0" + ("?upstream=openssl" if name == "xs" else ""))
    made["packages"][1]["primaryPackagePurpose"] = "OPERATING_SYSTEM"
    return made


names = [
    "</script><script>window.pwned = 1</script>", "<img src=x onerror='window.pwned = 2'>", "\"'`${window.pwned = 3}",
    "a\u001b[31mred\u0007", "\u202egpj.exe", "\u2028line", "__proto__", "constructor", "<!--<script>", "]]>", "&lt;b&gt;",
    "name\u0000end", "😀" * 40, "x" * 5000, "\ud800", "http://example.org/?q=<a>",
]


def hostile():
    cycle = [(0, "CONTAINS", n) for n in range(1, len(names) + 1)] + [(1, "DEPENDS_ON", 2), (2, "DEPENDS_ON", 1)]
    made = document(["top", *names], cycle, names[0])
    for package, text in zip(made["packages"], names[::-1]):
        package.update({"versionInfo": text, "supplier": f"Person: {text}", "licenseDeclared": text,
                        "SPDXID": package["SPDXID"]})
    return made


# What is asked of a page


def texts(page, selector):
    return page.run(f"Array.from(document.querySelectorAll({json.dumps(selector)}), e => e.textContent)")


def count(page, selector):
    return page.run(f"document.querySelectorAll({json.dumps(selector)}).length")


def named(selector, text):
    """A script that gives the element that has a text."""
    return f"[...document.querySelectorAll({json.dumps(selector)})].find(e => e.textContent.includes({json.dumps(text)}))"


def rows(page, column="name"):
    """The texts of a column of the table, in the order in which they are seen."""
    return page.run(f"[...document.querySelectorAll('.table .row')].sort((a, b) => a.dataset.row - b.dataset.row)"
                    f".map(e => e.querySelector('.cell.{column}').textContent)")


def tree(page):
    return page.run("[...document.querySelectorAll('[role=treeitem]')].sort((a, b) => a.dataset.row - b.dataset.row)"
                    ".map(e => e.textContent)")


def nodes(page):
    """How many nodes the page has, texts included."""
    return page.run("(() => { const all = document.createTreeWalker(document, NodeFilter.SHOW_ALL); let n = 1; "
                    "while (all.nextNode()) n++; return n; })()")


def address(page):
    return page.run("decodeURIComponent(location.hash.replaceAll('+', ' '))")


def focused(page):
    return page.run("(e => e === document.body ? 'nothing' : e.id || e.getAttribute('role') + ' ' + e.textContent.slice(0, 60))"
                    "(document.activeElement)")


def view(page, name):
    page.click(f"document.getElementById('tab-{name}')")


def search(page, text):
    page.run("(e => { e.focus(); e.select(); })(document.getElementById('search'))")
    page.type(text)
    page.settle(30)


def back(page):
    page.run("history.back()")
    page.settle(80)


# The checks of each document


def check_fixture(page):
    for part in (check_head, check_order, check_filters, check_details, check_tree, check_picture, check_address, check_narrow, check_print):
        part(page)


def check_head(page):
    check("the title names the image", page.run("document.title") == "debian-small:latest – software bill of materials")
    check("with its tag and short digest",
          texts(page, "#name, #tag") == ["debian-small", "latest"] and texts(page, "#digest")[0].startswith("sha256:a28e2f8ce0f8 "))
    page.click("document.getElementById('digest')")
    page.settle(60)
    check("the digest is copied", texts(page, "#status") == ["Copied the digest"], texts(page, "#status"))
    check("the totals are there", texts(page, "#totals")[0].startswith("19 packages · debian 12 · 36 relationships · SPDX 2.3"),
          texts(page, "#totals"))


def check_order(page):
    check("what nothing needs is first", rows(page, "needed-by") == sorted(rows(page, "needed-by"), key=int)
          and rows(page)[:3] == ["alpha-tools", "extras", "json-old"], rows(page))
    check("packages of one name are told apart", {"1.0~rc2-1+b1 amd64", "1.0~rc2-1+b1 i386"} <= set(rows(page, "version")),
          rows(page, "version"))
    page.click(named(".head button", "Name"))
    check("a press on a head sorts", rows(page) == sorted(rows(page)), rows(page))
    page.click(named(".head button", "Name"))
    check("and a second one the other way", rows(page) == sorted(rows(page), reverse=True), rows(page))
    check("which the head says", page.run(f"{named('.head > *', 'Name')}.getAttribute('aria-sort')") == "descending")
    check("and the address", address(page) == "#sort=-name", address(page))
    back(page)
    back(page)
    check("Back undoes both", rows(page)[:1] == ["alpha-tools"] and address(page) == "", address(page))


def check_filters(page):
    facets = texts(page, ".facet-title")
    check("there are totals by type, license, supplier and layer", facets == ["Type", "License", "Supplier", "Layer"], facets)
    check("of layers in order", [text[:7] for text in texts(page, "#values-layer [role=option]")] == ["Layer 1", "Layer 2"],
          texts(page, "#values-layer [role=option]"))
    page.click(named("#values-layer [role=option]", "Layer 2"))
    two = rows(page)
    check("a total filters", 0 < len(two) < 19 and set(rows(page, "layer")) == {"Layer 2"}, two)
    check("and says so", texts(page, ".shown") == [f"{len(two)} of 19 packages"] and address(page) == "#layer=Layer 2", address(page))
    check("other totals count what is left",
          sum(int(text[-2:].strip("bdekr")) for text in texts(page, "#values-type .number")) == len(two))
    view(page, "tree")
    check("the filter holds in the tree", len(tree(page)) < 20 and any("debian" in row for row in tree(page)), tree(page))
    view(page, "table")
    page.click("document.querySelector('.chip')")
    check("and is taken away", len(rows(page)) == 19, rows(page))


def check_details(page):
    page.click(named(".table .row", "alpha1:2.3-4"))
    details = texts(page, "#details")[0]
    check("a row opens its details", all(text in details for text in (
        "alpha", "1:2.3-4", "pkg:deb/debian/alpha@1:2.3-4", "amd64", "Layer 1", "SPDXRef-Package-deb-alpha-amd64")), details)
    check("and the way to it, without image and system", "alpha-tools → alpha" in details, details)
    check("and what needs it and what it needs", "Needed by 1" in details and "Needs 6" in details, details)
    check("the address has it", "element=SPDXRef-Package-deb-alpha-amd64" in address(page), address(page))


def check_tree(page):
    view(page, "tree")
    seen = tree(page)
    check("the tree shows it, too", len(seen) == 21 and page.run(
        "document.querySelector('[role=treeitem][aria-selected=true] .name').textContent") == "alpha", seen)
    page.click(named("[role=treeitem]", "alpha1:2.3-4") + ".querySelector('.fold')")
    check("a row unfolds", len(tree(page)) == 27, tree(page))
    page.click(named("[role=treeitem]", "alpha1:2.3-4") + ".querySelector('.fold')")
    check("and folds", len(tree(page)) == 21, tree(page))
    for number in range(2):
        page.run(f"rows.activate(tree.rows.findIndex(r => elements[r.element][NAME] === ['cycle-data', 'libcycle1'][{number}] && r.level > 2 + {number}), true)")
        page.press("ArrowRight")
    check("a cycle is marked and ends", any("cycle: shown above" in row for row in tree(page)), tree(page))


def check_picture(page):
    page.run("go({ element: elements.findIndex(e => e[NAME] === 'alpha') })")
    view(page, "picture")
    heads = texts(page, ".side h2")
    check("the picture has heads", heads == ["Needed by 1", "Contained in 1", "Needs 6"], heads)
    check("and the types of the relationships", set(texts(page, ".side .kind")) == {"DEPENDS_ON", "CONTAINS"})
    check("and the packages by name", "libbeta1" in " ".join(texts(page, ".right .box")), texts(page, ".right .box"))
    check("each with a line", count(page, ".lines path") == 8, count(page, ".lines path"))
    check("and the ways from the top", texts(page, ".ways li") == ["alpha-tools → alpha"], texts(page, ".ways li"))
    page.click(named(".right .box", "gamma 3"))
    check("a press on a box brings it to the middle", texts(page, ".focus h2") == ["gamma"])
    check("with the focus", page.run("document.activeElement.className") == "focus")
    ways = texts(page, ".ways li")
    check("from each package that nothing needs", ways == ["legacy → gamma", "alpha-tools → alpha → gamma"], ways)


def check_address(page):
    check("the address is in step", "view=picture" in address(page) and "gamma" in address(page), address(page))
    back(page)
    check("Back goes back", texts(page, ".focus h2") == ["alpha"], texts(page, ".focus h2"))
    page.run("history.forward()")
    page.settle(80)
    check("and Forward forward", texts(page, ".focus h2") == ["gamma"], texts(page, ".focus h2"))
    page.run("location.hash = '#view=tree&element=' + encodeURIComponent(elements.find(e => e[NAME] === 'script')[ID])")
    page.settle(80)
    check("an address leads to what it says", page.run(
        "document.querySelector('[role=treeitem][aria-selected=true] .name').textContent") == "script")


def check_narrow(page):
    page.resize(820, 900)
    page.run("closeDetails(); go({ view: 'table' })")
    page.click(named(".table .row", "alpha"))
    check("on a narrow page the details are over it", page.run("document.getElementById('details').getAttribute('role')") == "dialog"
          and page.run("document.activeElement.id") == "details-name", focused(page))
    for _ in range(30):
        page.press("Tab")
        inside = page.run("document.activeElement === document.body || document.getElementById('details').contains(document.activeElement)")
        check("and what lies below cannot be reached", inside, focused(page))
    page.mouse(100, 500)
    check("a press beside them closes them", count(page, "#details h2") == 0 and focused(page).startswith("row alpha"), focused(page))
    page.resize(360, 800)
    page.run("(e => { e.value = '-needs'; e.dispatchEvent(new Event('change')); })(document.getElementById('sort'))")
    check("a list sorts a narrow table", rows(page)[0] == "alpha", rows(page))
    page.resize(1440, 900)


def check_print(page):
    page.run("closeDetails(); go({ view: 'table' })")
    page.prefer("light", "print")
    page.run("dispatchEvent(new Event('beforeprint'))")
    check("all rows are printed", count(page, "#print tbody tr") == 19 and count(page, "#print th") == 8)
    check("and neither the filters nor the search", page.run(
        "['filters', 'searching', 'tabs', 'main'].every(id => !document.getElementById(id).getClientRects().length)"))
    page.run("dispatchEvent(new Event('afterprint'))")
    check("afterwards they are gone", count(page, "#print tr") == 0)
    page.prefer("light")
    printed = page.pdf()
    check("it is printed", printed.startswith(b"%PDF") and len(printed) > 5000, len(printed))


def check_search(page):
    search(page, "SSL")
    found = texts(page, "#results .name")
    check("exact names are first, then prefixes, names and package URLs", found == ["ssl", "ssl-tools", "libssl", "xs"], found)
    check("the match is marked", texts(page, "#results mark") == ["ssl"] * 4, texts(page, "#results mark"))
    ways = texts(page, "#results .second")
    check("each has its way in one line, without image and system",
          ways == ["curl → libssl → ssl", "top-level package", "curl → libssl", "pkg:generic/xs@1.0?upstream=openssl"], ways)
    heights = page.run("[...document.querySelectorAll('#results .second')].map(e => e.getBoundingClientRect().height)")
    check("which is one line high", max(heights) < 24, heights)
    page.press("Enter")
    check("Enter opens the first", texts(page, "#details h2") == ["ssl"], texts(page, "#details h2"))
    check("and the focus is on its row", focused(page).startswith("row ssl"), focused(page))
    search(page, "ssl")
    page.press("ArrowDown", "ArrowDown", "Enter")
    check("arrow keys choose another one", texts(page, "#details h2") == ["ssl-tools"], texts(page, "#details h2"))
    search(page, "ssl")
    page.click(named(".result", "Show all"))
    check("all are listed in the table, the best first", rows(page) == ["ssl", "ssl-tools", "libssl", "xs"], rows(page))
    check("which the address has", address(page) == "#query=ssl", address(page))
    page.press("/")
    page.press("Escape", "Escape")
    check("Escape ends the search", len(rows(page)) == 6 and address(page) == "", (rows(page), address(page)))
    search(page, "nothing like it")
    check("what is not there is not found", texts(page, "#hits") == ["No name and no package URL has this text."])
    search(page, "deb")
    page.press("Enter")
    check("what the table does not list is shown in the tree", texts(page, "#details h2") == ["debian"] and "view=tree" in address(page), address(page))


def check_keys(page):
    """Everything by the keyboard alone; the focus is never lost."""
    lost = []

    def press(*keys):
        for key in keys:
            page.press(key)
            if focused(page) == "nothing":
                lost.append(key)

    page.resize(1440, 900)
    press("Tab")
    check("the first stop skips what is above the table", focused(page) == "skip", focused(page))
    press("Tab", "Tab")
    check("then the digest and the search", focused(page) == "search", focused(page))
    press("Tab")
    check("then the tabs", focused(page) == "tab-table", focused(page))
    stops = []
    for _ in range(40):
        press("Tab")
        stops.append(focused(page))
        if stops[-1].startswith("row "):
            break
    check("then a stop for each filter, and the table", stops[-1].startswith("row alpha-tools"), stops)
    press("ArrowDown", "ArrowDown")
    check("arrows go through the rows", focused(page).startswith("row json-old"), focused(page))
    press("End")
    check("End goes to the last", page.run("document.activeElement.dataset.row") == "18")
    press("Home", "PageDown", "PageUp", "ArrowUp")
    check("above the first row are the heads", page.run("document.activeElement.closest('.head') !== null"), focused(page))
    press("Home", "Enter")
    check("Enter sorts", address(page) == "#sort=name" and page.run("document.activeElement.textContent") == "Name▲", focused(page))
    press("ArrowDown", "Enter")
    check("Enter opens a row", texts(page, "#details h2") == ["alpha"], texts(page, "#details h2"))
    press("Escape")
    check("Escape closes it, and the focus is on the row", count(page, "#details h2") == 0 and focused(page).startswith("row alpha"), focused(page))
    press("Enter", "Shift+Tab")
    page.run("document.getElementById('tab-table').focus()")
    press("ArrowRight")
    check("arrows change the tab", "view=tree" in address(page) and focused(page) == "tab-tree", address(page))
    page.run("rows.activate(0, true)")
    press("Home", "ArrowRight", "ArrowRight", "ArrowRight")
    check("right arrows go down the tree", focused(page).startswith("treeitem") and page.run("rows.active") >= 2, focused(page))
    unfolded = len(tree(page))
    press("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    check("left arrows go up and fold", page.run("rows.active") == 0 and len(tree(page)) < unfolded, (focused(page), tree(page)))
    press("ArrowRight", "End", "Enter")
    press("/")
    check("the slash goes to the search", focused(page) == "search")
    for key in "json-n":
        press(key)
    press("Enter")
    check("which opens", texts(page, "#details h2") == ["json-new"] and focused(page).startswith("treeitem"), focused(page))
    page.run("document.getElementById('tab-tree').focus()")
    press("ArrowRight")
    check("the picture shows it", texts(page, ".focus h2") == ["json-new"])
    press("Tab", "Tab", "ArrowDown")
    check("arrows go through a column", focused(page).endswith("debian 12 operating system"), focused(page))
    press("ArrowUp", "Enter")
    check("Enter on a box brings it to the middle", texts(page, ".focus h2") == ["alpha"], texts(page, ".focus h2"))
    page.run("document.querySelector('.left .box').focus()")
    press("ArrowRight", "ArrowDown", "End")
    check("and to the other one", page.run("document.activeElement.matches('.right .box')"), focused(page))
    press("ArrowLeft")
    check("and back", page.run("document.activeElement.matches('.left .box')"), focused(page))
    page.run("document.getElementById('tab-picture').focus()")
    press("Home")
    page.run("document.querySelector('#values-license [tabindex=\"0\"]').focus()")
    press("ArrowDown", "ArrowUp", "Space")
    check("Space filters", count(page, ".chip") == 1 and focused(page).startswith("option"), focused(page))
    press("Space", "End", "Home")
    check("the focus was never lost", lost == [], lost)


def scroll_through(page, steps=6):
    """The largest number of nodes while the page is scrolled from its top to its end."""
    most = 0
    for step in range(steps + 1):
        page.run(f"scrollTo(0, document.documentElement.scrollHeight * {step} / {steps})")
        page.settle(30)
        most = max(most, nodes(page))
    return most


def search_times(page, queries):
    """How many times as long as a plain loop over the lower-cased names each search takes.

    Both are the median of 9, measured in turns, so that what else the machine does slows both down. Of three measurements
    the best counts, for the same reason.
    """
    return page.run("""(queries => {
      const low = elements.map(e => e[NAME].toLowerCase());
      const time = work => {
        const start = performance.now();
        for (let k = 0; k < 5; k++) work();
        return performance.now() - start;
      };
      const median = times => times.sort((a, b) => a - b)[4];
      return Object.fromEntries(queries.map(query => {
        const loop = () => { const found = []; for (let i = 0; i < low.length; i++) if (low[i].includes(query)) found.push(i); return found; };
        const measure = () => {
          const loops = [], searches = [];
          for (let i = 0; i < 9; i++) { loops.push(time(loop)); searches.push(time(() => find(query))); }
          return median(searches) / median(loops);
        };
        return [query, Math.min(measure(), measure(), measure())];
      }));
    })(%s)""" % json.dumps(queries))


def check_speed(page, what, queries):
    times = search_times(page, queries)
    print(f"{what}: a search takes, in plain loops over the names: " + ", ".join(f"{query} {time:.2f}" for query, time in times.items()))
    check(f"{what}: a search takes at most two loops over the names", max(times.values()) <= 2, times)


def check_large(page):
    print(f"5,000 packages: shown after {page.seconds:.2f} s")
    check("a large page is there at once", page.seconds < 8, page.seconds)
    most = scroll_through(page)
    check("the end of the table is shown", page.run("Math.max(...[...document.querySelectorAll('.table .row')].map(e => e.dataset.row))") == 4998)
    page.resize(2560, 1440)
    page.run("facets.forEach(facet => { facet.isLong = true; }); go({ element: 4000, isOpen: true })")
    most = max(most, scroll_through(page, 2))
    page.resize(2560, 6000)
    most = max(most, scroll_through(page, 1))
    page.resize(2560, 1440)
    page.run("closeDetails(); document.querySelector('[data-key=Next-supplier]').focus()")
    for _ in range(40):
        page.press("Enter")
    last = texts(page, "#filters .pager")[1]
    check("all values of a filter can be reached, and the focus stays", last.startswith("‹697–700 of 700›")
          and page.run("document.activeElement.dataset.key") == "Next-supplier", (last, focused(page)))
    page.run("document.querySelector('#values-supplier [role=option]').focus()")
    page.press("End", "Space")
    check("a value is added by a key", "supplier=Person" in address(page) and focused(page).startswith("option"), (address(page), focused(page)))
    page.press("Space")
    check("and removed", "supplier=" not in address(page) and focused(page) != "nothing", (address(page), focused(page)))
    page.run("go({ view: 'picture', element: 1 })")
    page.settle(30)
    most = max(most, nodes(page))
    boxes = texts(page, ".left .group:first-of-type .box")
    check("the picture has pages", len(boxes) == 12 and "1–12 of " in texts(page, ".left .pager")[0], texts(page, ".left .pager"))
    page.click("document.querySelector('.left [data-key^=Next]')")
    check("that can be turned", texts(page, ".left .group:first-of-type .box") != boxes and "13–24 of " in texts(page, ".left .pager")[0])
    check("and the focus stays on what turns them", page.run("document.activeElement.dataset.key").startswith("Next-0-"), focused(page))
    small = page.run("Math.min(...[...document.querySelectorAll('#panel *')].filter(e => e.textContent).map(e => parseFloat(getComputedStyle(e).fontSize)))")
    check("no text in it is smaller than 12 pixels", small >= 12, small)
    view(page, "tree")
    page.run("unfold(0); for (let i = 40; i > 0; i--) unfold(i); rows.reset(tree.rows.length)")
    most = max(most, scroll_through(page, 3))
    view(page, "table")
    for number, name in ((1, "package-1"), (4999, "package-4999")):
        started = time.monotonic()
        search(page, name)
        print(f"5,000 packages: {name} shown after {time.monotonic() - started:.2f} s")
        most = max(most, nodes(page))
    check("search finds one of thousands", texts(page, "#results .name") == ["package-4999"], texts(page, "#results .name"))
    page.press("Enter")
    check("which the table then shows", focused(page).startswith("row package-4999"), focused(page))
    print(f"5,000 packages: at most {most} nodes")
    check("the page has a bounded number of nodes", most <= NODES, most)
    check_speed(page, "5,000 packages", ["package-4", "age-49", "e", "source-16", "amd64", "deb/debian", "nothing"])


def check_files(page):
    print(f"45,000 files: shown after {page.seconds:.2f} s")
    check("many files are there at once", page.seconds < 8, page.seconds)
    check("the table begins with packages", texts(page, ".shown") == ["199 packages"], texts(page, ".shown"))
    most = nodes(page)
    page.click(named(".choice button", "Files"))
    check("and lists files, too", texts(page, ".shown") == ["45,000 files"] and address(page) == "#show=files", address(page))
    check("with the package of each", texts(page, ".head > *")[:2] == ["Name▲", "In package"]
          and set(rows(page, "owner")) <= {f"package-{number}" for number in range(1, 200)}, rows(page, "owner")[:3])
    page.click(named(".head button", "In package"))
    check("by which they are sorted", set(rows(page, "owner")) == {"package-1"}, rows(page, "owner"))
    most = max(most, scroll_through(page))
    check("down to the last one", page.run("Math.max(...[...document.querySelectorAll('.table .row')].map(e => e.dataset.row))") == 44999)
    view(page, "tree")
    page.run("for (let i = 199; i >= 0; i--) unfold(i); for (let i = tree.rows.length - 1; i >= 0; i--) if (tree.rows[i].level === 2) unfold(i); rows.reset(tree.rows.length)")
    check("the tree can be unfolded as a whole", page.run("tree.rows.length") == 45_200, page.run("tree.rows.length"))
    most = max(most, scroll_through(page))
    search(page, "7/44")
    most = max(most, nodes(page))
    check("files are found", page.run("results.total") > 40 and count(page, ".result") == 41, count(page, ".result"))
    page.press("Enter")
    view(page, "picture")
    most = max(most, nodes(page))
    print(f"45,000 files: at most {most} nodes")
    check("the page has a bounded number of nodes", most <= NODES, most)
    check_speed(page, "45,000 files", ["package-1", "txt", "e", "7/44", "rpm", "nothing"])


def check_hostile(page):
    shown = "\n".join(texts(page, ".table .row"))
    for name in ("</script><script>window.pwned = 1</script>", "<img src=x", "\"'`${window", "__proto__", "<!--<script>",
                 "\\u{1b}[31mred\\u{7}", "\\u{202e}gpj.exe", "\\u{2028}line", "&lt;b&gt;", "😀" * 40, "x" * 5000):
        check("a name is shown as it is", name in shown, name)
    check("none has control characters", not any(ord(c) < 32 and c != "\n" or c in "\u202e\u2028" for c in shown))
    for name in ("table", "tree", "picture"):
        view(page, name)
        check("none is an element", count(page, "main img, main b, main svg img, #filters img, #details img") == 0)
        for width in WIDTHS:
            page.resize(width, 800)
            check(f"none is wider than the page: {name} at {width}", page.run("document.documentElement.scrollWidth") <= width,
                  page.run("document.documentElement.scrollWidth"))
    page.resize(1440, 900)
    for number in range(page.run("count")):
        page.run(f"go({{ element: {number}, view: 'picture' }}); go({{ view: 'table', isOpen: true }}); go({{ view: 'tree' }})")
        check("its address leads to it", page.run("readAddress(), state.element") == number, number)
        outside = page.run("[...document.querySelectorAll('#details *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length")
        check("no name is shown beyond its place", outside == 0, (number, outside))
    check("none is obeyed", page.run("window.pwned === undefined"))
    page.run("go({ view: 'table' })")
    for facet in page.run("facets.flatMap(f => f.values.map((_, value) => [f.key, value]))"):
        page.run(f"(f => toggle(f, {facet[1]}))(facets.find(f => f.key === '{facet[0]}'))")
        check("a filter finds something", page.run("listed.length") > 0, facet)
        page.run("clearFilters()")
    search(page, "<img")
    check("what looks like HTML is found", texts(page, "#results mark") == ["<img"], texts(page, "#results mark"))
    page.press("Enter")
    page.run("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))")
    check("none is obeyed when it is opened or printed", page.run("window.pwned === undefined"))
    for bad in ("#view=%ff&element=__proto__&type=constructor&sort=toString", "#sort=-", "#%", "#layer=" + "x" * 5000):
        page.run(f"location.hash = {json.dumps(bad)}")
        page.settle(50)
        check("a bad address shows the table", len(rows(page)) == len(names) + 1 and count(page, ".chip") == 0, (bad, len(rows(page))))


def check_deep(page):
    search(page, "level-")
    ways = texts(page, "#results .second")
    check("a long way is shortened", "level-0 → level-1 → level-2 → level-3 → … " in ways[-1] and max(map(len, ways)) < 200, ways[-1])
    search(page, "level-4999")
    page.press("Enter")
    check("both ends of a way are shown", "… 4,992 more …" in texts(page, "#details .way")[0], texts(page, "#details .way"))
    started = time.monotonic()
    view(page, "tree")
    print(f"5,000 levels: unfolded after {time.monotonic() - started:.2f} s")
    check("the tree unfolds down to it", page.run("tree.rows.length") == 5000 and "level 5,000" in tree(page)[-1], tree(page)[-1])
    check("and shows it", page.run("(b => b.top >= 0 && b.bottom <= innerHeight)(document.querySelector('[aria-selected=true]').getBoundingClientRect())"))
    check("with a bounded number of nodes", nodes(page) <= NODES, nodes(page))
    view(page, "picture")
    check("the picture has the way, too", "… 4,992 more …" in " ".join(texts(page, ".ways li")), texts(page, ".ways li"))


def check_empty(page):
    check("an empty table says so", texts(page, ".empty") == ["The document lists none."], texts(page, ".empty"))
    view(page, "tree")
    check("and an empty tree", texts(page, ".empty") == ["The document lists nothing."])
    view(page, "picture")
    check("and an empty picture", texts(page, ".empty") == ["The document lists nothing."])
    search(page, "a")
    page.press("Enter")
    page.run("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))")


def check_only_files(page):
    check("a document of files alone shows these", texts(page, ".shown") == ["2 files"] and rows(page) == ["./a", "./b"], rows(page))
    check("which are in no package", rows(page, "owner") == ["in no package"] * 2, rows(page, "owner"))
    view(page, "picture")
    check("and has a picture", texts(page, ".focus h2") == ["./a"], texts(page, ".focus h2"))


def check_incomplete(page):
    said = "The document states that it is incomplete. Not described: <b>opt</b> in the image. Unknown: hashes."
    check("an incomplete document says so, and what is missing", texts(page, "#incomplete") == [said], texts(page, "#incomplete"))
    for width in 360, 1440:
        page.resize(width, 900)
        inside = "(b => b.width > 200 && b.left >= 0 && b.right <= innerWidth)(document.getElementById('incomplete').getBoundingClientRect())"
        check(f"in view at {width} pixels", page.run(inside))


# The states in which the look of the page is checked.
STATES = {
    "table": "closeDetails(); go({ view: 'table' })",
    "tree": "go({ view: 'tree' })",
    "picture": "go({ view: 'picture', element: elements.findIndex(e => e[NAME] === 'gamma') })",
    "details": "go({ view: 'table', isOpen: true })",
    "filter": "closeDetails(); facets.forEach(facet => { facet.isOpen = true; }); toggle(facets[0], 0)",
    "search": "facets.forEach(facet => { facet.isOpen = null; }); clearFilters(); (e => { e.focus(); e.value = 'l'; showResults(); pointAt(0); })(document.getElementById('search'))",
}

# Lines of what can be used and of the picture against what is behind them (WCAG 1.4.11): the ratio of each color to both
# grounds on which there are lines.
LINES = """(() => {
  const rgb = text => { const c = document.createElement('canvas').getContext('2d', { willReadFrequently: true }); c.fillStyle = text; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
  const light = text => { const [r, g, b] = rgb(text).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] === 255) return c; } return getComputedStyle(document.body).backgroundColor; };
  const bad = [];
  for (const e of document.querySelectorAll('button, input, select, .head, [role=tablist], [role=tab], .focus, .lines path')) {
    if (!e.getClientRects().length) continue;
    const style = getComputedStyle(e), behind = ground(e.parentElement);
    const colors = e.matches('path') ? [style.stroke] : ['Top', 'Bottom'].filter(side => parseFloat(style['border' + side + 'Width']) && rgb(style['border' + side + 'Color'])[3]).map(side => style['border' + side + 'Color']);
    for (const color of colors) if (ratio(color, behind) < 3) bad.push([e.className || e.id || e.tagName, color, behind, ratio(color, behind)]);
  }
  return bad;
})()"""


def find_axe():
    found = glob.glob(os.path.join(root, ".build/browser/lib/python*/site-packages/axe_playwright_python/axe.min.js"))
    return found[0] if found else None


def check_look(page, shots):
    """At each width and in each scheme: nothing beyond the edges, enough contrast, no rule of WCAG 2 A and AA broken."""
    axe = find_axe()
    if axe:
        with open(axe, encoding="utf-8") as file:
            page.run(file.read() + "; 0")
    elif os.environ.get("CI") in ("true", "1"):
        check("axe-core is installed (.ci/setup test)", False)
    else:
        skip("the rules of WCAG: axe-core is not installed; .ci/setup test installs it")
    # The last one is a window of 1,280 by 800 at 200 %.
    for width, height, zoom in (*((width, 800, 1) for width in (*WIDTHS, 1100, 2560)), (1280, 800, 2)):
        page.resize(width, height, zoom)
        for scheme in SCHEMES:
            page.prefer(scheme)
            for state, script in STATES.items():
                where = f"{state} at {width}{'' if zoom == 1 else f' and {zoom * 100} %'}, {scheme}"
                page.run(script + "; 0")
                page.settle(20)
                if shots:
                    page.screenshot(os.path.join(shots, f"{width}x{zoom}-{scheme}-{state}.png"))
                wide = page.run("[document.documentElement.scrollWidth, innerWidth]")
                check(f"the page is no wider than the window: {where}", wide[0] <= wide[1], wide)
                check(f"lines can be seen: {where}", page.run(LINES) == [], page.run(LINES))
                if axe and (width in (360, 1440) or zoom == 2 and scheme == "dark"):
                    broken = page.run(
                        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(r => "
                        "r.violations.map(v => [v.id, ...v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)]))")
                    check(f"no rule of WCAG is broken: {where}", broken == [], broken)


def check_syntax(path):
    """The files of the page by the programs that know their languages, where they are here."""
    pages = os.path.join(root, "Pages")
    for program, command in (
            ("node", ["--check", os.path.join(pages, "outline.js")]), ("tidy", ["-e", "-q", path])):
        if not shutil.which(program):
            skip(f"{program} is not installed")
            continue
        result = subprocess.run([program, *command], capture_output=True, text=True)
        check(f"{program} has nothing to say", result.returncode == 0, result.stderr or result.stdout)


def check_alone(page, path):
    """Nothing was said on the console, and nothing asked for but the page; what would ask is refused."""
    check("no message on the console", page.messages == [], page.messages)
    check("no request", page.requests == ["file://" + path], page.requests)
    refused = page.run("fetch('https://example.org/').then(() => 'fetched', e => 'refused')")
    page.settle(50)
    check("a request would be refused", refused == "refused")
    check("by the page's own policy", any("Content Security Policy" in text for text in page.messages), page.messages)
    said = len(page.messages)
    ran = page.run("(() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 9'; document.body.append(s); "
                   "s.remove(); return window.pwned === 9; })()")
    page.settle(20)
    check("a script that is not the page's own would be refused", not ran and len(page.messages) > said, page.messages)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("sbomkit")
    arguments.add_argument("--only", metavar="NAME")
    arguments.add_argument("--shots", metavar="DIR")
    arguments = arguments.parse_args()
    with open(fixture, encoding="utf-8") as file:
        small = json.load(file)
    deep = document([f"level-{n}" for n in range(5000)], [(n, "DEPENDS_ON", n + 1) for n in range(4999)])
    cases = [
        ("fixture", lambda: small, check_fixture), ("keys", lambda: small, check_keys),
        ("look", lambda: small, lambda page: check_look(page, arguments.shots)), ("search", ranked, check_search),
        ("large", large, check_large), ("files", many_files, check_files), ("hostile", hostile, check_hostile),
        ("incomplete", lambda: document(["a"], [], comment="Completeness: incomplete.\nNot described: <b>opt</b> in the image.\nUnknown: hashes.",
                                        annotations=[{"annotator": "Tool: t", "annotationType": "OTHER", "annotationDate": "2026-01-01T00:00:00Z",
                                                      "comment": "Completeness: incomplete"}]), check_incomplete),
        ("deep", lambda: deep, check_deep), ("empty", lambda: document([], []), check_empty),
        ("only-files", lambda: document([], [], files=[
            {"SPDXID": f"SPDXRef-{name}", "fileName": f"./{name}"} for name in "ab"]), check_only_files),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, made, checks in cases:
            if arguments.only not in (None, name):
                continue
            started = time.monotonic()
            path = os.path.join(folder, name + ".html")
            written = subprocess.run(
                [arguments.sbomkit, "outline", "--quiet", "--format", "html", "-o", path, "-"],
                input=json.dumps(made()).encode("utf-8"))
            check(f"{name}: a page is written", written.returncode == 0, written.returncode)
            if name == "fixture":
                check_syntax(path)
            with chromium.Page(path, 1440, 900) as page:
                page.resize(1440, 900)
                checks(page)
                check_alone(page, path)
            print(f"{name}: {time.monotonic() - started:.1f} s")
    print(f"{len(failures)} failures, {len(skipped)} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    if chromium.find() is None:
        sys.exit("there is no Chromium; .ci/setup test installs one")
    sys.exit(main())
