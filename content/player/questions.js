/* One view a question type, all of native controls: show it, read the answer, show what came of it. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, rich, plain, icon, empty } = SSE.dom;

  /**
   * What a type gives the common frame. `parts` are the places that a result can mark, by part id.
   * @typedef {{
   *   hint: string | null,
   *   nodes: HTMLElement[],
   *   read: () => Answer | null,
   *   complete: () => boolean,
   *   fill: (answer: Answer | null) => void,
   *   parts: {[part: string]: {mark: HTMLElement, label: string | null}},
   *   first: HTMLElement,
   * }} Body
   */

  const LONG_OPTION = 24;

  /** @param {Answer} value @returns {{[name: string]: any}} */
  function record(value) {
    return value !== null && typeof value === 'object' ? /** @type {any} */ (value) : {};
  }

  /** @returns {HTMLElement} */
  function markPlace() {
    return el('span', { class: 'mark' });
  }

  /**
   * Radio buttons or tick boxes.
   * @param {string} prefix
   * @param {ChoiceView[]} choices
   * @param {'radio' | 'checkbox'} kind
   */
  function choiceList(prefix, choices, kind) {
    const element = el('div', { class: 'choices' });
    /** @type {{[id: string]: HTMLInputElement}} */
    const inputs = {};
    /** @type {Body['parts']} */
    const parts = {};
    choices.forEach((choice) => {
      const id = prefix + '-' + choice.id;
      const input = el('input', { type: kind, id: id, name: prefix, value: choice.id });
      const mark = markPlace();
      inputs[choice.id] = input;
      parts[choice.id] = { mark: mark, label: plain(choice.html) };
      element.append(
        el('div', { class: 'choice' }, [
          input,
          el('label', { for: id }, [rich('span', {}, choice.html), mark]),
        ]),
      );
    });
    const chosen = () => choices.map((choice) => choice.id).filter((id) => inputs[id].checked);
    /** @param {string[]} ids */
    const choose = (ids) => {
      choices.forEach((choice) => {
        inputs[choice.id].checked = ids.indexOf(choice.id) >= 0;
      });
    };
    return { element, parts, chosen, choose, first: inputs[choices[0].id] };
  }

  /**
   * A menu; the empty entry means no answer.
   * @param {string} id
   * @param {{id: string, text: string}[]} entries
   * @param {Attributes} [attributes]
   */
  function menu(id, entries, attributes) {
    const select = el('select', Object.assign({ id: id }, attributes), [el('option', { value: '' }, [t('menu.choose')])]);
    entries.forEach((entry) => select.append(el('option', { value: entry.id }, [entry.text])));
    return select;
  }

  /** @param {HTMLElement} label @param {HTMLElement} control @param {HTMLElement} mark */
  function row(label, control, mark) {
    return el('div', { class: 'row' }, [label, el('span', { class: 'row-control' }, [control, mark])]);
  }

  /** @type {{[type: string]: (question: Question, prefix: string) => Body}} */
  const BODIES = {
    'single-choice': (question, prefix) => {
      const list = choiceList(prefix, question.choices || [], 'radio');
      return {
        hint: null,
        nodes: [list.element],
        read: () => list.chosen()[0] || null,
        complete: () => list.chosen().length > 0,
        fill: (answer) => list.choose(typeof answer === 'string' ? [answer] : []),
        parts: list.parts,
        first: list.first,
      };
    },

    'multiple-choice': (question, prefix) => {
      const list = choiceList(prefix, question.choices || [], 'checkbox');
      return {
        hint: t('choose.several'),
        nodes: [list.element],
        read: () => (list.chosen().length ? list.chosen() : null),
        complete: () => list.chosen().length > 0,
        fill: (answer) => list.choose(Array.isArray(answer) ? answer : []),
        parts: list.parts,
        first: list.first,
      };
    },

    'true-false': (question, prefix) => {
      const verdicts = [{ id: 'true', html: '' }, { id: 'false', html: '' }];
      const list = choiceList(prefix, verdicts, 'radio');
      list.element.classList.add('choices-short');
      Array.from(list.element.querySelectorAll('label > span:first-child')).forEach((span, index) => {
        span.textContent = t(verdicts[index].id);
      });
      const reasons = question.reasons && question.reasons.length ? choiceList(prefix + '-why', question.reasons, 'radio') : null;
      const why = el('fieldset', { class: 'follow-on', hidden: true }, [el('legend', {}, [t('reasons')])]);
      /** @type {Body['parts']} */
      const parts = { value: { mark: markPlace(), label: null } };
      list.element.append(parts.value.mark);
      if (reasons) {
        parts.reason = { mark: markPlace(), label: t('reasons') };
        /** @type {HTMLElement} */ (why.firstElementChild).append(parts.reason.mark);
        why.append(reasons.element);
      }
      const reveal = () => {
        why.hidden = !reasons || list.chosen().length === 0;
      };
      list.element.addEventListener('change', reveal);
      return {
        hint: null,
        nodes: [list.element, why],
        read: () => {
          if (!list.chosen().length) return null;
          const reason = reasons ? reasons.chosen()[0] : undefined;
          /** @type {{value: boolean, reason?: string}} */
          const answer = { value: list.chosen()[0] === 'true' };
          if (reason) answer.reason = reason;
          return answer;
        },
        complete: () => list.chosen().length > 0 && (!reasons || reasons.chosen().length > 0),
        fill: (answer) => {
          const given = record(answer);
          list.choose(typeof given.value === 'boolean' ? [String(given.value)] : []);
          if (reasons) reasons.choose(typeof given.reason === 'string' ? [given.reason] : []);
          reveal();
        },
        parts: parts,
        first: list.first,
      };
    },

    matching: (question, prefix) => {
      const options = (question.options || []).map((option) => ({ id: option.id, text: plain(option.html) }));
      return rows(question, prefix, question.pairs || [], () => options, t('choose.pairs'));
    },

    ordering: (question, prefix) => {
      const items = question.items || [];
      const places = items.map((item, index) => ({ id: String(index + 1), text: SSE.data.number(index + 1) }));
      const body = rows(question, prefix, items, () => places, t('choose.order'));
      const readPlaces = body.read;
      const warning = el('p', { class: 'row-warning', role: 'status' });
      const look = () => {
        const given = Object.keys(record(readPlaces())).map((id) => record(readPlaces())[id]);
        const twice = given.filter((place, index) => given.indexOf(place) !== index)[0];
        warning.textContent = twice ? t('order.twice', { n: Number(twice) }) : '';
      };
      body.nodes[0].addEventListener('change', look);
      body.nodes.push(warning);
      const fillPlaces = body.fill;
      return Object.assign(body, {
        read: () => {
          const given = record(readPlaces());
          const order = places.map((place) => items.map((item) => item.id).filter((id) => given[id] === place.id)[0] || '');
          return order.some((id) => id !== '') ? order : null;
        },
        complete: () => {
          const given = record(readPlaces());
          return places.every((place) => items.some((item) => given[item.id] === place.id));
        },
        fill: (/** @type {Answer | null} */ answer) => {
          /** @type {{[id: string]: string}} */
          const given = {};
          (Array.isArray(answer) ? answer : []).forEach((id, index) => {
            if (id) given[id] = String(index + 1);
          });
          fillPlaces(given);
          look();
        },
      });
    },

    numeric: (question, prefix) => {
      const input = el('input', {
        type: 'text', inputmode: 'decimal', id: prefix, autocomplete: 'off', maxlength: 64, class: 'number', dir: 'ltr', spellcheck: 'false',
      });
      const units = question.units || [];
      const unitMenu = units.length
        ? menu(prefix + '-unit', units.map((unit) => ({ id: unit.id, text: plain(unit.html) })))
        : null;
      const mark = markPlace();
      const unitMark = markPlace();
      const fields = [
        el('span', { class: 'field' }, [el('label', { for: prefix }, [t('number.label')]), el('span', { class: 'row-control' }, [input, mark])]),
      ];
      if (unitMenu) {
        fields.push(
          el('span', { class: 'field' }, [
            el('label', { for: prefix + '-unit' }, [t('unit.label')]),
            el('span', { class: 'row-control' }, [unitMenu, unitMark]),
          ]),
        );
      }
      const value = () => input.value.trim();
      return {
        hint: null,
        nodes: [el('div', { class: 'fields' }, fields)],
        read: () => {
          const unit = unitMenu ? unitMenu.value : '';
          if (!value() && !unit) return null;
          /** @type {{value: string, unit?: string}} */
          const answer = { value: value() };
          if (unit) answer.unit = unit;
          return answer;
        },
        complete: () => value() !== '' && (!unitMenu || unitMenu.value !== ''),
        fill: (answer) => {
          const given = record(answer);
          input.value = typeof given.value === 'string' ? given.value : '';
          if (unitMenu) unitMenu.value = typeof given.unit === 'string' ? given.unit : '';
        },
        parts: { value: { mark: mark, label: null }, unit: { mark: unitMark, label: t('unit.label') } },
        first: input,
      };
    },

    cloze: (question, prefix) => {
      const text = rich('div', { class: 'cloze' }, question.text_html || '');
      /** @type {{[gap: string]: HTMLSelectElement}} */
      const menus = {};
      /** @type {Body['parts']} */
      const parts = {};
      (question.gaps || []).forEach((gap, index) => {
        const place = text.querySelector('[data-gap="' + gap.id + '"]');
        if (!place) return;
        const label = t('gap', { n: index + 1 });
        const select = menu(prefix + '-' + gap.id, gap.choices.map((choice) => ({ id: choice.id, text: plain(choice.html) })), {
          'aria-label': label,
        });
        const mark = markPlace();
        menus[gap.id] = select;
        parts[gap.id] = { mark: mark, label: label };
        place.append(select, mark);
      });
      return Object.assign(fromMenus(menus), {
        hint: t('choose.gaps'),
        nodes: [text],
        parts: parts,
        first: menus[Object.keys(menus)[0]],
      });
    },

    'short-text': (question, prefix) => {
      const input = question.scored
        ? el('input', { type: 'text', id: prefix, autocomplete: 'off', maxlength: 200, class: 'short-text', dir: 'auto' })
        : el('textarea', { id: prefix, rows: 5, maxlength: 2000, class: 'long-text', dir: 'auto' });
      const mark = markPlace();
      return {
        hint: question.scored ? null : t('text.private'),
        nodes: [
          el('div', { class: 'fields' }, [
            el('span', { class: 'field field-wide' }, [
              el('label', { for: prefix }, [t(question.scored ? 'text.label' : 'text.long.label')]),
              input,
              mark,
            ]),
          ]),
        ],
        read: () => (input.value.trim() ? input.value : null),
        complete: () => input.value.trim() !== '' || !question.scored,
        fill: (answer) => {
          input.value = typeof answer === 'string' ? answer : '';
        },
        parts: { text: { mark: mark, label: null } },
        first: input,
      };
    },

    scenario: (question, prefix) => {
      const steps = question.steps || [];
      const lists = steps.map((step) => choiceList(prefix + '-' + step.id, step.choices, 'radio'));
      /** @type {Body['parts']} */
      const parts = {};
      const nodes = steps.map((step, index) => {
        const mark = markPlace();
        parts[step.id] = { mark: mark, label: t('step', { n: index + 1 }) };
        const legend = el('legend', {}, [
          el('span', { class: 'step-number' }, [t('step', { n: index + 1 })]), mark,
          rich('span', { class: 'step-prompt' }, step.prompt_html),
        ]);
        const field = el('fieldset', { class: 'follow-on', hidden: index > 0 }, [legend, lists[index].element]);
        return field;
      });
      const reveal = () => {
        nodes.forEach((node, index) => {
          node.hidden = index > 0 && (nodes[index - 1].hidden || !lists[index - 1].chosen().length);
        });
      };
      nodes.forEach((node) => node.addEventListener('change', reveal));
      return {
        hint: null,
        nodes: nodes,
        read: () => {
          /** @type {{[step: string]: string}} */
          const answer = {};
          steps.forEach((step, index) => {
            const chosen = lists[index].chosen()[0];
            if (chosen) answer[step.id] = chosen;
          });
          return Object.keys(answer).length ? answer : null;
        },
        complete: () => lists.every((list) => list.chosen().length > 0),
        fill: (answer) => {
          const given = record(answer);
          steps.forEach((step, index) => lists[index].choose(typeof given[step.id] === 'string' ? [given[step.id]] : []));
          reveal();
        },
        parts: parts,
        first: lists[0].first,
      };
    },
  };

  /** @param {{[part: string]: HTMLSelectElement}} menus */
  function fromMenus(menus) {
    const ids = Object.keys(menus);
    return {
      read: () => {
        /** @type {{[part: string]: string}} */
        const answer = {};
        ids.forEach((id) => {
          if (menus[id].value) answer[id] = menus[id].value;
        });
        return Object.keys(answer).length ? answer : null;
      },
      complete: () => ids.every((id) => menus[id].value !== ''),
      fill: (/** @type {Answer | null} */ answer) => {
        const given = record(answer);
        ids.forEach((id) => {
          menus[id].value = typeof given[id] === 'string' ? given[id] : '';
        });
      },
    };
  }

  /**
   * A label and a menu on each line.
   * @param {Question} question
   * @param {string} prefix
   * @param {ChoiceView[]} lines
   * @param {(line: ChoiceView) => {id: string, text: string}[]} entries
   * @param {string} hint
   * @returns {Body}
   */
  function rows(question, prefix, lines, entries, hint) {
    /** @type {{[part: string]: HTMLSelectElement}} */
    const menus = {};
    /** @type {Body['parts']} */
    const parts = {};
    // A closed menu cuts a long text off: it stands below in full.
    /** @type {(() => void)[]} */
    const shown = [];
    const element = el('div', { class: 'rows rows-' + question.type });
    lines.forEach((line) => {
      const id = prefix + '-' + line.id;
      const mark = markPlace();
      menus[line.id] = menu(id, entries(line));
      parts[line.id] = { mark: mark, label: plain(line.html) };
      const full = el('p', { class: 'row-chosen', 'aria-hidden': 'true' });
      const place = row(rich('label', { for: id }, line.html), menus[line.id], mark);
      place.append(full);
      shown.push(() => {
        const text = menus[line.id].value ? menus[line.id].selectedOptions[0].text : '';
        full.textContent = text.length > LONG_OPTION ? text : '';
      });
      element.append(place);
    });
    const show = () => shown.forEach((one) => one());
    element.addEventListener('change', show);
    const filled = fromMenus(menus);
    return {
      hint: hint,
      nodes: [element],
      read: filled.read,
      complete: filled.complete,
      fill: (answer) => {
        filled.fill(answer);
        show();
      },
      parts: parts,
      first: menus[lines[0].id],
    };
  }

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
   * @param {Body['parts']} parts
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
    const body = BODIES[question.type](question, prefix);
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
