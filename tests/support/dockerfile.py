"""Reads a Dockerfile, and runs its steps in a folder that holds a system: no engine is needed."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path


def steps(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each instruction with what stands behind it, its lines joined."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    for step in "\n".join(lines).replace("\\\n", " ").splitlines():
        if step.strip():
            word, _, rest = step.strip().partition(" ")
            yield word, " ".join(rest.split())


def build(path: Path, context: Path, root: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Run the steps of a Dockerfile in a system below a root; return where and as whom it ends.

    Parameters
    ----------
    path, context
        The Dockerfile, and the folder that it copies from.
    root
        Holds the system that ``FROM`` names.
    variables
        More variables for what is run, as an engine's ``--build-arg`` would give.
    """
    place = {"WORKDIR": "/", "USER": "root", "HOME": "/root"}
    place["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    for word, rest in steps(path):
        if word in ("WORKDIR", "USER"):
            place[word] = rest
        elif word == "ENV":
            name, _, value = rest.partition("=")
            place[name] = value.replace(f"${name}", place.get(name, ""))
        elif word == "COPY":
            options = [part for part in rest.split() if part.startswith("--")]
            *sources, target = (part for part in rest.split() if not part.startswith("--"))
            _copy(context, sources, root / place["WORKDIR"].lstrip("/") / target)
            if options:
                owner = options[0].removeprefix("--chown=")
                run(root, {**place, "USER": "root"}, f"chown -R {owner} .", variables)
        elif word == "RUN":
            run(root, place, rest, variables)
    return place


def _copy(context: Path, sources: list[str], target: Path) -> None:
    for source in sources:
        if (context / source).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(context / source, target, dirs_exist_ok=True, ignore=ignore)
        else:
            shutil.copy(context / source, target)


def run(
    root: Path, place: Mapping[str, str], command: str, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a line in the system, as the user and in the folder that the steps have come to.

    Raises
    ------
    RuntimeError
        When it fails; the message ends with what it said.
    """
    inner = f"cd {place['WORKDIR']} && {command}"
    done = subprocess.run(
        ["chroot", f"--userspec={place['USER']}", root, "/bin/sh", "-c", inner],
        env={"PATH": place["PATH"], "HOME": place["HOME"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done
