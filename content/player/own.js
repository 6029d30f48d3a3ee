/*
 * Progress that lies on this device alone is one's own: to take along as a file, to take up again elsewhere, to erase;
 * and the last two to take back.
 */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const { el, icon, button, empty } = SSE.dom;

  /** @param {string} saved */
  function download(saved) {
    const file = new Blob([SSE.progressFile.write(saved)], { type: 'application/json' });
    const link = el('a', { href: URL.createObjectURL(file), download: course.course.id + '.json' });
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** Where the learner was, and not where the address says. */
  const begin = () => window.location.replace(window.location.pathname + window.location.search);

  // ---- taking up a file ----------------------------------------------------------------------

  /** @param {State} state @returns {string[]} pages read and quizzes handed in, of how many */
  function counted(state) {
    const units = course.units.map((info) => ({ info, state: state.units[info.id] || SSE.data.freshUnit(info) }));
    /** @param {(one: typeof units[0]) => number} done @param {(one: typeof units[0]) => number} all */
    const of = (done, all) => t('device.import.of', {
      done: units.reduce((sum, one) => sum + done(one), 0), all: units.reduce((sum, one) => sum + all(one), 0),
    });
    return [
      of((one) => one.info.pages.filter((page) => one.state.seen.indexOf(page.id) >= 0).length, (one) => one.info.pages.length),
      of((one) => (one.info.quiz.length && one.state.attempts.length ? 1 : 0), (one) => (one.info.quiz.length ? 1 : 0)),
    ];
  }

  /** @param {HTMLElement} place @param {OwnProgress} own @param {{text: string, saved: string, state: State}} found */
  function compare(place, own, found) {
    const file = counted(found.state);
    const here = counted(own.state());
    /** @param {string} label @param {string[]} values */
    const row = (label, values) => el('tr', {}, [el('th', { scope: 'row' }, [t(label)])].concat(
      /** @type {any[]} */ (values.map((value) => el('td', {}, [value]))),
    ));
    const yes = button(t('device.import.yes'), 'button', () => {
      if (own.replace(found.text)) begin();
      else complain(place, 'full');
    });
    place.append(
      el('p', { id: 'import-what' }, [t('device.import.what', { date: SSE.data.moment(found.saved) })]),
      el('table', { class: 'compared', 'aria-describedby': 'import-what' }, [
        el('thead', {}, [el('tr', {}, [
          el('td', {}), el('th', { scope: 'col' }, [t('device.import.file')]), el('th', { scope: 'col' }, [t('device.import.here')]),
        ])]),
        el('tbody', {}, [row('device.import.pages', [file[0], here[0]]), row('device.import.quizzes', [file[1], here[1]])]),
      ]),
      el('p', { class: 'dialog-actions' }, [yes, button(t('device.import.no'), 'button button-secondary', () => empty(place))]),
    );
    yes.focus();
  }

  /** @type {{[fault: string]: string}} */
  const FAULTS = {
    broken: 'device.import.broken', other: 'device.import.other', newer: 'device.import.newer', large: 'device.import.large', full: 'device.import.full',
  };

  /** @param {HTMLElement} place @param {string} fault */
  function complain(place, fault) {
    empty(place);
    place.append(el('p', { class: 'trouble', role: 'alert' }, [icon('warning'), ' ' + t(FAULTS[fault])]));
  }

  /** @param {OwnProgress} own @returns {{opener: HTMLElement, place: HTMLElement}} */
  function taking(own) {
    const place = el('div', {});
    const input = el('input', { type: 'file', accept: '.json,application/json', hidden: true });
    input.addEventListener('change', () => {
      const file = input.files && input.files[0];
      if (!file) return;
      empty(place);
      SSE.progressFile.read(file).then((found) => compare(place, own, found), (error) => complain(place, error.message));
      // The same file may be chosen again.
      input.value = '';
    });
    place.append(input);
    const opener = button(t('device.import'), 'button button-secondary', () => input.click());
    return { opener, place };
  }

  // ---- the dialog ----------------------------------------------------------------------------

  /** @param {HTMLElement} place */
  function progress(place) {
    const { own } = SSE.trackers;
    const saved = own && own.read();
    place.append(el('p', {}, [t('device.progress.where')]));
    if (!own) return;
    const sure = el('p', { class: 'dialog-actions', hidden: true }, [
      button(t('device.erase.yes'), 'button', () => {
        own.erase();
        begin();
      }),
      button(t('device.erase.no'), 'button button-secondary', () => {
        sure.hidden = true;
      }),
    ]);
    const { opener, place: taken } = taking(own);
    place.append(el('p', { class: 'dialog-actions' }, [
      saved ? button(t('device.export'), 'button button-secondary', () => download(saved)) : null,
      opener,
      saved ? button(t('device.erase'), 'button button-secondary', () => {
        sure.hidden = false;
        /** @type {HTMLElement} */ (sure.firstElementChild).focus();
      }) : null,
    ]), sure, taken);
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
    const done = own && own.undoable();
    if (!own || !done) return;
    const undo = button(t('device.undo'), 'button button-secondary', () => {
      own.undo();
      begin();
    });
    undo.dataset.say = 'device.undo';
    SSE.app.notice(done === 'replaced' ? 'device.replaced' : 'device.erased', 'info', undo);
  }

  SSE.own = { offer };
})();
