/* Progress that lies on this device alone is one's own: to take along, to erase, and to take that back. */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const { el, icon, button } = SSE.dom;

  /** @param {HTMLElement} place */
  function progress(place) {
    const { own } = SSE.trackers;
    const saved = own && own.read();
    place.append(el('p', {}, [t('device.progress.where')]));
    if (!own || !saved) return;
    const name = course.course.id + '.json';
    const file = () => {
      const link = el('a', { href: URL.createObjectURL(new Blob([saved], { type: 'application/json' })), download: name });
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    };
    const sure = el('p', { class: 'dialog-actions', hidden: true }, [
      button(t('device.erase.yes'), 'button', () => {
        own.erase();
        window.location.replace(window.location.pathname);
      }),
      button(t('device.erase.no'), 'button button-secondary', () => {
        sure.hidden = true;
      }),
    ]);
    place.append(el('p', { class: 'dialog-actions' }, [
      button(t('device.export'), 'button button-secondary', file),
      button(t('device.erase'), 'button button-secondary', () => {
        sure.hidden = false;
        /** @type {HTMLElement} */ (sure.firstElementChild).focus();
      }),
    ]), sure);
  }

  /** @param {string} title key @param {string} label key, of the button that closes it @param {(dialog: HTMLDialogElement) => void} [more] */
  function open(title, label, more) {
    SSE.app.flush();
    const own = el('section', {});
    const close = el('button', { type: 'button', class: 'dialog-close', 'aria-label': t(label) }, [icon('close')]);
    const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'own-title' }, [el('h2', { id: 'own-title' }, [t(title)])]);
    if (more) {
      more(dialog);
      own.append(el('h3', {}, [t('device.progress')]));
    }
    progress(own);
    dialog.append(own, close);
    close.addEventListener('click', () => SSE.dom.closeDialog(dialog));
    SSE.dom.closeBeside(dialog);
    dialog.addEventListener('close', () => dialog.remove(), { once: true });
    document.body.append(dialog);
    SSE.dom.openDialog(dialog);
  }

  /** @type {OwnModule['offer']} */
  function offer(title, label, more) {
    const { own } = SSE.trackers;
    const opener = el('button', { type: 'button', class: 'toc-button', 'data-say': title, 'aria-haspopup': 'dialog' }, [t(title)]);
    opener.addEventListener('click', () => open(title, label, more));
    const menu = /** @type {HTMLElement} */ (document.querySelector('.toc-more'));
    menu.append(el('li', {}, [opener]));
    if (!own || !own.erased()) return;
    const undo = button(t('device.undo'), 'button button-secondary', () => {
      own.undo();
      window.location.reload();
    });
    undo.dataset.say = 'device.undo';
    SSE.app.notice('device.erased', 'info', undo);
  }

  SSE.own = { offer };
})();
