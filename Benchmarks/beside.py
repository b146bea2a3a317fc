#!/usr/bin/python3
"""beside.py [OPTIONS] NEW OLD INPUTS: compares two sbomkit binaries by CPU time and memory.

INPUTS is the folder that inputs.py and documents.py wrote (rpmdb.sqlite, status, large.json, large.xml). Every command is
run by both binaries in turn. The minimum of the CPU times (user and system) counts, and the minimum of the peaks of memory:
other processes only add to them. Short commands are repeated until they take a fifth of a second together.

  --fixtures FOLDER  also generate documents of the images in this folder
  --runs N           runs of each command by each binary (5); up to three times as many where the new one looks worse
  --worse PERCENT    fail if the new binary needs more than that in addition (10)
  --counts           count instructions with callgrind instead of measuring time, for noisy machines: about 50 times slower
  --only WORD        only commands with this word in their name

The exit code is 1 if the new binary is worse in any row, or if it fails where the old one does not."""
import argparse, gzip, hashlib, io, json, os, re, subprocess, sys, tarfile, tempfile

ENOUGH = 0.2        # seconds of CPU time for one measurement
SLACK_TIME = 0.002  # seconds: below that a difference is noise of the kernel's clock
SLACK_MEMORY = 1e6  # bytes: likewise, pages of libraries that happen to be in memory


def layout(folder, path, content):
    """Writes an OCI layout with one file in one layer."""
    blobs = f"{folder}/blobs/sha256"
    os.makedirs(blobs)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as out:
        for name, data in ((path, content), ("etc/os-release", b"ID=example\nVERSION_ID=1\n")):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            out.addfile(entry, io.BytesIO(data))

    def blob(data, media):
        digest = hashlib.sha256(data).hexdigest()
        with open(f"{blobs}/{digest}", "wb") as out:
            out.write(data)
        return {"mediaType": f"application/vnd.oci.image.{media}", "digest": f"sha256:{digest}", "size": len(data)}

    layer = blob(gzip.compress(tar.getvalue(), 6, mtime=0), "layer.v1.tar+gzip")
    config = blob(json.dumps({
        "os": "linux", "architecture": "amd64", "config": {},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar.getvalue()).hexdigest()]},
    }).encode(), "config.v1+json")
    manifest = blob(json.dumps({"schemaVersion": 2, "config": config, "layers": [layer]}).encode(), "manifest.v1+json")
    with open(f"{folder}/index.json", "w") as out:
        json.dump({"schemaVersion": 2, "manifests": [manifest]}, out)
    with open(f"{folder}/oci-layout", "w") as out:
        out.write('{"imageLayoutVersion":"1.0.0"}')


def commands(old, inputs, fixtures, work):
    """Pairs of a name and arguments."""
    with open(f"{inputs}/rpmdb.sqlite", "rb") as file:
        layout(f"{work}/rpm", "usr/lib/sysimage/rpm/rpmdb.sqlite", file.read())
    with open(f"{inputs}/status", "rb") as file:
        layout(f"{work}/dpkg", "var/lib/dpkg/status", file.read())
    # The XML as JSON, once, by the old binary: the same input for both.
    xml, spdx, cdx = f"{inputs}/large.xml", f"{inputs}/large.json", f"{work}/large.cdx.json"
    subprocess.run([old, "convert", "-q", xml, "--to", "cyclonedx", "-o", cdx], check=True)
    images = [("rpm", f"{work}/rpm"), ("dpkg", f"{work}/dpkg")]
    if fixtures:
        for name in sorted(os.listdir(fixtures)):
            folder = f"{fixtures}/{name}"
            # Of a layout with several platforms a document is made for the one of this machine.
            if os.path.exists(f"{folder}/index.json") and name != "multiarch":
                images.append((f"fixture {name}", folder))
    for name, image in images:
        yield f"generate {name}", ["generate", "-q", image]
    for name, document in (("SPDX JSON", spdx), ("CycloneDX XML", xml), ("CycloneDX JSON", cdx)):
        targets = ["spdx-tag-value", "cyclonedx"] if document == spdx else ["spdx", "cyclonedx-xml" if document == cdx else "cyclonedx"]
        for target in targets:
            yield f"convert {name} to {target}", ["convert", "-q", document, "--to", target]
        yield f"validate {name}", ["validate", "-q", document]
        yield f"outline {name}", ["outline", "-q", document, "--depth", "3"]
        yield f"outline --summary {name}", ["outline", "-q", document, "--summary"]
        yield f"query {name}", ["query", "-q", document, "all name:example-0012"]
        yield f"diff {name}", ["diff", "-q", document, document]


def run(binary, arguments, times=1):
    """CPU seconds and peak bytes of a command, the mean of some runs, and its exit code."""
    cpu, peak = 0.0, float("inf")
    for _ in range(times):
        child = subprocess.Popen([binary, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        peak = min(peak, usage.ru_maxrss * 1024)
    return cpu / times, peak, child.returncode


def count(binary, arguments):
    """Instructions of a command in billions."""
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", result.stderr)
    if not found:
        sys.exit(f"beside.py: valgrind failed: {result.stderr[-2000:]}")
    return int(found.group(1)) / 1e9


def measure(binaries, arguments, options):
    """For each binary CPU (seconds, or billions of instructions) and memory; None if it fails."""
    first = [run(binary, arguments) for binary in binaries]
    results = [None if code not in (0, 1) else [cpu, peak] for cpu, peak, code in first]
    if None in results:
        return results
    if options.counts:
        return [[count(binary, arguments), result[1]] for binary, result in zip(binaries, results)]
    times = max(1, min(50, round(ENOUGH / max(results[1][0], 0.001))))
    for number in range(3 * options.runs):
        # What looks worse is measured again: other processes make it so, too.
        if number >= options.runs and not any(worse(*results, options)):
            break
        for result, binary in zip(results, binaries):
            cpu, peak, _ = run(binary, arguments, times)
            result[0], result[1] = min(result[0], cpu), min(result[1], peak)
    return results


def worse(new, old, options):
    """Whether the new binary needs too much CPU, and too much memory."""
    limit = 1 + options.worse / 100
    slack = 0 if options.counts else SLACK_TIME
    return new[0] > old[0] * limit + slack, new[1] > old[1] * limit + SLACK_MEMORY


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, add_help=True)
    parser.add_argument("binaries", nargs=2)
    parser.add_argument("inputs")
    parser.add_argument("--fixtures")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--worse", type=float, default=10)
    parser.add_argument("--counts", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    binaries = [os.path.abspath(binary) for binary in options.binaries]
    unit = "G instr." if options.counts else "s CPU"
    print(f"{'':44}{'new':>8}{'old':>8} {unit:8}{'new':>7}{'old':>7} MB{'CPU':>7}{'memory':>8}")
    failures = []
    with tempfile.TemporaryDirectory() as work:
        for name, arguments in commands(binaries[1], options.inputs, options.fixtures, work):
            if options.only not in name:
                continue
            new, old = measure(binaries, arguments, options)
            if new is None or old is None:
                print(f"{name:44}{'the new one fails' if new is None else 'the old one fails'}", flush=True)
                if new is None and old is not None:
                    failures.append(name)
                continue
            verdicts = worse(new, old, options)
            print(f"{name:44}{new[0]:8.3f}{old[0]:8.3f} {'':8}{new[1] / 1e6:7.0f}{old[1] / 1e6:7.0f}   "
                  f"{new[0] / max(old[0], 1e-9):7.2f}{new[1] / old[1]:8.2f}{'  WORSE' if any(verdicts) else ''}", flush=True)
            if any(verdicts):
                failures.append(name)
    if failures:
        print(f"worse by more than {options.worse:g} %: {', '.join(failures)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
