"""Answers with arrays of ten short dimensions, of which a message about them would write everything.

tries: huge replies
stock: does not apply
outcome: failed, error in your code
run: core
"""

# %% 99-weigh
def weigh(values):
    return [np.zeros((6,) * 9, np.int8), np.zeros((2,) * 23, np.int8)]
