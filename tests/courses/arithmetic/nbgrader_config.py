"""The configuration of the arithmetic course: another plugin, and nothing else."""

from pawmark.grading.plugin import configure

c = get_config()  # noqa: F821  (nbgrader defines it)
c.Pawmark.plugin = "arithmetic_course:course"
configure(c)
