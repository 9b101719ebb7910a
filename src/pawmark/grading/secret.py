"""The secret of a course: every hidden photograph, seed and weight follows from it.

What follows from it is named by its purpose, and tells nothing about the secret or about what
follows from it for another purpose. `pawmark.grading.run.course_secret` draws and keeps it.
"""

import hashlib
from dataclasses import dataclass, field

from pawmark import settings

# 256 bits: nobody finds one by trying.
BYTES = 32
# Numbers up to here are exact wherever JSON is read, in a spreadsheet and in a browser too.
_BITS = 52


@dataclass(frozen=True)
class Secret:
    """A key, and what follows from it; it is shown nowhere by itself.

    Attributes
    ----------
    key
        The secret bytes.
    """

    key: bytes = field(repr=False)

    def seed(self, *purpose: str) -> int:
        """Return the seed for a purpose: below 2**52, the same for the same purpose."""
        return int.from_bytes(self._derived(b"seed", purpose, 8)) >> (64 - _BITS)

    def part(self, *purpose: str) -> "Secret":
        """Return a secret for one purpose: whoever has it alone knows nothing of the others'."""
        return Secret(self._derived(b"part", purpose, BYTES))

    @property
    def name(self) -> str:
        """What records say of it: enough to tell it from another one, and nothing more."""
        return self._derived(b"name", (), 4).hex()

    def _derived(self, kind: bytes, purpose: tuple[str, ...], size: int) -> bytes:
        # The length before each word: ("a", "bc") is another purpose than ("ab", "c").
        words = b"".join(
            len(word).to_bytes(4) + word for word in (text.encode() for text in purpose)
        )
        return hashlib.blake2b(words, key=self.key, digest_size=size, person=kind).digest()


# Checks in an instructor's own notebook ask with it, and what tries a course out: their outputs may
# be published, so nothing of a course's secret may be in them. Nothing is graded with it.
PRACTICE = Secret(b"an instructor's own notebook")


def data_seed(secret: Secret) -> int:
    """Return the seed of data that are drawn for grading; ``PAWMARK_GRADING_SEED`` wins."""
    given = settings.here.grading_seed
    return secret.seed("data") if given is None else given


def of_checks(secret: Secret, assignment: str) -> Secret:
    """Return what the hidden checks of an assignment draw from; ``PAWMARK_GRADING_SEED`` wins."""
    given = settings.here.grading_seed
    source = secret if given is None else PRACTICE.part(str(given))
    return source.part("checks", assignment)
