"""Syntax, names, types and recursion gone wrong."""

# %% 01-choose-tasks
def choose_tasks(:
    return

# %% 01-multi-hot
def multi_hot(labels, classes):
    return [unknown_name for label in labels]

# %% 01-mask-to-box
def mask_to_box(mask, label):
    return mask.no_such_attribute

# %% 01-box-iou
def box_iou(first, second):
    return box_iou(second, first)

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    raise ValueError("<script>alert('$x$')</script> & `code`")
