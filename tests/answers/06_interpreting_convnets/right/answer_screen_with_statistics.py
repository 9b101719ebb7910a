"""Mean and deviation of a plain list; the deviation of a sample."""

# %% 06-deprocess-image
import statistics


def deprocess_image(image):
    values = [float(v) for v in np.ravel(image)]
    mean, spread = statistics.fmean(values), statistics.stdev(values)
    out = [128.0 if spread == 0 else 128 + 64 * (v - mean) / spread for v in values]
    out = [min(max(round(v), 0), 255) for v in out]
    return np.array(out, dtype=np.uint8).reshape(np.shape(image))
