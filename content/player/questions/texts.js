/* Questions answered by writing: numbers, words, thoughts. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, plain } = SSE.dom;
  const { record, markPlace, menu } = SSE.parts;

  Object.assign(SSE.bodies, /** @type {QuestionBodies} */ ({
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
  }));

})();
