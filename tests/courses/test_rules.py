"""Unlocking, without a database."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from academy.catalog.content import Catalog as Published
from academy.catalog.content import Course, Lesson, Question, Quiz, Stage
from academy.courses.rules import (
    DONE,
    LOCKED,
    NOW,
    OPEN,
    Done,
    Stop,
    Walk,
    check_of,
    drawn,
    exams,
    front_door,
    numeral,
    visible,
    walk,
)


def lesson(key: str) -> Lesson:
    return Lesson(key, {"zh": key}, {"zh": key}, 5, ())


def quiz(key: str, minutes: int | None = None, lessons: tuple[str, ...] = ()) -> Quiz:
    asked = tuple(Question(f"{key}-{name}", "single", {"zh": "?"}, (), {"zh": "!"}, lesson=name) for name in lessons)
    return Quiz(key, {"zh": key}, 80, 5, asked, minutes)


def course(key: str, *stages: tuple[int, bool], order: int = 0, tier: str = "bronze") -> Course:
    """A course with stages of so many lessons, with or without a quiz: lessons a1.1, a1.2, …, quizzes a1.quiz."""
    made = []
    for n, (lessons, has_quiz) in enumerate(stages, 1):
        name = f"{key}{n}"
        made.append(
            Stage(
                name,
                {"zh": name},
                {"zh": name},
                tuple(lesson(f"{name}.{i}") for i in range(1, lessons + 1)),
                quiz(f"{name}.quiz") if has_quiz else None,
                key,
            )
        )
    return Course(key, {"zh": key}, {"zh": key}, tier, order, None, tuple(made))


def states(walked: Walk) -> dict[str, str]:
    return {stop.key: stop.state for station in walked.stations for stop in station.stops}


TWO_STAGES = course("a", (2, True), (1, True))


def test_at_the_start_the_first_lesson_is_the_one_to_go_on_with_and_all_else_is_locked() -> None:
    assert states(walk([TWO_STAGES], Done())) == {
        "a1.1": NOW,
        "a1.2": LOCKED,
        "a1.quiz": LOCKED,
        "a2.1": LOCKED,
        "a2.quiz": LOCKED,
    }


def test_the_quiz_opens_when_all_lessons_of_its_stage_are_done() -> None:
    some = states(walk([TWO_STAGES], Done(lessons={"a1.2"})))
    assert (some["a1.1"], some["a1.2"], some["a1.quiz"]) == (NOW, DONE, LOCKED)
    both = states(walk([TWO_STAGES], Done(lessons={"a1.1", "a1.2"})))
    assert (both["a1.quiz"], both["a2.1"]) == (NOW, LOCKED)


def test_the_next_stage_opens_only_when_the_quiz_before_it_is_passed() -> None:
    walked = walk([TWO_STAGES], Done(lessons={"a1.1", "a1.2"}, quizzes={"a1.quiz"}))
    assert states(walked)["a2.1"] == NOW
    assert [station.state for station in walked.stations] == [DONE, NOW]
    assert [station.waits_for for station in walked.stations] == [None, None]


def test_a_stage_without_a_quiz_is_done_with_its_last_lesson() -> None:
    tools = course("t", (1, False), (1, False))
    assert states(walk([tools], Done(lessons={"t1.1"}))) == {"t1.1": DONE, "t2.1": NOW}


def test_courses_stand_open_side_by_side_and_one_stop_is_pointed_at() -> None:
    walked = walk([course("t", (2, False)), course("a", (2, True))], Done())
    assert states(walked)["t1.1"] == NOW
    assert states(walked)["a1.1"] == OPEN
    assert [station.state for station in walked.stations] == [NOW, OPEN]


def test_a_barred_course_is_locked_as_a_whole() -> None:
    walked = walk([course("t", (1, False)), course("a", (1, True))], Done(), {"a"})
    assert states(walked) == {"t1.1": NOW, "a1.1": LOCKED, "a1.quiz": LOCKED}
    assert walked.barred == {"a"}


def test_what_was_finished_before_it_was_barred_stays_open_to_be_read_again() -> None:
    assert states(walk([course("a", (1, False))], Done(lessons={"a1.1"}), {"a"})) == {"a1.1": DONE}


def test_a_lesson_added_to_a_finished_stage_is_open_and_locks_nothing_behind_it() -> None:
    added = course("a", (3, True), (1, True))
    walked = walk([added], Done(lessons={"a1.1", "a1.2"}, quizzes={"a1.quiz"}, stages={"a1"}))
    assert states(walked) == {"a1.1": DONE, "a1.2": DONE, "a1.3": NOW, "a1.quiz": DONE, "a2.1": OPEN, "a2.quiz": LOCKED}


def test_a_finished_course_stays_finished_when_a_later_version_asks_for_more() -> None:
    added = course("a", (1, True), (1, True))
    walked = walk([added], Done(lessons={"a1.1"}, quizzes={"a1.quiz"}, courses={"a"}))
    assert LOCKED not in states(walked).values()


def test_a_locked_stage_names_the_stage_before_it_and_the_stop_that_brings_it_nearer() -> None:
    walked = walk([course("t", (1, False)), TWO_STAGES], Done(lessons={"a1.1"}))
    found = walked.find("a2.1")
    assert found
    station, _stop = found
    assert station.waits_for
    assert station.waits_for.key == "a1"
    opening = walked.opens(station)
    assert opening
    assert opening.key == "a1.2"


def test_stops_know_their_neighbours_within_their_stage() -> None:
    station = next(walk([TWO_STAGES], Done()).stations)
    keys = [stop.key for stop in station.stops]
    assert keys == ["a1.1", "a1.2", "a1.quiz"]
    assert [station.before(key) and station.before(key).key for key in keys] == [None, "a1.1", "a1.2"]  # type: ignore[union-attr]
    assert [station.after(key) and station.after(key).key for key in keys] == ["a1.2", "a1.quiz", None]  # type: ignore[union-attr]


@st.composite
def worlds(draw: st.DrawFn) -> list[Course]:
    shapes = st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=3)
    return [course(name, *draw(shapes)) for name in draw(st.sampled_from([["a"], ["a", "b"], ["a", "b", "c"]]))]


def things(courses: list[Course]) -> Iterator[Stop]:
    return (stop for station in walk(courses, Done()).stations for stop in station.stops)


def with_(done: Done, stop: Stop) -> Done:
    if stop.is_quiz:
        return Done(done.lessons, {*done.quizzes, stop.key}, done.stages, done.courses)
    return Done({*done.lessons, stop.key}, done.quizzes, done.stages, done.courses)


@given(worlds(), st.data())
def test_whatever_is_done_finishing_more_never_locks_anything(courses: list[Course], data: st.DataObject) -> None:
    all_of_them = list(things(courses))
    done = Done()
    for stop in data.draw(st.lists(st.sampled_from(all_of_them), max_size=8)):
        done = with_(done, stop)
    before = states(walk(courses, done))
    after = states(walk(courses, with_(done, data.draw(st.sampled_from(all_of_them)))))
    assert not [key for key in before if before[key] != LOCKED and after[key] == LOCKED]


@given(worlds(), st.data())
def test_one_stop_at_most_is_pointed_at_and_it_is_the_first_open_one(
    courses: list[Course], data: st.DataObject
) -> None:
    done = Done()
    for stop in data.draw(st.lists(st.sampled_from(list(things(courses))), max_size=8)):
        done = with_(done, stop)
    walked = walk(courses, done)
    free = [key for key, state in states(walked).items() if state in (NOW, OPEN)]
    assert [key for key, state in states(walked).items() if state == NOW] == free[:1]
    assert (walked.now[1].key if walked.now else None) == (free[0] if free else None)


@given(worlds())
def test_going_on_where_it_points_finishes_everything_in_the_order_of_the_map(courses: list[Course]) -> None:
    wanted = [stop.key for stop in things(courses)]
    done, walked = Done(), []
    while now := walk(courses, done).now:
        walked.append(now[1].key)
        done = with_(done, now[1])
    assert walked == wanted


def catalog(*courses: Course, assessments: tuple[Quiz, ...] = ()) -> Published:
    made = Published(1, {})
    # What is derived from documents is handed in instead.
    made.__dict__["courses"] = tuple(sorted(courses, key=lambda c: c.order))
    made.__dict__["assessments"] = {quiz.key: quiz for quiz in assessments}
    return made


def test_the_front_door_is_the_first_lesson_of_the_first_course_with_a_quiz() -> None:
    tools, first = course("t", (1, False), order=1), course("a", (2, True), order=2)
    found = front_door(catalog(course("b", (1, True), order=3), first, tools))
    assert found
    assert found.key == "a1.1"
    assert front_door(catalog(tools)) is None
    assert front_door(catalog()) is None


def test_an_assessment_closes_the_tier_of_its_lessons_and_waits_for_the_quizzed_courses_there() -> None:
    tools, first = course("t", (1, False), order=1), course("a", (2, True), order=2)
    later = course("b", (1, True), order=3, tier="silver")
    published = catalog(tools, first, later, assessments=(quiz("exam", 60, ("a1.1",)), quiz("other", 60, ("b1.1",))))
    assert [(q.key, [c.key for c in before]) for q, before in exams(published, ["bronze"])] == [("exam", ["a"])]
    assert [q.key for q, _before in exams(published, ["bronze", "silver"])] == ["exam", "other"]


def test_courses_of_a_tier_above_are_not_on_the_map() -> None:
    published = catalog(course("a", (1, True)), course("b", (1, True), tier="silver"))
    assert [c.key for c in visible(published, ["bronze"])] == ["a"]


def test_a_do_that_follows_a_dont_stands_beside_it() -> None:
    said = [("do", "alone"), ("dont", "no"), ("do", "yes"), ("do", "another"), ("dont", "last"), ("text", "words")]
    blocks = [{"type": kind, "md": {"zh": text}} for kind, text in [*said, ("do", "after words")]]
    assert [(b["dont"], b["do"]) if b["type"] == "pair" else b["md"]["zh"] for b in drawn(blocks)] == [
        ({}, {"zh": "alone"}),
        ({"zh": "no"}, {"zh": "yes"}),
        ({}, {"zh": "another"}),
        ({"zh": "last"}, {}),
        "words",
        ({}, {"zh": "after words"}),
    ]


def test_a_check_is_found_by_its_key() -> None:
    asked = {"key": "q", "type": "single", "prompt": {"zh": "问"}, "reason": {"zh": "因"}, "options": []}
    one = Lesson("l", {"zh": "l"}, {"zh": "l"}, 5, ({"type": "check", "question": asked},))
    found = check_of(one, "q")
    assert found is not None
    assert found.prompt["zh"] == "问"
    assert check_of(one, "other") is None


def test_small_numbers_are_written_as_the_reader_writes_them() -> None:
    assert [numeral(n, "zh") for n in (1, 3, 10, 11)] == ["一", "三", "十", "11"]
    assert numeral(3, "en") == "3"
