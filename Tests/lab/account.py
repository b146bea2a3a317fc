#!/usr/bin/env python3
"""account.py BINARY LAYOUT [-o FILE]: accounts for every package of a language that syft lists in an image.

Each package that syft lists beyond those of dpkg is one of

  listed    sbomkit lists the same type, name and version
  owned     sbomkit does not list it, since a package of the system owns it: the owner names it with the property Contains
  false     it is not there, or not under that name: the place that syft names shows why (see REASONS)
  unnamed   by dpkg's own lists of files a package of the system owns the file that shows it, but does not name it
  open      none of these: one of the two is wrong

and each package of a language that only sbomkit lists is `ours`. Writes a line for each, and the counts; exit code 1 if a line is open or unnamed, or if
sbomkit lists a package twice (one type, name, version and place)."""
import argparse, collections, re, subprocess, sys
import peers
from common import *

# Why something that syft lists is not a package that is there: type, pattern of the place, reason.
REASONS = [
    ("github", r".*", "the source that another package was built from, not a package of the image"),
    ("npm", r"/package\.json$", None),      # judged by its folder: see of_npm
    ("npm", r"(package-lock|npm-shrinkwrap|pnpm-lock)\.(json|yaml)$", "a line of a lock file, not an installed package"),
    ("pypi", r"(requirements[^/]*\.txt|poetry\.lock|Pipfile\.lock|setup\.py)$", "a line of a file of requirements, not an installed package"),
]


def of_npm(place):
    """Why a package.json shows no package; nil if it does."""
    if not re.search(r"/(node_modules|nodejs)/(@[^/]+/)?[^/]+/package\.json$", place):
        return "not the package.json of a folder of node_modules, or of a folder in which Debian's Node.js looks for modules"
    return None


def reason(kind, name, version, places, stated):
    for place in places:
        for its, pattern, words in REASONS:
            if its == kind and re.search(pattern, place) and (words or of_npm(place)):
                return words or of_npm(place)
    if kind == "maven" and not version:
        return "the archive states no version"
    if kind == "maven" and not any(name in text for text in stated):
        return "no pom.properties states that group: it is guessed"
    return None


def dpkg_owners(layout):
    """The package that owns each path, by the lists of files of dpkg in the image, links of a merged /usr followed."""
    lists = {}
    for layer in open_layers(layout):
        for member in layer:
            match = re.fullmatch(r"(?:\./)?var/lib/dpkg/info/([^/]+)\.list", member.name)
            if match and member.isfile():
                lists[match[1]] = layer.extractfile(member).read().decode("utf-8", "replace")
    return {merged(path): name.partition(":")[0] for name, text in lists.items() for path in text.splitlines()}


def merged(path):
    return re.sub(r"^/(bin|sbin|lib|lib32|lib64|libx32)/", r"/usr/\1/", path)


def syft_packages(layout, path):
    """(type, name, version, places) of each package that syft lists and no database of the system lists."""
    if not os.path.exists(path):
        command, more = peers.command("syft", layout, "syft-json")
        with open(path + ".new", "wb") as out:
            subprocess.run(command, env={**os.environ, **more}, stdout=out, stderr=subprocess.DEVNULL, check=True)
        os.rename(path + ".new", path)
    for one in read_json(path)["artifacts"]:
        if one["type"] in ("deb", "rpm", "apk"):
            continue
        kind, name, version = of_purl(one["purl"]) if one.get("purl") else (one["type"], plain_name(one["type"], one["name"]), one["version"])
        yield kind, name, version, [place["path"] for place in one["locations"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("layout")
    parser.add_argument("-o", dest="out", default=os.path.join(OUT, "account.tsv"))
    options = parser.parse_args()
    os.makedirs(OUT, exist_ok=True)
    data = subprocess.run([options.binary, "generate", "--format", "spdx", options.layout], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout
    write(os.path.join(OUT, "account.spdx.json"), data)
    ours = Document(data, Truth())
    owned, stated = {}, set()
    for owner, texts in ours.contains.items():
        for words in texts:
            if words.startswith("pkg:"):
                owned.setdefault(of_purl(words), set()).add(owner)
                stated.add(of_purl(words)[1])
    stated |= {name for _, name, _ in ours.urls}
    owners = dpkg_owners(options.layout)
    lines, seen = [], set()
    for kind, name, version, places in syft_packages(options.layout, os.path.join(OUT, "account.syft.json")):
        identity = kind, name, version.removeprefix("v") if (kind, name) == ("golang", "stdlib") else version
        seen.add(identity)
        if identity in ours.urls:
            verdict, words = "listed", ""
        elif identity in owned:
            verdict, words = "owned", " ".join(sorted(owned[identity]))
        elif words := reason(kind, name, version, places, stated):
            verdict = "false"
        elif words := " ".join(sorted({owners[merged(place)] for place in places if merged(place) in owners})):
            verdict = "unnamed"
        else:
            verdict, words = "open", ""
        lines.append((verdict, *identity, " ".join(places[:3]), words))
    for one in ours.packages:
        if one[:3] not in seen:
            lines.append(("ours", *one[:3], one.place, ""))
    with open(options.out, "w") as file:
        file.write("verdict\ttype\tname\tversion\tplaces\twhy\n")
        file.writelines("\t".join(line) + "\n" for line in sorted(lines))
    twice = sorted(one for one, count in ours.packages.items() if count > 1)
    for one in twice:
        print("listed twice: " + " ".join(one))
    counts = collections.Counter((line[0], line[1]) for line in lines)
    for (verdict, kind), count in sorted(counts.items()):
        print("%-8s %-10s %5d" % (verdict, kind, count))
    for verdict in ("open", "unnamed"):
        chosen = [line for line in sorted(lines) if line[0] == verdict]
        for line in chosen[:20]:
            print(verdict + ": " + " ".join(line[1:]))
        if len(chosen) > 20:
            print("%s: %d more" % (verdict, len(chosen) - 20))
    print("each of them: " + options.out)
    sys.exit(bool(twice) or any(line[0] in ("open", "unnamed") for line in lines))


if __name__ == "__main__":
    main()
