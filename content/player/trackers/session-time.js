/*
 * How long a learner has been at a session. A page counts while it is shown or plays something; one that was put away, that
 * lay in the back-forward cache or in a device asleep counts only where it was for a moment: SCORM and cmi5 ask for
 * the time that the learner spent, and an LMS adds up all sessions.
 */
(function () {
  'use strict';

  /** Somebody looked something up, or answered a call. */
  const MOMENT = 10 * 60 * 1000;
  /** How often a page that is shown says that it is awake. */
  const AWAKE = 60 * 1000;

  /** @returns {boolean} whether the learner has the course before their eyes or in their ears */
  const present = () => document.visibilityState !== 'hidden'
    || Array.from(document.querySelectorAll('audio, video')).some((node) => node instanceof HTMLMediaElement && !node.paused);

  /** @type {SessionTimeModule['begin']} */
  function begin(before) {
    let spent = before || 0;
    let seen = Date.now();
    function look() {
      const now = Date.now();
      // Clocks are also put back.
      if (now > seen && now - seen <= MOMENT) spent += now - seen;
      seen = now;
    }
    const lookIfPresent = () => {
      if (present()) look();
    };
    document.addEventListener('visibilitychange', look);
    window.setInterval(lookIfPresent, AWAKE);
    return () => {
      lookIfPresent();
      return spent;
    };
  }

  SSE.sessionTime = { begin };
})();
