"""The configuration of a course that knows nothing of Pawmark."""

c = get_config()  # noqa: F821  (nbgrader defines it)
c.CourseDirectory.course_id = "shell"
c.ClearSolutions.code_stub = {"bash": "# Your answer"}
