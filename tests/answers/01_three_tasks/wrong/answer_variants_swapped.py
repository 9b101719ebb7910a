"""Semantic and instance segmentation are taken for each other.

names: situation C
says: which pixel belongs to which thing
"""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "instance segmentation",
        "D": "object detection",
        "E": "semantic segmentation",
        "F": "object detection",
        "G": "instance segmentation",
        "H": "semantic segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
