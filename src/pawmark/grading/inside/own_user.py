"""How a program in a sandbox ceases to be root of its name space."""

import os

from pawmark.grading.boundary.capabilities import drop_capabilities, forbid_capabilities
from pawmark.grading.inside.user_namespace import GUEST_ID


def become_student() -> None:
    """Become the other user of a namespace that `user_namespace` made; there is no way back."""
    forbid_capabilities()
    os.setgroups([])
    os.setresgid(GUEST_ID, GUEST_ID, GUEST_ID)
    os.setresuid(GUEST_ID, GUEST_ID, GUEST_ID)
    drop_capabilities()
