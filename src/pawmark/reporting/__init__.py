"""The report on a class: one page to look at, and CSV files for spreadsheets and LMS."""

from pawmark.reporting.export import LMS, export_csv
from pawmark.reporting.page import write_report

__all__ = ["LMS", "export_csv", "write_report"]
