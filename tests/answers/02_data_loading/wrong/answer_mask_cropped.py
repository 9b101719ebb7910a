"""The middle of the mask is kept in place of the whole.

fails: test_target_shows_the_whole_mask
says: stretch the mask to the size
"""

# %% 02-path-to-target
def path_to_target(path, img_size):
    mask = load_img(path, target_size=img_size, color_mode="grayscale", keep_aspect_ratio=True)
    return img_to_array(mask).astype("uint8") - 1
