"""Gives cells time limits, points, ids and grade_ids of its own, deep and giant metadata, and HTML.

tries: huge or deeply nested metadata, own limits, HTML in ids
outcome: failed
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
deep = []
for _ in range(400):
    deep = [deep]
for number, cell in enumerate(notebook["cells"]):
    own = cell["metadata"].get("nbgrader", {})
    cell["metadata"]["pawmark"] = {"seconds": 1e9, "points": 99, "outcome": "passed"}
    cell["metadata"]["<script>alert(1)</script>"] = {"deep": deep, "giant": "x" * 100_000}
    cell["metadata"]["collapsed"] = "<script>"
    cell["attachments"] = {"a.png": {"image/png": '"><script>alert(1)</script>'}}
    if own.get("grade") and not own.get("solution"):
        own.update(points=400, locked=False, checksum="0" * 32)
        cell["source"] = "print('passed')"
        cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "400"}}]
notebook["cells"].append({
    "cell_type": "code", "id": '"><script>alert(1)</script>', "source": "pass", "outputs": [],
    "execution_count": None, "metadata": {"nbgrader": {
        "grade": True, "solution": False, "locked": False, "task": False, "points": 50,
        "grade_id": "<script>alert(1)</script>", "schema_version": 3, "cell_type": "code"}}})
notebook["metadata"] = {"kernelspec": {"name": "../../bin/sh", "display_name": "<script>", "language": "bash"},
                        "language_info": {"name": "<script>", "pygments_lexer": "<script>"},
                        "title": "<script>alert(1)</script>", "widgets": {"x": "<script>alert(1)</script>"}}
