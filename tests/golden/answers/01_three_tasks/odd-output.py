"""Cells that print much, in colour, and as HTML; results that are no plain values."""

# %% 01-multi-hot
from IPython.display import HTML, Markdown, display

print("\x1b[31mred\x1b[0m " * 30)
display(HTML("<h1 onclick='steal()'>Full marks</h1><script>alert(1)</script><img src='http://x.test/a.png'>"))
display(Markdown("# Mine\n\n$x^2$ <b>bold</b>"))
for number in range(3000):
    print("line", number)


def multi_hot(labels, classes):
    return object()


# %% 01-mask-to-box
def mask_to_box(mask, label):
    return lambda: None
