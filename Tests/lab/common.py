"""What the scripts of the lab share: where things are, running tools, image layouts, the truth of a case, and reading documents."""
import collections, gzip, hashlib, json, os, re, shutil, subprocess, tarfile, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
LAB = os.path.abspath(os.environ.get("LAB") or os.path.join(PROJECT, ".build", "lab"))
IMAGES, WORK, OUT = (os.path.join(LAB, name) for name in ("images", "work", "out"))
VALIDATORS = os.path.join(PROJECT, ".build", "validators", "bin", "python")
CONSUMERS = os.path.join(PROJECT, ".build", "consumers", "bin", "python")
EPOCH = 1760000000  # 2025-10-09T08:53:20Z, the time of every file and image

# Package URLs of these types are not packages of languages.
SYSTEM_TYPES = {"deb", "rpm", "apk", "oci", "docker"}


def run(*command, cwd=None, env=None, check=True, text=True, log=None):
    """Runs a tool; returns what it wrote to standard output. Its complaints are in the message of the error."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if check and done.returncode:
        raise SystemExit("lab: %s ended with %d:\n%s" % (" ".join(map(str, command)), done.returncode,
                         (done.stdout + done.stderr).decode("utf-8", "replace")[-2000:]))
    return done.stdout.decode("utf-8", "replace") if text else done.stdout


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def write_json(path, value):
    write(path, json.dumps(value, indent=1, sort_keys=True) + "\n")


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


# --- image layouts ----------------------------------------------------------------------------------------------------


def tar_of(root, path):
    """The files of a folder as a layer: the same folder gives the same bytes."""
    def plain(member):
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = EPOCH
        return member
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files + [one for one in folders if os.path.islink(os.path.join(folder, one))]):
                place = os.path.join(folder, name)
                archive.add(place, os.path.relpath(place, root), recursive=False, filter=plain)
            for name in folders:
                place = os.path.join(folder, name)
                if not os.path.islink(place):
                    archive.add(place, os.path.relpath(place, root), recursive=False, filter=plain)
    return path


def write_layout(layout, tars):
    """An OCI image layout with these tars as its layers, the lowest first."""
    blobs = os.path.join(layout, "blobs", "sha256")
    os.makedirs(blobs)

    def put(data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        write(os.path.join(blobs, digest), data)
        return {"mediaType": "application/vnd.oci.image." + media_type, "digest": "sha256:" + digest, "size": len(data)}

    layers, diff_ids = [], []
    for path in tars:
        with open(path, "rb") as file:
            data = file.read()
        diff_ids.append("sha256:" + hashlib.sha256(data).hexdigest())
        layers.append(put(gzip.compress(data, 6, mtime=0), "layer.v1.tar+gzip"))
    config = put(json.dumps({"created": "2025-10-09T08:53:20Z", "architecture": "amd64", "os": "linux", "config": {"Cmd": ["sh"]},
                             "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode(), "config.v1+json")
    manifest = put(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
                               "layers": layers}).encode(), "manifest.v1+json")
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    write_json(os.path.join(layout, "index.json"), {"schemaVersion": 2, "manifests": [manifest]})
    write(os.path.join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}')


def layer_files(layout):
    """(diff ID, path of its blob) of each layer of a layout with one image, the lowest first."""
    def blob(descriptor):
        return os.path.join(layout, "blobs", *descriptor["digest"].split(":"))
    manifest = read_json(blob(read_json(os.path.join(layout, "index.json"))["manifests"][0]))
    diff_ids = read_json(blob(manifest["config"]))["rootfs"]["diff_ids"]
    return [(diff_id, blob(descriptor)) for descriptor, diff_id in zip(manifest["layers"], diff_ids)]


def open_layers(layout):
    """Each layer of a layout as an archive, the lowest first."""
    for _, path in layer_files(layout):
        with tarfile.open(path) as archive:
            yield archive


def layers_of(layout):
    """(diff ID, names of its files) of each layer of a layout with one image, the lowest first."""
    names = [{os.path.normpath(member.name) for member in archive if member.isfile()} for archive in open_layers(layout)]
    return [(diff_id, its) for (diff_id, _), its in zip(layer_files(layout), names)]


# --- packages ---------------------------------------------------------------------------------------------------------

# A package: the type of its package URL, its name with the namespace, its version, and the folder or file in which it is.
# Without a package URL the type is the word for the kind.
Package = collections.namedtuple("Package", "type name version place")


def plain_name(kind, name):
    """The name as names of that type are compared."""
    if kind == "pypi":
        return re.sub(r"[-_.]+", "-", name).lower()
    return name.lower() if kind in ("golang", "composer", "npm") else name


def of_purl(purl):
    """(type, name, version) of a package URL."""
    match = re.fullmatch(r"pkg:([^/]+)/([^@?#]+)(?:@([^?#]*))?(?:\?[^#]*)?(?:#(.*))?", purl)
    kind, name, version = match[1], urllib.parse.unquote(match[2]), urllib.parse.unquote(match[3] or "")
    if kind in SYSTEM_TYPES:
        name = name.rpartition("/")[2]
    if kind == "golang" and match[4]:
        name += "/" + match[4]          # syft writes the end of some paths as a subpath
    return kind, plain_name(kind, name), version


class Truth:
    """What is in an image by the word of the real tools, and where: see README.md."""

    def __init__(self, source=None):
        self.source = source            # as sbomkit takes it
        self.packages = []
        self.edges = set()
        self.places = set()             # the place of a path is the longest of these that it begins with
        self.options = []               # more arguments of sbomkit
        self.only = None                # the one type of packages that the truth knows; then it knows no edges
        self.by_hand = False            # whether the tree was made by hand
        self.says = ""                  # who says so

    def add(self, kind, name, version, place):
        package = Package(kind, plain_name(kind, name), version, place.strip("/"))
        self.packages.append(package)
        self.places.add(package.place)
        return package

    def edge(self, one, other):
        if one != other:
            self.edges.add((one, other))

    def save(self, path):
        write_json(path, {"source": self.source, "packages": sorted(self.packages), "edges": sorted(self.edges), "places": sorted(self.places),
                          "options": self.options, "only": self.only, "by_hand": self.by_hand, "says": self.says})

    @staticmethod
    def load(path):
        value, truth = read_json(path), Truth()
        truth.source, truth.options, truth.by_hand, truth.says = value["source"], value["options"], value["by_hand"], value["says"]
        truth.only = value.get("only")
        truth.packages = [Package(*one) for one in value["packages"]]
        truth.edges = {(Package(*one), Package(*other)) for one, other in value["edges"]}
        truth.places = set(value["places"])
        return truth

    def place_of(self, path):
        """The longest known place in which a path is; the path itself if there is none."""
        end = len(path)
        while end > 0:
            if path[:end].rstrip("!") in self.places:
                return path[:end].rstrip("!")
            end = max(path.rfind("/", 0, end), 0)
        return "" if "" in self.places else path


class Document:
    """The packages of languages in a document, and which needs which."""

    def __init__(self, data, truth):
        self.truth = truth
        self.packages = collections.Counter()
        self.edges = set()
        self.layers = {}                # the digest of the layer of a path that shows a package
        self.contains = {}              # what a package of the system contains, by its name
        self.names = {}                 # the package with an identifier
        self.urls = collections.Counter()   # (type, name, version) of each package of a language
        if data.lstrip()[:1] == b"<":
            raise SystemExit("XML is validated only")
        value = json.loads(data)
        if "spdxVersion" in value:
            self.read_spdx(value)
        else:
            self.read_cyclonedx(value)

    def package(self, identifier, purl, name, version, properties, kind):
        path = next((text for key, text in properties if key == "FilePath"), None)
        member = next((text for key, text in properties if key == "Member"), None)
        if purl:
            kind, name, version = of_purl(purl)
        if kind in SYSTEM_TYPES:
            if kind in ("deb", "rpm", "apk"):
                self.names[identifier] = Package(kind, name, "", "")
                self.contains.setdefault(name, set()).update(text for key, text in properties if key == "Contains")
            return
        if not kind or not purl and not path:
            return
        place = self.truth.place_of(path + ("!/" + member if member else "")) if path else ""
        self.names[identifier] = one = Package(kind, plain_name(kind, name), version or "", place)
        self.packages[one] += 1
        self.urls[one[:3]] += 1
        layer = next((text for key, text in properties if key == "LayerDiffID"), None)
        if path and layer:
            self.layers[path] = layer

    def edge(self, one, other):
        one, other = self.names.get(one), self.names.get(other)
        if one and other and one != other and not (one.type in SYSTEM_TYPES and other.type in SYSTEM_TYPES):
            self.edges.add((one, other))

    def read_spdx(self, value):
        for package in value.get("packages") or []:
            if package.get("primaryPackagePurpose") in ("OPERATING-SYSTEM", "OPERATING_SYSTEM"):
                continue
            purls = [one["referenceLocator"] for one in package.get("externalRefs") or [] if one.get("referenceType") == "purl"]
            properties = [tuple(one["comment"].split(": ", 1)) for one in package.get("annotations") or [] if ": " in one["comment"]]
            word = re.match(r"(\w+) package, ", package.get("sourceInfo") or "")
            self.package(package["SPDXID"], purls[0] if purls else None, package["name"], package.get("versionInfo"), properties, word and word[1])
        for one in value.get("relationships") or []:
            kind, source, target = one["relationshipType"], one["spdxElementId"], one["relatedSpdxElement"]
            if kind in ("DEPENDENCY_OF", "OPTIONAL_DEPENDENCY_OF"):
                source, target = target, source
            if kind in ("DEPENDS_ON", "DEPENDENCY_OF", "OPTIONAL_DEPENDENCY_OF"):
                self.edge(source, target)

    def read_cyclonedx(self, value):
        waiting = list(value.get("components") or [])
        while waiting:
            component = waiting.pop()
            waiting += component.get("components") or []
            if component["type"] == "operating-system":
                continue
            properties = [(one["name"].rpartition(":")[2], one.get("value", "")) for one in component.get("properties") or []]
            path = any(name == "FilePath" for name, _ in properties)
            kind = re.match(r"Package-(\w+)-", component.get("bom-ref", "").rpartition("#")[2])
            name = "/".join(filter(None, (component.get("group"), component["name"])))
            self.package(component.get("bom-ref"), component.get("purl"), name, component.get("version"), properties, kind[1] if kind and path else None)
        for one in value.get("dependencies") or []:
            for target in one.get("dependsOn") or []:
                self.edge(one["ref"], target)
