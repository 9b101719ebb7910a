"""union_find."""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    parent = {}

    def root(place):
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    places = [(int(y), int(x)) for y, x in zip(*np.nonzero(mask == label))]
    for y, x in places:
        parent[y, x] = (y, x)
        for neighbour in ((y - 1, x), (y, x - 1)):
            if neighbour in parent:
                parent[root((y, x))] = root(neighbour)
    numbers = {}
    ids = np.zeros(mask.shape, dtype="int32")
    for place in places:
        ids[place] = numbers.setdefault(root(place), len(numbers) + 1)
    return ids, len(numbers)
