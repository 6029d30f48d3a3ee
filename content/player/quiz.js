/* The graded questions of a unit on one page: drafts, what is missing, hand in. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, icon, button, empty, plain } = SSE.dom;

  /** The attempt that each unit's form was built for. @type {{[unit: string]: number}} */
  const built = {};

  /** @param {UnitInfo} info @param {UnitState} state @returns {HTMLElement} */
  function facts(info, state) {
    const left = state.attempts_allowed - state.attempts.length;
    const items = [
      t('quiz.questions', { n: SSE.papers.number(info) }),
      t('quiz.pass', { percent: SSE.data.percent(info.mastery_score) }),
    ];
    if (!state.closed) {
      items.push(left > 0
        ? t('quiz.attempt', { n: state.attempts.length + 1, total: state.attempts_allowed })
        : t('quiz.left', { n: 0 }));
    }
    return el('ul', { class: 'facts' }, items.map((text) => el('li', {}, [text])));
  }

  /**
   * Asks once more before answers are final.
   * @param {number} left attempts after this one
   * @param {number} missing
   * @param {() => void} yes
   */
  function confirm(left, missing, yes) {
    const close = () => SSE.dom.closeDialog(dialog);
    const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'confirm-title' }, [
      el('h2', { id: 'confirm-title' }, [t('quiz.confirm.title')]),
      missing ? el('p', {}, [icon('warning'), ' ' + t('quiz.missing.title', { n: missing }) + '.']) : null,
      el('p', {}, [t('quiz.confirm.final') + ' ' + t('quiz.confirm.left', { n: left })]),
      el('p', { class: 'dialog-actions' }, [
        button(t('quiz.confirm.yes'), 'button', () => {
          close();
          yes();
        }),
        button(t('quiz.confirm.no'), 'button button-secondary', close),
      ]),
    ]);
    dialog.addEventListener('close', () => dialog.remove(), { once: true });
    SSE.dom.closeBeside(dialog);
    document.body.append(dialog);
    SSE.dom.openDialog(dialog);
  }

  /**
   * @param {HTMLElement} place
   * @param {UnitInfo} info
   * @param {UnitState} state
   */
  function form(place, info, state) {
    const number = state.attempts.length + 1;
    const asked = SSE.papers.present(info, state);
    const drafts = state.open ? state.open.answers : {};
    const summary = el('div', { class: 'summary', tabindex: -1, 'aria-labelledby': 'missing-' + info.id, role: 'group', hidden: true });
    const trouble = el('div', { role: 'alert' });
    const saved = el('span', { class: 'save-note', 'data-save-note': '' }, [t('quiz.saved')]);
    const submit = el('button', { type: 'submit', class: 'button' }, [t('quiz.hand-in')]);

    const read = () => {
      /** @type {Answers} */
      const answers = {};
      asked.forEach((question, index) => {
        const answer = views[index].read();
        if (answer !== null) answers[question.id] = answer;
      });
      return answers;
    };
    const views = asked.map((question, index) => {
      const view = SSE.questions.view(question, {
        prefix: 'quiz-' + info.id + '-' + question.id,
        heading: t('question', { n: index + 1 }),
        answer: drafts[question.id],
        onChange: () => {
          if (view.complete()) view.complain(null);
          SSE.app.saveAnswers(info.id, read);
        },
      });
      return view;
    });

    const handIn = () => {
      submit.disabled = true;
      submit.textContent = t('quiz.handing');
      empty(trouble);
      SSE.app.handIn(info.id, read()).then(
        () => SSE.app.go(info.id + '/result'),
        () => {
          submit.disabled = false;
          submit.textContent = t('quiz.hand-in');
          trouble.append(el('p', { class: 'trouble' }, [icon('warning'), ' ' + t('quiz.failed')]));
        },
      );
    };

    /** @param {number[]} missing */
    const complain = (missing) => {
      empty(summary);
      summary.append(
        el('h2', { id: 'missing-' + info.id }, [t('quiz.missing.title', { n: missing.length })]),
        el('p', {}, [t('quiz.missing.body')]),
        el('ul', {}, missing.map((index) => {
          const prompt = plain(asked[index].prompt_html);
          const short = prompt.length > 80 ? prompt.slice(0, 78).replace(/\s+\S*$/, '') + '…' : prompt;
          const link = el('a', { href: '#' + views[index].firstId }, [t('quiz.missing.item', { n: index + 1, prompt: short })]);
          link.addEventListener('click', (event) => {
            event.preventDefault();
            const target = /** @type {HTMLElement} */ (document.getElementById(views[index].firstId));
            views[index].element.scrollIntoView();
            target.focus({ preventScroll: true });
          });
          return el('li', {}, [link]);
        })),
        el('p', {}, [button(t('quiz.missing.anyway'), 'button button-secondary', () => ask(missing.length))]),
      );
      summary.hidden = false;
      summary.scrollIntoView();
      summary.focus({ preventScroll: true });
    };

    /** @param {number} missing */
    const ask = (missing) => confirm(state.attempts_allowed - number, missing, handIn);

    const element = el('form', { class: 'quiz-form', novalidate: true }, [
      summary,
      el('ol', { class: 'questions' }, views.map((view) => el('li', {}, [view.element]))),
      trouble,
      el('p', { class: 'quiz-actions' }, [submit, saved]),
    ]);
    element.addEventListener('submit', (event) => {
      event.preventDefault();
      if (submit.disabled) return;
      const missing = asked.map((question, index) => index).filter((index) => !views[index].complete());
      views.forEach((view, index) => view.complain(missing.indexOf(index) >= 0 ? t('quiz.missing.note') : null));
      if (missing.length) complain(missing);
      else {
        summary.hidden = true;
        ask(0);
      }
    });
    place.append(facts(info, state), element);
  }

  /** @param {HTMLElement} place @param {UnitInfo} info @param {UnitState} state */
  function closed(place, info, state) {
    const left = state.closed ? 0 : state.attempts_allowed - state.attempts.length;
    const done = t('quiz.done', { n: state.attempts.length }) + ' ' + t('quiz.best');
    const words = state.closed ? t('quiz.closed') : left > 0 ? done : t('quiz.none');
    const again = el('a', { class: 'button button-secondary', href: '#' + info.id + '/quiz' }, [t('quiz.again')]);
    again.addEventListener('click', (event) => {
      event.preventDefault();
      SSE.app.startAttempt(info.id);
    });
    place.append(
      facts(info, state),
      el('p', {}, [words]),
      el('p', { class: 'quiz-actions' }, [
        state.attempts.length ? el('a', { class: 'button', href: '#' + info.id + '/result' }, [t('quiz.see')]) : null,
        left > 0 ? again : null,
      ]),
    );
  }

  /** @type {QuizModule['prepare']} */
  function prepare(section, info, state, begin) {
    const place = /** @type {HTMLElement} */ (section.querySelector('[data-quiz]'));
    const number = state.attempts.length + 1;
    const openNow = begin || state.open !== null || state.attempts.length === 0;
    const key = openNow && number <= state.attempts_allowed && !state.closed ? number : -number;
    if (built[info.id] === key) return;
    built[info.id] = key;
    empty(place);
    if (key > 0) form(place, info, state);
    else closed(place, info, state);
  }

  SSE.data.onLanguage(() => Object.keys(built).forEach((unit) => delete built[unit]));
  SSE.quiz = { prepare, forget: (unit) => delete built[unit] };
})();
