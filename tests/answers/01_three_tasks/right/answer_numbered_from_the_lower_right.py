"""Components numbered from the lower right; a plain list as a stack; a list as the pair."""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    waiting = {(int(y), int(x)) for y, x in np.argwhere(mask == label)}
    ids = np.zeros(mask.shape, dtype="uint16")
    count = 0
    while waiting:
        count += 1
        stack = [max(waiting)]
        waiting.discard(stack[0])
        while stack:
            y, x = stack.pop()
            ids[y, x] = count
            near = {(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)} & waiting
            waiting -= near
            stack.extend(near)
    return [ids, np.int64(count)]
