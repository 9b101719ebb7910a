"""Hidden inputs stay those of the hand-in, whatever makes it run again."""

import threading

import nbformat

from pawmark.grading.run import course_secret, seeds


def notebook(answer="return 1", text="Write it.", check="assert f() == 1"):
    """Build a mended notebook with one answer."""
    solution = {"grade_id": "99-f", "solution": True, "grade": False}
    tests = {"grade_id": "99-f-check", "solution": False, "grade": True, "points": 1}
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(text),
            nbformat.v4.new_code_cell(answer, metadata={"nbgrader": solution}),
            nbformat.v4.new_code_cell(check, metadata={"nbgrader": tests}),
        ]
    )


def test_a_hand_in_is_what_the_student_wrote():
    """Another text or check around it makes no other hand-in; another answer does."""
    hand_in = seeds.hand_in_of("99_a", notebook())

    assert seeds.hand_in_of("99_a", notebook(text="Write it well.", check="pass")) == hand_in
    assert seeds.hand_in_of("99_a", notebook(answer="return 2")) != hand_in
    assert seeds.hand_in_of("98_b", notebook()) != hand_in


def test_many_who_ask_at_once_get_one_seed(tmp_path):
    """The first who asks draws the seed, and everybody after it finds that one."""
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(seeds.of(tmp_path, "abc"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert set(found) == {seeds.of(tmp_path, "abc")}
    assert seeds.of(tmp_path, "def") != found[0]


def test_the_seed_of_a_recording_is_kept(tmp_path):
    """A hand-in that was run before seeds were kept goes on with the one of its recording."""
    seeds.keep(tmp_path, "abc", 77)
    seeds.keep(tmp_path, "abc", 78)

    assert seeds.of(tmp_path, "abc") == 77


def test_a_seed_that_cannot_be_kept_is_drawn_again_the_same(tmp_path):
    """It follows from the course's secret: where it cannot be written, each run finds it so."""
    course_secret.of(tmp_path)
    (tmp_path / seeds.FOLDER).write_text("no folder")

    drawn = course_secret.of(tmp_path).seed("hand-in", "abc")
    assert [seeds.of(tmp_path, "abc"), seeds.of(tmp_path, "abc")] == [drawn, drawn]
