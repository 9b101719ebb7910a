"""What the author of hidden checks needs, and the line that runs them in a source notebook."""

from pawmark.grading.checks.expect import CheckFailed as CheckFailed
from pawmark.grading.checks.expect import expect as expect
from pawmark.grading.checks.expect import expect_array as expect_array
from pawmark.grading.checks.expect import expect_close as expect_close
from pawmark.grading.checks.expect import expect_number as expect_number
from pawmark.grading.checks.local import run_checks as run_checks
from pawmark.vision.pictures import compare_grey as compare_grey
from pawmark.vision.pictures import compare_heat as compare_heat
from pawmark.vision.pictures import compare_masks as compare_masks
from pawmark.vision.training import Training as Training
