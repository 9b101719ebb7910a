"""Images and masks are shuffled one after the other with the same generator.

fails: test_pairs_stay_together
says: torn apart
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    images = [pair[0] for pair in pairs]
    trimaps = [pair[1] for pair in pairs]
    generator = random.Random(seed)
    generator.shuffle(images)
    generator.shuffle(trimaps)
    return list(zip(images, trimaps))
