/* What a term means, beside the word: a dialog, closed by Escape, that gives the focus back. */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const { el, rich, icon } = SSE.dom;

  let opened = 0;

  /** @param {string} id */
  function open(id) {
    const entry = course.glossary[id];
    if (!entry) return;
    opened += 1;
    const titleId = 'term-title-' + opened;
    const close = el('button', { type: 'button', class: 'dialog-close', 'aria-label': t('term.close') }, [icon('close')]);
    const dialog = el('dialog', { class: 'dialog term-dialog', 'aria-labelledby': titleId }, [
      el('h2', { id: titleId }, [entry.term]),
      rich('div', { class: 'term-definition' }, entry.definition_html),
      close,
    ]);
    close.addEventListener('click', () => SSE.dom.closeDialog(dialog));
    SSE.dom.closeBeside(dialog);
    dialog.addEventListener('close', () => dialog.remove(), { once: true });
    document.body.append(dialog);
    SSE.dom.openDialog(dialog);
  }

  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-term]') : null;
    if (!(target instanceof HTMLElement)) return;
    event.preventDefault();
    open(String(target.dataset.term));
  });
})();
