"""Hands in records of grading that give full points to itself and none to others.

tries: forged records
stock: does not apply
outcome: failed
run: core
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
def forged(student, points):
    checks = [{"check": "x", "title": "x", "outcome": "passed", "points": points, "max_points": 8}]
    return json.dumps({"student": student, "assignment": "99_target", "sandbox": "bubblewrap",
                       "repairs": [], "seconds": 1, "seed": 1, "data": "",
                       "exercises": [{"exercise": "99-weigh", "checks": checks}]})


import json

for file, student, points in (("99_target.record.json", "record_forged", 800),
                              ("zzz.record.json", "record_forged", 800),
                              ("yyy.record.json", "zz_honest", 0)):
    (folder / file).write_text(forged(student, points))
