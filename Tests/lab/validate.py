#!/usr/bin/env python3
"""validate.py spdx|cyclonedx|cyclonedx-xml FILE: the verdict of the official validator; exit code 1 and its words if the document is invalid."""
import re, sys

kind, path = sys.argv[1:]
if kind == "spdx":
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    errors = [one.validation_message for one in validate_full_spdx_document(parse_file(path))]
else:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from cyclonedx.validation.xml import XmlValidator
    with open(path, encoding="utf-8") as file:
        text = file.read()
    version = re.search(r'"specVersion":\s*"([\d.]+)"|schema/bom/([\d.]+)', text)
    validator = XmlValidator if kind == "cyclonedx-xml" else JsonStrictValidator
    error = validator(SchemaVersion.from_version(version[1] or version[2])).validate_str(text)
    errors = [str(error)] if error else []
for error in errors[:10]:
    print(" ".join(error.split())[:300])
sys.exit(bool(errors))
