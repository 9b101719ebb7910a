"""Small letters as keys; capitals, underscores and missing hyphens in the names."""

# %% 01-choose-tasks
def choose_tasks():
    single, multi = "Single Label Classification", "multilabel_classification"
    boxes, pixels, things = "OBJECT  DETECTION", "Semantic-Segmentation", "instancesegmentation"
    return dict(
        a=single, b=multi, c=pixels, d=boxes, e=things, f=boxes, g=pixels, h=things, i=multi, j=single
    )
