"""From what was handed in, hostile files, to a mended notebook.

The way of a submission through this room::

    walking    the files of its folder; no link is followed
    archives   files in archives, and in those within them       budget: what all of it may cost
    decoding   the characters of a file
    skimming   the cells of a notebook, and nothing else of it
    reading    what a file holds: a notebook, a script, or something that is named
    finding    all of that for one submission: candidates, suspects, files beside
    attempts   which of several is the latest
    rebuild    the released notebook with the student's answers
    beside     which files lie in the working folder
    choosing   what is graded, and why a person should look at it
"""
