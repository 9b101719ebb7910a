"""Calling the student's functions as the notebook does, and reading what comes back."""

from pathlib import PurePosixPath

from pawmark.checks import expect, expect_array


def with_path(student, function, *arguments):
    """Call a function with its leading text arguments as `Path`, as the notebook does."""
    words, call = {}, []
    for i, argument in enumerate(arguments):
        words[f"a{i}"] = argument
        is_text = isinstance(argument, str)
        call.append(f"__import__('pathlib').Path(a{i})" if is_text else f"a{i}")
    return student.evaluate(f"{function}({', '.join(call)})", **words)


def numbers(value, name="the result"):
    """Return an array of numbers, or fail the check readably."""
    array = expect_array(value, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    return array


def pair_texts(value):
    """Return pairs as two texts each, whatever sort of path and sequence they are."""
    expect(value is not None, "nothing came back: does the function return its list?")
    expect(isinstance(value, list | tuple), "return a list of pairs", got=type(value).__name__)
    pairs = []
    for entry in value:
        fits = isinstance(entry, list | tuple) and len(entry) == 2
        expect(fits, "each entry should hold two paths: the photograph's and the mask's")
        fits = all(isinstance(path, str | PurePosixPath) for path in entry)
        expect(fits, "the entries of a pair should be paths: str or Path")
        pairs.append(tuple(str(path) for path in entry))
    return pairs


def stem(path):
    """Return the name of a file without folder and ending."""
    return PurePosixPath(path).stem
