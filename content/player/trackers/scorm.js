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
  const INITIALIZE_PAUSES = [300, 1000, 3000];
  const RETRY_SECONDS = [2, 5, 10, 20, 30, 60];

  /** @param {string} learner */
  function deviceCopy(learner) {
    const scope = course.units.length === 1 ? course.course.id + '/' + course.units[0].id : course.course.id;
    // One package may be two activities of an LMS: each has an address of its own, and attempts of its own.
    return SSE.copies.of(['scorm', scope, learner, window.location.pathname], !learner);
  }

  /** @returns {Tracker} */
  function create() {
    const found = SSE.scormApi.find();
    if (!found) return SSE.trackers.local('notice.no-lms');
    const { lms, dialect } = found;
    const elements = dialect.elements;
    const spent = SSE.sessionTime.begin();

    /** @type {Engine} */
    let engine;
    /** @type {Mode} */
    let mode = 'normal';
    /** @type {DeviceCopy} */
    let copy;
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
    /** How many attempts of each unit are among the LMS's interactions, or on the way there. @type {{[unit: string]: number}} */
    const recorded = {};
    /** @type {ReturnType<ScormRecordsModule['objectives']>} */
    let objectives;
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

    /** The questions of attempts that the LMS has not heard of, whether handed in here, in another tab, or before the last tab died. */
    function record() {
      course.units.forEach((info) => {
        engine.state.units[info.id].attempts.slice(recorded[info.id]).forEach((attempt) => {
          if (!attempt.answers) return;
          records = records.concat(SSE.scormRecords.interactions(info, attempt, nextRecord, dialect));
          nextRecord += SSE.papers.drawn(info, attempt.paper).length;
        });
        recorded[info.id] = engine.state.units[info.id].attempts.length;
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
      lms.set(elements.sessionTime, dialect.sessionTime(spent()));
      course.units.forEach((info) => objectives.tell(info, engine.state.units[info.id]));
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
      record();
      const { text, dropped } = packed();
      if (!always && text === base && !records.length && !failures) {
        copy.remove();
        return;
      }
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
      const resumed = SSE.lms.resume(copy, base, SSE.pack.decode, mode);
      engine = resumed.engine;
      course.units.forEach((info) => {
        const there = resumed.known && resumed.known.units[info.id];
        recorded[info.id] = there ? there.attempts.length : 0;
      });
      if (mode === 'normal') {
        objectives = SSE.scormRecords.objectives(lms, dialect, set);
        others = SSE.tabs.share(learner ? copy.key : '', engine, () => tracker);
        taken[elements.suspendData] = base;
        record();
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
        state: engine.whole(),
        mode,
        learner: name ? { name } : null,
        notice: resumed.notice,
        languages: preferred ? [preferred] : [],
      };
    }

    /** @returns {Promise<void>} */
    const open = () => new Promise((resolve, reject) => {
      /** @param {number} number */
      const attempt = (number) => {
        if (lms.initialize()) resolve();
        else if (number < INITIALIZE_PAUSES.length) window.setTimeout(() => attempt(number + 1), INITIALIZE_PAUSES[number]);
        else reject(new Error('the LMS does not start'));
      };
      attempt(0);
    });

    const tracker = SSE.lms.tracker({
      open,
      begin,
      engine: () => engine,
      changed: (unit, attempt) => save(attempt !== null),
      keep: () => {
        const { text } = packed();
        if (mode === 'normal' && !finished && text !== base) copy.write(text, base);
      },
      suspend: () => save(true),
      finish: () => {
        if (finished) return;
        save(true);
        finished = true;
        lms.terminate();
      },
    });
    return tracker;
  }

  SSE.trackers.ready = SSE.scormApi.appears;
  SSE.trackers.create = create;
})();
