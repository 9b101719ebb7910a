"""The kernel never counts.

names: kernel-ignored
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    return -(-n // stride)
