/*
 * What an LMS has not taken yet, kept on the device: one copy a learner and attempt, with what the LMS was known to
 * have when it was made. It goes when it is saved; what nobody came back for goes after a month.
 */
(function () {
  'use strict';

  const PREFIX = 'sse:copy:';
  const MONTH = 30 * 24 * 3600 * 1000;
  const OFFERS = 50;

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

  /** @param {string} text @returns {string} by which it is known again */
  function mark(text) {
    let number = 0x811c9dc5;
    for (let i = 0; i < text.length; i += 1) number = Math.imul(number ^ text.charCodeAt(i), 0x01000193);
    return text.length + '.' + (number >>> 0);
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

    function read() {
      try {
        const found = JSON.parse(store().getItem(key) || 'null');
        return found && typeof found.text === 'string' && typeof found.base === 'string' ? found : null;
      } catch (error) {
        return null;
      }
    }

    return {
      key,
      read,
      write(text, base) {
        const before = read();
        const offers = before && before.base === base && Array.isArray(before.offers) ? before.offers : [];
        const own = mark(text);
        try {
          store().setItem(key, JSON.stringify({
            text, base, offers: offers.filter((/** @type {string} */ one) => one !== own).concat(own).slice(-OFFERS), at: Date.now(),
          }));
        } catch (error) {
          // As above.
        }
      },
      /* An LMS may have taken what it gave no answer to. */
      follows(present) {
        const kept = read();
        return kept !== null && (kept.base === present || (Array.isArray(kept.offers) && kept.offers.indexOf(mark(present)) >= 0));
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
