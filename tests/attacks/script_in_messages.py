"""Raises errors whose class name and message are script, which become a comment of the grader's.

tries: script in the messages of errors
outcome: error in your code
"""

# %% 99-weigh
class Evil(Exception):
    pass


Evil.__name__ = Evil.__qualname__ = "<script>alert(1)</script>"


def weigh(values):
    raise Evil("<img src=x onerror=alert(1)> [a](javascript:alert(1)) <script>alert(2)</script>")
