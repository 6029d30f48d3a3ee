/* SCORM's way to the LMS: its API, wherever that is, and calls that never throw. */
(function () {
  'use strict';

  const PARENTS = 50;

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

  SSE.scormApi = { find };
})();
