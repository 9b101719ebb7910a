"""Every word of the breed has to begin with a capital, and `_1.jpg` is a word.

names: always-dog
severity: fatal
"""

# %% 05-species-label
def species_label(path):
    words = path.split("/")[-1].split("_")
    return 0 if all(word[0].isupper() for word in words) else 1
