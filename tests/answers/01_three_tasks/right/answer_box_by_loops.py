"""Two nested loops over the pixels, a list in place of a tuple."""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    box = None
    for y, line in enumerate(mask):
        for x, value in enumerate(line):
            if value != label:
                continue
            if box is None:
                box = [x, y, x + 1, y + 1]
            box[0] = min(box[0], x)
            box[1] = min(box[1], y)
            box[2] = max(box[2], x + 1)
            box[3] = max(box[3], y + 1)
    return box
