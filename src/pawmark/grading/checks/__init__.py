"""Hidden checks, which ask from outside: the right answer decides, a misconception only names it.

An author writes what an exercise asks for, and not what may go wrong with it: a *judge* that knows
the right result of any input, named *strata* of inputs, and *variants*, which are wrong programs
with a name. The way of an exercise through this package::

    specification   what an author writes: Exercise or Items, Stratum, Variant, Contract
    strata          draws the inputs of each stratum from the seed, and smaller ones after a refusal
    asking          puts the inputs to the student's code in one batch a row; answers are data
    comparing       brings an answer into the form of the right one: a list for an array, unit axes
    tolerance       how far numbers may differ
    judging         decides each answer
    naming          finds the variant that agrees with the student on every input asked
    counterexample  the smallest refused input, what came of it and what was expected
    marks           rows (core, corners, contract) and what they pay
    grading         does all that in order and returns an ExerciseResult
    proving         tells an author where a specification is not sound yet

`session` collects these specifications, or test functions in their place, and runs them by pytest,
with the fixtures that a check is given; `expect` is what test functions refuse an answer with;
`student` is the way to the student's process, `local` the same on a notebook that is open; whoever
retells a grade looks on through `watching`. Nothing in the engine knows a course: what must be
built beside the student's code (a folder, a handle) is described by `Inside` and built there.
"""
