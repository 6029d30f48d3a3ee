/* Last script: links inside the text, then go. */
(function () {
  'use strict';

  /** The view that a link to a page or unit means, or null where this document has none. @param {HTMLElement} link */
  function target(link) {
    const home = link.closest('[data-unit-id]');
    const unit = link.dataset.unit || (home instanceof HTMLElement ? home.dataset.unitId : '') || '';
    const info = SSE.data.course.units.filter((one) => one.id === unit)[0];
    const view = info ? unit + '/' + (link.dataset.page || SSE.data.firstPlace(info)) : '';
    return SSE.pages.sections[view] ? view : null;
  }

  const LINKS = 'a[data-page], a[data-unit]';
  const resolve = () => Array.from(document.querySelectorAll(LINKS)).forEach((link) => {
    if (!(link instanceof HTMLAnchorElement)) return;
    const view = target(link);
    if (view) link.href = '#' + view;
    else link.replaceWith.apply(link, Array.from(link.childNodes));
  });
  resolve();
  SSE.data.onLanguage(resolve);
  // Questions come later, with links of their own.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest(LINKS) : null;
    if (!(link instanceof HTMLElement)) return;
    event.preventDefault();
    const view = target(link);
    if (view) SSE.app.go(view);
  });
  SSE.app.start();
})();
