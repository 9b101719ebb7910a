"""nbgrader's making of feedback, so that none of what is hidden goes out with it."""

from typing import Any

from nbgrader.converters.generate_feedback import GenerateFeedback

from pawmark.grading.feedback.exporter import FeedbackExporter
from pawmark.grading.gradebook import chained
from pawmark.grading.results import record


class HardenedGenerateFeedback(GenerateFeedback):
    """Makes Pawmark's page whatever steps a course adds, and leaves records behind."""

    preprocessors: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed: list[Any] = self.preprocessors
        if issubclass(self.exporter_class, FeedbackExporter):
            self.preprocessors = chained.of_feedback(listed)
        if record.PATTERN not in self.coursedir.ignore:  # hidden seeds are in them
            self.coursedir.ignore = [*self.coursedir.ignore, record.PATTERN]
