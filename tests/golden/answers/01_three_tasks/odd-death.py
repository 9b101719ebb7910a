"""A cell that ends the process, and a function that does."""

# %% 01-multi-hot
import os

os._exit(1)

# %% 01-box-iou
def box_iou(first, second):
    import os

    os._exit(3)
