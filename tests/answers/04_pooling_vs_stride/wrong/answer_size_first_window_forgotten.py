"""Counts the steps and forgets the window before the first step.

names: first-forgotten
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    if padding == "same":
        return -(-n // stride)
    return (n - kernel) // stride
