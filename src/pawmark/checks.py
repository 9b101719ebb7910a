"""What the author of hidden checks needs, and the line that runs them in a source notebook."""

from pawmark.grading.checks.expect import CheckFailed as CheckFailed
from pawmark.grading.checks.expect import expect as expect
from pawmark.grading.checks.expect import expect_array as expect_array
from pawmark.grading.checks.expect import expect_close as expect_close
from pawmark.grading.checks.expect import expect_number as expect_number
from pawmark.grading.checks.local import run_checks as run_checks
from pawmark.grading.checks.specification import ARGUMENTS as ARGUMENTS
from pawmark.grading.checks.specification import RESULT as RESULT
from pawmark.grading.checks.specification import Contract as Contract
from pawmark.grading.checks.specification import Exercise as Exercise
from pawmark.grading.checks.specification import Inside as Inside
from pawmark.grading.checks.specification import Item as Item
from pawmark.grading.checks.specification import Items as Items
from pawmark.grading.checks.specification import Place as Place
from pawmark.grading.checks.specification import Remark as Remark
from pawmark.grading.checks.specification import Shares as Shares
from pawmark.grading.checks.specification import Slip as Slip
from pawmark.grading.checks.specification import Stratum as Stratum
from pawmark.grading.checks.specification import Variant as Variant
from pawmark.grading.checks.specification import call as call
from pawmark.grading.checks.specification import (
    copied_from_reference as copied_from_reference,
)
from pawmark.grading.checks.specification import one_of as one_of
from pawmark.grading.checks.specification import raises as raises
from pawmark.grading.checks.specification import satisfying as satisfying
from pawmark.grading.checks.specification import switches as switches
from pawmark.grading.checks.strata import inputs as inputs
from pawmark.grading.checks.tolerance import close as close
from pawmark.grading.checks.tolerance import exact as exact
from pawmark.vision.networks import asks as asks
from pawmark.vision.networks import in_clean_process as in_clean_process
from pawmark.vision.networks import network as network
from pawmark.vision.pictures import compare_grey as compare_grey
from pawmark.vision.pictures import compare_heat as compare_heat
from pawmark.vision.pictures import compare_masks as compare_masks
from pawmark.vision.training import Training as Training
