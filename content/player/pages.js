/* The sections of the document as pages: one is shown, the others wait; contents and progress follow. */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const { el, icon } = SSE.dom;

  /** @type {{[view: string]: HTMLElement}} */
  const sections = {};
  Array.from(document.querySelectorAll('[data-view]')).forEach((node) => {
    if (node instanceof HTMLElement && node.matches('.view')) sections[String(node.dataset.view)] = node;
  });
  const links = /** @type {HTMLAnchorElement[]} */ (Array.from(document.querySelectorAll('.toc a[data-view]')));
  const announcer = /** @type {HTMLElement} */ (document.getElementById('announcer'));
  const bar = /** @type {HTMLProgressElement} */ (document.getElementById('progress-bar'));
  const barText = /** @type {HTMLElement} */ (document.getElementById('progress-text'));

  /** @param {string} view `"unit/page"` @returns {{unit: string | null, page: string}} */
  function parts(view) {
    const at = view.indexOf('/');
    return at < 0 ? { unit: null, page: view } : { unit: view.slice(0, at), page: view.slice(at + 1) };
  }

  let current = '';

  /** @type {PagesModule['show']} */
  function show(view, moveFocus) {
    const section = sections[view];
    if (current && sections[current]) sections[current].classList.remove('is-current');
    section.classList.add('is-current');
    current = view;
    // A table wider than the page is scrolled by keyboard too.
    Array.from(section.querySelectorAll('.table-scroll')).forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.setAttribute('tabindex', '0');
      else box.removeAttribute('tabindex');
    });
    links.forEach((link) => {
      if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    });
    const heading = section.querySelector('h1');
    const name = (heading && heading.textContent) || '';
    document.title = name ? name + ' – ' + course.title : course.title;
    if (!moveFocus) return;
    window.scrollTo(0, 0);
    const framed = SSE.sight && SSE.sight.framed;
    // In a frame it is the LMS's page that has been scrolled: the focus brings it along.
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: !framed });
    if (SSE.sight) SSE.sight.turned();
    const place = section.querySelector('.view-place');
    announcer.textContent = name + (place ? ', ' + place.textContent : '');
  }

  /** A tick, and words for those who do not see it, beside a link of the contents.
   * @param {string} view @param {string | null} key */
  function note(view, key) {
    links.filter((link) => link.dataset.view === view).forEach((link) => {
      const place = /** @type {HTMLElement} */ (link.querySelector('.toc-note'));
      if (place.dataset.note === (key || '')) return;
      place.dataset.note = key || '';
      place.textContent = '';
      if (key) place.append(icon('right'), el('span', { class: 'visually-hidden' }, [' ' + t(key)]));
    });
  }

  /** @type {PagesModule['progress']} */
  function progress(state) {
    let all = 0;
    let done = 0;
    course.units.forEach((info) => {
      const own = state.units[info.id];
      info.pages.forEach((page) => {
        const seen = own.seen.indexOf(page.id) >= 0;
        all += 1;
        if (seen) done += 1;
        note(info.id + '/' + page.id, seen ? 'toc.seen' : null);
      });
      if (info.quiz.length) {
        all += 1;
        if (own.attempts.length) done += 1;
        note(info.id + '/quiz', own.success === 'passed' ? 'toc.passed' : own.attempts.length ? 'toc.done' : null);
        links.filter((link) => link.dataset.view === info.id + '/result').forEach((link) => {
          const item = /** @type {HTMLElement} */ (link.parentElement);
          item.hidden = own.attempts.length === 0;
        });
      }
    });
    const percent = all ? Math.floor((100 * done) / all) : 100;
    bar.value = percent;
    barText.textContent = t('progress', { percent: SSE.data.percent(percent) });
  }

  /** Everything outside the sections, said anew: the bar, the contents. */
  function retell() {
    /** @param {string} selector @param {(node: HTMLElement) => void} say */
    const each = (selector, say) => Array.from(document.querySelectorAll(selector)).forEach((node) => {
      if (node instanceof HTMLElement) say(node);
    });
    each('[data-say]', (node) => { node.textContent = t(String(node.dataset.say)); });
    each('[data-say-label]', (node) => node.setAttribute('aria-label', t(String(node.dataset.sayLabel))));
    each('.bar-title', (node) => { node.textContent = course.title; });
    each('.print-title', (node) => { node.textContent = course.print_title; });
    each('.bar-percent', (node) => { node.dataset.widest = t('progress', { percent: '100 %' }); });
    each('.toc-unit', (node) => { node.textContent = SSE.data.unit(String(node.dataset.unit)).title; });
    /** @type {{[view: string]: string}} */
    const titles = {};
    course.units.forEach((info) => info.pages.forEach((page) => { titles[info.id + '/' + page.id] = page.title; }));
    links.forEach((link) => {
      const text = /** @type {HTMLElement} */ (link.querySelector('.toc-text'));
      if (titles[String(link.dataset.view)]) text.textContent = titles[String(link.dataset.view)];
      const place = /** @type {HTMLElement} */ (link.querySelector('.toc-note'));
      delete place.dataset.note;
    });
    if (current) show(current, false);
  }

  SSE.data.onLanguage(retell);
  SSE.pages = {
    sections,
    parts,
    show,
    progress,
    current: () => current,
    announce: (text) => {
      announcer.textContent = text;
    },
  };
})();
