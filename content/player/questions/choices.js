/* Questions answered by radio buttons and tick boxes. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, rich } = SSE.dom;
  const { record, markPlace, choiceList } = SSE.parts;

  Object.assign(SSE.bodies, /** @type {QuestionBodies} */ ({
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
      /** @type {QuestionBody['parts']} */
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
        nodes: reasons ? [list.element, why] : [list.element],
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

    scenario: (question, prefix) => {
      const steps = question.steps || [];
      const lists = steps.map((step) => choiceList(prefix + '-' + step.id, step.choices, 'radio'));
      /** @type {QuestionBody['parts']} */
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
  }));

})();
