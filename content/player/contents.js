/* The table of contents: a side column where there is room, a drawer where there is not. */
(function () {
  'use strict';

  const nav = /** @type {HTMLElement} */ (document.getElementById('contents'));
  const side = /** @type {HTMLElement} */ (document.getElementById('side'));
  const drawer = /** @type {HTMLDialogElement} */ (document.getElementById('drawer'));
  const inside = /** @type {HTMLElement} */ (drawer.querySelector('.drawer-inside'));
  const opener = /** @type {HTMLElement} */ (document.getElementById('contents-button'));
  const closer = /** @type {HTMLElement} */ (document.getElementById('contents-close'));
  const wide = window.matchMedia('(min-width: 60em)');

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
    SSE.dom.openDialog(drawer);
    const current = /** @type {HTMLElement | null} */ (nav.querySelector('[aria-current]'));
    if (current) current.focus();
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
