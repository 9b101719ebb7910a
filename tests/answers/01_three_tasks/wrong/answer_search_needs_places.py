"""To find a dog in a photo one has to find where it is.

names: situation B
says: a word needs no place
"""

# %% 01-choose-tasks
def choose_tasks():
    return {
        "A": "single-label classification",
        "B": "object detection",
        "C": "semantic segmentation",
        "D": "object detection",
        "E": "instance segmentation",
        "F": "object detection",
        "G": "semantic segmentation",
        "H": "instance segmentation",
        "I": "multi-label classification",
        "J": "single-label classification",
    }
