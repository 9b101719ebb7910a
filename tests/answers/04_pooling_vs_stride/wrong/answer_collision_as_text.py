"""A description of a collision.

fails: test_collision_gives_two_pictures, test_collision_pictures_differ, test_collision_pools_to_the_same
says: is not an array
"""

# %% 04-collision
def collision():
    return "a cat on the left", "a cat on the right"
