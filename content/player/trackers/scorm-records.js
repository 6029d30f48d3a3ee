/* What SCORM keeps beside the state: each question that was answered, and how each outcome stands. */
(function () {
  'use strict';

  /**
   * @param {UnitInfo} info
   * @param {Attempt} attempt
   * @param {number} start index of the first
   * @param {ScormDialect} dialect
   * @returns {[string, string][]} element and value, in the order in which they must be set
   */
  function interactions(info, attempt, start, dialect) {
    /** @type {[string, string][]} */
    const values = [];
    SSE.papers.drawn(info, attempt.paper).forEach((question, index) => {
      const base = dialect.elements.interactions + '.' + (start + index) + '.';
      const answer = attempt.answers ? attempt.answers[question.id] : undefined;
      const given = SSE.interactions.response(question, answer, dialect);
      const right = SSE.interactions.pattern(question, dialect);
      const result = attempt.results[question.id];
      values.push([base + 'id', info.id + '.' + question.id]);
      values.push([base + 'type', dialect.type(question)]);
      if (question.outcome) values.push([base + 'objectives.0.id', info.id + '.' + question.outcome]);
      values.push([base + dialect.elements.time, dialect.moment(new Date(attempt.handed_in))]);
      if (right && right.length <= dialect.maxResponse) values.push([base + 'correct_responses.0.pattern', right]);
      values.push([base + 'weighting', question.scored ? String(question.points) : '0']);
      if (given && given.length <= dialect.maxResponse) values.push([base + dialect.elements.response, given]);
      if (result) values.push([base + 'result', dialect.result(result.credit)]);
    });
    return values;
  }

  /** @param {ScormLine} lms @param {ScormDialect} dialect @returns {{[id: string]: {index: number, passed: boolean, raw: number}} | null} what the LMS has by id; null where it knows none */
  function read(lms, dialect) {
    const list = dialect.elements.objectives;
    const count = Number(lms.get(list + '._count') || NaN);
    if (!Number.isFinite(count)) return null;
    /** @type {{[id: string]: {index: number, passed: boolean, raw: number}}} */
    const found = {};
    for (let index = 0; index < count; index += 1) {
      const at = list + '.' + index + '.';
      const raw = lms.get(at + 'score.raw');
      found[lms.get(at + 'id')] = { index, passed: lms.get(at + dialect.objectiveStatus) === 'passed', raw: raw === '' ? -1 : Number(raw) };
    }
    return found;
  }

  /** @type {ScormRecordsModule['objectives']} */
  function objectives(lms, dialect, set) {
    const list = dialect.elements.objectives;
    let known = read(lms, dialect);

    /** @param {string} id @returns {{index: number, passed: boolean, raw: number} | null} null where the LMS takes none */
    function entry(id) {
      if (!known || known[id]) return known && known[id];
      const index = Object.keys(known).length;
      if (lms.set(list + '.' + index + '.id', id)) known[id] = { index, passed: false, raw: -1 };
      else known = null;
      return known && known[id];
    }

    /** How each outcome of a unit stands by the attempt that counts; nothing is taken back. @param {UnitInfo} info @param {UnitState} own */
    function tell(info, own) {
      const best = SSE.data.best(own);
      if (!best || !best.answers) return;
      SSE.papers.byOutcome(info, best).forEach(({ outcome, questions }) => {
        const one = entry(info.id + '.' + outcome.id);
        if (!one) return;
        const { value } = SSE.grading.score(questions, best.results);
        const passed = one.passed || SSE.grading.reaches(value, info.mastery_score);
        const verdict = passed ? 'passed' : own.attempts.length >= info.attempts ? 'failed' : 'unknown';
        const values = dialect.objective(verdict, String(Math.max(one.raw, Number(value))));
        Object.keys(values).forEach((name) => set(list + '.' + one.index + '.' + name, values[name]));
      });
    }
    return { tell };
  }

  SSE.scormRecords = { interactions, objectives };
})();
