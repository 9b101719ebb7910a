"""A finding is a class, so the X-ray picture is classified.

names: situation I
says: no single label says that
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
        "H": "instance segmentation",
        "I": "single-label classification",
        "J": "single-label classification",
    }
