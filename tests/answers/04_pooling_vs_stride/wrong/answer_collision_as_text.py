"""A description of a collision.

names: two pictures of one shape that differ
says: is not an array
"""

# %% 04-collision
def collision():
    return "a cat on the left", "a cat on the right"
