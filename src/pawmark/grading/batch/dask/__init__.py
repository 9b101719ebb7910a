"""Submissions run on other machines, by Dask distributed; grades are still written here."""
