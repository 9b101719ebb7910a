"""Grading: repair, sandboxed execution, checks outside, and the record of what came of it."""

import sys

# jsonschema, which every reader of notebooks imports, would compile a grammar of international web
# addresses each time: a second of each of grading's processes. No schema here asks for one, and
# jsonschema takes the package as one that is not installed.
sys.modules.setdefault("rfc3987_syntax", None)
