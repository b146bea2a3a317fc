#!/usr/bin/python3
"""documents.py OUT.json [PACKAGES FILES RELATIONSHIPS], documents.py OUT.xml [COMPONENTS]: writes a large document.

Invented, and the same every time: an SPDX 2.3 document (20,000 packages, 100,000 files and 200,000 relationships unless
told, about 92 MB in lines with two blanks) or a CycloneDX 1.6 document in XML (72,000 components, about 46 MB). Both are
valid by the official schemas."""
import random, sys

LICENCES = ["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-or-later", "MIT AND LicenseRef-Example-1", "NOASSERTION"]


def digest(pick, digits):
    return f"{pick.getrandbits(digits * 4):0{digits}x}"


def package(pick, number):
    licence = LICENCES[number % len(LICENCES)]
    name = f"example-{number:05d}"
    return f"""    {{
      "name": "{name}",
      "SPDXID": "SPDXRef-Package-{number}",
      "versionInfo": "{number % 7}.{number % 11}.{number % 13}-{number % 5}",
      "supplier": "Organization: Example Packaging Team (packages@example.org)",
      "downloadLocation": "https://example.org/pool/{name}.tar.gz",
      "filesAnalyzed": true,
      "packageVerificationCode": {{
        "packageVerificationCodeValue": "{digest(pick, 40)}"
      }},
      "checksums": [
        {{
          "algorithm": "SHA256",
          "checksumValue": "{digest(pick, 64)}"
        }}
      ],
      "sourceInfo": "\\"{name}\\" of the \\u00e9xample farm",
      "licenseConcluded": "NOASSERTION",
      "licenseDeclared": "{licence}",
      "copyrightText": "Copyright {1990 + number % 37} Example Authors\\nAll rights reserved.",
      "description": "An invented package.\\n\\nIt does nothing, {number} times over.",
      "externalRefs": [
        {{
          "referenceCategory": "SECURITY",
          "referenceType": "cpe23Type",
          "referenceLocator": "cpe:2.3:a:example:{name}:{number % 7}.{number % 11}:*:*:*:*:*:*:*"
        }},
        {{
          "referenceCategory": "PACKAGE-MANAGER",
          "referenceType": "purl",
          "referenceLocator": "pkg:deb/debian/{name}@{number % 7}.{number % 11}?arch=amd64"
        }}
      ]
    }}"""


def file(pick, number):
    return f"""    {{
      "fileName": "./share/example-{number % 20000:05d}/{number}.txt",
      "SPDXID": "SPDXRef-File-{number}",
      "fileTypes": [
        "TEXT"
      ],
      "checksums": [
        {{
          "algorithm": "SHA1",
          "checksumValue": "{digest(pick, 40)}"
        }}
      ],
      "licenseConcluded": "MIT",
      "licenseInfoInFiles": [
        "{LICENCES[number % 4]}"
      ]
    }}"""


def relationship(pick, number, packages, files):
    if number == 0:
        subject, kind, target = "SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package-0"
    elif number <= files:
        subject, kind, target = f"SPDXRef-Package-{(number - 1) % packages}", "CONTAINS", f"SPDXRef-File-{number - 1}"
    else:
        subject, kind = f"SPDXRef-Package-{pick.randrange(packages)}", "DEPENDS_ON"
        target = f"SPDXRef-Package-{pick.randrange(packages)}"
    return f"""    {{
      "spdxElementId": "{subject}",
      "relationshipType": "{kind}",
      "relatedSpdxElement": "{target}"
    }}"""


def spdx(out, packages=20_000, files=100_000, relationships=200_000):
    pick = random.Random(1)
    out.write("""{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "large",
  "documentNamespace": "https://example.org/spdxdocs/large",
  "creationInfo": {
    "created": "2026-01-02T03:04:05Z",
    "creators": [
      "Organization: Example",
      "Tool: documents.py-1"
    ]
  },
  "hasExtractedLicensingInfos": [
    {
      "licenseId": "LicenseRef-Example-1",
      "extractedText": "Do as you like."
    }
  ]""")
    for name, count, make in (("packages", packages, lambda number: package(pick, number)),
                              ("files", files, lambda number: file(pick, number)),
                              ("relationships", relationships, lambda number: relationship(pick, number, packages, files))):
        out.write(f',\n  "{name}": [')
        for number in range(count):
            out.write((",\n" if number else "\n") + make(number))
        out.write("\n  ]")
    out.write("\n}\n")


def cyclonedx(out, components=72_000):
    pick = random.Random(1)
    out.write("""<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">
  <components>
""")
    for number in range(components):
        name = f"example-{number:05d}"
        out.write(f"""    <component type="library" bom-ref="component-{number}">
      <supplier>
        <name>Example</name>
      </supplier>
      <name>{name}</name>
      <version>{number % 7}.{number % 11}</version>
      <description>Invented &amp; so on</description>
      <hashes>
        <hash alg="SHA-256">{digest(pick, 64)}</hash>
      </hashes>
      <licenses>
        <license>
          <id>{LICENCES[number % 4]}</id>
        </license>
      </licenses>
      <purl>pkg:deb/debian/{name}@{number % 7}.{number % 11}?arch=amd64</purl>
    </component>
""")
    out.write("  </components>\n  <dependencies>\n")
    for number in range(components):
        out.write(f'    <dependency ref="component-{number}">\n      <dependency ref="component-{pick.randrange(components)}"/>\n    </dependency>\n')
    out.write("  </dependencies>\n</bom>\n")


def main():
    if len(sys.argv) < 2 or not sys.argv[1].endswith((".json", ".xml")):
        sys.exit(__doc__)
    counts = [int(count) for count in sys.argv[2:]]
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        (spdx if sys.argv[1].endswith(".json") else cyclonedx)(out, *counts)


if __name__ == "__main__":
    main()
