/* The LTI tool's API: the server keeps the state and grades; what it has not taken yet is sent again. */
(function () {
  'use strict';

  const course = SSE.data.course;
  const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];
  const KEEPALIVE_LIMIT = 60000;

  /** @param {number} milliseconds @returns {Promise<void>} */
  function pause(milliseconds) {
    return new Promise((resolve) => {
      window.setTimeout(resolve, milliseconds);
    });
  }

  /** What a refused request says: `expired`, `closed`, `refused`, or `offline` where sending again may help. */
  class Refusal extends Error {}

  /** @returns {Tracker} */
  function create() {
    const api = String(course.config.api || '/api');
    const handle = String(course.config.handle || '');
    /** @type {{[unit: string]: UnitState}} */
    const units = {};
    /**
     * What is still to be sent, the newest of each kind only, oldest first.
     * @type {{key: string, unit: string, path: string, body: object, done: (state: UnitState | null) => void}[]}
     */
    let queue = [];
    /** @type {Mode} */
    let mode = 'normal';
    let pumping = false;
    let failures = 0;
    let expired = false;
    let retryTimer = 0;
    /** @type {(() => void)[]} */
    let idle = [];

    /**
     * @param {string} method
     * @param {string} path
     * @param {object | null} body
     * @returns {Promise<any>}
     */
    function request(method, path, body) {
      const text = body ? JSON.stringify(body) : undefined;
      /** @type {{[name: string]: string}} */
      const headers = { Authorization: 'Bearer ' + handle, Accept: 'application/json' };
      if (text) headers['Content-Type'] = 'application/json';
      /** @type {RequestInit} */
      const options = {
        method,
        headers,
        body: text,
        cache: 'no-store',
        credentials: 'same-origin',
        referrerPolicy: 'no-referrer',
        // Lets a request outlive the page, so that leaving loses nothing.
        keepalive: text !== undefined && text.length * 3 < KEEPALIVE_LIMIT,
      };
      return fetch(api + path, options).then(
        (response) => {
          if (response.ok) return response.json();
          if (response.status === 401) {
            expired = true;
            tracker.onStatus('expired');
            throw new Refusal('expired');
          }
          if (response.status === 409) throw new Refusal('closed');
          throw new Refusal(response.status >= 500 || response.status === 429 || response.status === 408 ? 'offline' : 'refused');
        },
        () => {
          throw new Refusal('offline');
        },
      ).catch((error) => {
        throw error instanceof Refusal ? error : new Refusal('offline');
      });
    }

    /** @param {string} unit @returns {string} */
    const place = (unit) => '/units/' + encodeURIComponent(unit);

    /** @param {string} unit @param {any} answer @returns {UnitState} */
    function keep(unit, answer) {
      units[unit] = answer.state;
      return answer.state;
    }

    /** Asks the server how things stand after it refused something. @param {string} unit @returns {Promise<void>} */
    function refresh(unit) {
      return request('GET', '/state', null).then((answer) => {
        Object.assign(units, answer.state.units);
        if (units[unit]) tracker.onState(unit, units[unit]);
      });
    }

    function pump() {
      if (pumping || expired) return;
      const next = queue[0];
      if (!next) {
        if (failures) tracker.onStatus('saved');
        failures = 0;
        idle.splice(0).forEach((resolve) => resolve());
        return;
      }
      pumping = true;
      window.clearTimeout(retryTimer);
      request('PUT', place(next.unit) + next.path, next.body).then(
        (answer) => {
          pumping = false;
          queue = queue.filter((one) => one !== next);
          next.done(keep(next.unit, answer));
          pump();
        },
        (error) => {
          pumping = false;
          if (error.message === 'expired') return;
          if (error.message !== 'offline') {
            queue = queue.filter((one) => one !== next);
            next.done(null);
            refresh(next.unit).then(pump, pump);
            return;
          }
          tracker.onStatus('offline');
          const wait = RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)];
          failures += 1;
          retryTimer = window.setTimeout(pump, wait * 1000);
        },
      );
    }

    /**
     * @param {string} unit
     * @param {string} path
     * @param {object} body
     * @returns {Promise<UnitState | null>} null where something newer went instead
     */
    function put(unit, path, body) {
      return new Promise((done) => {
        const key = unit + path;
        // The one under way, if any, is queue[0]; what waits behind it is replaced.
        queue = queue.filter((one, index) => {
          const stale = one.key === key && !(pumping && index === 0);
          if (stale) one.done(null);
          return !stale;
        });
        queue.push({ key, unit, path, body, done });
        pump();
      });
    }

    /** @param {string} unit @returns {number} the attempt that is open or would be opened */
    function attempt(unit) {
      const own = units[unit];
      return own.open ? own.open.number : own.attempts.length + 1;
    }

    /**
     * @param {() => Promise<any>} send
     * @param {number} tries
     * @returns {Promise<any>}
     */
    function insist(send, tries) {
      return send().catch((error) => {
        if (tries <= 1 || error.message !== 'offline') throw error;
        return pause(1000 * (4 - tries)).then(() => insist(send, tries - 1));
      });
    }

    /** All that waits, at once: the page may be about to go. */
    function sendAll() {
      if (expired) return;
      queue.slice(pumping ? 1 : 0).forEach((item) => {
        request('PUT', place(item.unit) + item.path, item.body).then(
          (answer) => {
            if (queue.indexOf(item) < 0) return;
            queue = queue.filter((one) => one !== item);
            item.done(keep(item.unit, answer));
          },
          () => {},
        );
      });
    }

    window.addEventListener('online', pump);

    /** @type {Tracker} */
    const tracker = {
      onStatus: () => {},
      onState: () => {},
      start: () => insist(() => request('GET', '/state', null), 3).then((answer) => {
        Object.assign(units, answer.state.units);
        course.units.forEach((info) => {
          if (!units[info.id]) units[info.id] = SSE.data.freshUnit(info);
        });
        mode = answer.mode || 'normal';
        return {
          state: answer.state,
          mode,
          learner: answer.learner || null,
          notice: answer.notice || null,
        };
      }),
      // In a preview the server keeps nothing: there is nothing to send before the hand-in.
      saveProgress: (unit, progress) => (mode === 'normal' ? put(unit, '/progress', progress) : Promise.resolve(null)),
      saveAnswers: (unit, answers) => (mode !== 'normal' ? Promise.resolve(null) : put(unit, '/answers', { number: attempt(unit), answers })),
      check: (unit, question, answer) => insist(
        () => request('POST', place(unit) + '/checks/' + encodeURIComponent(question), { answer }),
        2,
      ),
      handIn: (unit, answers) => {
        const number = attempt(unit);
        queue = queue.filter((one, index) => one.key !== unit + '/answers' || (pumping && index === 0));
        // Progress goes first, so that the answer knows of every page seen; but not for ever.
        const before = new Promise((resolve) => {
          idle.push(() => resolve(undefined));
          pump();
        });
        return Promise.race([before, pause(3000)])
          .then(() => insist(() => request('POST', place(unit) + '/hand-in', { number, answers }), 3))
          .then((answer) => keep(unit, answer), (error) => {
            // Handed in elsewhere, or another version: show how things stand.
            if (error.message !== 'closed') throw error;
            return refresh(unit).then(() => {
              throw error;
            });
          });
      },
      suspend: sendAll,
      finish: sendAll,
    };
    return tracker;
  }

  SSE.trackers.create = create;
})();
