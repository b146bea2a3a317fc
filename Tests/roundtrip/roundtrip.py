"""Holds `sbomkit convert` and `sbomkit validate` against the documents of the corpus, and against our own.

    roundtrip.py [--sbomkit BINARY] [--corpus FOLDER] [--only CHECK] [--format FORMAT] [--sample N] [--quick] [--list]

An oracle that trusts sbomkit for nothing but the conversion itself: what a document is, whether it is valid and whether
two say the same is decided by documents.py and official.py. The checks:

    same     in and out in the same format and version is equal, of every document that can be read, valid or not
    return   A -> B -> A is equal, of every valid document, B being every format and version that A is to come back from
    valid    what a valid document became is valid by the official schema of what it became
    rules    what any document became, valid or not, is valid by `sbomkit validate`, its own rules included
    odd      whatever the input: done (0) or refused (65), within 20 s; those refused are listed with the message
    verdict  `sbomkit validate` says what the official schema says (its own rules do not count)
    down     for information: CycloneDX down to 1.4 and up again is equal
    twins    the specification's JSON and XML tests of one name convert into each other: what one became differs from the
             other in nothing but what the two say differently

Exceptions that are known stand in exceptions.tsv (check, or check/target; path; reason). One that is kept no longer is a
failure. Exit 1 on any failure. Run it by `make roundtrip`, which installs the Python packages into .build/validators."""
import argparse, collections, dataclasses, fnmatch, hashlib, json, multiprocessing, os, re, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
try:
    import documents, official
    from documents import CYCLONEDX, ODD, SPDX, TAG_VALUE, XML
except ImportError as error:
    print(f"roundtrip: skipped: {error} (.ci/setup test installs what it needs, where PyPI is in reach)")
    sys.exit(0)

CHECKS = ("same", "return", "valid", "rules", "odd", "verdict", "down", "twins")
INFORMATION = ("down",)
LIMIT = 20
TOOLS_SIZE = 100_000
WORK = f"{PACKAGE}/.build/roundtrip"
SUFFIX = {SPDX: ".spdx.json", TAG_VALUE: ".spdx", CYCLONEDX: ".cdx.json", XML: ".cdx.xml"}


@dataclasses.dataclass
class Document:
    path: str        # as it is shown, and as exceptions.tsv names it
    file: str
    sha256: str
    size: int
    kind: str        # one of documents.py's
    version: str     # of an odd one: why
    objection: str | None = None
    twin: str | None = None

    @property
    def is_valid(self):
        return self.kind != ODD and self.objection is None

    @property
    def format(self):
        return self.kind if self.kind == ODD else f"{self.kind}@{self.version}"


@dataclasses.dataclass
class Result:
    check: str
    target: str      # what it was converted to, or ""
    format: str
    path: str
    problem: str | None
    note: str | None = None


# --- which documents there are

def take_stock(job):
    """A file as a document; with the verdict of the official schema, if there are schemas."""
    path, file, schemas = job
    with open(file, "rb") as stream:
        data = stream.read()
    kind, version = documents.recognise(data)
    found = Document(path, file, hashlib.sha256(data).hexdigest(), len(data), kind, version)
    if kind == ODD or not schemas or (kind == TAG_VALUE and len(data) > TOOLS_SIZE):
        return found
    try:
        found.objection = judge(schemas, kind, version, data)
    except Exception as error:
        found.objection = f"the validator: {type(error).__name__}: {error}"[:300]
    return found


validators = {}


def judge(schemas, kind, version, data):
    if schemas not in validators:
        validators[schemas] = official.Official(schemas)
    return validators[schemas].objection(kind, version, data)


def files(corpus):
    """Every file that could be a document: our own, all of the corpus's sbom, and what looks like one elsewhere in it."""
    own = f"{PACKAGE}/Fixtures/documents"
    for folder, below, names in os.walk(own):
        below.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), PACKAGE), os.path.join(folder, name)
    for folder, below, names in os.walk(corpus) if corpus else ():
        below[:] = sorted(name for name in below if os.path.join(folder, name) != f"{corpus}/schemas")
        for name in sorted(names):
            file = os.path.join(folder, name)
            path = os.path.relpath(file, corpus)
            if os.path.islink(file) or not os.path.isfile(file) or "/" not in path:
                continue
            if path.startswith("sbom/") or looks_like_one(file):
                yield path, file


def looks_like_one(file):
    with open(file, "rb") as stream:
        start = stream.read(4000)
    return b"SPDXVersion" in start or b"spdxVersion" in start or b"CycloneDX" in start or b"cyclonedx.org/schema/bom" in start


class Catalogue:
    """Every content once, with what is known of it. Verdicts are kept in .build for the next time."""

    def __init__(self, corpus, schemas, pool):
        self.schemas, self.pool = schemas, pool
        edition = hashlib.sha256(repr((schemas, official.jsonschema_rs.__file__, official.etree.LXML_VERSION)).encode())
        for name in ("documents.py", "official.py"):
            with open(f"{HERE}/{name}", "rb") as stream:
                edition.update(stream.read())
        self.edition, self.known = edition.hexdigest(), {}
        try:
            with open(f"{WORK}/catalogue.json") as stream:
                kept = json.load(stream)
            if kept["edition"] == self.edition:
                self.known = {(one["path"], one["sha256"]): Document(**one) for one in kept["documents"]}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self.files, self.duplicates, seen = {}, 0, set()
        for path, file in files(corpus):
            content = digest(file)
            self.duplicates += content in seen
            if content not in seen:
                seen.add(content)
                self.files[path] = (file, content)

    def take(self, paths):
        """The documents of these paths, in their order."""
        new = [(path, self.files[path][0], self.schemas) for path in paths if (path, self.files[path][1]) not in self.known]
        for one in self.pool.imap_unordered(take_stock, new, chunksize=1 if len(new) < 200 else 8):
            self.known[one.path, one.sha256] = one
        result = []
        for path in paths:
            one = self.known[path, self.files[path][1]]
            one.file = self.files[path][0]
            result.append(one)
        return result

    def keep(self):
        if self.schemas:
            with open(f"{WORK}/catalogue.json.new", "w") as stream:
                json.dump({"edition": self.edition, "documents": [dataclasses.asdict(one) for one in self.known.values()]}, stream)
            os.replace(f"{WORK}/catalogue.json.new", f"{WORK}/catalogue.json")

    def choose(self, formats, patterns, max_size, sample):
        """What the options ask for. A sample is of the corpus, by the hashes of the paths; our own are always in it."""
        paths = [path for path in self.files if not patterns or any(fnmatch.fnmatchcase(path, one) for one in patterns)]
        small = [path for path in paths if not max_size or os.path.getsize(self.files[path][0]) <= max_size]
        if len(small) < len(paths):
            print(f"roundtrip: {len(paths) - len(small)} documents of more than {max_size} bytes are left out")
        fits = lambda one: not formats or one.kind in formats or one.format in formats
        if sample is None:
            return [one for one in self.take(small) if fits(one)]
        chosen = [one for one in self.take([path for path in small if is_own(path)]) if fits(one)]
        rest = sorted((path for path in small if not is_own(path)), key=path_hash)
        while rest and sample > 0:
            found = [one for one in self.take(rest[:sample]) if fits(one)]
            chosen, rest, sample = chosen + found, rest[sample:], sample - len(found)
        return chosen

    def pair_twins(self, chosen):
        """The tests of CycloneDX's specification that are there in JSON and in XML, by their name."""
        for one in chosen:
            match = re.fullmatch(r"sbom/cyclonedx-json/CycloneDX\+specification/(.*)\.json", one.path)
            path = match and f"sbom/cyclonedx-xml/CycloneDX+specification/{match.group(1)}.xml"
            one.twin = None
            if path in self.files and one.kind == CYCLONEDX and one.is_valid:
                other = self.take([path])[0]
                one.twin = other.file if other.kind == XML and other.is_valid else None


def is_own(path):
    return path.startswith("Fixtures/")


def path_hash(path):
    return hashlib.sha256(path.encode()).hexdigest()


def digest(file):
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# --- running sbomkit

class Failed(Exception):
    """A conversion that gave no document."""


class Run:
    """All that is checked on one document, in a folder of its own."""

    def __init__(self, document, options, folder):
        self.document, self.options, self.folder = document, options, folder
        self.results, self.count = [], 0

    def note(self, check, target, problem, note=None):
        if check in self.options["checks"]:
            self.results.append(Result(check, target, self.document.format, self.document.path, problem, note))

    def sbomkit(self, *arguments):
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": self.folder}
        started = time.monotonic()
        try:
            done = subprocess.run([self.options["sbomkit"], *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=LIMIT, env=environment, cwd=self.folder)
            code, text, errors = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired:
            code, text, errors = None, b"", b""
        said = errors.decode(errors="replace").replace(self.folder + "/", "").replace(self.document.file, "IN")
        lines = [line for line in said.splitlines() if "error" in line.lower()] or said.splitlines()[-1:]
        return code, text, (lines or [""])[0][:300], time.monotonic() - started

    def convert(self, file, target):
        """The file that `file` becomes; what goes wrong beyond being refused is a matter of `odd`, whatever the check."""
        self.count += 1
        output = f"{self.folder}/{self.count}{SUFFIX[target.split('@')[0]]}"
        code, _, said, seconds = self.sbomkit("convert", file, "--to", target, "-o", output)
        if code is None:
            problem = f"not done after {LIMIT} s"
        elif code < 0 or code >= 128:
            problem = f"ended by signal {-code if code < 0 else code - 128}: {said}"
        elif code not in (0, 65):
            problem = f"exit {code}: {said}"
        elif code == 0 and not os.path.exists(output):
            problem = "exit 0, and there is no output"
        else:
            problem = None
        self.note("odd", target, problem, f"refused: {said}" if code == 65 else None)
        if code != 0 or problem:
            raise Failed(f"to {target}: {problem or 'refused: ' + said}")
        return output

    def read(self, file, kind):
        with open(file, "rb") as stream:
            data = stream.read()
        try:
            return documents.read(kind, data)
        except documents.Unreadable as error:
            raise Failed(f"what was written is {error}")

    def check_valid(self, file, target):
        """Whether what was made is what it should be, by its content and by the official schema."""
        kind, version = target.split("@")
        with open(file, "rb") as stream:
            data = stream.read()
        found = documents.recognise(data)
        if found != (kind, version):
            return self.note("valid", target, f"{target} was asked for, and this is {' '.join(map(str, found))}")
        schemas = self.options["schemas"]
        problem = None
        if schemas and kind != TAG_VALUE:
            try:
                problem = judge(schemas, kind, version, data)
            except Exception as error:
                problem = f"the validator: {type(error).__name__}: {error}"
        if not problem and self.document.path in self.options["tools"] and kind in (SPDX, TAG_VALUE):
            problem = official.tools_objection(data, ".spdx.json" if kind == SPDX else ".spdx")
            problem = problem and f"pyspdxtools: {problem}"
        self.note("valid", target, problem)

    def check_rules(self, file, target):
        """Whether what was made is valid by sbomkit's own judgment, of whatever it was made."""
        if "rules" not in self.options["checks"]:
            return
        code, violations, said = self.validate(file)
        # What the source lacks and nothing can supply: the parts of a package URL by which scanners know the package, and checksums.
        mendable = [one for one in violations if one.get("rule") not in ("package-url-type", "checksum")]
        problem = None if code == 0 or violations and not mendable else f"exit {code}: {said}"
        if mendable:
            count = sum(one["count"] for one in mendable)
            problem = f"{count} errors: {self.text(mendable[0])}"
        self.note("rules", target, problem)

    def there_and_back(self, check, targets, original):
        """To each target and back; and what it becomes on the way is valid."""
        for target in targets:
            try:
                there = self.convert(self.document.file, target)
            except Failed as failed:
                self.note(check, target, str(failed))
                continue
            if self.document.is_valid:
                self.check_valid(there, target)
            self.check_rules(there, target)
            if check in self.options["checks"] and original is not None:
                try:
                    back = self.read(self.convert(there, self.document.format), self.document.kind)
                    self.note(check, target, documents.difference(original, back))
                except Failed as failed:
                    self.note(check, target, f"there, but not back: {failed}")
            os.remove(there)

    # --- the checks

    def all(self):
        document, checks = self.document, self.options["checks"]
        if document.kind == ODD:
            for target in ("spdx", "cyclonedx"):
                try:
                    self.convert(document.file, target)
                except Failed:
                    pass
            return self.results
        with open(document.file, "rb") as stream:
            original = documents.read(document.kind, stream.read())
        if "same" in checks or "odd" in checks:
            try:
                again = self.convert(document.file, document.format)
                self.note("same", "", documents.difference(original, self.read(again, document.kind)))
                if document.is_valid:
                    self.check_valid(again, document.format)
            except Failed as failed:
                self.note("same", "", str(failed))
        if document.is_valid and checks & {"return", "valid", "rules"}:
            self.there_and_back("return", self.targets(), original)
        if document.is_valid and document.kind in (CYCLONEDX, XML) and checks & {"down", "valid", "rules"}:
            below = () if document.version <= "1.4" else ("1.4",)
            self.there_and_back("down", [f"{document.kind}@{version}" for version in below], original)
            others = () if self.options["quick"] else {"1.2", "1.7"} - {document.version}
            self.there_and_back("-", [f"{document.kind}@{version}" for version in sorted(others)], None)
        if not document.is_valid and checks & {"odd", "rules"}:
            self.there_and_back("-", {SPDX: ["cyclonedx@1.6", "spdx-tag-value@2.3"], TAG_VALUE: ["spdx@2.3", "cyclonedx@1.6"],
                                      CYCLONEDX: ["spdx@2.3", "cyclonedx-xml@1.6"], XML: ["spdx@2.3", "cyclonedx@1.6"]}[document.kind], None)
        if "verdict" in checks and document.kind != TAG_VALUE and self.options["schemas"]:
            self.verdict()
        if "twins" in checks and document.twin:
            self.twins(original)
        return self.results

    def targets(self):
        kind, version = self.document.kind, self.document.version
        if kind == SPDX:
            versions = ("1.3", "1.6") if self.options["quick"] else ("1.3", "1.4", "1.5", "1.6", "1.7")
            return [f"{to}@{one}" for to in (CYCLONEDX, XML) for one in versions] + [f"{TAG_VALUE}@{version}"]
        if kind == TAG_VALUE:
            return [f"{SPDX}@{version}"]
        return [f"{SPDX}@2.3", f"{SPDX}@2.2", f"{TAG_VALUE}@2.3", f"{XML if kind == CYCLONEDX else CYCLONEDX}@{version}"]

    def validate(self, file):
        """The exit code of `sbomkit validate`, the errors in its report, and what it wrote to stderr."""
        code, text, said, _ = self.sbomkit("validate", "--format", "json", file)
        try:
            report = json.loads(text)["documents"][0]["violations"]
        except (ValueError, LookupError, TypeError):
            report = []
        return code, [one for one in report if one["severity"] == "error"], said

    @staticmethod
    def text(violation):
        place = violation["places"][0] if violation["places"] else {}
        return f"{place.get('pointer', '')}: expected {violation['expected']}, found {violation.get('found')}"[:200]

    def verdict(self):
        code, violations, said = self.validate(self.document.file)
        errors = [one for one in violations if (one.get("rule") or "schema/").startswith("schema/")]
        if code not in (0, 1):
            problem = f"exit {code}: {said}"
        elif code == 1 and not violations:
            problem = "exit 1, and no error"
        elif errors and self.document.is_valid:
            problem = f"officially valid: {self.text(errors[0])}"
        elif not errors and not self.document.is_valid:
            problem = f"officially not valid: {self.document.objection}"
        else:
            problem = None
        self.note("verdict", "", problem)

    def twins(self, original):
        """Compared as bags of leaves: they were written by hand, in another order and with other white space. Where the two
        say different things, what one became may be as different from the other, but no more."""
        with open(self.document.twin, "rb") as stream:
            other = documents.leaves(documents.read_xml(stream.read()))
        mine = documents.leaves(original)
        version = self.document.version
        for file, target, source, wanted in ((self.document.file, f"{XML}@{version}", mine, other),
                                             (self.document.twin, f"{CYCLONEDX}@{version}", other, mine)):
            try:
                found = documents.leaves(self.read(self.convert(file, target), target.split("@")[0]))
                said, asked = documents.texts(source), documents.texts(wanted)
                parts = []
                for there, here, allowed, what in ((wanted, found, asked - said, "missing"), (found, wanted, said - asked, "too many")):
                    lines = there - here
                    if documents.texts(lines) - allowed:
                        parts.append(f"{len(list(lines.elements()))} {what}: {'; '.join(sorted(lines)[:5])[:400]}")
                self.note("twins", target, "; ".join(parts) or None)
            except Failed as failed:
                self.note("twins", target, str(failed))


def run(job):
    document, options = job
    with tempfile.TemporaryDirectory(dir=options["folder"]) as folder:
        try:
            return Run(document, options, folder).all()
        except Exception as error:
            return [Result("odd", "", document.format, document.path, f"the harness: {type(error).__name__}: {error}"[:300])]


# --- what is known, and the report

def read_exceptions(path):
    """(check or check/target, path, reason), a line each; `#` begins a comment."""
    with open(path) as stream:
        rows = [line.rstrip("\n").split("\t") for line in stream if line.strip() and not line.startswith("#")]
    bad = [row for row in rows if len(row) != 3]
    if bad:
        sys.exit(f"roundtrip: {path}: not three columns: {bad[0]}")
    return rows


def report(results, exceptions, is_whole):
    """Prints the counts, what is known and every failure; gives the number of failures."""
    used = collections.defaultdict(list)   # exception -> whether it was needed
    counts = collections.defaultdict(collections.Counter)
    failures, information, refused = [], [], {}
    for one in sorted(results, key=lambda one: (CHECKS.index(one.check), one.path, one.target)):
        name = f"{one.check}/{one.target}" if one.target else one.check
        known = [row for row in map(tuple, exceptions)
                 if row[0] in (one.check, name) and fnmatch.fnmatchcase(one.path, row[1])]
        for row in known:
            used[row].append(one.problem is not None)
        if one.note:
            refused.setdefault((one.format, one.path), one.note)
        what = "good" if not one.problem else "known" if known else "BAD"
        counts[one.check, one.format][what] += 1
        if what == "BAD":
            (information if one.check in INFORMATION else failures).append(f"{name}: {one.path}: {one.problem}")
    needed = {row for row, cases in used.items() if any(cases)}
    for row in used.keys() - needed:
        if is_whole or "/" in row[0] or row[0] not in ("return", "valid", "odd"):
            failures.append(f"exceptions.tsv: {row[0]}: {row[1]}: is fine by now, so it is no exception")

    if refused:
        print("\nrefused (exit 65):")
        for (format, path), note in sorted(refused.items()):
            print(f"  {format}: {path}: {note}")
    for title, lines in (("known exceptions", [" · ".join(row) for row in sorted(needed)]),
                         ("for information", information), ("failures", failures)):
        if lines:
            print(f"\n{title}:")
            for line in lines:
                print("  " + "".join(c if c.isprintable() else "\ufffd" for c in line))
    print(f"\n{'check':8} {'format':20} {'good':>6} {'known':>6} {'bad':>6}")
    for (check, format), count in sorted(counts.items(), key=lambda item: (CHECKS.index(item[0][0]), item[0][1])):
        mark = "" if not count["BAD"] else "  (for information)" if check in INFORMATION else "  FAILED"
        print(f"{check:8} {format:20} {count['good']:6} {count['known']:6} {count['BAD']:6}{mark}")
    return len(failures)


def list_documents(chosen, duplicates, corpus):
    print(f"{len(chosen)} documents{f' ({duplicates} copies in the corpus left out)' if duplicates else ''}"
          f"{'' if corpus else ' of our own'}:")
    table = collections.defaultdict(collections.Counter)
    for one in chosen:
        table[one.format]["odd" if one.kind == ODD else "valid" if one.is_valid else "invalid"] += 1
    for format, count in sorted(table.items()):
        print(f"  {format:20} " + ", ".join(f"{number} {what}" for what, number in sorted(count.items(), reverse=True)))


def find_corpus(named):
    """The folder of the corpus, unpacked beside the package if only its archives are there."""
    if named:
        if not os.path.isdir(named):
            sys.exit(f"roundtrip: {named}: no such folder")
        return os.path.abspath(named)
    for folder in (f"{PACKAGE}/.build-corpus", f"{PACKAGE}/.build/corpus"):
        if os.path.isdir(f"{folder}/sbom"):
            return folder
    unpack = os.path.normpath(f"{PACKAGE}/../shared/corpus/unpack.sh")
    if not os.path.exists(unpack):
        return None
    print(f"roundtrip: unpacking {os.path.dirname(unpack)} into .build/corpus", flush=True)
    shutil.rmtree(f"{folder}.new", ignore_errors=True)
    subprocess.run(["sh", unpack, f"{folder}.new"], check=True, stdout=subprocess.DEVNULL)
    os.rename(f"{folder}.new", folder)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sbomkit", default=f"{PACKAGE}/.build/release/sbomkit", help="the binary (default: the release build)")
    parser.add_argument("--corpus", default=os.environ.get("SBOMKIT_CORPUS"), help="where it is unpacked")
    parser.add_argument("--only", action="append", choices=CHECKS, metavar="CHECK", help="this check only; may be given again")
    parser.add_argument("--format", action="append", help="spdx, spdx-tag-value, cyclonedx, cyclonedx-xml or odd, also with @VERSION")
    parser.add_argument("--path", action="append", help="only documents whose path matches this pattern")
    parser.add_argument("--sample", type=int, metavar="N", help="N documents of the corpus, always the same")
    parser.add_argument("--max-size", type=int, metavar="BYTES", help="leave larger documents out")
    parser.add_argument("--quick", action="store_true", help="SPDX to CycloneDX 1.3 and 1.6 only, CycloneDX down to 1.4 only")
    parser.add_argument("--pyspdxtools", type=int, default=0, metavar="N", help="have the SPDX that N documents become read by it too")
    parser.add_argument("--exceptions", default=f"{HERE}/exceptions.tsv")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="processes (default: 2)")
    parser.add_argument("--list", action="store_true", help="list the documents, and run nothing")
    options = parser.parse_args()

    started = time.monotonic()
    os.makedirs(WORK, exist_ok=True)
    corpus = find_corpus(options.corpus)
    schemas = corpus and f"{corpus}/schemas"
    if not corpus:
        print("roundtrip: no corpus: Fixtures/documents only; without the official schemas, `valid` "
              "means no more than the right format and version, and there is no `verdict`")
    with multiprocessing.Pool(options.j) as pool:
        catalogue = Catalogue(corpus, schemas, pool)
        chosen = catalogue.choose(options.format, options.path, options.max_size, options.sample)
        catalogue.pair_twins(chosen)
        catalogue.keep()
        if options.list:
            for one in chosen:
                print(f"{one.format}\t{'-' if one.kind == ODD else 'valid' if one.is_valid else 'invalid'}\t{one.path}\t"
                      f"{one.version if one.kind == ODD else one.objection or ''}".rstrip())
        list_documents(chosen, catalogue.duplicates, corpus)
        if options.list:
            return 0
        own_invalid = [one for one in chosen if is_own(one.path) and not one.is_valid]
        for one in own_invalid:
            print(f"roundtrip: our own {one.path} is not valid: {one.objection or one.version}")
        if not os.access(options.sbomkit, os.X_OK):
            print(f"roundtrip: {options.sbomkit}: no such binary (make build)")
            return 66
        with tempfile.TemporaryDirectory(dir=WORK) as folder:
            tools = sorted((one.path for one in chosen if one.is_valid and one.size <= TOOLS_SIZE), key=path_hash)
            shared = {
                "sbomkit": os.path.abspath(options.sbomkit), "schemas": schemas, "quick": options.quick, "folder": folder,
                "checks": set(options.only or CHECKS),
                "tools": set(tools[:options.pyspdxtools])}
            # The large ones first, so that none is left running alone at the end.
            jobs = [(one, shared) for one in sorted(chosen, key=lambda one: -one.size)]
            results = []
            is_terminal, told = sys.stderr.isatty(), time.monotonic()
            for number, some in enumerate(pool.imap_unordered(run, jobs), 1):
                results += some
                if is_terminal or time.monotonic() - told > 60:
                    told = time.monotonic()
                    print(f"\r{number} of {len(jobs)} " if is_terminal else f"roundtrip: {number} of {len(jobs)}",
                          end="" if is_terminal else "\n", file=sys.stderr, flush=True)
            if is_terminal:
                print("\r", end="", file=sys.stderr)
    failures = report(results, read_exceptions(options.exceptions), not options.quick and not options.only) + len(own_invalid)
    print(f"\nroundtrip: {len(chosen)} documents, {len(results)} results, {failures} failures, "
          f"{time.monotonic() - started:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
