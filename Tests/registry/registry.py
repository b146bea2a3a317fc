#!/usr/bin/env python3
"""A registry that misbehaves as it is told: registry.py LAYOUT SCRIPT LOG PORTS

It serves the blobs of an OCI layout in every repository, under the tags that index.json gives them. There are three servers
on free ports of this machine, whose numbers are written into the file PORTS: the registry, a storage service and a token
service. Every request is a line of JSON in the file LOG. SCRIPT is a JSON object:

  auth       "basic" or "bearer"; without it everybody is let in
  user, password, refresh     what opens it: a name and a password, or an identity token
  anonymous  whether the token service has tokens for anybody
  realm      the address of the token service, in place of the real one
  tokens     how many requests a token is good for
  challenge  false: the 401 of manifests and blobs has no challenge, only that of /v2/ has
  ready      a token that needs no service
  token      what the token service answers, and "padding": how many spaces follow
  forms      false: the token service has no POST
  referrers  whether there is the referrers API; "pages": one entry a page;
             a number: the status that it has instead
  redirect   where blobs are: true for the storage service, or an address
  guarded    true: the storage service wants a token too, which anybody gets
  hops       how many redirects lead there
  fail       [STATUS, HEADERS, COUNT, BODY]: the first COUNT requests for manifests and blobs get that
  cut        [SIZE, COUNT]: the first COUNT answers with blobs end after SIZE bytes
  stall      [SIZE, COUNT]: they wait for ever instead
  range      "ignore": all of a blob, whatever is asked for; "refuse": 400; "wrong": another part
  digest     true: manifests are not those of their digest
  corrupt    true: the last bit of large blobs is another one
  length     by how many bytes Content-Length of blobs is wrong
  chunked    true: blobs without a Content-Length
  headers    fields that every answer has
  long       how many further fields of 60,000 bytes they have
  old        true: manifests of schema 1
"""

import base64
import hashlib
import json
import os
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

layout, script, log_file, ports_file = sys.argv[1:]
script = json.loads(script)
lock = threading.Lock()
counts = {}
tokens = {}


def take(name, most):
    """Whether it is one of the first so many."""
    with lock:
        counts[name] = counts.get(name, 0) + 1
        return counts[name] <= most


def blob(digest):
    algorithm, _, value = digest.partition(":")
    try:
        with open(os.path.join(layout, "blobs", algorithm, value), "rb") as file:
            return file.read()
    except OSError:
        return None


def top():
    with open(os.path.join(layout, "index.json")) as file:
        return json.load(file)["manifests"]


def tagged(tag):
    for entry in top():
        if (entry.get("annotations") or {}).get("org.opencontainers.image.ref.name") == tag:
            return entry["digest"]
    return None


def manifests():
    """All manifests, also those in indexes, with their descriptors."""
    waiting, found = top(), []
    while waiting:
        entry = waiting.pop(0)
        content = json.loads(blob(entry["digest"]))
        found.append((entry, content))
        waiting += content.get("manifests", [])
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    role = "registry"

    def log_message(self, *arguments):
        pass

    def note(self, body=""):
        line = {
            "server": self.role, "method": self.command, "path": self.path, "headers": dict(self.headers.items()),
            "body": body,
        }
        with lock, open(log_file, "a") as file:
            file.write(json.dumps(line) + "\n")

    def answer(self, status, body=b"", headers=None):
        if isinstance(body, str):
            body = body.encode()
        self.send_response(status)
        for number in range(script.get("long", 0)):
            self.send_header(f"X-{number}", "x" * 60_000)
        for name, value in {**script.get("headers", {}), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code, headers=None):
        body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]})
        self.answer(status, body, {"Content-Type": "application/json", **(headers or {})})

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.note()
        # A proxy is given the whole address.
        self.path = urllib.parse.urlsplit(self.path)._replace(scheme="", netloc="").geturl()
        path, _, query = self.path.partition("?")
        if self.role == "token":
            return self.token(urllib.parse.parse_qs(query))
        parts = path.split("/")
        if path.startswith("/hop/"):
            hop = int(parts[2])
            return self.redirect(parts[3], hop)
        if self.role == "storage":
            if script.get("guarded") and not self.allowed("", "bearer"):
                return
            return self.send_blob(parts[-1])
        kind, version = (parts[-2], parts[-1]) if len(parts) > 3 else ("", "")
        if not self.allowed(kind):
            return
        if path == "/v2/":
            return self.answer(200, "{}")
        if "fail" in script and take("fail", script["fail"][2]):
            status, headers, _, body = script["fail"]
            return self.answer(status, body, headers)
        if kind == "manifests":
            return self.send_manifest(version)
        if kind == "blobs":
            if script.get("redirect") and blob(version):
                return self.redirect(version, script.get("hops", 1))
            return self.send_blob(version)
        if kind == "referrers" and type(script.get("referrers")) is int:
            return self.error(script["referrers"], "UNSUPPORTED")
        if kind == "referrers" and script.get("referrers"):
            return self.send_referrers(version, urllib.parse.parse_qs(query))
        self.answer(404, "404 page not found\n", {"Content-Type": "text/plain"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.note(body)
        form = urllib.parse.parse_qs(body)
        if self.role != "token" or script.get("forms") is False:
            return self.answer(404)
        if form.get("grant_type") != ["refresh_token"] or form.get("refresh_token") != [script.get("refresh")]:
            return self.answer(401, '{"details": "incorrect token"}')
        self.send_token("access_token")

    # Who asks

    def allowed(self, kind, auth=None):
        auth = auth or script.get("auth")
        if not auth:
            return True
        given = self.headers.get("Authorization", "")
        if auth == "basic":
            expected = base64.b64encode(f"{script['user']}:{script['password']}".encode()).decode()
            if given == "Basic " + expected:
                return True
            challenge = 'Basic realm="test, of \\"quotes\\""'
        else:
            token = given.removeprefix("Bearer ")
            with lock:
                if token == script.get("ready") or tokens.get(token, 0) > 0:
                    tokens[token] = tokens.get(token, 1) - 1
                    return True
            realm = script.get("realm", f"http://127.0.0.1:{ports['token']}/token?from=realm")
            challenge = f'Negotiate, Bearer realm="{realm}",service="the service",scope="repository:scope/asked:pull"'
        if script.get("challenge") is False and kind:
            self.error(401, "UNAUTHORIZED")
        else:
            self.error(401, "UNAUTHORIZED", {"WWW-Authenticate": challenge})
        return False

    def token(self, query):
        given = self.headers.get("Authorization", "")
        if given.startswith("Basic "):
            name, _, password = base64.b64decode(given[6:]).decode().partition(":")
            known = (name, password) == (script.get("user"), script.get("password"))
            if not known and (name, password) != ("<token>", script.get("refresh")):
                return self.answer(401, '{"details": "incorrect username or password"}')
        elif not script.get("anonymous"):
            return self.answer(401, '{"details": "who are you"}')
        self.send_token("token")

    def send_token(self, name):
        if "token" in script:
            return self.answer(200, script["token"] + " " * script.get("padding", 0))
        token = hashlib.sha256(os.urandom(16)).hexdigest()
        with lock:
            tokens[token] = script.get("tokens", 1_000_000)
        self.answer(200, json.dumps({name: "token-" + token, "expires_in": 60}))
        with lock:
            tokens["token-" + token] = tokens.pop(token)

    # What there is

    def send_manifest(self, version):
        digest = version if ":" in version else tagged(version)
        body = blob(digest) if digest else None
        if body is None:
            return self.error(404, "MANIFEST_UNKNOWN")
        if script.get("old"):
            kind = "application/vnd.docker.distribution.manifest.v1+prettyjws"
            return self.answer(200, '{"schemaVersion": 1, "fsLayers": []}', {"Content-Type": kind})
        content = json.loads(body)
        kind = content.get("mediaType") or (
            "application/vnd.oci.image.index.v1+json" if "manifests" in content
            else "application/vnd.oci.image.manifest.v1+json")
        if script.get("digest"):
            body = body + b" "
        self.answer(200, body, {"Content-Type": kind, "Docker-Content-Digest": "sha256:" + "0" * 64})

    def redirect(self, digest, hops):
        if hops > 1:
            return self.answer(307, "", {"Location": f"/hop/{hops - 1}/{digest}"})
        there = script["redirect"]
        if there is True:
            there = f"http://127.0.0.1:{ports['storage']}/signed/{digest}?signature=s1gnature"
        self.answer(307, "<a href=elsewhere>", {"Location": there})

    def send_blob(self, digest):
        body = blob(digest)
        if body is None:
            return self.error(404, "BLOB_UNKNOWN")
        first, status, headers = 0, 200, {"Content-Type": "application/octet-stream"}
        asked = self.headers.get("Range")
        mode = script.get("range")
        if asked and mode == "refuse":
            return self.answer(400, "<html>no ranges</html>", {"Content-Type": "text/html"})
        if asked and mode != "ignore":
            first = int(asked.removeprefix("bytes=").removesuffix("-"))
            if first >= len(body):
                return self.answer(416)
            if mode == "wrong":
                first += 1
            status = 206
            headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        self.send_response(status)
        for name, value in {**script.get("headers", {}), **headers}.items():
            self.send_header(name, value)
        if script.get("chunked"):
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body) - first + script.get("length", 0)))
        self.end_headers()
        if self.command == "HEAD":
            return
        rest = body[first:]
        for name in ("cut", "stall"):
            # Small blobs are configurations.
            if name in script and len(body) > 2_000 and take(name, script[name][1]):
                self.wfile.write(rest[: script[name][0]])
                self.wfile.flush()
                if name == "stall":
                    time.sleep(600)
                self.close_connection = True
                return
        if script.get("corrupt") and len(body) > 2_000:
            rest = rest[:-1] + bytes([rest[-1] ^ 1])
        self.wfile.write(rest)

    def send_referrers(self, digest, query):
        found = []
        for entry, content in manifests():
            if (content.get("subject") or {}).get("digest") == digest:
                found.append({key: entry[key] for key in ("mediaType", "digest", "size")})
                if "artifactType" in content:
                    found[-1]["artifactType"] = content["artifactType"]
        headers = {"Content-Type": "application/vnd.oci.image.index.v1+json"}
        if script["referrers"] in ("pages", "endless"):
            page = int(query.get("page", ["0"])[0])
            if page + 1 < len(found) or script["referrers"] == "endless":
                headers["Link"] = f'</v2/a/referrers/{digest}?page={page + 1}>; rel="next"'
            found = found[page : page + 1]
        self.answer(200, json.dumps({"schemaVersion": 2, "manifests": found}), headers)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


servers = {}
for role in ("registry", "storage", "token"):
    servers[role] = Server(("127.0.0.1", 0), type(role, (Handler,), {"role": role}))
ports = {role: server.server_address[1] for role, server in servers.items()}
for server in servers.values():
    threading.Thread(target=server.serve_forever, daemon=True).start()
with open(ports_file + ".new", "w") as file:
    file.write(" ".join(f"{role}={port}" for role, port in ports.items()))
os.rename(ports_file + ".new", ports_file)
# Whoever started it closes the pipe, also by ending.
sys.stdin.read()
