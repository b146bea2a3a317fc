#!/usr/bin/env python3
"""Checks the licenses of an image of Debian against a table that people made by reading its copyright files.

    check.py check SBOMKIT LAYOUT TABLE    compares what `SBOMKIT generate LAYOUT` states with the table
    check.py draw LAYOUT SEED COUNT FREE   draws COUNT packages, FREE of them with a copyright file in free form

LAYOUT is an OCI layout with gzip or plain layers. A row of the table has the package, its version, the path of the
copyright file, the lines of the evidence, the SHA-256 of the file, the rule and the result: an expression, with
`{name}` in place of the identifier of a license that is on no list, or NOASSERTION. A row whose file has another SHA-256
in the image is skipped and counted. `draw` sorts the packages by the SHA-256 of the seed, a line feed and the name.
"""
import hashlib
import json
import os
import posixpath
import re
import subprocess
import sys
import tarfile
import tempfile


class Image:
    """The copyright files and the status file of an image."""

    def __init__(self, layout: str) -> None:
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}
        with open(f"{layout}/index.json", encoding="utf-8") as file:
            manifest = json.load(file)["manifests"][0]
        with open(self.blob(layout, manifest["digest"]), encoding="utf-8") as file:
            layers = json.load(file)["layers"]
        for layer in layers:
            with tarfile.open(self.blob(layout, layer["digest"])) as archive:
                for entry in archive:
                    self.add(archive, entry)

    @staticmethod
    def blob(layout: str, digest: str) -> str:
        return f"{layout}/blobs/{digest.replace(':', '/')}"

    def add(self, archive: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
        path = posixpath.normpath(entry.name.lstrip("/"))
        name = posixpath.basename(path)
        if name.startswith(".wh."):
            gone = posixpath.join(posixpath.dirname(path), name[4:])
            for known in [self.files, self.links]:
                for other in [p for p in known if p == gone or p.startswith(gone + "/")]:
                    del known[other]
        elif path.startswith("usr/share/doc/") and entry.issym():
            self.links[path] = entry.linkname
            self.files.pop(path, None)
        elif name == "copyright" or path == "var/lib/dpkg/status":
            source = archive.extractfile(entry) if entry.isfile() or entry.islnk() else None
            if source:
                self.files[path] = source.read()
                self.links.pop(path, None)

    def resolve(self, path: str) -> str:
        for _ in range(40):
            parts = path.split("/")
            for count in range(1, len(parts) + 1):
                start = "/".join(parts[:count])
                if start in self.links:
                    target = posixpath.join("/" + posixpath.dirname(start), self.links[start])
                    path = posixpath.normpath("/".join([target] + parts[count:])).lstrip("/")
                    break
            else:
                return path
        return path

    def packages(self) -> dict[str, str]:
        """The installed packages with their versions."""
        found = {}
        for stanza in self.files["var/lib/dpkg/status"].decode("utf-8", "replace").split("\n\n"):
            fields = dict(re.findall(r"^(Package|Status|Version): (.*)$", stanza, re.M))
            if fields.get("Status", "").endswith(" installed"):
                found[fields["Package"]] = fields["Version"]
        return found

    def copyright(self, package: str) -> tuple[str, bytes]:
        path = self.resolve(f"usr/share/doc/{package}/copyright")
        return path, self.files.get(path, b"")


def draw(layout: str, seed: str, count: int, free: int) -> int:
    image = Image(layout)

    def is_free(package: str) -> bool:
        start = image.copyright(package)[1].decode("utf-8", "replace").lstrip("\ufeff\n \t").split("\n\n")[0]
        return not re.search(r"(?im)^format(-specification)?\s*:", start)

    names = sorted(image.packages(), key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest())
    drawn = [name for name in names if not is_free(name)][: count - free] + [n for n in names if is_free(n)][:free]
    print("\n".join(drawn))
    return 0


def check(sbomkit: str, layout: str, table: str) -> int:
    image = Image(layout)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sbomkit, "generate", layout, "-q", "-o", f"{folder}/sbom.json"], check=False)
        with open(f"{folder}/sbom.json", encoding="utf-8") as file:
            document = json.load(file)
    names = {info["licenseId"]: info["name"] for info in document.get("hasExtractedLicensingInfos", [])}
    stated = {}
    for package in document["packages"]:
        license = re.sub(
            r"LicenseRef-[A-Za-z0-9.-]+", lambda match: "{" + names[match.group()] + "}",
            package.get("licenseDeclared", "NOASSERTION"))
        stated[package["name"]] = (package.get("licenseComments", ""), license)
    equal = skipped = different = 0
    with open(table, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for name, version, path, lines, digest, rule, result in rows:
        found, content = image.copyright(name)
        if found != path or hashlib.sha256(content).hexdigest() != digest:
            skipped += 1
            continue
        place = f"{rule} {path}:{lines}" if lines else f"{rule} {path}"
        if stated.get(name) == (place, result):
            equal += 1
        else:
            different += 1
            print(f"{name} {version}: expected {place} {result}, found {stated.get(name)}")
    print(f"{len(rows)} rows: {equal} equal, {different} different, {skipped} skipped because the file is another one")
    return 1 if different or not equal else 0


def main(arguments: list[str]) -> int:
    if len(arguments) == 4 and arguments[0] == "check":
        return check(*arguments[1:])
    if len(arguments) == 5 and arguments[0] == "draw":
        return draw(arguments[1], arguments[2], int(arguments[3]), int(arguments[4]))
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
