"""Puppies are objects and get boxes.

names: situation H
says: a rectangle has no outline
"""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "multi-label classification",
        "C": "semantic segmentation",
        "D": "object detection",
        "E": "instance segmentation",
        "F": "object detection",
        "G": "semantic segmentation",
        "H": "object detection",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
