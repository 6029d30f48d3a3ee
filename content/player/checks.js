/* Questions inside pages: answered and explained on the spot, as often as one likes. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el } = SSE.dom;

  /** What was given, and whether it has been explained: for when the page is built in another language.
   * @type {{[question: string]: {answer: Answer | null, told: boolean}}} */
  const given = {};

  /**
   * @param {HTMLElement} place
   * @param {UnitInfo} info
   * @param {Question} question
   */
  function mount(place, info, question) {
    const key = info.id + '/' + question.id;
    const before = given[key];
    const view = SSE.questions.view(question, {
      prefix: 'check-' + info.id + '-' + question.id,
      heading: null,
      answer: before ? before.answer : null,
      onChange: () => {
        given[key] = { answer: view.read(), told: false };
        view.complain(null);
        view.clear();
      },
    });
    const submit = el('button', { type: 'submit', class: 'button button-secondary' }, [t('check.button')]);
    const form = el('form', { class: 'check-form', novalidate: true }, [view.element, el('p', { class: 'check-actions' }, [submit])]);
    let busy = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (busy) return;
      const answer = view.read();
      if (answer === null || !view.complete()) {
        view.complain(t(answer === null ? 'check.empty' : 'check.incomplete'));
        return;
      }
      busy = true;
      const late = window.setTimeout(() => {
        submit.textContent = t('check.checking');
      }, 300);
      const ready = () => {
        busy = false;
        window.clearTimeout(late);
        submit.textContent = t('check.button');
      };
      SSE.app.tracker().check(info.id, question.id, answer).then((result) => {
        ready();
        given[key] = { answer, told: true };
        view.show(result, answer);
      }, () => {
        ready();
        view.complain(t('check.failed'));
      });
    });
    if (before && before.told) {
      SSE.app.tracker().check(info.id, question.id, before.answer).then((result) => view.show(result, before.answer), () => {});
    }
    SSE.dom.empty(place);
    place.append(el('p', { class: 'block-kind' }, [t('block.check')]), form);
  }

  /** Builds the checks of a section that is about to be seen. @type {ChecksModule['prepare']} */
  function prepare(section, info) {
    Array.from(section.querySelectorAll('[data-check]')).forEach((place) => {
      if (!(place instanceof HTMLElement) || place.dataset.ready) return;
      const question = info.checks.filter((one) => one.id === place.dataset.check)[0];
      if (!question) return;
      place.dataset.ready = 'yes';
      mount(place, info, question);
    });
  }

  SSE.data.onLanguage(() => {
    Array.from(document.querySelectorAll('[data-check]')).forEach((place) => {
      if (place instanceof HTMLElement) delete place.dataset.ready;
    });
  });
  SSE.checks = { prepare };
})();
