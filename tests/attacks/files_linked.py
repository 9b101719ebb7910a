"""Hands in symbolic links to the gradebook, the checks and the grader's files beside the notebook.

tries: exchange-folder tricks, reading other students' files
outcome: failed
run: core
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
targets = {"book": "@COURSE@/gradebook.db", "checks.py": "@COURSE@/grader_tests/99_target/test_99_weigh.py",
           "netrc": "@HOME@/.netrc", "notes.txt": "@TEMP@/notes.txt", ".hidden": "@HOME@/.netrc",
           "other": "@COURSE@/submitted/00_honest/99_target/99_target.ipynb", "folder": "@HOME@",
           "relative": "../../../gradebook.db", "nowhere": "/nonexistent"}
(folder / "deep" / "deeper").mkdir(parents=True)
for link, target in targets.items():
    for place in (folder, folder / "deep", folder / "deep" / "deeper"):
        (place / link).symlink_to(target)
