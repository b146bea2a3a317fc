"""A registry of npm packages on this machine: the documents and archives that npm asks for, made from package.json files."""
import base64, hashlib, http.server, io, json, tarfile, threading, urllib.parse


def archive(package, files=()):
    """The tarball of a package."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        for name, content in [("package.json", json.dumps(package)), ("index.js", "module.exports = 1;\n"), *files]:
            member = tarfile.TarInfo("package/" + name)
            member.size, member.mode = len(content.encode()), 0o644
            tar.addfile(member, io.BytesIO(content.encode()))
    return data.getvalue()


class Registry:
    """Serves packages at `address` of the loopback interface, as long as the `with` block lasts."""

    def __init__(self, packages):
        self.archives, self.documents = {}, {}
        self.packages = packages

    def __enter__(self):
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = urllib.parse.unquote(self.path).lstrip("/")
                data = registry.archives.get(path) or registry.documents.get(path)
                self.send_response(200 if data else 404)
                self.end_headers()
                self.wfile.write(data or b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = "http://127.0.0.1:%d/" % self.server.server_port
        documents = {}
        for package, files in self.packages:
            data = archive(package, files)
            path = "%s/-/%s-%s.tgz" % (package["name"], package["name"].rpartition("/")[2], package["version"])
            self.archives[path] = data
            document = documents.setdefault(package["name"], {"name": package["name"], "dist-tags": {}, "versions": {}})
            document["dist-tags"]["latest"] = package["version"]
            document["versions"][package["version"]] = {**package, "dist": {
                "tarball": self.address + path, "shasum": hashlib.sha1(data).hexdigest(),
                "integrity": "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()}}
        self.documents = {name: json.dumps(document).encode() for name, document in documents.items()}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
