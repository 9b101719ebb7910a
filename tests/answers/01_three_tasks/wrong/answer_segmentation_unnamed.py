"""The kind of segmentation is not named.

names: situation C
says: does not say which kind
"""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "segmentation",
        "D": "object detection",
        "E": "segmentation",
        "F": "object detection",
        "G": "segmentation",
        "H": "segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
