"""Two lists shuffled with the same seed, as in the chapter, joined again."""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    images, trimaps = map(list, zip(*pairs))
    random.Random(seed).shuffle(images)
    random.Random(seed).shuffle(trimaps)
    return list(zip(images, trimaps))
