/*
 * What every session with an LMS has in common: the engine works here, the session tells the LMS, and what the LMS
 * has not taken yet is found again on the device. A dialect gives what differs.
 */
(function () {
  'use strict';

  /** @type {LmsModule['resume']} */
  function resume(copy, base, unpack, mode) {
    const kept = mode === 'normal' ? copy.read() : null;
    const there = base ? unpack(base) : null;
    const here = kept && kept.text !== base ? unpack(kept.text) : null;
    // Unreadable is what an LMS with too little room has cut off.
    const newer = here !== null && (copy.follows(base) || (base !== '' && !there));
    const read = newer ? here : there;
    /** @type {string | null} */
    let notice = null;
    if (newer) notice = 'notice.recovered';
    else if (base && !there) notice = 'notice.unreadable';
    if (read && read.changed) notice = 'notice.changed';
    const engine = SSE.engine.create(read && read.state);
    if (kept && !newer) {
      // The LMS has moved on without this device: what was handed in and read here counts all the same, drafts may be older.
      if (here && there) engine.merge(withoutDrafts(here.state), true);
      copy.remove();
    }
    return { engine, notice, newer, known: there && there.state };
  }

  /** @param {State} state @returns {State} */
  function withoutDrafts(state) {
    Object.keys(state.units).forEach((unit) => {
      state.units[unit].open = null;
    });
    return state;
  }

  /** @type {LmsModule['tracker']} */
  function create(session) {
    /** @param {string} unit @param {(engine: Engine) => UnitState} act @param {boolean} handedIn @returns {Promise<UnitState>} */
    const after = (unit, act, handedIn) => new Promise((resolve) => {
      const { attempts } = act(session.engine());
      session.changed(unit, handedIn ? attempts[attempts.length - 1] : null);
      resolve(session.engine().unit(unit));
    });

    /** The LMS does not even start, and has named nobody. @returns {Promise<Started>} */
    function standIn() {
      const local = SSE.trackers.local('notice.no-lms');
      return Object.assign(tracker, Object.assign(local, { onStatus: tracker.onStatus, onState: tracker.onState })).start();
    }

    /** @type {Tracker} */
    const tracker = {
      onStatus: () => {},
      onState: () => {},
      start: () => session.open().then(() => session.begin(), standIn),
      saveProgress: (unit, progress) => after(unit, (engine) => engine.progress(unit, progress), false),
      saveAnswers: (unit, answers) => after(unit, (engine) => engine.answers(unit, answers), false),
      keepAnswers: (unit, answers) => {
        session.engine().answers(unit, answers);
        session.keep();
      },
      check: (unit, question, answer) => Promise.resolve(session.engine().check(unit, question, answer)),
      handIn: (unit, answers) => after(unit, (engine) => engine.handIn(unit, answers), true),
      saveLanguage: (tag) => {
        session.engine().language(tag);
        session.changed('', null);
      },
      suspend: () => session.suspend(),
      finish: () => session.finish(),
    };
    return tracker;
  }

  SSE.lms = { tracker: create, resume };
})();
