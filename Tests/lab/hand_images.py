"""Images whose trees are made by hand, as conda, R, .NET and pnpm lay them out: no such tool is to be had here.

The truth is what was written, so these cases show that the reader reads the layout, not that the layout is right."""
import os
from common import *
from compiled_images import deps_json
from script_images import finish, new_root


def start(folder):
    truth = Truth()
    truth.by_hand, truth.says = True, "by hand"
    os.makedirs(folder)
    return new_root(folder), truth


def make_conda(folder):
    """conda-meta of two environments, and a distribution of Python that a conda package owns."""
    root, truth = start(folder)
    packages = [("python", "3.11.7", "h955ad1f_0", "linux-64", ["libffi >=3.4,<4.0a0", "tzdata"]), ("libffi", "3.4.4", "h6a678d5_0", "linux-64", []),
                ("tzdata", "2024a", "h04d1e81_0", "noarch", []), ("requests", "2.31.0", "py311h06a4308_1", "linux-64", ["python >=3.11,<3.12.0a0", "idna >=2.5,<4"]),
                ("idna", "3.4", "py311h06a4308_0", "linux-64", ["python >=3.11,<3.12.0a0", "not-there >=1"])]
    for prefix, count in (("opt/conda", 5), ("opt/conda/envs/small", 2)):
        listed, chosen = {}, packages[:count] if count == 5 else packages[1:3]
        for name, version, build, subdir, needs in chosen:
            stem = "%s-%s-%s" % (name, version, build)
            files = ["lib/python3.11/site-packages/%s-%s.dist-info/METADATA" % (name, version)] if name in ("requests", "idna") else ["lib/%s.txt" % name]
            write_json("%s/%s/conda-meta/%s.json" % (root, prefix, stem), {
                "name": name, "version": version, "build": build, "build_number": int(build.rpartition("_")[2]), "subdir": subdir, "fn": stem + ".conda",
                "channel": "https://repo.anaconda.com/pkgs/main/" + subdir, "url": "https://repo.anaconda.com/pkgs/main/%s/%s.conda" % (subdir, stem),
                "md5": "0123456789abcdef0123456789abcdef", "sha256": "ab" * 32, "depends": needs, "files": files, "license": "MIT",
                "requested_spec": name if name == "requests" else ""})
            text = "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version) + "".join("Requires-Dist: idna\n" for _ in needs[1:] if name == "requests")
            for file in files:
                write("%s/%s/%s" % (root, prefix, file), text)
            listed[name] = truth.add("conda", name, version, prefix + "/conda-meta")
        for name, _, _, _, needs in chosen:
            for need in needs:
                if need.split(" ")[0] in listed:
                    truth.edge(listed[name], listed[need.split(" ")[0]])
        # pip in the same environment: this one conda does not own.
        if count == 5:
            write("%s/%s/lib/python3.11/site-packages/attrs-23.2.0.dist-info/METADATA" % (root, prefix), "Metadata-Version: 2.1\nName: attrs\nVersion: 23.2.0\n")
            truth.add("pypi", "attrs", "23.2.0", prefix + "/lib/python3.11/site-packages")
    return finish(folder, root, truth)


def make_r(folder):
    """Installed packages of R, one of which is part of R, and a source tree, which is not installed."""
    root, truth = start(folder)
    library, listed = "usr/local/lib/R/site-library", {}
    for name, version, more in (("cli", "3.6.2", "Imports: utils\n"), ("rlang", "1.1.3", "Depends: R (>= 3.5.0)\n"),
                                ("vctrs", "0.6.5", "Depends: R (>= 3.5.0)\nImports: cli (>= 3.4.0), rlang (>= 1.1.0),\n    missing\nLinkingTo: Rcpp\n"),
                                ("Rcpp", "1.0.12", "Suggests: rlang\n")):
        write("%s/%s/%s/DESCRIPTION" % (root, library, name), "Package: %s\nVersion: %s\nLicense: MIT + file LICENSE\n%sRepository: CRAN\n"
              "Built: R 4.2.2; ; 2024-01-02 03:04:05 UTC; unix\n" % (name, version, more))
        listed[name] = truth.add("cran", name, version, library + "/" + name)
    for need in ("cli", "rlang", "Rcpp"):
        truth.edge(listed["vctrs"], listed[need])
    write(root + "/srv/library/source/DESCRIPTION", "Package: source\nVersion: 1.0\nRepository: CRAN\n")
    return finish(folder, root, truth)


def make_dotnet(folder):
    """An application with packages, native files, a library for compiling only, and a runtime pack."""
    root, truth = start(folder)
    libraries = {"Application/1.0.0": ("project", ["Newtonsoft.Json", "SQLite.Native", "Compile.Only"], {"runtime": {"Application.dll": {}}}),
                 "Newtonsoft.Json/13.0.3": ("package", [], {"runtime": {"lib/net6.0/Newtonsoft.Json.dll": {}}}),
                 "SQLite.Native/2.1.6": ("package", ["SQLite.Core"], {"native": {"runtimes/linux-x64/native/libsqlite.so": {}}}),
                 "SQLite.Core/2.1.6": ("package", [], {"runtimeTargets": {"runtimes/linux-x64/lib/SQLite.dll": {"rid": "linux-x64", "assetType": "runtime"}}}),
                 "Compile.Only/4.3.0": ("package", ["Newtonsoft.Json"], {"compile": {"ref/a.dll": {}}}),
                 "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4": ("runtimepack", [], {"runtime": {"System.Private.CoreLib.dll": {}}})}
    versions = dict(key.split("/") for key in libraries)
    write_json(root + "/app/Application.deps.json", {
        "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""}, "compilationOptions": {},
        "targets": {".NETCoreApp,Version=v8.0": {}, ".NETCoreApp,Version=v8.0/linux-x64": {
            key: {"dependencies": {need: versions[need] for need in needs}, **files} for key, (_, needs, files) in libraries.items()}},
        "libraries": {key: {"type": kind, "serviceable": kind == "package", "sha512": "sha512-" + "A" * 86 + "==" if kind == "package" else ""}
                      for key, (kind, _, _) in libraries.items()}})
    deps_json(truth, root, "app/Application.deps.json")
    truth.says = "by hand"
    return finish(folder, root, truth)


def make_pnpm(folder):
    """pnpm's real folders in .pnpm with links between them: no package is there twice."""
    root, truth = start(folder)
    modules, listed = root + "/srv/app/node_modules", {}
    packages = {"left@1.0.0": {"right": "right@2.0.0"}, "right@2.0.0": {"@lab/scoped": "@lab+scoped@3.0.0_left@1.0.0"}, "@lab+scoped@3.0.0_left@1.0.0": {"left": "left@1.0.0"},
                "right@1.0.0": {}}
    names = {"left@1.0.0": "left", "right@2.0.0": "right", "right@1.0.0": "right", "@lab+scoped@3.0.0_left@1.0.0": "@lab/scoped"}
    for key, needs in packages.items():
        name, version = names[key], re.search(r"@(\d[\d.]+)", key)[1]
        place = "%s/.pnpm/%s/node_modules/%s" % (modules, key, name)
        value = {"name": name, "version": version, "license": "MIT", "dependencies": {need: "*" for need in needs}}
        if name == "@lab/scoped":
            value = {**value, "dependencies": {}, "peerDependencies": {"left": "*"}}
        write_json(place + "/package.json", value)
        listed[key] = truth.add("npm", name, version, os.path.relpath(place, root))
        for need, target in needs.items():
            link = "%s/.pnpm/%s/node_modules/%s" % (modules, key, need)
            os.makedirs(os.path.dirname(link), exist_ok=True)
            os.symlink(os.path.relpath("%s/.pnpm/%s/node_modules/%s" % (modules, target, need), os.path.dirname(link)), link)
    for key, needs in packages.items():
        for target in needs.values():
            truth.edge(listed[key], listed[target])
    os.symlink(".pnpm/left@1.0.0/node_modules/left", modules + "/left")
    os.symlink(".pnpm/right@1.0.0/node_modules/right", modules + "/right")
    write_json(root + "/srv/app/package.json", {"name": "application", "version": "1.0.0", "dependencies": {"left": "^1", "right": "^1"}})
    write(modules + "/.modules.yaml", "layoutVersion: 5\nnodeLinker: isolated\npackageManager: pnpm@8.15.1\n")
    application = truth.add("npm", "application", "1.0.0", "srv/app")
    truth.edge(application, listed["left@1.0.0"])
    truth.edge(application, listed["right@1.0.0"])
    return finish(folder, root, truth)
