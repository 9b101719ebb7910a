"""25 breeds are many labels.

names: situation A
says: exactly one breed
"""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "multi-label classification",
        "B": "multi-label classification",
        "C": "semantic segmentation",
        "D": "object detection",
        "E": "instance segmentation",
        "F": "object detection",
        "G": "semantic segmentation",
        "H": "instance segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
