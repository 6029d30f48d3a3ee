/* What a page is to a cmi5 session: loaded anew or left, silent where the learner wants it, with a way back to the LMS. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el } = SSE.dom;
  const AT_MOST_ON_LEAVING = 4000;
  /** A page that is asked for anew within this time after the key was pressed is not left, however long the answer takes. */
  const RELOAD = 2000;

  let pressed = 0;
  let reloading = false;
  const justPressed = () => Date.now() - pressed < RELOAD;
  const unloading = () => {
    reloading = justPressed();
  };
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'F5' && !((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'r')) return;
    pressed = Date.now();
    // Not before: browsers do not keep pages that listen to this for the way back.
    window.addEventListener('beforeunload', unloading);
  });

  /** @type {Cmi5PageModule['mark']} */
  function mark(session, name) {
    const key = 'sse:cmi5:' + name + ':' + session;
    function read() {
      try {
        return window.sessionStorage.getItem(key);
      } catch (error) {
        return null;
      }
    }
    return {
      is: () => read() !== null,
      value: () => Number(read()) || 0,
      set: (value) => {
        try {
          window.sessionStorage.setItem(key, String(value || 1));
        } catch (error) {
          // Then only this page knows.
        }
      },
    };
  }

  /** @param {any} preferences the document cmi5LearnerPreferences (11) */
  function silence(preferences) {
    if (!preferences || preferences.audioPreference !== 'off') return;
    const mute = () => Array.from(document.querySelectorAll('audio, video')).forEach((node) => {
      if (node instanceof HTMLMediaElement) node.muted = true;
    });
    mute();
    SSE.data.onLanguage(mute);
  }

  /** @type {Cmi5PageModule['exit']} */
  function exit(address, close) {
    const more = /** @type {HTMLElement} */ (document.querySelector('.toc-more'));
    const link = el('a', { href: address, 'data-say': 'exit' }, [t('exit')]);
    link.addEventListener('click', (event) => {
      event.preventDefault();
      SSE.app.flush();
      const leave = () => window.location.assign(address);
      window.setTimeout(leave, AT_MOST_ON_LEAVING);
      close().then(leave);
    });
    more.append(el('li', {}, [link]));
  }

  SSE.cmi5Page = { mark, silence, exit, reloads: () => reloading || justPressed() };
})();
