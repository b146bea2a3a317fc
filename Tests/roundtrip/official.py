"""Says whether documents are valid by the official schemas, which lie in a folder and are never fetched.

SPDX 2.2 by the schema of 2.2.2, or of its first revision where the document is wrapped in {"Document": …}; SPDX 2.3 by
that of 2.3.1; CycloneDX by the schema of its version, of 1.2 and 1.3 the lax edition. No `format` decides but `uri`,
without which every algorithm of a signature would be two of its alternatives (docs/validation.md). Tag-value has no
schema: there the official tools for Python decide.
"""
import json, logging, os, re, tempfile

import jsonschema_rs
from lxml import etree

import documents

SPDX_EDITIONS = {"2.2": "2.2.2", "2.3": "2.3.1"}
NEVER = {"date-time": None, "date": None, "time": None, "email": None, "idn-email": None, "iri-reference": None,
         "uri-reference": None, "iri": None, "hostname": None, "ipv4": None, "ipv6": None, "uuid": None, "regex": None}


def load(path):
    with open(path, "rb") as file:
        return json.loads(file.read())


def without_local_ids(schema):
    """CycloneDX 1.2 and 1.3 name subschemas `#/properties/…`, which is no identifier, and which nothing refers to."""
    if isinstance(schema, dict):
        return {name: without_local_ids(inner) for name, inner in schema.items()
                if not (name == "$id" and isinstance(inner, str) and inner.startswith("#"))}
    return [without_local_ids(inner) for inner in schema] if isinstance(schema, list) else schema


class Offline(etree.Resolver):
    """Gives the schemas the one file that they import, and nothing else."""

    def __init__(self, folder):
        self.folder = folder

    def resolve(self, url, identifier, context):
        if url.rstrip("/").endswith("/schema/spdx"):
            return self.resolve_filename(f"{self.folder}/cyclonedx/spdx.xsd", context)
        if os.path.isabs(url) and url.startswith(self.folder):
            return None
        return self.resolve_string("<refused/>", context)


class Official:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.made = {}

    def json_validator(self, path):
        if path not in self.made:
            shared = [(f"http://cyclonedx.org/schema/{name}", load(f"{self.folder}/cyclonedx/{name}"))
                      for name in ("spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json")]
            formats = {name: lambda text: True for name in NEVER}
            formats["uri"] = lambda text: re.match("[A-Za-z][-+.A-Za-z0-9]*:", text) is not None
            self.made[path] = jsonschema_rs.Draft7Validator(
                without_local_ids(load(f"{self.folder}/{path}")), registry=jsonschema_rs.Registry(shared),
                validate_formats=True, formats=formats)
        return self.made[path]

    def xml_validator(self, version):
        if version not in self.made:
            parser = etree.XMLParser(no_network=True)
            parser.resolvers.add(Offline(self.folder))
            self.made[version] = etree.XMLSchema(etree.parse(f"{self.folder}/cyclonedx/bom-{version}.xsd", parser))
        return self.made[version]

    def objection(self, kind, version, data):
        """None if the document is valid, else the first thing against it, in a line."""
        if kind == documents.XML:
            schema = self.xml_validator(version)
            root = documents.parse_xml(data)
            if schema.validate(root):
                return None
            error = schema.error_log[0]
            return f"{error.path or ''}: {error.message}"[:300]
        if kind == documents.TAG_VALUE:
            return tools_objection(data, ".spdx")
        value = json.loads(documents.text_of(data))
        if kind == documents.CYCLONEDX:
            path = f"cyclonedx/bom-{version}.schema.json"
        else:
            is_wrapped = "spdxVersion" not in value
            path = f"spdx/spdx-schema-{'2.2' if is_wrapped else SPDX_EDITIONS[version]}.json"
        for error in self.json_validator(path).iter_errors(value):
            pointer = "".join(f"/{step}" for step in error.instance_path)
            return f"{pointer}: {' '.join(error.message.split())}"[-300:]
        return None


def tools_objection(data, suffix):
    """What pyspdxtools has against an SPDX document, or None. It takes a second for some hundred packages."""
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    logging.disable(logging.CRITICAL)
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        try:
            messages = validate_full_spdx_document(parse_file(file.name))
        except Exception as error:
            said = getattr(error, "messages", None) or [f"{type(error).__name__}: {error}"]
            return " ".join(str(said[0]).split())[:300]
    return " ".join(messages[0].validation_message.split())[:300] if messages else None
