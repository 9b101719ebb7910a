"""What released notebooks ask of the package."""

import ast
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imports_of_releases():
    """Return every import of the package that a released notebook makes."""
    found = set()
    for path in sorted(ROOT.glob("release/*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and "pawmark" in source:
                nodes = ast.walk(ast.parse(source))
                lines = [
                    ast.unparse(n) for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)
                ]
                found |= {line for line in lines if "pawmark" in line}
    return sorted(found)
