"""The state in few characters: what goes in comes out, in this version of a course or a later."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from content.ids import short_hash
from tests.unit.render.player import run_player, unit_data

Json = dict[str, Any]


def question(question_id: str, kind: str, **parts: Any) -> Json:
    """A question as the document tells it, with its key, enough to be graded."""
    base: Json = {
        "id": question_id,
        "h": short_hash(f"{question_id} {kind} {sorted(parts)}"),
        "type": kind,
        "points": 1,
        "scored": True,
        "outcome": None,
        "prompt_html": "?",
        "key": {},
    }
    return base | parts


def views(*ids: str) -> list[Json]:
    return [{"id": one, "html": one} for one in ids]


def keyed(correct: str) -> Json:
    return {"correct": correct, "feedback": {}}


ALL_TYPES = [
    question("single", "single-choice", choices=views(*"abcd"), key=keyed("b")),
    question("multi", "multiple-choice", choices=views(*"abcde"), key={"correct": ["a", "c"]}),
    question("truth", "true-false", key={"answer": True}),
    question("why", "true-false", reasons=views(*"xyz"), key={"answer": False, "correct": "y"}),
    question(
        "match",
        "matching",
        pairs=views("p", "q"),
        options=views("m", "n", "o"),
        key={"right": {"p": "m", "q": "n"}},
    ),
    question("order", "ordering", items=views(*"stuv"), key={"order": list("tsvu")}),
    question("number", "numeric", units=views("eur", "tnd"), key={"value": "5", "unit": "eur"}),
    question(
        "gaps",
        "cloze",
        gaps=[{"id": "g", "choices": views("k", "l")}, {"id": "h", "choices": views("k", "l")}],
        key={"gaps": {"g": keyed("k"), "h": keyed("l")}},
    ),
    question("word", "short-text", key={"accepted": ["solidarité"]}),
    question("essay", "short-text", scored=False, key={"model_answer_html": "m"}),
    question(
        "story",
        "scenario",
        steps=[{"id": "one", "choices": views("i", "j")}, {"id": "two", "choices": views("i")}],
        key={"steps": {"one": keyed("i"), "two": keyed("i")}},
    ),
    question("huge", "matching", pairs=views(*"abcdefghij"), options=views(*map(str, range(200)))),
]
UNIT = unit_data("u", pages=("one", "two", "three"), quiz=ALL_TYPES, attempts=3)

RANDOM = Path(__file__).with_name("random_learner.js").read_text(encoding="utf-8")


def test_what_goes_in_comes_out() -> None:
    program = (
        RANDOM
        + """
      const wrong = [];
      for (let round = 0; round < 300; round += 1) {
        const engine = SSE.engine.create(null);
        SSE.data.course.units.forEach((info) => learn(engine, info));
        const { text, dropped } = SSE.pack.encode(engine.state, 1e6);
        const back = SSE.pack.decode(text);
        const same = back && sorted(SSE.engine.create(back.state).state) === sorted(engine.state);
        if (!same || dropped || back.changed || !/^[A-Za-z0-9_-]+$/.test(text)) {
          wrong.push([sorted(engine.state), back && sorted(back.state)]);
        }
      }
      return wrong.slice(0, 1);"""
    )
    other = unit_data("v", quiz=ALL_TYPES[:2])
    assert run_player(program, None, units=[UNIT, other]) == []


def test_garbage_is_nothing_and_never_throws() -> None:
    program = (
        RANDOM
        + """
      const engine = SSE.engine.create(null);
      learn(engine, SSE.data.course.units[0]);
      const good = SSE.pack.encode(engine.state, 1e6).text;
      const letters = 'ABCabc019-_ {"\\u0627';
      let read = 0;
      for (let round = 0; round < 3000; round += 1) {
        let text = '';
        for (let i = random(80); i > 0; i -= 1) text += letters[random(letters.length)];
        if (round % 3 === 1) text = good.slice(0, random(good.length));
        if (round % 3 === 2) {
          const at = random(good.length);
          text = good.slice(0, at) + letters[random(9)] + good.slice(at + 1);
        }
        const back = SSE.pack.decode(text);
        if (back) { read += 1; SSE.engine.create(back.state); }
      }
      return [read, ['', '1', '2AAAA', '{"units":{}}'].map((text) => SSE.pack.decode(text))];"""
    )
    read, small = run_player(program, None, units=[UNIT])
    assert small == [None] * 4
    # A twelve-bit checksum lets one forgery in four thousand through; they must only not throw.
    assert read < 150


def test_200_pages_and_500_questions_fit_scorm_1_2() -> None:
    quiz = [
        question(f"question-{n}", "single-choice", choices=views(*"abcd"), key=keyed("b"))
        for n in range(500)
    ]
    unit = unit_data("u", pages=[f"page-{n}" for n in range(200)], quiz=quiz)
    program = """
      const engine = SSE.engine.create(null);
      const info = SSE.data.course.units[0];
      const answers = {};
      info.quiz.forEach((q, i) => { answers[q.id] = 'abcd'[i % 4]; });
      engine.progress('u', { page: info.pages[150].id, seen: info.pages.map((p) => p.id) });
      engine.handIn('u', answers);
      engine.answers('u', answers);
      const packed = SSE.pack.encode(engine.state, 4096);
      const back = SSE.pack.decode(packed.text).state.units.u;
      const [first] = back.attempts;
      return [packed.text.length, packed.dropped, back.seen.length, first.value, back.page,
        Object.keys(back.open.answers).length, Object.keys(first.results).length];"""
    length, *rest = run_player(program, None, units=[unit])
    assert length <= 4096
    assert rest == [False, 200, "25.00", "page-150", 500, 500]


def test_at_the_limit_texts_go_first_and_pages_and_scores_never() -> None:
    program = (
        RANDOM
        + """
      const engine = SSE.engine.create(null);
      const info = SSE.data.course.units[0];
      engine.progress('u', { page: 'two', seen: ['one', 'two', 'three'] });
      const long = 'ط'.repeat(2000);
      const answers = { single: 'b', word: 'solidarité', essay: long };
      engine.handIn('u', answers);
      engine.handIn('u', answers);
      engine.answers('u', answers);
      const at = (limit) => {
        const packed = SSE.pack.encode(engine.state, limit);
        const own = SSE.pack.decode(packed.text).state.units.u;
        const given = (sheet) => Object.keys((sheet && sheet.answers) || {}).join();
        return [packed.text.length <= limit, packed.dropped, own.seen.length,
          own.attempts.map((a) => a.value), own.attempts.map(given), given(own.open)];
      };
      return [1e6, 4096, 150, 120, 90].map(at);"""
    )
    score = run_player(
        "return SSE.grading.score(SSE.data.course.units[0].quiz,"
        " { single: { credit: '1' }, word: { credit: '1' } }).value;",
        None,
        units=[UNIT],
    )
    everything, no_essays, *smaller = run_player(program, None, units=[UNIT])
    full, less = "single,word,essay", "single,word"
    assert everything == [True, False, 3, [score] * 2, [full] * 2, full]
    assert no_essays == [True, True, 3, [score] * 2, [less] * 2, less]
    for fits, dropped, seen, values, _, _ in smaller:
        assert (fits, dropped, seen, values) == (True, True, 3, [score] * 2)


def test_a_later_version_of_the_course_finds_its_own() -> None:
    program = """
      const engine = SSE.engine.create(null);
      engine.progress('u', { page: 'two', seen: ['one', 'two'] });
      engine.handIn('u', { single: 'b', why: { value: false, reason: 'y' }, word: 'solidarité' });
      engine.answers('u', { single: 'a', multi: ['a', 'c'], order: ['t', 's', 'v', 'u'] });
      return SSE.pack.encode(engine.state, 4096).text;"""
    text = run_player(program, None, units=[UNIT])

    quiz = copy.deepcopy([ALL_TYPES[5], ALL_TYPES[0], *ALL_TYPES[2:4]])
    quiz[1]["choices"].append({"id": "e", "html": "e"})
    quiz[1]["h"] = short_hash("single with a fifth choice")
    later = unit_data("u", pages=("new", "two", "one"), quiz=quiz)
    back = run_player(
        "const back = SSE.pack.decode(input);"
        "return [back.changed, SSE.engine.create(back.state).state.units];",
        text,
        units=[unit_data("before"), later],
    )
    changed, units = back
    own = units["u"]
    assert changed
    assert (own["page"], sorted(own["seen"])) == ("two", ["one", "two"])
    assert own["open"]["answers"] == {"order": ["t", "s", "v", "u"]}
    [attempt] = own["attempts"]
    # The score of what was handed in stays, though its questions have changed or gone.
    assert (attempt["earned"], attempt["possible"]) == ("3", "11")
    assert attempt["answers"] == {"why": {"value": False, "reason": "y"}}
    assert "single" not in attempt["results"]
    assert units["before"]["seen"] == []


def test_reaching_the_end_is_kept_when_the_course_grows() -> None:
    program = """
      const engine = SSE.engine.create(null);
      engine.progress('u', { page: 'one', seen: ['one'] });
      engine.handIn('u', { single: 'b' });
      return SSE.pack.encode(engine.state, 4096).text;"""
    text = run_player(program, None, units=[unit_data(pages=["one"], quiz=ALL_TYPES[:1])])
    later = unit_data(pages=["one", "two"], quiz=ALL_TYPES[:2], mastery_score="100")
    own = run_player(
        "return SSE.engine.create(SSE.pack.decode(input).state).state.units.u;",
        text,
        units=[later],
    )
    assert (own["completion"], own["success"]) == ("completed", "passed")
