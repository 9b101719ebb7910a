"""The tape does not watch the image, so there is no gradient.

fails: test_step_goes_uphill, test_learning_rate_is_the_length_of_the_step, test_step_follows_the_gradient, test_no_slope_no_step, test_gradient_is_taken_at_the_image, test_steps_follow_one_another, test_values_may_leave_the_range_of_a_photograph
says: None
"""

# %% 06-ascent-step
def ascent_step(image, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(image)
    gradient = tape.gradient(loss, image)
    return image + learning_rate * gradient / (tf.norm(gradient) + 1e-8)
