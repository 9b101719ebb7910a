"""Lists and loops where others take NumPy."""

# %% 03-conv-params
def conv_params(kernel_size, in_channels, out_channels):
    total = 0
    for _ in range(out_channels):
        total += 1
        for _ in range(in_channels):
            total += kernel_size * kernel_size
    return total

# %% 03-best-epoch
def best_epoch(history):
    losses = list(history.history["val_loss"])
    return losses.index(min(losses)) + 1

# %% 03-iou-per-class
def iou_per_class(y_true, y_pred, num_classes):
    pairs = list(zip(y_true.ravel().tolist(), y_pred.ravel().tolist()))
    result = []
    for c in range(num_classes):
        inter = sum(1 for t, p in pairs if t == c and p == c)
        union = sum(1 for t, p in pairs if t == c or p == c)
        result.append(inter / union if union else float("nan"))
    return result
