#!/usr/bin/env python3
"""images.py [NAME…]: makes the images that are missing, with their truth, in $LAB/images."""
import importlib, shutil, sys, time
from common import *

MODULES = ["python_images", "script_images", "compiled_images", "hand_images"]


def makers():
    """The makers of images by their names, in the order of the modules."""
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        found.update((key[5:].replace("_", "-"), value) for key, value in vars(module).items() if key.startswith("make_"))
    return found


def need(names):
    for name in names:
        folder = os.path.join(IMAGES, name)
        if os.path.exists(os.path.join(folder, "truth.json")):
            continue
        start = time.time()
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(IMAGES, exist_ok=True)
        os.makedirs(WORK, exist_ok=True)
        truth = makers()[name](folder)
        truth.save(os.path.join(folder, "truth.json"))
        print("lab: made %s: %d packages, %d edges (%.0f s)" % (name, len(truth.packages), len(truth.edges), time.time() - start), flush=True)


if __name__ == "__main__":
    need(sys.argv[1:] or makers())
