/*
 * cmi5: an LMS that listens by xAPI. The state lies in a State document, statements say what was reached. What could
 * not be saved stays on the device, keyed by learner and registration, and goes out as soon as the LMS listens again.
 */
(function () {
  'use strict';

  const STATE = 'sse-campus.state';
  const LIMIT = 64000;
  const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];

  /** @param {any} found the State document; some servers say something else where there is none @returns {string} as it is compared */
  const textOf = (found) => (found && 'state' in Object(found) ? JSON.stringify({ state: found.state, reported: found.reported }) : '');

  /** @param {string} text @returns {ReturnType<PackModule['decode']>} */
  function unpack(text) {
    const found = JSON.parse(text);
    return typeof found.state === 'string' ? SSE.pack.decode(found.state) : null;
  }

  /** @returns {Tracker} */
  function create() {
    const launch = SSE.lrs.launch();
    if (!launch) return SSE.trackers.local('notice.no-lms');
    const from = launch;
    const { homePage, name } = from.actor.account;
    const copy = SSE.copies.of(['cmi5', homePage, name, from.registration, from.activityId], false);

    /** Null where the LMS does not answer: what is done is kept for the next launch. @type {Lrs | null} */
    let lrs = null;
    /** What the LMS gave at the launch. @type {{given: LaunchData, preferences: any, found: {value: any, etag: string | null}}} */
    let launched;
    /** @type {Cmi5Report | null} */
    let report = null;
    /** @type {Engine} */
    let engine;
    /** @type {Mode} */
    let mode = 'normal';
    /** What of the registration has been reported. @type {{[what: string]: true}} */
    const reported = {};
    /** The document as the LMS is known to have it. */
    let base = '';
    /** @type {string | null} */
    let etag = null;
    /** Whether writing can hang on the ETag: some servers change it on its way. */
    let conditional = true;
    /** Whether the LMS has been seen to keep what it takes: "yes" is not proof. */
    let proven = false;
    let saving = false;
    let again = false;
    let failures = 0;
    let retryTimer = 0;
    let finished = false;
    /** Nothing may follow the last statement. */
    let ended = { is: () => false, set: () => {} };
    let others = { tell: () => {} };
    /** A page that is loaded anew goes on with the time spent. */
    let keepTime = () => {};

    // ---- the state -----------------------------------------------------------------------------

    /** @returns {string} the state and what has been reported of it, as one text */
    const packed = () => JSON.stringify({ state: SSE.pack.encode(engine.state, LIMIT).text, reported });

    /** Another tab or device has written meanwhile: both count. @param {Lrs} open @param {string | null} condition the ETag that was refused @returns {Promise<void>} */
    function reconcile(open, condition) {
      return open.readState(STATE).then((found) => {
        // The very one that the LMS gives: asking for it is no use.
        if (found.etag && found.etag === condition) conditional = false;
        etag = found.etag;
        base = textOf(found.value);
        const read = base ? unpack(base) : null;
        takeOver(found.value);
        if (!read) return;
        SSE.app.flush();
        engine.merge(read.state, true).forEach((unit) => tracker.onState(unit, engine.unit(unit)));
      });
    }

    /** Reads back what was written, once a session. @param {Lrs} open @param {string} text @returns {Promise<void>} */
    function prove(open, text) {
      if (proven) return Promise.resolve();
      return open.readState(STATE).then((found) => {
        proven = textOf(found.value) === text;
        if (!proven) throw new Error('refused');
      });
    }

    /** What the LMS has not, on the device. @param {string} text */
    function keep(text) {
      if (mode !== 'normal') return;
      if (text === base) copy.remove();
      else copy.write(text, base);
    }

    /** One write at a time, the newest only; `leaving` does not wait for the one under way. @param {boolean} leaving */
    function save(leaving) {
      if (mode !== 'normal') return;
      const text = packed();
      keep(text);
      if (!lrs || (text === base && !failures)) return;
      const open = lrs;
      others.tell();
      if (saving && !leaving) {
        again = true;
        return;
      }
      window.clearTimeout(retryTimer);
      // Two under way would refuse each other: the last one goes without a condition.
      const condition = saving || !conditional ? '' : etag;
      saving = true;
      open.writeState(STATE, JSON.parse(text), condition).then((tag) => prove(open, text).then(() => tag)).then((tag) => {
        etag = tag;
        base = text;
        failures = 0;
        keep(packed());
        tracker.onStatus('saved');
      }, (error) => {
        if (error.message === 'conflict') {
          again = true;
          return reconcile(open, condition);
        }
        throw error;
      }).then(() => {
        saving = false;
        if (!again) return;
        again = false;
        save(false);
      }, (error) => {
        saving = false;
        again = false;
        trouble(error.message);
        if (error.message === 'expired') return;
        retryTimer = window.setTimeout(() => save(false), RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)] * 1000);
        failures += 1;
      });
    }

    /** @param {string | null} kind */
    function trouble(kind) {
      if (kind === null) {
        if (!failures) tracker.onStatus('saved');
      } else tracker.onStatus(kind === 'expired' ? 'expired' : kind === 'offline' ? 'offline' : 'unsaved');
    }

    // ---- start and end -------------------------------------------------------------------------

    /** Nothing of the launch that is missing keeps anybody from learning. @returns {Promise<void>} */
    function open() {
      return SSE.lrs.open(from).then((opened) => Promise.all([
        opened.readState('LMS.LaunchData'), opened.readProfile('cmi5LearnerPreferences').catch(() => null), opened.readState(STATE),
      ]).then(([data, preferences, found]) => {
        if (!data.value || !data.value.contextTemplate) throw new Error('no launch data');
        launched = { given: data.value, preferences, found };
        lrs = opened;
      })).catch(() => {});
    }

    /** @returns {Started} */
    function begin() {
      const learner = typeof from.actor.name === 'string' ? { name: from.actor.name } : null;
      const notice = lrs ? meet(lrs) : alone();
      save(false);
      const { preferences } = launched || { preferences: null };
      return {
        state: engine.whole(),
        mode,
        learner,
        notice,
        languages: preferences && typeof preferences.languagePreference === 'string' ? preferences.languagePreference.split(',') : [],
      };
    }

    /** @returns {string} the notice */
    function alone() {
      const kept = copy.read();
      if (kept) base = kept.base;
      takeOver(kept ? JSON.parse(kept.text) : null);
      const read = kept && unpack(kept.text);
      engine = SSE.engine.create(read && read.state);
      return 'notice.no-lms-yet';
    }

    /** @param {any} found a State document */
    function takeOver(found) {
      Object.assign(reported, found && found.reported);
    }

    /** @param {Lrs} open @returns {string | null} the notice */
    function meet(open) {
      const { given, preferences, found } = launched;
      const say = SSE.statements.maker(from, given);
      const begun = SSE.cmi5Page.mark(say.session, 'begun');
      ended = SSE.cmi5Page.mark(say.session, 'ended');
      const time = SSE.cmi5Page.mark(say.session, 'spent');
      const spent = SSE.sessionTime.begin(time.value());
      keepTime = () => time.set(spent());
      const said = String(given.launchMode).toLowerCase();
      mode = said === 'review' || said === 'browse' ? said : 'normal';
      if (typeof given.masteryScore === 'number') SSE.data.setMastery(String(Math.round(given.masteryScore * 1e6) / 1e4));
      SSE.cmi5Page.silence(preferences);

      etag = found.etag;
      base = textOf(found.value);
      const kept = copy.read();
      const resumed = SSE.lms.resume(copy, base, unpack, mode);
      engine = resumed.engine;
      takeOver(found.value);
      if (resumed.newer && kept) takeOver(JSON.parse(kept.text));
      if (mode === 'normal') others = SSE.tabs.share(copy.key, engine, () => tracker);
      open.onTrouble = trouble;
      report = SSE.cmi5Report.of(open, say, engine, {
        reported, begun: begun.set, save: () => save(false), listens: () => mode === 'normal' && !ended.is(), spent,
      });
      if (!ended.is() && !begun.is()) report.initialized();
      report.begin();
      if (/^https?:/.test(String(given.returnURL || ''))) {
        SSE.cmi5Page.exit(String(given.returnURL), () => {
          close();
          return open.settled();
        });
      }
      return ended.is() ? 'notice.ended' : resumed.notice;
    }

    /** Says the last word of the session. */
    function close() {
      save(true);
      if (report && !ended.is()) {
        report.terminated(mode === 'normal');
        ended.set();
      }
      finished = true;
    }

    function suspend() {
      if (finished) return;
      if (report) report.progressed();
      save(true);
      if (report) report.sendAll();
    }

    const tracker = SSE.lms.tracker({
      open,
      begin,
      engine: () => engine,
      changed: (unit, attempt) => {
        if (report && attempt) report.answers(SSE.data.unit(unit), attempt, false);
        if (report) report.verdicts(false);
        save(false);
      },
      keep: () => keep(packed()),
      suspend,
      finish: () => {
        if (finished) return;
        if (SSE.cmi5Page.reloads()) {
          suspend();
          keepTime();
          return;
        }
        close();
        if (report) report.sendAll();
      },
    });
    return tracker;
  }

  SSE.trackers.create = create;
})();
