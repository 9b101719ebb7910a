"""Answers with millions of letters that take more bytes on their way back.

tries: huge replies
stock: does not apply
outcome: failed, error in your code, output limit
"""

# %% 99-weigh
def weigh(values):
    return {"é" * 1_000_000: "\u20ac" * 1_500_000, "numbers": [1e15] * 100_000}
