/* What the views of several question types are made of, and the place where all put theirs. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, rich, plain } = SSE.dom;

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
    /** @type {QuestionBody['parts']} */
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

  SSE.parts = { record, markPlace, choiceList, menu };
  SSE.bodies = {};
})();
