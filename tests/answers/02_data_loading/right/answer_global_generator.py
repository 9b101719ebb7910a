"""The program's own generator, seeded; a shuffled list of places."""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    random.seed(seed)
    places = list(range(len(pairs)))
    random.shuffle(places)
    return [pairs[place] for place in places]
