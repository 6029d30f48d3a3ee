/* SCORM's way to the LMS: its API, wherever that is, and calls that never throw. */
(function () {
  'use strict';

  const PARENTS = 50;
  /** Milliseconds: between two looks for the API, after the pages around have loaded, and at most. */
  const LOOK_AGAIN = 50;
  const AFTER_LOADING = 1000;
  const AT_MOST = 10000;

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

  /** Calls that never throw. @param {any} api @param {ScormDialect} dialect @returns {ScormLine} */
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
      terminate: () => {
        call(names.terminate, ['']);
      },
      get: (/** @type {string} */ element) => call(names.get, [element]),
      set: (/** @type {string} */ element, /** @type {string} */ value) => call(names.set, [element, value]) === 'true',
      commit: () => call(names.commit, ['']) === 'true',
    };
  }

  /** @type {ScormApiModule['find']} */
  function find() {
    const first = SSE.data.course.medium === 'scorm12';
    // The API of the package's own version first.
    const dialects = [SSE.scorm[first ? '1.2' : '2004'], SSE.scorm[first ? '2004' : '1.2']];
    for (let i = 0; i < dialects.length; i += 1) {
      const api = search(dialects[i].api);
      if (api) return { lms: line(api, dialects[i]), dialect: dialects[i] };
    }
    return null;
  }

  /** @returns {boolean | null} whether the pages around have loaded; null where we may look into none */
  function loadedAround() {
    /** @type {boolean | null} */
    let loaded = null;
    for (let where = /** @type {Window} */ (window), level = 0; where.parent !== where && level < PARENTS; level += 1) {
      where = where.parent;
      try {
        loaded = loaded !== false && where.document.readyState === 'complete';
      } catch (error) {
        // As above.
      }
    }
    return loaded;
  }

  /** Some LMSs give their API only once their page has loaded, the package in it: Open edX's block does. @type {ScormApiModule['appears']} */
  function appears() {
    const started = Date.now();
    let loaded = 0;
    return new Promise((resolve) => {
      const look = () => {
        const now = Date.now();
        const state = loadedAround();
        if (state && !loaded) loaded = now;
        const over = now - started > AT_MOST || (loaded > 0 && now - loaded > AFTER_LOADING);
        if (find() || state === null || over) resolve();
        else window.setTimeout(look, LOOK_AGAIN);
      };
      look();
    });
  }

  SSE.scormApi = { find, appears };
})();
