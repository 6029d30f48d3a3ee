/* The table of contents: a side column where there is room, a drawer where there is not. */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const { el } = SSE.dom;

  const nav = /** @type {HTMLElement} */ (document.getElementById('contents'));
  const side = /** @type {HTMLElement} */ (document.getElementById('side'));
  const drawer = /** @type {HTMLDialogElement} */ (document.getElementById('drawer'));
  const inside = /** @type {HTMLElement} */ (drawer.querySelector('.drawer-inside'));
  const opener = /** @type {HTMLElement} */ (document.getElementById('contents-button'));
  const closer = /** @type {HTMLElement} */ (document.getElementById('contents-close'));
  const wide = window.matchMedia('(min-width: 60em)');

  // What the medium leads to besides: the learner's own page, the unit in other languages.
  const more = /** @type {HTMLElement} */ (nav.querySelector('.toc-more'));
  const { me, languages } = SSE.data.links;
  if (me) more.append(el('li', {}, [el('a', { href: me, 'data-say': 'me' }, [t('me')])]));
  if (languages.length > 1) {
    const items = languages.map((one) => {
      if (one.tag === course.language) {
        return el('li', {}, [el('span', { lang: one.tag, 'aria-current': 'true' }, [one.name])]);
      }
      const link = el('a', { href: one.url, lang: one.tag, hreflang: one.tag }, [one.name]);
      // The place stays the same.
      link.addEventListener('click', () => { link.href = one.url + window.location.hash; });
      return el('li', {}, [link]);
    });
    more.append(el('li', {}, [el('ul', { class: 'toc-languages', 'aria-label': t('languages') }, items)]));
  }

  const close = () => {
    if (drawer.hasAttribute('open')) SSE.dom.closeDialog(drawer);
  };
  const settle = () => {
    if (wide.matches) close();
    (wide.matches ? side : inside).append(nav);
  };
  settle();
  if (wide.addEventListener) wide.addEventListener('change', settle);
  else wide.addListener(settle);

  opener.addEventListener('click', () => {
    SSE.dom.openDialog(drawer, () => {
      const current = /** @type {HTMLElement | null} */ (nav.querySelector('a[aria-current]'));
      if (current) current.focus();
    });
  });
  closer.addEventListener('click', close);
  SSE.dom.closeBeside(drawer);
  nav.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('a')) close();
  });
  Array.from(document.querySelectorAll('[data-print]')).forEach((node) => {
    node.addEventListener('click', () => {
      close();
      window.print();
    });
  });
})();
