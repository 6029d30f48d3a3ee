/*
 * No LMS: the browser's own storage, or memory where that is blocked. In the place of an LMS that is not there, what
 * is done goes with the tab: the next person at the device may be another. With `preview` in the config nothing is
 * kept at all.
 */
(function () {
  'use strict';

  const course = SSE.data.course;

  /** Storage that is there and takes something, or null. @param {boolean} tab whether it is to go with the tab @returns {Storage | null} */
  function storage(tab) {
    try {
      const store = tab ? window.sessionStorage : window.localStorage;
      store.setItem('sse:probe', '1');
      store.removeItem('sse:probe');
      return store;
    } catch (error) {
      return null;
    }
  }

  /**
   * @param {Storage | null} store
   * @param {string} key
   * @returns {State | null}
   */
  function read(store, key) {
    try {
      const text = store && store.getItem(key);
      const found = text ? JSON.parse(text) : null;
      return found && typeof found === 'object' && found.units ? found : null;
    } catch (error) {
      return null;
    }
  }

  /**
   * What an older version of the course left, fitted to this one.
   * @param {any} saved as it was stored
   * @returns {{state: State, changed: boolean}}
   */
  function fit(saved) {
    let changed = false;
    /** @type {State} */
    const state = { units: {}, at: typeof saved.at === 'string' ? saved.at : null };
    if (typeof saved.language === 'string') state.language = saved.language;
    course.units.forEach((info) => {
      const old = saved.units[info.id];
      if (!old) return;
      /** @type {{[id: string]: string}} */
      const hashes = saved.hashes || {};
      const same = (/** @type {Question} */ question) => hashes[info.id + '/' + question.id] === question.h;
      const kept = Object.assign(SSE.data.freshUnit(info), old);
      kept.seen = kept.seen.filter((/** @type {string} */ id) => info.pages.some((page) => page.id === id));
      if (kept.page !== 'quiz' && kept.page !== 'result' && !info.pages.some((page) => page.id === kept.page)) kept.page = null;
      const sheets = kept.attempts.concat(kept.open ? [kept.open] : []);
      info.quiz.forEach((question) => {
        if (same(question)) return;
        sheets.forEach((/** @type {Attempt} */ sheet) => {
          if (sheet.answers && sheet.answers[question.id] !== undefined) {
            delete sheet.answers[question.id];
            if (sheet.results) delete sheet.results[question.id];
            changed = true;
          }
        });
      });
      state.units[info.id] = kept;
    });
    return { state, changed: changed || (saved.digest !== undefined && saved.digest !== course.digest) };
  }

  /** @returns {{[id: string]: string}} the structure hash of each question, to meet a later version */
  function hashes() {
    /** @type {{[id: string]: string}} */
    const found = {};
    course.units.forEach((info) => info.quiz.forEach((question) => {
      found[info.id + '/' + question.id] = question.h;
    }));
    return found;
  }

  /**
   * @param {Storage} store @param {string} key @param {Engine} engine
   * @param {() => void} stop what is done from now on is not kept
   * @param {() => void} goOn it is kept after all
   * @returns {OwnProgress}
   */
  function own(store, key, engine, stop, goOn) {
    const tab = window.sessionStorage;
    const how = key + 'undo';
    /** Until the tab is closed it can be taken back. @param {'erased' | 'replaced'} done */
    function remember(done) {
      tab.setItem(key, store.getItem(key) || '');
      tab.setItem(how, done);
    }
    return {
      read: () => store.getItem(key),
      state: engine.whole,
      undoable: () => (tab.getItem(key) === null ? null : tab.getItem(how) === 'replaced' ? 'replaced' : 'erased'),
      erase: () => {
        stop();
        remember('erased');
        store.removeItem(key);
      },
      replace: (text) => {
        const before = store.getItem(key);
        stop();
        try {
          remember('replaced');
          // Erased first: other tabs then let go of what they know.
          store.removeItem(key);
          store.setItem(key, text);
          return true;
        } catch (error) {
          if (before !== null) store.setItem(key, before);
          [key, how].forEach((one) => tab.removeItem(one));
          goOn();
          return false;
        }
      },
      undo: () => {
        stop();
        const before = tab.getItem(key);
        store.removeItem(key);
        if (before) store.setItem(key, before);
        [key, how].forEach((one) => tab.removeItem(one));
      },
    };
  }

  /** @type {Trackers['local']} */
  function create(notice) {
    const preview = course.config.preview === true;
    const store = preview ? null : storage(notice !== undefined);
    const scope = course.units.length === 1 ? course.course.id + '/' + course.units[0].id : course.course.id;
    const key = 'sse:' + scope + ':';
    /** What lies there, as this tab knows it. */
    let known = store && store.getItem(key);
    const saved = read(store, key);
    /** @type {{state: State, changed: boolean} | null} */
    let fitted = null;
    try {
      fitted = saved && fit(saved);
    } catch (error) {
      fitted = null;
    }
    const engine = SSE.engine.create(fitted && fitted.state);
    let erased = false;
    const others = SSE.tabs.share(preview || notice ? '' : key, engine, () => tracker);

    /** Another tab has written what this one was not told: it slept, or its browser has no channel. */
    function hear() {
      const there = read(store, key);
      if (!there || !store || store.getItem(key) === known) return;
      engine.merge(fit(there).state, true).forEach((unit) => tracker.onState(unit, engine.unit(unit)));
    }

    const save = () => {
      if (!store || erased) return;
      try {
        hear();
        const text = JSON.stringify(Object.assign({ digest: course.digest, hashes: hashes() }, engine.state));
        if (text !== known) {
          store.setItem(key, text);
          known = text;
          others.tell();
        }
        tracker.onStatus('saved');
      } catch (error) {
        tracker.onStatus('full');
      }
    };

    window.addEventListener('storage', (event) => {
      if (event.storageArea !== store || event.key !== key || event.newValue !== null) return;
      // Erased in another tab: nothing of it may come back from here.
      erased = true;
      others.stop();
      window.location.reload();
    });

    /** @param {string} unit @param {() => void} act @returns {Promise<UnitState>} */
    const after = (unit, act) => new Promise((resolve) => {
      act();
      save();
      resolve(engine.unit(unit));
    });

    /** @type {Tracker} */
    const tracker = {
      onStatus: () => {},
      onState: () => {},
      start: () => Promise.resolve({
        state: engine.whole(),
        mode: /** @type {Mode} */ (preview ? 'browse' : 'normal'),
        learner: null,
        notice: notice || (preview ? null : !store ? 'notice.memory' : fitted && fitted.changed ? 'notice.changed' : null),
      }),
      saveProgress: (unit, progress) => after(unit, () => engine.progress(unit, progress)),
      saveAnswers: (unit, answers) => after(unit, () => engine.answers(unit, answers)),
      keepAnswers: (unit, answers) => {
        engine.answers(unit, answers);
        save();
      },
      check: (unit, question, answer) => Promise.resolve(engine.check(unit, question, answer)),
      handIn: (unit, answers) => after(unit, () => engine.handIn(unit, answers)),
      saveLanguage: (tag) => {
        engine.language(tag);
        save();
      },
      suspend: save,
      finish: save,
    };
    if (!notice) SSE.trackers.own = store && own(store, key, engine, () => { erased = true; }, () => { erased = false; });
    return tracker;
  }

  SSE.trackers.local = create;
})();
