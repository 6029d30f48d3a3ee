/*
 * The LMS's learning record store, as a cmi5 launch opens it: the token, documents, statements. Statements go one by
 * one in their order; what has not been acknowledged is sent again with the same id, so that each counts once.
 */
(function () {
  'use strict';

  const RETRY_SECONDS = [1, 2, 5, 10, 20, 30];
  /** In bytes: browsers let go of more than 64 KiB at a time when a page goes. */
  const KEEPALIVE_LIMIT = 60000;
  /** Of statements, so that the state goes along. */
  const LAST_WORDS = 40000;

  /** @param {string} text @returns {number} bytes */
  const sizeOf = (text) => new TextEncoder().encode(text).length;

  /** What the LRS says of a request that it refuses: `expired`, `conflict`, `refused`, or `offline` where sending again may help. */
  class LrsRefusal extends Error {}

  /** @returns {Launch | null} what the address says of the launch (cmi5 8.1) */
  function launch() {
    const query = new URLSearchParams(window.location.search);
    /** @param {string} name */
    const value = (name) => query.get(name) || '';
    /** @type {any} */
    let actor = null;
    try {
      actor = JSON.parse(value('actor'));
    } catch (error) {
      return null;
    }
    const found = {
      endpoint: value('endpoint').replace(/\/?$/, '/'), fetch: value('fetch'), actor, registration: value('registration'), activityId: value('activityId'),
    };
    const whole = /^https?:/.test(found.endpoint) && /^https?:/.test(found.fetch) && actor && actor.account && found.registration && found.activityId;
    return whole ? found : null;
  }

  /**
   * The token, asked for once: the address gives it once only (8.2), and a reload comes back for it.
   * @param {Launch} from
   * @returns {Promise<string>}
   */
  function token(from) {
    const key = 'sse:cmi5:token:' + from.fetch;
    let kept = null;
    try {
      kept = window.sessionStorage.getItem(key);
    } catch (error) {
      // Without storage a reload needs a new launch.
    }
    if (kept) return Promise.resolve(kept);
    return fetch(from.fetch, { method: 'POST', cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' }).then((response) => {
      if (!response.ok) throw new LrsRefusal('refused');
      return response.json();
    }).then((answer) => {
      const given = answer['auth-token'];
      if (typeof given !== 'string' || !given) throw new LrsRefusal('expired');
      try {
        window.sessionStorage.setItem(key, given);
      } catch (error) {
        // As above.
      }
      return given;
    });
  }

  /** @type {LrsModule['open']} */
  function open(from) {
    return token(from).then((auth) => client(from, auth));
  }

  /** @param {Launch} from @param {string} auth @returns {Lrs} */
  function client(from, auth) {
    /** @type {Statement[]} */
    let queue = [];
    let pumping = false;
    let batching = false;
    let failures = 0;
    let retryTimer = 0;
    /** @type {(() => void)[]} */
    let idle = [];

    /** @param {string} path @param {RequestInit} options @param {{[name: string]: string}} [headers] @returns {Promise<Response>} */
    function request(path, options, headers) {
      const body = typeof options.body === 'string' ? options.body : '';
      return fetch(from.endpoint + path, Object.assign({
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        // Lets a request outlive the page, so that leaving loses nothing.
        keepalive: body !== '' && sizeOf(body) < KEEPALIVE_LIMIT,
        headers: Object.assign({ Authorization: 'Basic ' + auth, 'X-Experience-API-Version': '1.0.3' }, headers),
      }, options)).catch(() => {
        throw new LrsRefusal('offline');
      }).then((response) => {
        if (response.ok || response.status === 404) return response;
        if (response.status === 401) throw new LrsRefusal('expired');
        if (response.status === 409 || response.status === 412) throw new LrsRefusal('conflict');
        throw new LrsRefusal(response.status >= 500 || response.status === 429 || response.status === 408 ? 'offline' : 'refused');
      });
    }

    /** @param {{[name: string]: string}} values @returns {string} */
    const query = (values) => '?' + Object.keys(values).map((name) => name + '=' + encodeURIComponent(values[name])).join('&');
    const agent = JSON.stringify(from.actor);
    /** @param {string} stateId */
    const state = (stateId) => 'activities/state' + query({ activityId: from.activityId, agent, registration: from.registration, stateId });

    /** The ETag that xAPI describes (Communication 3.1), for where the LMS's other site hides it; empty where it cannot be told. @param {string} text @returns {Promise<string>} */
    function etagOf(text) {
      if (!window.crypto || !window.crypto.subtle) return Promise.resolve('');
      return window.crypto.subtle.digest('SHA-1', new TextEncoder().encode(text)).then((digest) => (
        '"' + Array.from(new Uint8Array(digest)).map((byte) => byte.toString(16).padStart(2, '0')).join('') + '"'
      ));
    }

    /** @param {Response} response @returns {Promise<{value: any, etag: string | null}>} `etag` null where there is no document */
    function document(response) {
      if (response.status === 404) return Promise.resolve({ value: null, etag: null });
      return response.text().then((text) => {
        const given = response.headers.get('ETag');
        return Promise.resolve(given || etagOf(text)).then((etag) => {
          let value = null;
          try {
            value = JSON.parse(text);
          } catch (error) {
            // Somebody else's writing.
          }
          return { value, etag };
        });
      });
    }

    function pump() {
      const next = queue[0];
      if (pumping || batching) return;
      if (!next) {
        if (failures) lrs.onTrouble(null);
        failures = 0;
        idle.splice(0).forEach((resolve) => resolve());
        return;
      }
      pumping = true;
      window.clearTimeout(retryTimer);
      request('statements' + query({ statementId: next.id }), { method: 'PUT', body: JSON.stringify(next) }, { 'Content-Type': 'application/json' }).then((response) => {
        // The resource itself is missing: that is the server's trouble.
        if (response.status === 404) throw new LrsRefusal('offline');
        return true;
      }).catch((error) => {
        // It is there already, or will never be taken: nothing is gained by trying again.
        if (error.message === 'conflict') return true;
        if (error.message === 'refused') return false;
        throw error;
      }).then((there) => {
        pumping = false;
        queue = queue.filter((one) => one !== next);
        lrs.onSent(next, there);
        pump();
      }, (error) => {
        pumping = false;
        lrs.onTrouble(error.message);
        if (error.message === 'expired') return;
        retryTimer = window.setTimeout(pump, RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)] * 1000);
        failures += 1;
      });
    }

    window.addEventListener('online', pump);

    /** @type {Lrs} */
    const lrs = {
      onTrouble: () => {},
      onSent: () => {},
      readState: (stateId) => request(state(stateId), { method: 'GET' }).then(document),
      writeState: (stateId, value, etag) => {
        /** @type {{[name: string]: string}} */
        const headers = { 'Content-Type': 'application/json' };
        if (etag === null) headers['If-None-Match'] = '*';
        else if (etag) headers['If-Match'] = etag;
        return request(state(stateId), { method: 'PUT', body: JSON.stringify(value) }, headers).then((response) => {
          if (response.status === 404) throw new LrsRefusal('offline');
          return response.headers.get('ETag') || etagOf(JSON.stringify(value));
        });
      },
      // Open edX's block says yes to whatever it is asked: the statement itself is proof.
      has: (id) => request('statements' + query({ statementId: id }), { method: 'GET' }).then((response) => (
        response.ok ? response.json().then((found) => found.id === id) : false
      )),
      readProfile: (profileId) => request('agents/profile' + query({ agent, profileId }), { method: 'GET' }).then(document).then((found) => found.value),
      send: (statement) => {
        queue.push(statement);
        pump();
      },
      settled: () => (queue.length || pumping ? new Promise((resolve) => idle.push(() => resolve(undefined))) : Promise.resolve()),
      /*
       * All that waits, in one request that keeps their order: the page may be about to go. It may overtake the one that is
       * under way, which cannot go along: an LRS that has it by then may answer 409 even to the very same (xAPI Communication
       * 2.1.1), and then refuses the whole request (3.2), the last statement with it.
       */
      sendAll: (matters) => {
        const waiting = queue.slice(pumping ? 1 : 0);
        const all = sizeOf(JSON.stringify(waiting)) < LAST_WORDS ? waiting : waiting.filter(matters);
        if (!all.length || batching) return;
        batching = true;
        request('statements', { method: 'POST', body: JSON.stringify(all) }, { 'Content-Type': 'application/json' }).then((response) => {
          if (!response.ok) return null;
          return response.json().catch(() => []);
        }).then((ids) => {
          // An LRS answers the ids (xAPI Communication 2.1.2), others with nothing; Open edX's block says something else, and drops them.
          if (!Array.isArray(ids)) return;
          queue = queue.filter((one) => all.indexOf(one) < 0);
          all.forEach((one) => lrs.onSent(one, true));
        }, () => {}).then(() => {
          batching = false;
          pump();
        });
      },
    };
    return lrs;
  }

  SSE.lrs = { launch, open };
})();
