/* The player's one conductor: start, where the learner is, what is saved when. */
(function () {
  'use strict';

  const { course, t, unit: unitInfo } = SSE.data;
  const { el, icon, button, empty } = SSE.dom;

  const PROGRESS_DELAY = 400;
  const ANSWERS_DELAY = 1200;
  /** While one writes on: no more than this may be lost with the tab. */
  const KEEP_DELAY = 800;

  const body = document.body;
  const notices = /** @type {HTMLElement} */ (document.getElementById('notices'));
  const saving = /** @type {HTMLElement} */ (document.getElementById('saving'));

  /** @type {Tracker} */
  let tracker;
  /** @type {State} */
  let state = { units: {} };
  /** @type {{[unit: string]: boolean}} units whose next attempt the learner has asked for */
  const begun = {};

  // ---- what is saved, and when -------------------------------------------------------------

  /** @type {{[key: string]: {timer: number, run: () => void}}} */
  const waiting = {};

  /** Runs `run` after `delay`, unless it is asked for again before. @param {string} key @param {number} delay @param {() => void} run */
  function later(key, delay, run) {
    if (waiting[key]) window.clearTimeout(waiting[key].timer);
    waiting[key] = { run, timer: window.setTimeout(() => now(key), delay) };
  }

  /** @param {string} key */
  function now(key) {
    const task = waiting[key];
    if (!task) return;
    delete waiting[key];
    window.clearTimeout(task.timer);
    task.run();
  }

  function flush() {
    Object.keys(waiting).forEach(now);
  }

  /** @param {string} unit @param {UnitState | null} changed */
  function take(unit, changed) {
    if (!changed) return;
    const own = state.units[unit];
    // What the learner did while the answer was under way stays.
    const seen = changed.seen.concat(own.seen.filter((page) => changed.seen.indexOf(page) < 0));
    state.units[unit] = Object.assign({}, changed, { page: own.page, seen });
    SSE.pages.progress(state);
  }

  /** @param {string} unit */
  function saveProgress(unit) {
    later('progress:' + unit, PROGRESS_DELAY, () => {
      const own = state.units[unit];
      tracker.saveProgress(unit, { page: own.page, seen: own.seen.slice() }).then((changed) => take(unit, changed), () => {});
    });
  }

  /** @type {AppModule['saveAnswers']} */
  function saveAnswers(unit, read) {
    const { keepAnswers } = tracker;
    if (keepAnswers && !waiting['keep:' + unit]) later('keep:' + unit, KEEP_DELAY, () => keepAnswers(unit, read()));
    later('answers:' + unit, ANSWERS_DELAY, () => {
      const own = state.units[unit];
      if (!own.open && own.attempts.length >= own.attempts_allowed) return;
      const answers = read();
      own.open = { number: own.attempts.length + 1, answers };
      tracker.saveAnswers(unit, answers).then((changed) => {
        if (changed) take(unit, Object.assign({}, changed, { open: changed.open && own.open ? own.open : changed.open }));
      }, () => {});
    });
  }

  /** @type {AppModule['handIn']} */
  function handIn(unit, answers) {
    flush();
    return tracker.handIn(unit, answers).then((changed) => {
      begun[unit] = false;
      take(unit, changed);
    });
  }

  // ---- where the learner is ----------------------------------------------------------------

  /** @param {string} view */
  function prepare(view) {
    const section = SSE.pages.sections[view];
    const place = SSE.pages.parts(view);
    if (!place.unit) return;
    const info = unitInfo(place.unit);
    const own = state.units[info.id];
    if (section.querySelector('[data-quiz]')) SSE.quiz.prepare(section, info, own, begun[info.id] === true);
    else if (section.querySelector('[data-result]')) SSE.result.prepare(section, info, own);
    else SSE.checks.prepare(section, info);
  }

  /** @param {string} view @param {boolean} moveFocus */
  function show(view, moveFocus) {
    flush();
    prepare(view);
    SSE.pages.show(view, moveFocus);
    const place = SSE.pages.parts(view);
    if (!place.unit) return;
    const own = state.units[place.unit];
    own.page = place.page;
    state.at = place.unit;
    if (SSE.pages.sections[view].hasAttribute('data-page') && own.seen.indexOf(place.page) < 0) own.seen.push(place.page);
    SSE.pages.progress(state);
    saveProgress(place.unit);
  }

  /** @returns {string | null} the view that the address names */
  function addressed() {
    let view = '';
    try {
      view = decodeURIComponent(window.location.hash.slice(1));
    } catch (error) {
      return null;
    }
    return SSE.pages.sections[view] ? view : null;
  }

  /** @type {AppModule['go']} */
  function go(view) {
    if (addressed() === view) show(view, true);
    else window.location.hash = view;
  }

  /** @type {AppModule['startAttempt']} */
  function startAttempt(unit) {
    begun[unit] = true;
    go(unit + '/quiz');
  }

  const first = () => course.units[0].id + '/' + SSE.data.firstPlace(course.units[0]);

  /** @returns {string} */
  function lastPlace() {
    const at = state.at && state.units[state.at] ? state.at : null;
    const open = course.units.filter((info) => state.units[info.id].page && state.units[info.id].completion !== 'completed')[0];
    const any = course.units.filter((info) => state.units[info.id].page)[0];
    const unit = at || (open && open.id) || (any && any.id);
    const view = unit ? unit + '/' + state.units[unit].page : '';
    return SSE.pages.sections[view] ? view : first();
  }

  // ---- what the learner is told ------------------------------------------------------------

  /** @type {AppModule['notice']} */
  function notice(key, kind, action) {
    const text = el('span', { 'data-say': key }, [t(key)]);
    const line = el('div', { class: 'notice notice-' + kind }, [icon(kind), el('p', {}, [text, action ? ' ' : null, action])]);
    const hide = el('button', { type: 'button', class: 'notice-close', 'aria-label': t('dismiss'), 'data-say-label': 'dismiss' }, [icon('close')]);
    hide.addEventListener('click', () => line.remove());
    line.append(hide);
    notices.append(line);
  }

  /** @param {string} status a SaveStatus */
  function saveStatus(status) {
    const bad = ['unsaved', 'offline', 'expired', 'full'].indexOf(status) >= 0;
    if (saving.dataset.status === status) return;
    const wasBad = saving.hidden === false;
    saving.dataset.status = status;
    empty(saving);
    saving.hidden = !bad;
    if (SSE.sight) SSE.sight.follow(saving);
    if (bad) saving.append(el('p', {}, [icon('warning'), ' ' + t('save.' + status)]));
    else if (wasBad) SSE.pages.announce(t('save.saved'));
    Array.from(document.querySelectorAll('[data-save-note]')).forEach((note) => {
      note.textContent = bad ? t('save.' + status) : t('quiz.saved');
    });
  }

  // ---- start -------------------------------------------------------------------------------

  /** What changes with the language: drafts are read first, and the page is built again. */
  SSE.data.onLanguage(() => {
    if (SSE.engine) SSE.engine.retell(state);
    SSE.pages.progress(state);
    const status = saving.dataset.status;
    if (status) {
      delete saving.dataset.status;
      saveStatus(status);
    }
    if (SSE.pages.current()) prepare(SSE.pages.current());
  });

  /** @type {AppModule['keepLanguage']} */
  function keepLanguage(tag) {
    if (tracker.saveLanguage) tracker.saveLanguage(tag);
  }

  /** @param {Started} started @returns {Promise<void>} */
  function begin(started) {
    state = { units: {}, at: started.state.at, language: started.state.language };
    course.units.forEach((info) => {
      state.units[info.id] = Object.assign(SSE.data.freshUnit(info), started.state.units[info.id]);
    });
    const chosen = SSE.languages ? SSE.languages.first(started) : Promise.resolve();
    return chosen.then(() => open(started));
  }

  /** @param {Started} started */
  function open(started) {
    if (SSE.engine) SSE.engine.retell(state);
    if (started.notice) notice(started.notice, started.notice === 'notice.recovered' ? 'info' : 'warning');
    // The tool's own banner may say so already.
    const told = document.querySelector('[data-mode-told]') !== null;
    if (started.mode !== 'normal' && !told) notice('notice.' + started.mode, 'info');
    const view = addressed() || lastPlace();
    if (!addressed() && view !== first()) {
      const back = el('a', { href: '#' + first(), 'data-say': 'notice.resume.start' }, [t('notice.resume.start')]);
      notice('notice.resume', 'info', back);
    }
    show(view, false);
    flush();
    body.classList.add('is-ready');
    window.addEventListener('hashchange', () => {
      // The address without a place is the one that the learner began on.
      const wanted = addressed() || (window.location.hash.length > 1 ? null : view);
      if (wanted && wanted !== SSE.pages.current()) {
        empty(notices);
        show(wanted, true);
      }
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'hidden') return;
      flush();
      tracker.suspend();
    });
    window.addEventListener('pagehide', (event) => {
      flush();
      // Kept in the back-forward cache, the page may go on: suspend now, finish another time.
      if (event.persisted) tracker.suspend();
      else tracker.finish();
    });
    /** @type {HTMLDetailsElement[]} */
    let closed = [];
    window.addEventListener('beforeprint', () => {
      // A film is not to be seen on paper: what is said in it is.
      closed = Array.from(document.querySelectorAll('details')).filter((one) => !one.open);
      closed.forEach((one) => { one.open = true; });
      Object.keys(SSE.pages.sections).forEach((one) => {
        if (SSE.pages.sections[one].hasAttribute('data-page')) prepare(one);
      });
    });
    window.addEventListener('afterprint', () => closed.forEach((one) => { one.open = false; }));
  }

  /** @param {Error} error */
  function failed(error) {
    body.classList.add('is-ready');
    if (error && error.message === 'expired') return;
    notice('start.failed', 'warning', button(t('start.again'), 'button button-secondary', () => window.location.reload()));
  }

  function create() {
    tracker = SSE.trackers.create();
    tracker.onStatus = saveStatus;
    tracker.onState = (unit, changed) => {
      SSE.quiz.forget(unit);
      take(unit, changed);
      const view = SSE.pages.current();
      if (SSE.pages.parts(view).unit === unit) SSE.dom.keepFocus(() => prepare(view));
    };
    return tracker.start();
  }

  function start() {
    window.setTimeout(() => body.classList.add('is-slow'), 300);
    const { ready } = SSE.trackers;
    return (ready ? ready().then(create) : create()).then(begin);
  }

  SSE.app = { go, startAttempt, saveAnswers, handIn, flush, notice, keepLanguage, tracker: () => tracker, start: () => start().catch(failed) };
})();
