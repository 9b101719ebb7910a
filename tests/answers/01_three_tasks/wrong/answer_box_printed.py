"""The box is printed and not returned.

fails: test_x_counts_columns, test_last_two_are_excluded, test_outermost_pixels_count, test_only_the_label_asked_for, test_label_zero, test_box_around_all_pieces, test_region_at_the_border, test_absent_label_gives_none
says: nothing came back
"""

# %% 01-mask-to-box
def mask_to_box(mask, label):
    ys, xs = np.where(mask == label)
    if len(ys):
        print(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
