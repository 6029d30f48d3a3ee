/* Questions answered by menus: on lines of their own, or in the gaps of a text. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, rich, plain } = SSE.dom;
  const { record, markPlace, menu } = SSE.parts;

  const LONG_OPTION = 24;

  /** @param {HTMLElement} label @param {HTMLElement} control @param {HTMLElement} mark */
  function row(label, control, mark) {
    return el('div', { class: 'row' }, [label, el('span', { class: 'row-control' }, [control, mark])]);
  }

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
   * @returns {QuestionBody}
   */
  function rows(question, prefix, lines, entries, hint) {
    /** @type {{[part: string]: HTMLSelectElement}} */
    const menus = {};
    /** @type {QuestionBody['parts']} */
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

  Object.assign(SSE.bodies, /** @type {QuestionBodies} */ ({
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

    cloze: (question, prefix) => {
      const text = rich('div', { class: 'cloze' }, question.text_html || '');
      /** @type {{[gap: string]: HTMLSelectElement}} */
      const menus = {};
      /** @type {QuestionBody['parts']} */
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
  }));

})();
