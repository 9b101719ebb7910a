"""Commands on the photographs."""

from pathlib import Path
from typing import Annotated

import typer

from pawmark import terminal
from pawmark.cli.options import Json, examples, group
from pawmark.errors import InterruptionError
from pawmark.wording import counted

commands = group(
    "The photographs that the assignments use.",
    "pawmark data make",
    "pawmark data fetch",
    "pawmark data check",
)


@commands.command(
    epilog=examples(
        "pawmark data make", "pawmark data make --seed 7 --count 100", "pawmark data make --path"
    )
)
def make(
    seed: Annotated[int | None, typer.Option(help="Same seed, same pictures.")] = None,
    count: Annotated[int | None, typer.Option(help="Number of photographs.")] = None,
    only_path: Annotated[
        bool, typer.Option("--path", help="Print the folder and nothing else, for scripts.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Draw the synthetic photographs, or find them in the cache, and say where they are."""
    from pawmark import pets

    if only_path and as_json:
        raise typer.BadParameter("--path and --json exclude each other.")
    given = {"seed": seed, "count": count}
    data = pets.synthetic(**{name: value for name, value in given.items() if value is not None})
    if as_json:
        facts = {"root": str(data.root), "kind": data.kind, "identity": data.identity}
        terminal.write_json({**facts, "photographs": len(data.names)})
    elif only_path:
        print(data.root)
    else:
        print(f"{counted(len(data.names), 'photograph')} with masks in {data.root}")


@commands.command(
    epilog=examples("pawmark data fetch", "pawmark data fetch --from-files IMAGES ANNOTATIONS")
)
def fetch(
    from_files: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="IMAGES ANNOTATIONS", help="The two archives, if they are on this machine."
        ),
    ] = None,
    mirror: Annotated[
        list[str] | None, typer.Option(help="Address of a folder that holds both archives.")
    ] = None,
) -> None:
    """Download the Oxford-IIIT Pet photographs (0.8 GB), check and unpack them.

    An interrupted download goes on where it stopped.
    """
    from pawmark.pets.fetching import archive

    try:
        folder = archive.fetch(mirror or (), from_files or ())
    except KeyboardInterrupt:
        raise InterruptionError(
            "interrupted. What has come is kept; the same command goes on from there."
        ) from None
    terminal.say(f"The photographs are in {folder}")


@commands.command(epilog=examples("pawmark data check", "pawmark data check /data/pets"))
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Holds images/ and annotations/; else what is in use.")
    ] = None,
) -> None:
    """Open every photograph and mask of a data set and report what is odd or wrong, by name."""
    from pawmark.pets import inspection

    found = inspection.inspect(folder)
    print("\n".join(inspection.lines_of(found)))
    if found.problems:
        raise typer.Exit(1)
