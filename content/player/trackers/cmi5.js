/*
 * cmi5: an LMS that listens by xAPI. The state lies in a State document, statements say what was reached. What could
 * not be saved stays on the device, keyed by learner and registration, and goes out as soon as the LMS listens again.
 */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el } = SSE.dom;
  const STATE = 'sse-campus.state';
  const LIMIT = 64000;
  const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];
  const AT_MOST_ON_LEAVING = 4000;
  /** A page that is asked for anew within this time after the key was pressed is not left, however long the answer takes. */
  const RELOAD = 2000;

  let pressed = 0;
  let reloading = false;
  const justPressed = () => Date.now() - pressed < RELOAD;
  const unloading = () => {
    reloading = justPressed();
  };
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'F5' && !((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'r')) return;
    pressed = Date.now();
    // Not before: browsers do not keep pages that listen to this for the way back.
    window.addEventListener('beforeunload', unloading);
  });

  /** What a reload must know of the session: that its first statement is out, or its last. @param {string} session @param {string} name */
  function mark(session, name) {
    const key = 'sse:cmi5:' + name + ':' + session;
    return {
      is: () => {
        try {
          return window.sessionStorage.getItem(key) !== null;
        } catch (error) {
          return false;
        }
      },
      set: () => {
        try {
          window.sessionStorage.setItem(key, '1');
        } catch (error) {
          // Then only this page knows.
        }
      },
    };
  }

  /** @param {any} preferences the document cmi5LearnerPreferences (11) */
  function silence(preferences) {
    if (!preferences || preferences.audioPreference !== 'off') return;
    const mute = () => Array.from(document.querySelectorAll('audio, video')).forEach((node) => {
      if (node instanceof HTMLMediaElement) node.muted = true;
    });
    mute();
    SSE.data.onLanguage(mute);
  }

  /** @returns {Tracker} */
  function create() {
    const launch = SSE.lrs.launch();
    if (!launch) return SSE.trackers.local('', 'notice.no-lms');
    const from = launch;
    const { homePage, name } = from.actor.account;
    const copy = SSE.copies.of(['cmi5', homePage, name, from.registration, from.activityId], false);
    const opened = Date.now();

    /** @type {Lrs} */
    let lrs;
    /** @type {StatementMaker} */
    let say;
    /** @type {Engine} */
    let engine;
    /** @type {Tracker | null} */
    let fallback = null;
    /** @type {Mode} */
    let mode = 'normal';
    /** What of the registration has been reported. @type {{[verb: string]: true}} */
    let reported = {};
    /** What of it is on its way. @type {{[verb: string]: true}} */
    const asked = {};
    /** The document as the LMS is known to have it. */
    let base = '';
    /** @type {string | null} */
    let etag = null;
    let returnUrl = '';
    /** Whether the LMS has been seen to keep what it takes: "yes" is not proof. */
    let proven = false;
    let saving = false;
    let again = false;
    let failures = 0;
    let retryTimer = 0;
    let told = -1;
    let finished = false;
    /** Passed or failed has been said in this session: once will do. */
    let judged = false;
    /** Nothing may follow the last statement. @type {ReturnType<typeof mark>} */
    let ended;
    /** What asks the LMS for earlier statements does so one after the other: completed comes before passed. */
    let looked = Promise.resolve();
    let others = { tell: () => {} };

    // ---- statements ----------------------------------------------------------------------------

    const listens = () => mode === 'normal' && !ended.is();

    /**
     * Sends what is said once a registration; what an earlier session may have said is looked for first, and
     * what was not is said then, after all that went out meanwhile.
     * @param {() => Statement} make @param {boolean} look
     */
    function once(make, look) {
      const statement = make();
      const verb = verbOf(statement);
      asked[verb] = true;
      if (!look) {
        lrs.send(statement);
        return;
      }
      looked = looked.then(() => lrs.has(statement.id).catch(() => false)).then((there) => {
        if (there) sent(statement);
        else if (listens()) lrs.send(make());
      });
    }

    /** @param {Statement} statement */
    const verbOf = (statement) => statement.verb.id.slice(statement.verb.id.lastIndexOf('/') + 1);

    /** @param {Statement} statement the LMS has it */
    function sent(statement) {
      const verb = verbOf(statement);
      if (verb === 'initialized') mark(say.session, 'begun').set();
      if (['completed', 'passed', 'failed'].indexOf(verb) < 0) return;
      reported[verb] = true;
      save(false);
    }

    /** Completed, passed, failed: each once a registration, and only what is true by now (9.3). @param {boolean} look whether another session may have said it */
    function report(look) {
      if (!listens()) return;
      const overall = SSE.engine.overall(engine.state);
      const since = Date.now() - opened;
      const { value } = overall;
      const fits = value !== null && SSE.grading.reaches(value, SSE.data.mastery()) === (overall.success === 'passed');
      /** @param {string} verb */
      const due = (verb) => !reported[verb] && !asked[verb];
      if (overall.completion === 'completed' && due('completed')) once(() => say.completed(since), look);
      if (judged || reported.passed) return;
      if (overall.success === 'passed' && due('passed')) {
        judged = true;
        once(() => say.passed(since, fits ? value : null), look);
      } else if (overall.success === 'failed' && due('failed')) {
        judged = true;
        once(() => say.failed(since, fits ? value : null), look);
      }
    }

    /** @returns {number | null} per cent, until the unit is complete */
    function progress() {
      const overall = SSE.engine.overall(engine.state);
      return overall.completion === 'completed' ? null : Math.floor(overall.progress * 100);
    }

    function reportProgress() {
      const now = progress();
      if (!listens() || now === null || now <= told) return;
      told = now;
      lrs.send(say.progressed(now));
    }

    // ---- the state -----------------------------------------------------------------------------

    /** @returns {string} the state and what has been reported of it, as one text */
    const packed = () => JSON.stringify({ state: SSE.pack.encode(engine.state, LIMIT).text, reported });

    /** @param {any} found @returns {ReturnType<PackModule['decode']>} */
    function unpack(found) {
      if (!found || typeof found.state !== 'string') return null;
      return SSE.pack.decode(found.state);
    }

    /** Another tab or device has written meanwhile: both count. @returns {Promise<void>} */
    function reconcile() {
      return lrs.readState(STATE).then((found) => {
        // It is what was written here: the LMS reckons its ETags otherwise.
        if (found.value && base && JSON.stringify(found.value) === base) lrs.guessNoMore();
        etag = found.etag;
        base = found.value ? JSON.stringify(found.value) : '';
        const read = unpack(found.value);
        reported = Object.assign({}, found.value && found.value.reported, reported);
        if (!read) return;
        SSE.app.flush();
        changed(engine.merge(read.state, true));
      });
    }

    /** @param {string[]} units */
    function changed(units) {
      units.forEach((unit) => tracker.onState(unit, JSON.parse(JSON.stringify(engine.state.units[unit]))));
    }

    /** Reads back what was written, once a session. @param {string} text @returns {Promise<void>} */
    function prove(text) {
      if (proven) return Promise.resolve();
      return lrs.readState(STATE).then((found) => {
        proven = found.value !== null && JSON.stringify(found.value) === text;
        if (!proven) throw new Error('refused');
      });
    }

    /** One write at a time, the newest only; `leaving` does not wait for the one under way. @param {boolean} leaving */
    function save(leaving) {
      if (mode !== 'normal') return;
      const text = packed();
      if (text === base && !failures) {
        // The LMS has it all, be it from elsewhere.
        if (!saving) copy.remove();
        return;
      }
      copy.write(text, base);
      others.tell();
      if (saving && !leaving) {
        again = true;
        return;
      }
      window.clearTimeout(retryTimer);
      // Two under way would refuse each other: the last one goes without a condition.
      const condition = saving ? '' : etag;
      saving = true;
      lrs.writeState(STATE, JSON.parse(text), condition).then((tag) => prove(text).then(() => tag)).then((tag) => {
        etag = tag;
        base = text;
        failures = 0;
        if (packed() === text) copy.remove();
        tracker.onStatus('saved');
      }, (error) => {
        if (error.message === 'conflict') {
          again = true;
          return reconcile();
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

    /** @param {any} given the document LMS.LaunchData (10) @param {any} preferences @param {{value: any, etag: string | null}} found @returns {Started} */
    function begin(given, preferences, found) {
      say = SSE.statements.maker(from, given);
      ended = mark(say.session, 'ended');
      const said = String(given.launchMode).toLowerCase();
      mode = said === 'review' || said === 'browse' ? said : 'normal';
      if (typeof given.masteryScore === 'number') SSE.data.setMastery(String(Math.round(given.masteryScore * 1e6) / 1e4));
      if (/^https?:/.test(String(given.returnURL || ''))) returnUrl = given.returnURL;
      silence(preferences);

      etag = found.etag;
      base = found.value ? JSON.stringify(found.value) : '';
      const kept = copy.read();
      const newer = kept && kept.base === base && kept.text !== base && mode === 'normal' ? kept : null;
      /** @type {string | null} */
      let notice = null;
      const source = newer ? JSON.parse(newer.text) : found.value;
      const read = unpack(source);
      if (newer && read) notice = 'notice.recovered';
      else if (found.value && !read) notice = 'notice.unreadable';
      if (read && read.changed) notice = 'notice.changed';
      reported = Object.assign({}, found.value && found.value.reported, newer && source.reported);
      engine = SSE.engine.create(read && read.state);
      // The LMS has moved on from another device: what was handed in and read here counts all the same.
      if (kept && !newer && found.value && mode === 'normal') rescue(kept.text);
      if (mode === 'normal') others = SSE.tabs.share(copy.key, engine, changed);
      lrs.onTrouble = trouble;
      lrs.onSent = sent;
      if (ended.is()) notice = 'notice.ended';
      else if (!mark(say.session, 'begun').is()) lrs.send(say.initialized());
      report(true);
      told = progress() || 0;
      if (kept && !newer) copy.remove();
      save(false);
      if (returnUrl) exit();
      return {
        state: JSON.parse(JSON.stringify(engine.state)),
        mode,
        learner: typeof from.actor.name === 'string' ? { name: from.actor.name } : null,
        notice,
        languages: preferences && typeof preferences.languagePreference === 'string' ? preferences.languagePreference.split(',') : [],
      };
    }

    /** @param {string} text a copy that the LMS never got */
    function rescue(text) {
      const read = unpack(JSON.parse(text));
      if (!read) return;
      // Drafts may be older than those that the LMS has.
      Object.keys(read.state.units).forEach((unit) => {
        read.state.units[unit].open = null;
      });
      engine.merge(read.state, true);
    }

    /** The way back that the LMS asks for (10, returnURL). */
    function exit() {
      const more = /** @type {HTMLElement} */ (document.querySelector('.toc-more'));
      const link = el('a', { href: returnUrl, 'data-say': 'exit' }, [t('exit')]);
      link.addEventListener('click', (event) => {
        event.preventDefault();
        SSE.app.flush();
        close();
        const leave = () => window.location.assign(returnUrl);
        window.setTimeout(leave, AT_MOST_ON_LEAVING);
        lrs.settled().then(leave);
      });
      more.append(el('li', {}, [link]));
    }

    /** @returns {Promise<Started>} */
    function start() {
      return SSE.lrs.open(from).then((opened) => {
        lrs = opened;
        return Promise.all([lrs.readState('LMS.LaunchData'), lrs.readProfile('cmi5LearnerPreferences').catch(() => null), lrs.readState(STATE)]);
      }).then(([given, preferences, found]) => {
        if (!given.value || !given.value.contextTemplate) throw new Error('no launch data');
        return begin(given.value, preferences, found);
      }).catch(() => {
        fallback = SSE.trackers.local(copy.key, 'notice.no-lms');
        fallback.onStatus = (status) => tracker.onStatus(status);
        return fallback.start();
      });
    }

    /** Says the last word of the session. */
    function close() {
      save(true);
      if (!ended.is()) {
        lrs.send(say.terminated(Date.now() - opened, mode === 'normal' ? progress() : null));
        ended.set();
      }
      finished = true;
    }

    function suspend() {
      if (finished) return;
      reportProgress();
      save(true);
      lrs.sendAll();
    }

    /** @type {Tracker} */
    const tracker = {
      onStatus: () => {},
      onState: () => {},
      start,
      saveProgress: (unit, done) => {
        if (fallback) return fallback.saveProgress(unit, done);
        const state = engine.progress(unit, done);
        report(false);
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
        if (listens()) SSE.papers.drawn(info, attempt.paper).forEach((question) => lrs.send(say.answered(info, question, attempt)));
        report(false);
        save(false);
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
        else suspend();
      },
      finish: () => {
        if (fallback) {
          fallback.finish();
          return;
        }
        if (finished) return;
        if (reloading || justPressed()) {
          suspend();
          return;
        }
        close();
        lrs.sendAll();
      },
    };
    return tracker;
  }

  SSE.trackers.create = create;
})();
