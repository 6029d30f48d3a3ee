/* Last script: links inside the text, then go. */
(function () {
  'use strict';

  Array.from(document.querySelectorAll('a[data-page], a[data-unit]')).forEach((link) => {
    if (!(link instanceof HTMLAnchorElement)) return;
    const home = link.closest('[data-unit-id]');
    const unit = link.dataset.unit || (home instanceof HTMLElement ? home.dataset.unitId : '') || '';
    const info = SSE.data.course.units.filter((one) => one.id === unit)[0];
    const page = link.dataset.page || (info ? info.pages[0].id : '');
    if (info && SSE.pages.sections[unit + '/' + page]) link.href = '#' + unit + '/' + page;
    else link.replaceWith.apply(link, Array.from(link.childNodes));
  });
  SSE.app.start();
})();
