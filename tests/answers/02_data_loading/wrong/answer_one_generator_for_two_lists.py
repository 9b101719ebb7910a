"""Images and masks are shuffled one after the other with the same generator.

names: one-generator
severity: fatal
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    images = [pair[0] for pair in pairs]
    trimaps = [pair[1] for pair in pairs]
    generator = random.Random(seed)
    generator.shuffle(images)
    generator.shuffle(trimaps)
    return list(zip(images, trimaps))
