"""The report on a cohort: one page to look at, and CSV files for spreadsheets and LMS."""

from pawmark.report.export import LMS, export_csv
from pawmark.report.page import write_report
from pawmark.report.submissions import Submission, read_submissions

__all__ = ["LMS", "Submission", "export_csv", "read_submissions", "write_report"]
