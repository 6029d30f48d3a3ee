/* In an LMS's frame that is taller than the window, "fixed" means the frame, not what the learner sees:
   dialogs and the line about saving are put into the part that is in sight. LTI only. */
(function () {
  'use strict';

  const framed = window.parent !== window && 'IntersectionObserver' in window;
  const PAUSE = 400;

  /** The part of the frame that is in sight, in its own coordinates. @param {(part: DOMRectReadOnly) => void} then */
  function look(then) {
    const watcher = new IntersectionObserver((entries) => {
      watcher.disconnect();
      const part = entries[0].intersectionRect;
      then(part.height > 0 ? part : new DOMRect(0, 0, window.innerWidth, window.innerHeight));
    });
    watcher.observe(document.documentElement);
  }

  /** @param {HTMLElement} element @param {DOMRectReadOnly} part */
  function keepInside(element, part) {
    element.style.top = Math.max(part.top, 0) + 'px';
    element.style.bottom = Math.max(window.innerHeight - part.bottom, 0) + 'px';
    element.style.maxHeight = part.height + 'px';
  }

  /** @type {SightModule['open']} */
  function open(dialog, show) {
    if (!framed) {
      show();
      return;
    }
    look((part) => {
      keepInside(dialog, part);
      show();
    });
  }

  /** @type {SightModule['follow']} */
  function follow(line) {
    if (!framed || line.hidden) return;
    look((part) => {
      line.style.bottom = Math.max(window.innerHeight - part.bottom, 0) + 'px';
      window.setTimeout(() => follow(line), PAUSE);
    });
  }

  /** @type {SightModule['turned']} */
  function turned() {
    document.dispatchEvent(new Event('sse-turned'));
  }

  SSE.sight = { framed, open, follow, turned };
})();
