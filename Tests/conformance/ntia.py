#!/usr/bin/env python3
"""Compares `sbomkit check --profile ntia` with ntia-conformance-checker.

    ntia.py --sbomkit BINARY [--corpus FOLDER] [--max-size BYTES] [--sample N] [FILE ...]

Of each SPDX 2 document that the checker can read, the two verdicts must be equal, or the difference must stand in differences.tsv
with its reason. Without FILE, the documents are those of our fixtures, which the checker must also find conformant if a
supplier and a creator are given, and those in the folder `sbom` of the corpus. Run it with a Python that has
ntia-conformance-checker 6.0.0. The exit code is 1 if a difference is not explained, or an explanation is needed no longer.
"""
import argparse, contextlib, fnmatch, io, json, logging, os, pathlib, random, signal, subprocess, sys, tempfile, warnings

try:
    from ntia_conformance_checker.sbom_checker import SbomChecker
except ImportError as error:
    print(f"ntia: skipped: {error}")
    sys.exit(0)

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent / "Fixtures"
WHO = ["--supplier", "Organization: Example (sbom@example.org)", "--creator", "Organization: Example (sbom@example.org)"]
# Seconds for one document: the checker takes quadratic time.
LIMIT = 120


def checked(path, standard="ntia"):
    """What the checker says of a document; None if it cannot read it."""
    def stop(*_):
        raise TimeoutError
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            checker = SbomChecker(str(path), validate=True, compliance=standard, sbom_spec="spdx2")
        return checker if checker.doc else None
    except (Exception, TimeoutError):
        return None
    finally:
        signal.alarm(0)


def ours(sbomkit, path):
    """Our verdict and the errors by rule; None if sbomkit does not read the document (YAML, RDF, SPDX 2.1)."""
    run = subprocess.run([sbomkit, "check", "--profile", "ntia", "--format", "json", str(path)], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        return None
    report = json.loads(run.stdout)
    findings = [finding for section in report["documents"][0]["sections"] for finding in section["findings"]]
    return report["passes"], [f"{one['rule']} ({one['count']})" for one in findings if one["severity"] == "error"]


def explanations():
    """The known differences: a pattern of paths, and the reason."""
    lines = (HERE / "differences.tsv").read_text().splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def fixtures(sbomkit, folder):
    """Documents of our fixtures, as users make them for NTIA; those that have no package are left out."""
    for name in ("debian-small", "rpm-small", "debian-layers", "distroless"):
        for suffix, form in (("spdx.json", "spdx"), ("spdx", "spdx-tag-value"), ("2.2.spdx.json", "spdx@2.2")):
            path = pathlib.Path(folder) / f"{name}.{suffix}"
            subprocess.run([sbomkit, "generate", "-q", *WHO, FIXTURES / name, "-o", f"{form}={path}"], check=True)
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sbomkit", required=True)
    parser.add_argument("--corpus")
    parser.add_argument("--max-size", type=int, default=50_000_000)
    parser.add_argument("--sample", type=int, help="only so many documents of the corpus, drawn with a fixed seed")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sbomkit = os.path.abspath(options.sbomkit)
    failures, equal, unread, passed = [], 0, 0, 0
    known, used = explanations(), set()

    def compare(path, name, must_pass=False):
        nonlocal equal, unread, passed
        theirs = checked(path)
        if theirs is None:
            if must_pass:
                failures.append(f"{name}: the checker cannot read it")
            return
        verdict = ours(sbomkit, path)
        if verdict is None:
            unread += 1
            return
        passes, errors = verdict
        if must_pass and not theirs.compliant:
            failures.append(f"{name}: not conformant: {[message.validation_message for message in theirs.validation_messages[:3]]}")
        if passes == theirs.compliant:
            equal += 1
            passed += passes
            return
        reason = next((one for one in known if fnmatch.fnmatchcase(name, one[0])), None)
        if reason:
            used.add(reason[0])
        else:
            failures.append(f"{name}: we say {passes} {errors}, the checker {theirs.compliant}")

    with tempfile.TemporaryDirectory() as folder:
        for path in [] if options.files else fixtures(sbomkit, folder):
            compare(path, path.name, must_pass=True)
    root = pathlib.Path(options.corpus, "sbom") if options.corpus else None
    documents = [pathlib.Path(file) for file in options.files]
    if root and not documents:
        documents = sorted(path for kind in ("spdx-*", "attestation") for path in root.glob(f"{kind}/**/*") if path.is_file())
        documents = [path for path in documents if path.stat().st_size <= options.max_size]
        if options.sample and options.sample < len(documents):
            documents = random.Random(14).sample(documents, options.sample)
    for path in documents:
        compare(path, str(path.relative_to(root)) if root and root in path.parents else path.name)
    if root and not options.files and not options.sample:
        failures += [f"differences.tsv: needed no longer: {one[0]}" for one in known if one[0] not in used]
    for failure in failures:
        print(f"ntia: {failure}")
    print(f"ntia: {equal} verdicts equal, {passed} of them conformant; {len(used)} differ for a known reason, {unread} that sbomkit "
          f"does not read, {len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
