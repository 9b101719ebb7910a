"""Semantic and instance segmentation are taken for each other.

fails: test_situations_with_a_class_for_every_pixel, test_situations_with_things_told_apart
says: situation C
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
