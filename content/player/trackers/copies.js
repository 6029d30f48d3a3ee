/*
 * What an LMS has not taken yet, kept on the device: one copy a learner and attempt, with what the LMS was known to
 * have when it was made. It goes when it is saved; what nobody came back for goes after a month.
 */
(function () {
  'use strict';

  const PREFIX = 'sse:copy:';
  const MONTH = 30 * 24 * 3600 * 1000;

  /** @param {Storage} store */
  function prune(store) {
    Object.keys(store).filter((key) => key.indexOf(PREFIX) === 0).forEach((key) => {
      let at = 0;
      try {
        at = Number(JSON.parse(store.getItem(key) || '{}').at) || 0;
      } catch (error) {
        // Not ours any more.
      }
      if (Date.now() - at > MONTH) store.removeItem(key);
    });
  }

  /** @type {CopiesModule['of']} */
  function of(parts, shared) {
    const key = PREFIX + parts.map(encodeURIComponent).join(':');
    // Whoever has no name shares the device with others: their copy goes with the tab.
    const store = () => (shared ? window.sessionStorage : window.localStorage);
    try {
      prune(window.localStorage);
    } catch (error) {
      // No storage: the LMS is all there is.
    }
    return {
      key,
      read() {
        try {
          const found = JSON.parse(store().getItem(key) || 'null');
          return found && typeof found.text === 'string' && typeof found.base === 'string' ? found : null;
        } catch (error) {
          return null;
        }
      },
      write(text, base) {
        try {
          store().setItem(key, JSON.stringify({ text, base, at: Date.now() }));
        } catch (error) {
          // As above.
        }
      },
      remove() {
        try {
          store().removeItem(key);
        } catch (error) {
          // As above.
        }
      },
    };
  }

  SSE.copies = { of };
})();
