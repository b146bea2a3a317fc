#!/usr/bin/env python3
"""timing.py BINARY LAYOUT [-n RUNS] [--no-syft]: the CPU time and peak memory of all kinds beside those of the system alone and of syft.

The runs are interleaved and the figures are medians: compare ratios, not seconds. CPU is user and system time and the peak the kernel's figure for
the process and what it waited for (wait4)."""
import argparse, os, statistics, subprocess, sys, time
import peers
from common import OUT


def measure(command, more):
    """(wall seconds, CPU seconds, peak MB)"""
    with open(os.devnull, "r+b") as null:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, env={**os.environ, **more})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit("%s ended with %d" % (" ".join(command), child.returncode))
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("layout")
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("--no-syft", action="store_true")
    options = parser.parse_args()
    ours = [options.binary, "generate", "--format", "spdx"]
    commands = {"all": (ours + [options.layout], {}), "os": (ours + ["--packages", "os", options.layout], {})}
    if peers.program("syft") and not options.no_syft:
        commands["syft"] = peers.command("syft", options.layout)
    taken = {who: [] for who in commands}
    for number in range(options.n + 1):
        for who, (command, more) in commands.items():
            one = measure(command, more)
            if number:                      # the first round fills the page cache
                taken[who].append(one)
    medians = {who: [statistics.median(column) for column in zip(*runs)] for who, runs in taken.items()}
    lines = ["medians of %d interleaved runs" % options.n, "%-6s %8s %8s %8s" % ("", "wall s", "CPU s", "peak MB")]
    lines += ["%-6s %8.2f %8.2f %8.0f" % (who, *figures) for who, figures in medians.items()]
    lines.append("CPU all / os: %.2f" % (medians["all"][1] / medians["os"][1]))
    if "syft" in medians:
        lines.append("syft / all: %.1f by CPU, %.1f by wall clock" % (medians["syft"][1] / medians["all"][1], medians["syft"][0] / medians["all"][0]))
    print("\n".join(lines))
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, "timing.txt"), "w") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
