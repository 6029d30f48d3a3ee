/*
 * SCORM 1.2 and 2004: what an LMS is told, when, and what to do when it does not listen.
 *
 * Nothing is taken on trust: every call may be missing, throw, or say "true" and do nothing. What
 * could not be saved stays on the device, keyed by learner and by where the LMS has put the package, and goes to the
 * LMS as soon as it works, but only where the LMS still has what that work was built upon.
 */
(function () {
  'use strict';

  const course = SSE.data.course;
  const PARENTS = 50;
  const INITIALIZE_PAUSES = [300, 1000, 3000];
  const RETRY_SECONDS = [2, 5, 10, 20, 30, 60];

  // ---- the API -----------------------------------------------------------------------------

  /** @param {Window | null} from @param {string} name @returns {any} the API in `from` or the windows around it */
  function searchUp(from, name) {
    let where = from;
    for (let level = 0; where && level < PARENTS; level += 1) {
      try {
        const found = /** @type {any} */ (where)[name];
        if (found) return found;
      } catch (error) {
        // Another site's window: what is around it may be ours again.
      }
      if (where.parent === where) return null;
      where = where.parent;
    }
    return null;
  }

  /** @param {string} name @returns {any} */
  function search(name) {
    const near = searchUp(window, name);
    if (near) return near;
    for (let where = /** @type {Window | null} */ (window), level = 0; where && level < PARENTS; level += 1) {
      try {
        if (where.opener && where.opener !== where) {
          const found = searchUp(where.opener, name);
          if (found) return found;
        }
      } catch (error) {
        // Not ours to look into.
      }
      if (where.parent === where) break;
      where = where.parent;
    }
    return null;
  }

  /** @returns {{api: any, dialect: ScormDialect} | null} the API of the package's own version first */
  function find() {
    const own = SSE.scorm[course.medium === 'scorm12' ? '1.2' : '2004'];
    const other = SSE.scorm[course.medium === 'scorm12' ? '2004' : '1.2'];
    const dialects = [own, other];
    for (let i = 0; i < dialects.length; i += 1) {
      const api = search(dialects[i].api);
      if (api) return { api, dialect: dialects[i] };
    }
    return null;
  }

  /** Calls that never throw. @param {any} api @param {ScormDialect} dialect */
  function line(api, dialect) {
    const names = dialect.names;
    /** @param {string} name @param {string[]} values @returns {string} */
    const call = (name, values) => {
      try {
        const answer = api[name].apply(api, values);
        return answer === undefined || answer === null ? '' : String(answer);
      } catch (error) {
        return '';
      }
    };
    return {
      initialize: () => {
        if (call(names.initialize, ['']) === 'true') return true;
        return dialect.alreadyRunning !== '' && call(names.error, []) === dialect.alreadyRunning;
      },
      terminate: () => call(names.terminate, ['']),
      get: (/** @type {string} */ element) => call(names.get, [element]),
      set: (/** @type {string} */ element, /** @type {string} */ value) => call(names.set, [element, value]) === 'true',
      commit: () => call(names.commit, ['']) === 'true',
    };
  }

  // ---- the copy on the device --------------------------------------------------------------

  /** @param {string} learner */
  function deviceCopy(learner) {
    const scope = course.units.length === 1 ? course.course.id + '/' + course.units[0].id : course.course.id;
    // One package may be two activities of an LMS: each has an address of its own, and attempts of its own.
    return SSE.copies.of(['scorm', scope, learner, window.location.pathname], !learner);
  }

  // ---- interactions ------------------------------------------------------------------------

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

  // ---- the tracker -------------------------------------------------------------------------

  /** @returns {Tracker} */
  function create() {
    const found = find();
    if (!found) return SSE.trackers.local('', 'notice.no-lms');
    const { dialect } = found;
    const lms = line(found.api, dialect);
    const elements = dialect.elements;
    const opened = Date.now();

    /** @type {Engine} */
    let engine;
    /** The tracker that stands in where the LMS does not even start. @type {Tracker | null} */
    let fallback = null;
    /** @type {Mode} */
    let mode = 'normal';
    let copy = deviceCopy('');
    /** What the LMS is known to have. */
    let base = '';
    /** @type {{[element: string]: string}} statuses as the LMS has them */
    let statuses = {};
    let oldRaw = NaN;
    /** @type {{[element: string]: string}} values that the LMS has taken */
    let taken = {};
    /** @type {[string, string][]} */
    let records = [];
    let nextRecord = 0;
    /** The objectives that the LMS has, by id. @type {{[id: string]: {index: number, passed: boolean, raw: number}} | null} null where it has none */
    let objectives = {};
    let others = { tell: () => {} };
    let finished = false;
    let failures = 0;
    let retryTimer = 0;

    /** @param {string} element @param {string} value @returns {boolean} */
    function set(element, value) {
      if (taken[element] === value) return true;
      if (!lms.set(element, value)) return false;
      taken[element] = value;
      return true;
    }

    /** @returns {{text: string, dropped: boolean}} */
    const packed = () => SSE.pack.encode(engine.state, Math.min(dialect.limit, Number(course.config.suspend_limit) || dialect.limit));

    /** @returns {{[id: string]: {index: number, passed: boolean, raw: number}} | null} */
    function readObjectives() {
      const list = elements.objectives;
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

    /** How each outcome stands by the attempt that counts; nothing is taken back. */
    function tellObjectives() {
      course.units.forEach((info) => {
        const own = engine.state.units[info.id];
        const best = SSE.data.best(own);
        if (!best || !best.answers) return;
        SSE.papers.byOutcome(info, best).forEach(({ outcome, questions }) => {
          if (!objectives) return;
          const { value } = SSE.grading.score(questions, best.results);
          const id = info.id + '.' + outcome.id;
          if (!objectives[id]) {
            const index = Object.keys(objectives).length;
            if (!lms.set(elements.objectives + '.' + index + '.id', id)) {
              objectives = null;
              return;
            }
            objectives[id] = { index, passed: false, raw: -1 };
          }
          const known = objectives[id];
          const passed = known.passed || SSE.grading.reaches(value, info.mastery_score);
          const verdict = passed ? 'passed' : own.attempts.length >= info.attempts ? 'failed' : 'unknown';
          const values = dialect.objective(verdict, String(Math.max(known.raw, Number(value))));
          Object.keys(values).forEach((name) => set(elements.objectives + '.' + known.index + '.' + name, values[name]));
        });
      });
    }

    /** Everything that the LMS should know now. @param {string} text @returns {boolean} */
    function tell(text) {
      const overall = SSE.engine.overall(engine.state);
      let good = set(elements.suspendData, text);
      // Some LMSs say "true" and keep less.
      if (good && lms.get(elements.suspendData) !== text) {
        delete taken[elements.suspendData];
        good = false;
      }
      const at = engine.state.at;
      if (at) set(elements.location, (at + '/' + engine.state.units[at].page).slice(0, 250));
      const status = dialect.status(overall, statuses);
      Object.keys(status).forEach((element) => {
        if (!set(element, status[element])) good = good && dialect.statusElements.indexOf(element) < 0;
        else statuses[element] = status[element];
      });
      if (overall.value !== null) {
        const value = Number.isFinite(oldRaw) ? Math.max(oldRaw, Number(overall.value)) : Number(overall.value);
        set(elements.min, '0');
        set(elements.max, '100');
        good = set(elements.raw, String(value)) && good;
        const more = dialect.score(String(value));
        Object.keys(more).forEach((element) => set(element, more[element]));
      }
      const over = overall.completion === 'completed'
        && course.units.every((info) => engine.state.units[info.id].attempts.length >= info.attempts || !info.quiz.length);
      set(elements.exit, over && course.config.exit_when_done === 'normal' ? dialect.normalExit : 'suspend');
      lms.set(elements.sessionTime, dialect.sessionTime(Date.now() - opened));
      tellObjectives();
      // An LMS without interactions refuses these; they are offered once more only if all fails.
      const offered = records;
      records = [];
      const refused = offered.filter((record) => !lms.set(record[0], record[1]));
      if (!good) records = refused;
      return good;
    }

    /** @param {boolean} always commit even if nothing changed */
    function save(always) {
      if (mode !== 'normal' || finished) return;
      window.clearTimeout(retryTimer);
      const { text, dropped } = packed();
      if (!always && text === base && !records.length && !failures) return;
      if (text !== base) {
        copy.write(text, base);
        others.tell();
      }
      if (tell(text) && lms.commit()) {
        failures = 0;
        base = text;
        copy.remove();
        tracker.onStatus(dropped ? 'full' : 'saved');
        return;
      }
      taken = {};
      tracker.onStatus('unsaved');
      retryTimer = window.setTimeout(() => save(true), RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)] * 1000);
      failures += 1;
    }

    /** @returns {Started} */
    function begin() {
      const said = lms.get(elements.mode).toLowerCase();
      mode = said === 'review' || said === 'browse' ? said : 'normal';
      const learner = lms.get(elements.learnerId);
      const name = lms.get(elements.learnerName);
      const preferred = course.switch.length > 1 ? lms.get(elements.language) : '';
      copy = deviceCopy(learner);
      base = lms.get(elements.suspendData);
      dialect.statusElements.forEach((element) => {
        statuses[element] = lms.get(element);
      });
      const raw = lms.get(elements.raw);
      oldRaw = raw === '' ? NaN : Number(raw);
      nextRecord = Number(lms.get(elements.interactions + '._count')) || 0;
      objectives = mode === 'normal' ? readObjectives() : null;

      /** @type {string | null} */
      let notice = null;
      const kept = copy.read();
      const newer = kept !== null && kept.base === base && kept.text !== base && mode === 'normal';
      let read = newer && kept ? SSE.pack.decode(kept.text) : null;
      if (read) {
        notice = 'notice.recovered';
      } else {
        read = base ? SSE.pack.decode(base) : null;
        if (base && !read) notice = 'notice.unreadable';
      }
      if (read && read.changed) notice = 'notice.changed';
      engine = SSE.engine.create(read && read.state);
      if (mode === 'normal') {
        // The LMS has moved on without this device.
        if (kept && !newer && (!base || read)) copy.remove();
        others = SSE.tabs.share(learner ? copy.key : '', engine, (units) => {
          units.forEach((unit) => tracker.onState(unit, JSON.parse(JSON.stringify(engine.state.units[unit]))));
        });
        taken[elements.suspendData] = base;
        // Set at once: an LMS may take a session without a status for a completed one.
        if (tell(packed().text) && lms.commit()) {
          base = packed().text;
          copy.remove();
        } else {
          taken = {};
          window.setTimeout(() => save(true), 0);
        }
      }
      return {
        state: JSON.parse(JSON.stringify(engine.state)),
        mode,
        learner: name ? { name } : null,
        notice,
        languages: preferred ? [preferred] : [],
      };
    }

    /** @returns {Promise<Started>} */
    function start() {
      return new Promise((resolve) => {
        /** @param {number} number */
        const attempt = (number) => {
          if (lms.initialize()) {
            resolve(begin());
          } else if (number < INITIALIZE_PAUSES.length) {
            window.setTimeout(() => attempt(number + 1), INITIALIZE_PAUSES[number]);
          } else {
            fallback = SSE.trackers.local('', 'notice.no-lms');
            fallback.onStatus = (status) => tracker.onStatus(status);
            resolve(fallback.start());
          }
        };
        attempt(0);
      });
    }

    /** @type {Tracker} */
    const tracker = {
      onStatus: () => {},
      onState: () => {},
      start,
      saveProgress: (unit, progress) => {
        if (fallback) return fallback.saveProgress(unit, progress);
        const state = engine.progress(unit, progress);
        save(false);
        return Promise.resolve(state);
      },
      saveAnswers: (unit, answers) => {
        if (fallback) return fallback.saveAnswers(unit, answers);
        const state = engine.answers(unit, answers);
        save(false);
        return Promise.resolve(state);
      },
      check: (unit, question, answer) => (
        fallback ? fallback.check(unit, question, answer) : Promise.resolve(engine.check(unit, question, answer))
      ),
      handIn: (unit, answers) => {
        if (fallback) return fallback.handIn(unit, answers);
        const state = engine.handIn(unit, answers);
        const info = SSE.data.unit(unit);
        const attempt = state.attempts[state.attempts.length - 1];
        records = records.concat(interactions(info, attempt, nextRecord, dialect));
        nextRecord += SSE.papers.drawn(info, attempt.paper).length;
        save(true);
        return Promise.resolve(state);
      },
      saveLanguage: (tag) => {
        if (fallback && fallback.saveLanguage) {
          fallback.saveLanguage(tag);
          return;
        }
        engine.language(tag);
        save(false);
      },
      suspend: () => {
        if (fallback) fallback.suspend();
        else save(true);
      },
      finish: () => {
        if (fallback) {
          fallback.finish();
          return;
        }
        if (finished) return;
        save(true);
        finished = true;
        lms.terminate();
      },
    };
    return tracker;
  }

  SSE.trackers.create = create;
})();
