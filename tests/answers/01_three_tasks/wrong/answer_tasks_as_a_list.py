"""The names come in a list.

names: situation A
says: return a dictionary
"""

# %% 01-choose-tasks
def choose_tasks():
    return ["single-label classification", "multi-label classification", "semantic segmentation"]
