"""Mend, name, run or replay, keep: the way of one submission."""
