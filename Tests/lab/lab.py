#!/usr/bin/env python3
"""lab.py BINARY [--only REGEX] [--no-validation] [--no-peers]: runs sbomkit over every image and compares with the truth: see README.md."""
import argparse, collections, re, subprocess, sys
import images, peers
from common import *

FORM = "%-22s %-12s %-12s %-7s %-5s %-5s %-4s %-4s %-14s %-14s %s"
FORMATS = (("spdx", "spdx.json"), ("cyclonedx", "cdx.json"), ("cyclonedx-xml", "cdx.xml"))


class Report:
    """What became of one case: the cells of its line, and why it failed."""

    def __init__(self, name):
        self.name = name
        self.cells = collections.defaultdict(lambda: "-")
        self.failures, self.details = [], []

    def compare(self, what, wanted, found, where=""):
        """The cell `ok/missing/extra` of two multisets; what is missing or extra fails the case."""
        missing, extra = wanted - found, found - wanted
        if missing or extra:
            self.failures.append("%s%s: %d missing, %d extra" % (where, what, sum(missing.values()), sum(extra.values())))
            for word, part in (("missing", missing), ("extra", extra)):
                self.details += ["%s%s %s: %s" % (where, what, word, text(one)) for one in sorted(part.elements())]
        return "%d/%d/%d" % (sum((wanted & found).values()), sum(missing.values()), sum(extra.values()))


def text(one):
    """A package, or an edge, in one line."""
    if isinstance(one, Package):
        return "%s %s %s in /%s" % one if one.type not in SYSTEM_TYPES else "%s %s" % one[:2]
    return " -> ".join(map(text, one))


def generate(binary, form, truth, source):
    """(exit code, document, messages)"""
    done = subprocess.run([binary, "generate", "--format", form, *truth.options, source], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def layers(report, document, source):
    """Each package must name the topmost layer that has the file which shows it."""
    if not os.path.exists(os.path.join(source, "index.json")):
        return
    known = layers_of(source)
    wrong = []
    for path, digest in sorted(document.layers.items()):
        came = next((diff_id for diff_id, names in reversed(known) if path in names), None)
        if came != digest:
            wrong.append("layer of %s is %s, not %s" % (path, came, digest))
    if wrong:
        report.failures.append("layers: %d wrong" % len(wrong))
        report.details += wrong
    report.cells["layers"] = "%d/%d" % (len(document.layers) - len(wrong), len(document.layers))


def owned(report, document, owners):
    """What a package of the system owns is not listed, and the owner names it."""
    for kind, name, version, owner in owners:
        if (kind, name, version) not in {of_purl(one) for one in document.contains.get(owner, ()) if one.startswith("pkg:")}:
            report.failures.append("owned: %s does not name %s %s %s" % (owner, kind, name, version))


def judge(binary, name, folder, truth, options):
    report = Report(name)
    source = os.path.join(folder, truth.source) if not truth.source.startswith("rootfs:") else "rootfs:" + os.path.join(folder, truth.source[7:])
    os.makedirs(OUT, exist_ok=True)
    for form, ending in FORMATS:
        code, data, said = generate(binary, form, truth, source)
        path = os.path.join(OUT, name + "." + ending)
        write(path, data)
        if code:
            report.failures.append("%s: exit code %d: %s" % (form, code, " ".join(said.split())[-200:]))
            continue
        if form != "cyclonedx-xml":
            document = Document(data, truth)
            where = "" if form == "spdx" else form + ": "
            found = [one for one in document.packages.elements() if truth.only in (None, one.type)]
            packages = report.compare("packages", collections.Counter(truth.packages), collections.Counter(found), where)
            edges = "-" if truth.only else report.compare("edges", collections.Counter(truth.edges), collections.Counter(document.edges), where)
            if form == "spdx":
                report.cells.update(packages=packages, edges=edges)
                write(os.path.join(OUT, name + ".messages"), said)
                layers(report, document, source)
                if not truth.options and os.path.exists(os.path.join(folder, "owners.json")):
                    owned(report, document, read_json(os.path.join(folder, "owners.json")))
                same = generate(binary, form, truth, source)[1] == data
                report.cells["same"] = "yes" if same else "no"
                if not same:
                    report.failures.append("two runs wrote different bytes")
        if not options.no_validation:
            done = subprocess.run([VALIDATORS, os.path.join(HERE, "validate.py"), form, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            report.cells[form] = "no" if done.returncode else "yes"
            if done.returncode:
                report.failures.append(form + " is invalid: " + done.stdout.decode("utf-8", "replace")[:200])
    if not options.no_peers and not truth.options:
        for peer in ("syft", "trivy"):
            report.cells[peer] = beside(peer, name, source, truth)
    path = os.path.join(OUT, name + ".differences")
    if report.failures:
        write(path, "\n".join(report.failures + report.details) + "\n")
    elif os.path.exists(path):
        os.remove(path)
    return report


def beside(peer, name, source, truth):
    """The cell `found/missing/false` of a peer, by type, name and version alone: its documents do not say where everything is."""
    if not peers.program(peer):
        return "-"
    path = os.path.join(OUT, "%s.%s.json" % (name, peer))
    if not os.path.exists(path):
        command, more = peers.command(peer, source)
        done = subprocess.run(command, env={**os.environ, **more}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            write(path + ".messages", done.stderr)
            return "failed"
        write(path, done.stdout)
    with open(path, "rb") as file:
        found = Document(file.read(), truth).urls
    def same(one):
        return one[0], one[1], one[2].removeprefix("v") if one[0] == "golang" else one[2]
    found = collections.Counter(same(one) for one in found.elements() if truth.only in (None, one[0]))
    wanted = collections.Counter(same(one[:3]) for one in truth.packages)
    with open(path + ".differences", "w") as file:
        for word, part in (("missing", wanted - found), ("false", found - wanted)):
            file.writelines("%s: %s %s %s\n" % (word, *one) for one in sorted(part.elements()))
    return "%d/%d/%d" % (sum((wanted & found).values()), sum((wanted - found).values()), sum((found - wanted).values()))


def cases():
    """(name, folder, truth) of each image, and of each further truth beside it: `with-owned.json`."""
    for image in images.makers():
        folder = os.path.join(IMAGES, image)
        if not os.path.isdir(folder):
            continue
        for file in sorted(os.listdir(folder)):
            if file.endswith(".json") and file != "owners.json":
                name = image if file == "truth.json" else image + "-" + file[:-5]
                yield name, folder, Truth.load(os.path.join(folder, file))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--only", default="")
    parser.add_argument("--no-validation", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    failed = passed = 0
    print("ours: ok/missing/extra; peers: found/missing/false, by name and version alone")
    print(FORM % ("case", "packages", "edges", "layers", "same", "spdx", "cdx", "xml", "syft", "trivy", "verdict"))
    for name, folder, truth in cases():
        if not re.search(options.only, name):
            continue
        report = judge(os.path.abspath(options.binary), name, folder, truth, options)
        cells = [report.cells[key] for key in ("packages", "edges", "layers", "same", "spdx", "cyclonedx", "cyclonedx-xml", "syft", "trivy")]
        verdict = "FAILED " + report.failures[0][:100] if report.failures else "passed"
        print(FORM % (name + ("*" if truth.by_hand else ""), *cells, verdict), flush=True)
        failed, passed = failed + bool(report.failures), passed + (not report.failures)
    print("\n* made by hand. Differences: %s/CASE.differences" % OUT)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
