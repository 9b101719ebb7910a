""""same" means half a kernel of padding on both sides, as other libraries spell it out.

names: half-a-kernel
severity: major
"""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    border = kernel // 2 if padding == "same" else 0
    return (n + 2 * border - kernel) // stride + 1
