/* Attempts, completion and success where no server keeps them: packages and local copies. */
(function () {
  'use strict';

  const { course, unit: unitInfo, freshUnit, best } = SSE.data;
  const grading = SSE.grading;
  const papers = SSE.papers;

  /**
   * Brings completion, success and value up to date. What was reached once stays: a new version of
   * the course with one page more takes nothing back.
   * @param {UnitInfo} info
   * @param {UnitState} state
   */
  function settle(info, state) {
    const read = info.pages.every((page) => state.seen.indexOf(page.id) >= 0);
    const quiz = info.quiz.length > 0;
    if (read && (!quiz || state.attempts.length > 0)) state.completion = 'completed';
    const top = best(state);
    state.value = top ? top.value : null;
    if (state.success === 'passed') return;
    if (top && grading.reaches(top.value, info.mastery_score)) state.success = 'passed';
    else if (top && state.attempts.length >= state.attempts_allowed) state.success = 'failed';
    else state.success = 'unknown';
  }

  /**
   * Papers as this version of the course draws them, and one for the attempt to come.
   * @param {UnitInfo} info
   * @param {UnitState} state
   */
  function bringPapers(info, state) {
    if (!info.rules.papers) {
      delete state.next;
      state.attempts.concat(/** @type {any} */ (state.open || [])).forEach((attempt) => delete attempt.paper);
      return;
    }
    state.attempts.forEach((attempt) => {
      if (attempt.paper) attempt.paper = papers.draw(info, attempt.paper.seed);
    });
    if (state.open) state.open.paper = state.open.paper ? papers.draw(info, state.open.paper.seed) : papers.fresh(info);
    if (state.open || state.attempts.length >= state.attempts_allowed) delete state.next;
    else state.next = state.next ? papers.draw(info, state.next.seed) : papers.fresh(info);
  }

  /**
   * @template Thing
   * @param {Thing} thing
   * @returns {Thing}
   */
  const copy = (thing) => JSON.parse(JSON.stringify(thing));

  /** @param {Answers} answers @param {Question[]} questions @returns {Answers} only those of the quiz */
  function known(answers, questions) {
    /** @type {Answers} */
    const kept = {};
    questions.forEach((question) => {
      const answer = answers[question.id];
      if (answer !== undefined && answer !== null) kept[question.id] = answer;
    });
    return kept;
  }

  /** @type {EngineModule['retell']} */
  function retell(state) {
    course.units.forEach((info) => {
      const own = state.units[info.id];
      own.attempts.forEach((attempt) => info.quiz.forEach((question) => {
        const before = attempt.results[question.id];
        const answer = attempt.answers && attempt.answers[question.id];
        if (!before || !attempt.answers) return;
        const { feedback, model_answer_html } = grading.grade(question, answer === undefined ? null : answer);
        attempt.results[question.id] = Object.assign({}, before, { feedback }, model_answer_html === undefined ? {} : { model_answer_html });
      }));
    });
  }

  /** @type {EngineModule['create']} */
  function create(start) {
    /** @type {State} */
    const state = { units: {}, at: (start && start.at) || null };
    if (start && start.language) state.language = start.language;
    course.units.forEach((info) => {
      const before = start && start.units[info.id];
      state.units[info.id] = Object.assign(freshUnit(info), before ? copy(before) : {}, { attempts_allowed: info.attempts });
      bringPapers(info, state.units[info.id]);
      settle(info, state.units[info.id]);
    });

    /**
     * Takes over what another tab or device knows of a unit and this one does not.
     * @param {UnitInfo} info @param {UnitState} other
     * @param {boolean} older whether the other's drafts are older than those here
     * @returns {boolean} whether anything changed
     */
    function mergeUnit(info, other, older) {
      const own = state.units[info.id];
      const before = JSON.stringify(own);
      info.pages.forEach((page) => {
        if (other.seen.indexOf(page.id) >= 0 && own.seen.indexOf(page.id) < 0) own.seen.push(page.id);
      });
      const ahead = other.attempts.length - own.attempts.length;
      if (ahead > 0) Object.assign(own, { attempts: copy(other).attempts, open: null });
      if (ahead >= 0 && other.open) {
        const mine = own.open && own.open.answers;
        const theirs = other.open.answers;
        own.open = copy(other).open;
        if (own.open && mine) own.open.answers = older ? Object.assign({}, theirs, mine) : Object.assign({}, mine, theirs);
      }
      if (ahead >= 0 && !other.open && other.next) own.next = copy(other).next;
      if (other.completion === 'completed') own.completion = other.completion;
      bringPapers(info, own);
      settle(info, own);
      return JSON.stringify(own) !== before;
    }

    return {
      state,
      whole: () => copy(state),
      unit: (id) => copy(state.units[id]),
      merge: (other, older) => course.units
        .filter((info) => other.units[info.id] && mergeUnit(info, other.units[info.id], older))
        .map((info) => info.id),
      language(tag) {
        state.language = tag;
        retell(state);
      },
      progress(unit, progress) {
        const info = unitInfo(unit);
        const own = state.units[unit];
        own.page = progress.page;
        info.pages.forEach((page) => {
          if (progress.seen.indexOf(page.id) >= 0 && own.seen.indexOf(page.id) < 0) own.seen.push(page.id);
        });
        state.at = unit;
        settle(info, own);
        return copy(own);
      },
      answers(unit, answers) {
        const own = state.units[unit];
        const kept = known(answers, unitInfo(unit).quiz);
        if (own.open) own.open.answers = kept;
        else if (own.attempts.length < own.attempts_allowed) {
          own.open = Object.assign({ number: own.attempts.length + 1, answers: kept }, own.next ? { paper: own.next } : {});
          delete own.next;
        }
        settle(unitInfo(unit), own);
        return copy(own);
      },
      check(unit, questionId, answer) {
        const info = unitInfo(unit);
        const question = info.checks.concat(info.quiz).filter((one) => one.id === questionId)[0];
        return grading.grade(question, answer);
      },
      handIn(unit, answers) {
        const info = unitInfo(unit);
        const own = state.units[unit];
        if (own.attempts.length >= own.attempts_allowed) throw new Error('no attempt left');
        const paper = own.open ? own.open.paper : own.next;
        const asked = papers.drawn(info, paper);
        const kept = known(answers, asked);
        /** @type {Results} */
        const results = {};
        asked.forEach((question) => {
          results[question.id] = grading.grade(question, kept[question.id] === undefined ? null : kept[question.id]);
        });
        const score = grading.score(asked, results);
        own.attempts.push({
          ...(paper ? { paper } : {}),
          number: own.attempts.length + 1,
          earned: score.earned,
          possible: score.possible,
          value: score.value,
          handed_in: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
          results: results,
          answers: kept,
        });
        own.open = null;
        bringPapers(info, own);
        settle(info, own);
        return copy(own);
      },
    };
  }

  /**
   * The whole course as an LMS sees it: points of the best attempts over the points of every quiz.
   * Passed or failed is said once every quiz has been handed in.
   * @type {EngineModule['overall']}
   */
  function overall(state) {
    const infos = course.units;
    const graded = infos.filter((info) => info.quiz.some((question) => question.scored));
    const completed = infos.every((info) => state.units[info.id].completion === 'completed');
    const pages = infos.reduce((sum, info) => sum + info.pages.length + (info.quiz.length ? 1 : 0), 0);
    const done = infos.reduce((sum, info) => {
      const own = state.units[info.id];
      const seen = info.pages.filter((page) => own.seen.indexOf(page.id) >= 0).length;
      return sum + seen + (info.quiz.length && own.attempts.length ? 1 : 0);
    }, 0);
    /** @type {string | null} */
    let value = null;
    /** @type {Success} */
    let success = 'unknown';
    if (infos.length === 1) {
      value = state.units[infos[0].id].value;
      success = state.units[infos[0].id].success;
    } else if (graded.some((info) => state.units[info.id].attempts.length > 0)) {
      const total = grading.total(graded.map((info) => {
        const top = best(state.units[info.id]);
        return top ? [top.earned, top.possible] : ['0', papers.possible(info)];
      }));
      value = grading.value(total.earned, total.possible);
      const all = graded.every((info) => state.units[info.id].attempts.length > 0);
      const over = graded.every((info) => state.units[info.id].attempts.length >= info.attempts);
      if (all && grading.reaches(value, course.course.mastery_score)) success = 'passed';
      else if (over) success = 'failed';
    }
    const progress = completed ? 1 : pages ? done / pages : 0;
    return { completion: completed ? 'completed' : 'incomplete', success, value, progress };
  }

  SSE.engine = { create, overall, retell };
})();
