/* A question as it is shown: the frame around its type's body, what came of the answer, what is missing. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, rich, icon, empty } = SSE.dom;

  /** @param {string} credit `"n/d"` @returns {'right' | 'partly' | 'wrong'} */
  function verdictOf(credit) {
    const amount = SSE.data.amount(credit);
    if (amount >= 1) return 'right';
    return amount > 0 ? 'partly' : 'wrong';
  }

  /**
   * @param {Question} question
   * @param {Result} result
   * @param {Answer | null | undefined} answer
   * @param {QuestionBody['parts']} parts
   * @returns {(Node | null)[]}
   */
  function outcomeNodes(question, result, answer, parts) {
    const several = result.feedback.length > 1 || ['matching', 'ordering', 'cloze', 'scenario'].indexOf(question.type) >= 0;
    const state = result.credit === null ? 'info' : verdictOf(result.credit);
    let words = t(result.credit === null ? 'verdict.unscored' : 'verdict.' + state);
    if (answer === null && result.credit !== null) words = t('verdict.unanswered');
    const items = result.feedback.filter((one) => one.html).map((one) => {
      const place = parts[one.part];
      const right = result.parts[one.part];
      const children = several && place && place.label
        ? [
            el('strong', { class: 'feedback-part' }, [
              right === undefined ? null : icon(right ? 'right' : 'wrong'),
              place.label,
              right === undefined ? null : el('span', { class: 'visually-hidden' }, [' (' + t(right ? 'mark.right' : 'mark.wrong') + ')']),
            ]),
            rich('div', {}, one.html),
          ]
        : [rich('div', {}, one.html)];
      return el('li', {}, children);
    });
    return [
      el('p', { class: 'verdict' }, [icon(state), el('strong', {}, [words])]),
      items.length ? el('ul', { class: 'feedback' }, items) : null,
      result.model_answer_html
        ? el('div', { class: 'model-answer' }, [el('p', { class: 'model-label' }, [t('model')]), rich('div', {}, result.model_answer_html)])
        : null,
    ];
  }

  /** @type {QuestionsModule['view']} */
  function view(question, options) {
    const prefix = options.prefix;
    const body = SSE.bodies[question.type](question, prefix);
    const complaint = el('p', { class: 'complaint', id: prefix + '-complaint', hidden: true });
    const outcome = el('div', { class: 'outcome', role: 'status' });
    const hint = body.hint ? el('p', { class: 'hint', id: prefix + '-hint' }, [body.hint]) : null;
    const labels = [];
    if (!question.scored) labels.push(t('question.unscored'));
    else if (question.points > 1) labels.push(t('question.points', { n: question.points }));
    const element = el('fieldset', {
      class: 'question question-' + question.type,
      'data-question': question.id,
      'aria-describedby': hint ? prefix + '-hint' : null,
    }, [
      el('legend', {}, [
        options.heading ? el('span', { class: 'question-number' }, [options.heading]) : null,
        options.heading && labels.length ? el('span', { class: 'question-points' }, [labels.join(' · ')]) : null,
        rich('span', { class: 'question-prompt' }, question.prompt_html),
      ]),
      complaint,
      hint,
    ].concat(/** @type {any[]} */ (body.nodes)).concat([outcome]));
    body.fill(options.answer === undefined ? null : options.answer);
    const changed = () => {
      if (options.onChange) options.onChange();
    };
    element.addEventListener('change', changed);
    element.addEventListener('input', (event) => {
      const target = event.target;
      if (target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === 'text')) changed();
    });

    const clearMarks = () => {
      Object.keys(body.parts).forEach((part) => {
        const mark = body.parts[part].mark;
        empty(mark);
        mark.className = 'mark';
      });
      element.classList.remove('is-right', 'is-partly', 'is-wrong', 'is-info');
      empty(outcome);
    };

    return {
      element: element,
      firstId: body.first.id,
      read: body.read,
      complete: body.complete,
      clear: clearMarks,
      lock: () => {
        Array.from(element.querySelectorAll('input, textarea')).forEach((control) => control.setAttribute('disabled', ''));
        Array.from(element.querySelectorAll('select')).forEach((select) => {
          const text = select.value ? select.selectedOptions[0].text : '–';
          select.replaceWith(el('span', { class: 'chosen' }, [text]));
        });
        Array.from(element.querySelectorAll('.row-chosen')).forEach((node) => node.remove());
        Array.from(element.querySelectorAll('.row > label')).forEach((label) => label.removeAttribute('for'));
      },
      show: (result, answer) => {
        clearMarks();
        Object.keys(result.parts).forEach((part) => {
          const place = body.parts[part];
          if (!place) return;
          const kind = result.parts[part] ? 'right' : 'wrong';
          place.mark.className = 'mark mark-' + kind;
          place.mark.append(icon(kind), el('span', { class: 'visually-hidden' }, [' (' + t('mark.' + kind) + ')']));
        });
        element.classList.add('is-' + (result.credit === null ? 'info' : verdictOf(result.credit)));
        outcomeNodes(question, result, answer, body.parts).forEach((node) => {
          if (node) outcome.append(node);
        });
      },
      complain: (message) => {
        complaint.hidden = message === null;
        complaint.textContent = message || '';
        element.classList.toggle('is-missing', message !== null);
      },
    };
  }

  SSE.questions = { view, verdictOf };
})();
