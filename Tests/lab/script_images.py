"""Images with packages of Node.js, Ruby and PHP, installed by npm, gem and composer; the truth is theirs."""
import json, os, re, shutil
from common import *
from registry import Registry


def new_root(folder):
    root = os.path.join(WORK, "roots", os.path.basename(folder))
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    return root


def finish(folder, root, truth):
    """The root as an image with one layer."""
    tar = tar_of(root, root + ".tar")
    write_layout(os.path.join(folder, "layout"), [tar])
    truth.source = "layout"
    return truth


# --- Node.js ----------------------------------------------------------------------------------------------------------


def npm_package(name, version, files=(), **more):
    return {"name": name, "version": version, "license": "MIT", **more}, files


NPM = [
    npm_package("lab-leaf", "1.0.0"), npm_package("lab-leaf", "1.2.0"), npm_package("lab-leaf", "2.0.0"),
    npm_package("lab-left", "1.0.0", dependencies={"lab-leaf": "^1.0.0"}),
    npm_package("lab-right", "3.1.4", dependencies={"lab-leaf": "^2.0.0", "@lab/scoped": "*"}),
    npm_package("@lab/scoped", "0.1.0-beta.2", dependencies={"lab-leaf": "1.0.0"}, license="(MIT OR Apache-2.0)"),
    npm_package("lab-optional", "1.0.0", os=["linux"]), npm_package("lab-windows", "1.0.0", os=["win32"]),
    npm_package("lab-plugin", "4.0.0", peerDependencies={"lab-host": ">=1"}, peerDependenciesMeta={"lab-left": {"optional": True}}),
    npm_package("lab-host", "1.5.0"),
    npm_package("lab-fat", "1.0.0", dependencies={"lab-inner": "^9.0.0"}, bundleDependencies=["lab-inner"],
                files=[("node_modules/lab-inner/package.json", json.dumps({"name": "lab-inner", "version": "9.9.9"})),
                       ("node_modules/lab-inner/index.js", "\n")]),
    # Files named package.json that are no packages.
    npm_package("lab-fixtures", "1.0.0", files=[("test/fixture/package.json", json.dumps({"name": "no-package", "version": "6.6.6"})),
                                                ("esm/package.json", json.dumps({"type": "module"}))]),
    npm_package("lab-test", "1.0.0"),
    npm_package("lab-ring", "1.0.0", dependencies={"lab-chain": "1"}), npm_package("lab-chain", "1.0.0", dependencies={"lab-ring": "1"}),
    npm_package("lab-tool", "2.0.0", dependencies={"lab-leaf": "2"}, bin={"lab-tool": "index.js"}),
]
APPLICATION = {"name": "lab-application", "version": "7.0.0", "dependencies": {
    "lab-left": "1", "lab-right": "3", "lab-plugin": "4", "lab-fat": "1", "lab-fixtures": "1", "lab-ring": "1", "renamed": "npm:lab-leaf@1.0.0"},
    "optionalDependencies": {"lab-optional": "1", "lab-windows": "1"}, "devDependencies": {"lab-test": "1"}}


def npm_tree(truth, root, value):
    """The packages and edges of `npm ls --all --json --long`, each at its folder."""
    known = {}

    def package(node):
        place = os.path.relpath(node["path"], root)
        if place not in known:
            known[place] = truth.add("npm", node["name"], node["version"], place)
        return known[place]

    def walk(node, above):
        for child in (node.get("dependencies") or {}).values():
            if child.get("missing") or "path" not in child:
                continue
            one = package(child)
            if above:
                truth.edge(above, one)
            walk(child, one)

    walk(value, package(value) if value.get("version") else None)


def make_npm(folder):
    root, truth = new_root(folder), Truth()
    os.makedirs(folder)
    write_json(root + "/srv/app/package.json", APPLICATION)
    with Registry(NPM) as registry:
        options = ["--registry", registry.address, "--cache", os.path.join(WORK, "npm"), "--no-audit", "--no-fund", "--loglevel=error"]
        run("npm", "install", "--omit=dev", *options, cwd=root + "/srv/app")
        run("npm", "install", "-g", "--prefix", root + "/usr/local", *options, "lab-tool", "@lab/scoped")
    npm_tree(truth, root, json.loads(run("npm", "ls", "--all", "--json", "--long", "--omit=dev", cwd=root + "/srv/app", check=False)))
    globally = json.loads(run("npm", "ls", "-g", "--all", "--json", "--long", "--prefix", root + "/usr/local", check=False))
    globally.pop("version", None)
    npm_tree(truth, root, globally)
    truth.says = "npm ls --all --json --long"
    return finish(folder, root, truth)


# --- Ruby -------------------------------------------------------------------------------------------------------------

GEMS = [("lab_leaf", "1.0.0", {}), ("lab_leaf", "2.1.0", {}), ("lab-branch", "0.3.0.pre1", {"lab_leaf": "~> 1.0"}),
        ("lab_twig", "1.0", {"lab_leaf": ">= 2"}),
        ("lab_tree", "4.5.6", {"lab-branch": ">= 0.a"}), ("lab-native", "1.1.1", {})]


def make_gem(folder):
    root, truth, place = new_root(folder), Truth(), "var/lib/gems/3.1.0"
    os.makedirs(folder)
    source = os.path.join(WORK, "gems")
    shutil.rmtree(source, ignore_errors=True)
    files = []
    for name, version, needs in GEMS:
        platform = "\n  s.platform = 'x86_64-linux'" if name == "lab-native" else ""
        text = "".join("\n  s.add_runtime_dependency '%s', '%s'" % one for one in needs.items())
        write("%s/%s/lib/%s.rb" % (source, name, name), "VERSION = 1\n")
        write("%s/%s/%s.gemspec" % (source, name, name), "Gem::Specification.new do |s|\n  s.name = '%s'\n  s.version = '%s'\n  s.summary = 'made by the lab'\n"
              "  s.authors = ['Lab']\n  s.license = 'MIT'\n  s.files = ['lib/%s.rb']\n  s.add_development_dependency 'rake', '> 0'%s%s\nend\n"
              % (name, version, name, platform, text))
        files.append("%s/%s-%s.gem" % (source, name, version))
        run("gem", "build", name + ".gemspec", "--output", files[-1], cwd=source + "/" + name)
    home = {"GEM_HOME": root + "/" + place, "GEM_PATH": root + "/" + place}
    run("gem", "install", "--local", "--no-document", "--install-dir", root + "/" + place, *files, cwd=source, env=home)
    known = {}
    for line in run("gem", "list", "--local", env=home).splitlines():
        match = re.fullmatch(r"(\S+) \((.*)\)", line)
        for version in match[2].split(", ") if match else []:
            if not version.startswith("default: "):
                known[match[1], version.split(" ")[0]] = truth.add("gem", match[1], version.split(" ")[0], place)
    # Of what is installed and fits, gem takes the newest.
    script = ("Gem::Specification.each { |s| s.runtime_dependencies.each { |d| t = d.to_spec; "
              "puts [s.name, s.version, t.name, t.version].join(' ') } }")
    for line in run("ruby", "-e", script, env=home).splitlines():
        name, version, other, its = line.split()
        if (name, version) in known and (other, its) in known:
            truth.edge(known[name, version], known[other, its])
    truth.says = "gem list, Gem::Dependency#to_spec"
    return finish(folder, root, truth)


# --- PHP --------------------------------------------------------------------------------------------------------------

COMPOSER = [("lab/leaf", "v1.4.0", {}), ("lab/branch", "2.0.0", {"lab/leaf": "^1.0", "php": ">=7.0"}), ("Lab/Tree", "1.0.0-beta1", {"lab/branch": "*", "ext-json": "*"}),
            ("lab/only-test", "3.0.0", {"lab/leaf": "*"})]


def make_composer(folder):
    root, truth, source = new_root(folder), Truth(), os.path.join(WORK, "composer")
    os.makedirs(folder)
    shutil.rmtree(source, ignore_errors=True)
    repositories = []
    for name, version, needs in COMPOSER:
        name = name.lower()
        write_json("%s/%s/composer.json" % (source, name), {"name": name, "version": version, "type": "library", "license": "MIT", "require": needs})
        repositories.append({"type": "path", "url": "%s/%s" % (source, name), "options": {"symlink": False}})
    write_json(root + "/srv/app/composer.json", {"name": "lab/application", "license": "proprietary", "repositories": [*repositories, {"packagist.org": False}],
               "minimum-stability": "beta", "require": {"lab/tree": "*"}, "require-dev": {"lab/only-test": "*"}})
    home = {"COMPOSER_HOME": source + "/home", "COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_DISABLE_NETWORK": "1"}
    run("composer", "install", "--no-interaction", "--quiet", "--no-dev", cwd=root + "/srv/app", env=home)
    known = {}
    for one in json.loads(run("composer", "show", "--format=json", "--no-interaction", cwd=root + "/srv/app", env=home))["installed"]:
        known[one["name"]] = truth.add("composer", one["name"], one["version"], "srv/app/vendor")
    for name, package in known.items():
        shown = json.loads(run("composer", "show", "--format=json", "--no-interaction", name, cwd=root + "/srv/app", env=home))
        for need in shown.get("requires") or {}:
            if need in known:
                truth.edge(package, known[need])
    truth.says = "composer show --format=json"
    return finish(folder, root, truth)
