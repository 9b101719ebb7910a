"""The names come in a list.

fails: test_situations_with_one_class, test_situations_with_any_number_of_classes, test_situations_with_boxes, test_situations_with_a_class_for_every_pixel, test_situations_with_things_told_apart
says: return a dictionary
"""

# %% 01-choose-tasks
def choose_tasks():
    return ["single-label classification", "multi-label classification", "semantic segmentation"]
