/* Plain web pages and file://: the browser's own storage, or memory where that is blocked. With
 * `preview` in the config nothing is kept at all. */
(function () {
  'use strict';

  const course = SSE.data.course;

  /** Storage that is there and takes something, or null. @returns {Storage | null} */
  function storage() {
    try {
      const store = window.localStorage;
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

  /** @type {(learner?: string, notice?: string) => Tracker} */
  function create(learner, notice) {
    const preview = course.config.preview === true;
    const store = preview ? null : storage();
    const scope = course.units.length === 1 ? course.course.id + '/' + course.units[0].id : course.course.id;
    const key = 'sse:' + scope + ':' + (learner || '');
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
    const others = SSE.tabs.share(preview ? '' : key, engine, (units) => {
      units.forEach((unit) => tracker.onState(unit, JSON.parse(JSON.stringify(engine.state.units[unit]))));
    });

    const save = () => {
      try {
        if (!store || erased) return;
        store.setItem(key, JSON.stringify(Object.assign({ digest: course.digest, hashes: hashes() }, engine.state)));
        tracker.onStatus('saved');
        others.tell();
      } catch (error) {
        tracker.onStatus('full');
      }
    };

    /** @type {Tracker} */
    const tracker = {
      onStatus: () => {},
      onState: () => {},
      start: () => Promise.resolve({
        state: JSON.parse(JSON.stringify(engine.state)),
        mode: /** @type {Mode} */ (preview ? 'browse' : 'normal'),
        learner: null,
        notice: notice || (preview ? null : !store ? 'notice.memory' : fitted && fitted.changed ? 'notice.changed' : null),
      }),
      saveProgress: (unit, progress) => {
        const state = engine.progress(unit, progress);
        save();
        return Promise.resolve(state);
      },
      saveAnswers: (unit, answers) => {
        const state = engine.answers(unit, answers);
        save();
        return Promise.resolve(state);
      },
      check: (unit, question, answer) => Promise.resolve(engine.check(unit, question, answer)),
      handIn: (unit, answers) => {
        const state = engine.handIn(unit, answers);
        save();
        return Promise.resolve(state);
      },
      saveLanguage: (tag) => {
        engine.language(tag);
        save();
      },
      suspend: save,
      finish: save,
    };
    SSE.trackers.own = {
      read: () => store && store.getItem(key),
      erased: () => window.sessionStorage.getItem(key) !== null,
      erase: () => {
        erased = true;
        if (!store) return;
        // Until the tab is closed it can be taken back.
        window.sessionStorage.setItem(key, store.getItem(key) || '');
        store.removeItem(key);
      },
      undo: () => {
        erased = true;
        if (store) store.setItem(key, window.sessionStorage.getItem(key) || '');
        window.sessionStorage.removeItem(key);
      },
    };
    return tracker;
  }

  SSE.trackers.local = create;
  SSE.trackers.create = () => create();
})();
