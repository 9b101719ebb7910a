"""Outputs of cells that nobody vouches for, rebuilt from the fields that are known."""

from typing import Any

from pawmark.grading.boundary import wire


def plain_outputs(values: Any, most: int) -> list[dict[str, Any]]:
    """Keep what has the form of an output; drop the rest.

    Parameters
    ----------
    values
        What stands for the outputs of a cell, as nbformat's plain dicts and lists if it is good.
    most
        So many of them are looked at.
    """
    if not isinstance(values, list):
        return []
    made = (_output(value) for value in values[:most] if isinstance(value, dict))
    return [output for output in made if output is not None]


def _output(value: dict[str, Any]) -> dict[str, Any] | None:
    kind = value.get("output_type")
    if kind == "stream":
        name = "stderr" if value.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": text_of(value.get("text"))}
    if kind == "error":
        lines = value.get("traceback")
        lines = [text_of(line) for line in lines] if isinstance(lines, list) else []
        names = {name: text_of(value.get(name)) for name in ("ename", "evalue")}
        return {"output_type": kind, **names, "traceback": lines}
    if kind in ("display_data", "execute_result"):
        return _rich(str(kind), value)
    return None


def _rich(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    data = data if isinstance(data, dict) else {}
    texts = {text_of(mime): text_of(t) for mime, t in data.items() if isinstance(t, str | list)}
    output: dict[str, Any] = {"output_type": kind, "data": texts, "metadata": {}}

    if kind == "execute_result":
        count = value.get("execution_count")
        output["execution_count"] = count if type(count) is int and 0 <= count < 1 << 31 else None
    return output


def text_of(value: Any) -> str:
    """Return a text, which files of notebooks may hold as a list of lines; else an empty one."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return wire.plain_text(value) if isinstance(value, str) else ""
