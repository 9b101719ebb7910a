"""Grading: repair, sandboxed execution, checks outside, and the record of what came of it."""

import sys

# With it, jsonschema checks texts in formats that no notebook's schema asks for; loading it takes
# a second, in every process that reads a notebook. None makes Python say that it is not installed.
sys.modules.setdefault("rfc3987_syntax", None)
