"""self_test.py: whether the oracle sees what is wrong, and nothing where nothing is. A second, without sbomkit.

Readers and comparison on small texts; then the whole harness with converters that do known wrong, each of which it has to
find: one that only copies, and ones that lose, reorder or reword something, crash, hang or refuse."""
import contextlib, io, os, sys, tempfile, textwrap, unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import documents, roundtrip
from documents import CYCLONEDX, ODD, SPDX, TAG_VALUE, XML

BOM = b'<bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1"><components>%s</components></bom>'


def parted(kind, one, other):
    return documents.difference(documents.read(kind, one), documents.read(kind, other))


class Comparison(unittest.TestCase):
    def test_json_is_compared_by_value_order_and_digits(self):
        self.assertIsNone(parted(SPDX, b'{"a": 1, "b": [1, "\\u00e9"]}', '\ufeff{"b":[1,"é"],"a":1}'.encode()))
        self.assertIsNone(parted(SPDX, b'{"a": 1, "a": 2}', b'{"a": 2}'))
        for one, other in ((b'{"a": 1.0}', b'{"a": 1}'), (b'{"a": 1}', b'{"a": "1"}'), (b'{"a": 1e3}', b'{"a": 1E3}'),
                           (b'{"a": [1, 2]}', b'{"a": [2, 1]}'), (b'{"a": null}', b"{}"), (b"{}", b'{"a": ""}'),
                           (b'{"a": true}', b'{"a": 1}'), (b'{"a": 12345678901234567890}', b'{"a": 12345678901234567891}'),
                           (b'{"a": []}', b'{"a": {}}'), (b'{"a": "x "}', b'{"a": "x"}')):
            self.assertIsNotNone(parted(SPDX, one, other), (one, other))
        for bad in (b"{", b'{"a": NaN}', b'{"a": "\xff"}', b"[" * 100_000):
            with self.assertRaises(documents.Unreadable):
                documents.read(SPDX, bad)

    def test_xml_is_compared_by_names_attributes_and_text(self):
        plain = BOM % b'<component type="file" bom-ref="a"><name>x &amp; y</name></component>'
        same = (b'<?xml version="1.0"?><!-- c --><b:bom xmlns:b="http://cyclonedx.org/schema/bom/1.4" version="1">\n <b:components>'
                b"<b:component bom-ref='a' type='file'><b:name><![CDATA[x & y]]></b:name><!-- c --></b:component></b:components></b:bom>")
        self.assertIsNone(parted(XML, plain, same))
        for other in (b'<component type="file" bom-ref="a"><name>x &amp; y </name></component>',
                      b'<component type="file"><name>x &amp; y</name></component>',
                      b'<component type="file" bom-ref="a"><name xmlns="urn:x">x &amp; y</name></component>',
                      b'<component type="file" bom-ref="a"><name>x &amp; y</name><version/></component>', b""):
            self.assertIsNotNone(parted(XML, plain, BOM % other), other)
        with self.assertRaises(documents.Unreadable):
            documents.read(XML, b'<!DOCTYPE bom [<!ENTITY x SYSTEM "file:///etc/passwd">]><bom>&x;</bom>')

    def test_tag_value_is_compared_by_pairs_in_order(self):
        self.assertIsNone(parted(TAG_VALUE, b"# c\nA: <text>x</text>\r\n\r\nB:y\n", b"A: x\nB: y"))
        self.assertIsNone(parted(TAG_VALUE, b"A: <text>x\n# no comment\n\ny</text>", b"A:<text>x\r\n# no comment\r\n\r\ny</text>"))
        for one, other in ((b"A: x\nB: y", b"B: y\nA: x"), (b"A: x", b"A: x\nA: x"), (b"A: <text> x</text>", b"A: x"),
                           (b"A: <text>x\ny</text>", b"A: <text>x y</text>")):
            self.assertIsNotNone(parted(TAG_VALUE, one, other), (one, other))
        for bad in (b"A: <text>x", b"A: x\nno tag"):
            with self.assertRaises(documents.Unreadable):
                documents.read(TAG_VALUE, bad)

    def test_formats_are_told_by_content(self):
        for data, expected in ((b'{"spdxVersion": "SPDX-2.2"}', (SPDX, "2.2")), (b'{"Document": {"spdxVersion": "SPDX-2.2"}}', (SPDX, "2.2")),
                               ('\ufeff{"bomFormat": "CycloneDX", "specVersion": "1.7"}'.encode("utf-16"), (CYCLONEDX, "1.7")),
                               (BOM % b"", (XML, "1.4")), (b"# c\nSPDXVersion: SPDX-2.3\n", (TAG_VALUE, "2.3"))):
            self.assertEqual(documents.recognise(data), expected)
        for data in (b"", b"[]", b"{}", b'{"bomFormat": "CycloneDX", "specVersion": "1.1"}', b"<bom/>", b"\0\1\2", b"SPDXVersion: SPDX-2.1"):
            self.assertEqual(documents.recognise(data)[0], ODD, data)


class Harness(unittest.TestCase):
    """The harness with a converter of a few lines of Python, over one of our own documents."""

    def findings(self, body, *arguments, exceptions=""):
        with tempfile.TemporaryDirectory() as folder:
            script = f"{folder}/sbomkit"
            with open(script, "w") as file:
                file.write(f"#!{sys.executable} -S\nimport os, sys\n_, verb, source = sys.argv[:3]\nif verb != 'convert': sys.exit(0)\n"
                           "target, out = sys.argv[4], sys.argv[6]\ndata = open(source, 'rb').read()\n"
                           + textwrap.dedent(body) + "\nopen(out, 'wb').write(data)\n")
            os.chmod(script, 0o755)
            with open(f"{folder}/exceptions.tsv", "w") as file:
                file.write(exceptions)
            said = io.StringIO()
            command = ["roundtrip.py", "--sbomkit", script, "--exceptions", f"{folder}/exceptions.tsv", "-j", "1",
                       *(arguments or ("--path", "*brewery*"))]
            with (mock.patch.object(sys, "argv", command), mock.patch.object(roundtrip, "find_corpus", lambda named: None),
                  contextlib.redirect_stdout(said)):
                code = roundtrip.main()
            return code, said.getvalue()

    def test_a_copy_is_the_same_everywhere(self):
        code, said = self.findings("", "--only", "same")
        self.assertEqual(code, 0, said)
        for format in ("spdx@2.2", "spdx@2.3", "spdx-tag-value@2.3", "cyclonedx@1.5", "cyclonedx@1.6", "cyclonedx@1.7",
                       "cyclonedx-xml@1.2", "cyclonedx-xml@1.4", "cyclonedx-xml@1.6"):
            self.assertRegex(said, rf"same +{format} +[1-9] +0 +0\n")

    def test_a_copy_in_another_format_is_not_what_was_asked_for(self):
        code, said = self.findings("")
        self.assertEqual(code, 1)
        self.assertIn("valid/spdx@2.3: Fixtures/documents/brewery-1.5.cdx.json: spdx@2.3 was asked for, and this is cyclonedx 1.5", said)

    def test_what_is_lost_reordered_or_reworded_is_found(self):
        for change in ('data.replace(b"0.8,", b"0.80,")', 'data.replace(b"Zo\\xc3\\xab", b"Zoe")', 'data.replace(b"\\"fast\\"", b"\\"slow\\"")',
                       'data.replace(b"\\"value\\": \\"\\"", b"\\"value\\": null")', 'b"{}"', 'b""'):
            code, said = self.findings(f"data = {change}", "--only", "same", "--path", "*brewery*")
            self.assertEqual(code, 1, change)
            self.assertIn("same: Fixtures/documents/brewery-1.5.cdx.json: ", said)

    def test_a_crash_a_wrong_code_and_a_hang_are_found(self):
        for body, expected in (("os.kill(os.getpid(), 11)", "ended by signal 11"), ("sys.exit(70)", "exit 70"), ("sys.exit(133)", "signal 5")):
            code, said = self.findings(body, "--only", "odd", "--path", "*brewery*")
            self.assertEqual(code, 1)
            self.assertIn(expected, said)
        with mock.patch.object(roundtrip, "LIMIT", 0.5):
            code, said = self.findings("import time; time.sleep(5)", "--only", "same", "--path", "*brewery*")
        self.assertEqual(code, 1)
        self.assertIn("not done after 0.5 s", said)

    def test_a_refusal_is_listed_and_fails_only_where_the_document_can_be_read(self):
        refusal = "print('sbomkit: error: never', file=sys.stderr); sys.exit(65)"
        self.assertEqual(self.findings(refusal, "--only", "odd", "--path", "*brewery*")[0], 0)
        code, said = self.findings(refusal, "--only", "same", "--path", "*brewery*")
        self.assertEqual(code, 1)
        self.assertIn("refused: sbomkit: error: never", said)

    def test_an_exception_counts_only_while_it_is_one(self):
        line = "same\tFixtures/documents/brewery*\tit is known\n"
        code, said = self.findings("sys.exit(65)", "--only", "same", "--path", "*brewery*", exceptions=line)
        self.assertEqual(code, 0, said)
        self.assertIn("it is known", said)
        code, said = self.findings("", "--only", "same", "--path", "*brewery*", exceptions=line)
        self.assertEqual(code, 1, said)
        self.assertIn("no exception", said)


if __name__ == "__main__":
    unittest.main()
