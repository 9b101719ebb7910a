"""The report on a class: one page to look at, and CSV files for spreadsheets and LMS."""

from pawmark.reporting.export import LMS, export_csv
from pawmark.reporting.page import write_report
from pawmark.reporting.submissions import Submission, read_submissions

__all__ = ["LMS", "Submission", "export_csv", "read_submissions", "write_report"]
