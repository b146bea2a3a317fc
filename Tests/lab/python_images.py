"""Images with packages of Python, installed by pip and apt; the truth is pip's, pipdeptree's and dpkg's."""
import glob, json, os, re, shutil
from common import *

WHEELS = os.path.join(WORK, "wheels")
# Markers, extras, names with dots and underscores, compiled modules, and two versions of one package.
REQUIREMENTS = ["requests[socks]", "urllib3==1.26.18", "rich", "importlib-metadata", "uvicorn[standard]", "PyYAML", "jaraco.classes", "zope.interface",
                "Flask", "pipdeptree"]
OTHERS = ["urllib3==2.2.3", "idna==3.10"]
DEBIAN = "python3,python3-pip,python3-venv,python3-requests,python3-yaml,ruby,ruby-rack,node-semver,libcommons-lang3-java,libjackson2-databind-java,age,fd-find"
SYSTEM = "usr/lib/python3/dist-packages"
LOCAL = "usr/local/lib/python3.11/dist-packages"


def wheels():
    if not os.path.exists(os.path.join(WHEELS, "done")):
        os.makedirs(WHEELS, exist_ok=True)
        load = ["python3", "-m", "pip", "download", "-q", "-d", WHEELS, "--python-version", "3.11", "--only-binary=:all:"]
        run(*load, *REQUIREMENTS)
        run(*load, "--no-deps", *OTHERS[:1])
        run(*load, "--no-deps", *OTHERS[1:])
        write(os.path.join(WHEELS, "done"), "")
    return WHEELS


def debian():
    """A small Debian with packages of several languages, installed by apt and dpkg, as a tar."""
    path = os.path.join(WORK, "debian.tar")
    if not os.path.exists(path):
        targets = run("apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)").splitlines()
        mirror = sorted({line.partition("|")[2] for line in targets if line.startswith("Debian|")})[0]
        run("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", "--include=" + DEBIAN, "bookworm", path + ".new", "--format=tar",
            "deb %s bookworm main" % mirror)
        os.rename(path + ".new", path)
    return path


class Bundle:
    """An image that umoci makes layer by layer, and the file system in which the next layer is made."""

    def __init__(self, folder):
        self.layout, self.bundle = os.path.join(folder, "layout"), os.path.join(WORK, "bundles", os.path.basename(folder))
        self.root = os.path.join(self.bundle, "rootfs")
        shutil.rmtree(self.bundle, ignore_errors=True)
        run("umoci", "init", "--layout", self.layout)
        run("umoci", "new", "--image", self.layout + ":latest")
        run("umoci", "unpack", "--image", self.layout + ":latest", self.bundle)

    def chroot(self, *command):
        return run("chroot", self.root, *command, env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "PIP_ROOT_USER_ACTION": "ignore",
                                                       "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONDONTWRITEBYTECODE": "1"})

    def commit(self):
        run("umoci", "repack", "--refresh-bundle", "--image", self.layout + ":latest", self.bundle)


def pip_image(folder):
    """Three layers: Debian; environments; one package upgraded in an environment and another environment removed."""
    os.makedirs(folder)
    image = Bundle(folder)
    run("tar", "-xf", debian(), "-C", image.root)
    image.commit()

    def with_wheels(*commands):
        shutil.copytree(wheels(), image.root + "/wheels")
        for command in commands:
            image.chroot(*command)
        shutil.rmtree(image.root + "/wheels")
        image.commit()

    offline = ["install", "-q", "--no-index", "--find-links", "/wheels"]
    with_wheels(
        ["python3", "-m", "venv", "/opt/app"],
        ["/opt/app/bin/pip", *offline, "requests[socks]", "urllib3==1.26.18", "rich", "importlib-metadata", "uvicorn[standard]", "PyYAML", "jaraco.classes"],
        ["python3", "-m", "venv", "--without-pip", "/opt/removed"],
        ["python3", "-m", "pip", "--python", "/opt/removed/bin/python", *offline, "Flask"],
        ["python3", "-m", "venv", "--system-site-packages", "--without-pip", "/opt/system"],
        ["python3", "-m", "pip", "--python", "/opt/system/bin/python", *offline, "zope.interface", "Flask"],
        ["python3", "-m", "pip", *offline, "--break-system-packages", "--upgrade", "idna==3.10", "zope.interface"],
        ["python3", "-m", "pip", *offline, "--target", "/srv/target", "Flask"])
    shutil.rmtree(image.root + "/opt/removed")
    with_wheels(["/opt/app/bin/pip", *offline, "--upgrade", "urllib3==2.2.3"])
    return image


def environments(image):
    """The truth of all environments: packages by `pip list --path`, edges by pipdeptree, owners by `dpkg -S`."""
    shutil.copytree(wheels(), image.root + "/wheels", dirs_exist_ok=True)
    image.chroot("python3", "-m", "venv", "/var/tmp/oracle")
    image.chroot("/var/tmp/oracle/bin/pip", "install", "-q", "--no-index", "--find-links", "/wheels", "pipdeptree")
    truth, packages = Truth(), {}
    site = "lib/python3.11/site-packages"
    for place in (SYSTEM, LOCAL, "opt/app/" + site, "opt/system/" + site, "srv/target"):
        for one in json.loads(image.chroot("python3", "-m", "pip", "list", "--format", "json", "--path", "/" + place)):
            packages[place, plain_name("pypi", one["name"])] = truth.add("pypi", one["name"], one["version"], place)
    # Each environment: where its own packages are, the places that it sees in the order of its path, and how pipdeptree is pointed to it.
    for places, options in (((LOCAL, SYSTEM), ["--python", "/usr/bin/python3"]), (("opt/app/" + site,), ["--python", "/opt/app/bin/python"]),
                            (("opt/system/" + site, LOCAL, SYSTEM), ["--python", "/opt/system/bin/python"]), (("srv/target",), ["--path", "/srv/target"])):
        own = places[:1] if len(places) == 3 else places
        def seen(name):
            return next((packages[place, name] for place in places if (place, name) in packages), None)
        for one in json.loads(image.chroot("/var/tmp/oracle/bin/pipdeptree", "--warn", "silence", "--json", *options)):
            package = seen(plain_name("pypi", one["package"]["package_name"]))
            if package is None or package.place not in own:
                continue
            for need in one["dependencies"]:
                target = seen(plain_name("pypi", need["package_name"]))
                if target:
                    truth.edge(package, target)
    owners = {}
    for (place, name), package in packages.items():
        if place == SYSTEM:
            found = [path for form in ("dist-info/METADATA", "egg-info", "egg-info/PKG-INFO") for path in glob.glob(image.root + "/" + place + "/*." + form)
                     if plain_name("pypi", re.split(r"-\d", path[len(image.root) + len(place) + 2:])[0]) == name and os.path.isfile(path)]
            owners[package] = Package("deb", image.chroot("dpkg", "-S", found[0][len(image.root):]).partition(":")[0], "", "")
    return truth, owners


def without_owned(truth, owners):
    """The truth when what a package of Debian owns is not listed: its edges are those of the owner."""
    result = Truth()
    result.places, result.packages = truth.places, [one for one in truth.packages if one not in owners]
    for one, other in truth.edges:
        one, other = owners.get(one, one), owners.get(other, other)
        if one.type != "deb" or other.type != "deb":
            result.edge(one, other)
    return result


def owned_gems(image):
    """The gems that Ruby finds, each with the package of Debian that owns the file which describes it."""
    script = "Gem::Specification.each { |s| puts [s.name, s.version, s.loaded_from].join(' ') }"
    gems = [line.split() for line in image.chroot("ruby", "-e", script).splitlines()]
    return [["gem", name, version, image.chroot("dpkg", "-S", path).partition(":")[0]] for name, version, path in gems]


def owned_others(image):
    """The Go modules of Debian's age, the jars of its Java packages, and its modules of Node.js, each with its owner."""
    from compiled_images import coordinates, go_modules
    program, owned = Truth(), []
    go_modules(program, image.root + "/usr/bin/age", "")
    owned += [[*one[:3], "age"] for one in program.packages]
    for path in glob.glob(image.root + "/usr/share/java/*.jar"):
        if not os.path.islink(path):
            owner = image.chroot("dpkg", "-S", path[len(image.root):]).partition(":")[0]
            owned += [["maven", one["groupId"] + "/" + one["artifactId"], one["version"], owner] for one in coordinates(path)]
    for path in glob.glob(image.root + "/usr/share/nodejs/*/package.json"):
        one = read_json(path)
        owned.append(["npm", one["name"], one["version"], image.chroot("dpkg", "-S", path[len(image.root):]).partition(":")[0]])
    return owned


def make_pip(folder):
    image = pip_image(folder)
    truth, owners = environments(image)
    listed = without_owned(truth, owners)
    listed.source, listed.says = "layout", "pip list, pipdeptree, dpkg -S"
    owned = [["pypi", one.name, one.version, owner.name] for one, owner in owners.items()]
    write_json(folder + "/owners.json", sorted(owned + owned_gems(image) + owned_others(image)))
    truth.says, truth.options, truth.source = "pip list, pipdeptree", ["--include-owned", "--packages", "os,python"], "layout"
    truth.save(folder + "/with-owned.json")
    return listed
