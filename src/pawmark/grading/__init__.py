"""Grading of any nbgrader course: the way of a submission, room by room.

1. `intake` reads hostile files and mends them into one notebook.
2. `sandbox` is the walls; which of them are used here, `sandbox.choice` says, the one gate.
3. `inside` is what runs within them and may be taken over; `boundary` is what both sides share.
4. `session` holds one live process of a student, and gives every wait an end.
5. `checks` asks it, from outside, what the hidden checks want to know.
6. `results` is what came of that, as data.
7. `run` is the one way through all of these: mend, name, load, run or replay, keep.
8. `gradebook` lets plain ``nbgrader autograde`` go that way, and writes grades, of a class at once.
9. `pages` and `feedback` are what people read.
10. `batch` does it for a class: on this machine by workers, or on a cluster.
11. `explain` retells from the recording why points were lost.
12. `fingerprint` names the code that decides; `course_folder` knows where everything lies;
    `secret` is what hidden inputs follow from; `resources` is what this machine has for grading.
13. `course` is what all of these ask of a course: its plugin. They import nothing of it.
"""
