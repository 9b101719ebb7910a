"""Feature maps that nobody has seen before."""


def two_numbers_of_channels(rng):
    """Draw channels of the input and of the output, which differ."""
    channels = int(rng.integers(2, 5))
    return channels, channels + int(rng.integers(2, 5))


def signed_maps(rng, shape):
    """Draw feature maps of both signs, none of them close to zero."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 2, shape)
