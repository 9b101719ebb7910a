"""The photograph is scaled to 0..1.

fails: test_image_values_up_to_255
says: the model divides by 255 itself
"""

# %% 02-path-to-input-image
def path_to_input_image(path, img_size):
    return img_to_array(load_img(path, target_size=img_size)) / 255.0
