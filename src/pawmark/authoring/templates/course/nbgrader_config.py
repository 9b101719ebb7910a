"""The course's nbgrader configuration."""

from pawmark.grading.plugin import configure

c = get_config()
c.CourseDirectory.course_id = "{course}"
c.Pawmark.plugin = "none"  # no data and no questions of the course's own: docs/plugins.md
configure(c)
