"""Both sides of the trust boundary use this: what crosses it, and the limits."""
