/* Answers as numbers of choices, in as few bits as will do; those in words as bytes. */
(function () {
  'use strict';

  /** Bits for "nothing" and `n` choices. @param {number} n @returns {number} */
  const room = (n) => Math.max(1, Math.ceil(Math.log2(n + 1)));

  /** @param {{id: string}[] | undefined} list @param {unknown} id @returns {number} 0 for none */
  const rank = (list, id) => (list || []).map((one) => one.id).indexOf(String(id)) + 1;

  /** @param {{id: string}[] | undefined} list @param {number} number @returns {string | undefined} */
  const named = (list, number) => ((list || [])[number - 1] || { id: undefined }).id;

  /** @param {Question} question @returns {boolean} whether its answer is text */
  const isText = (question) => question.type === 'short-text' || question.type === 'numeric';

  /** The menus of a question: what each may be filled with. @param {Question} question */
  function menus(question) {
    switch (question.type) {
      case 'matching':
        return (question.pairs || []).map((pair) => ({ id: pair.id, list: question.options }));
      case 'cloze':
        return (question.gaps || []).map((gap) => ({ id: gap.id, list: gap.choices }));
      default:
        return (question.steps || []).map((step) => ({ id: step.id, list: step.choices }));
    }
  }

  /** The widths in bits of the numbers of an answer. @param {Question} question @returns {number[]} */
  function widths(question) {
    switch (question.type) {
      case 'single-choice':
        return [room((question.choices || []).length)];
      case 'multiple-choice':
        return (question.choices || []).map(() => 1);
      case 'true-false':
        return [2, room((question.reasons || []).length)];
      case 'ordering':
        return (question.items || []).map(() => room((question.items || []).length));
      default:
        return menus(question).map((menu) => room((menu.list || []).length));
    }
  }

  /** @param {Question} question @param {Answer} answer @returns {number[]} as many as `widths` */
  function numbers(question, answer) {
    /** @type {any} */
    const given = answer === null || answer === undefined ? {} : answer;
    switch (question.type) {
      case 'single-choice':
        return [rank(question.choices, given)];
      case 'multiple-choice':
        return (question.choices || []).map((choice) => (Array.isArray(given) && given.indexOf(choice.id) >= 0 ? 1 : 0));
      case 'true-false':
        return [given.value === true ? 1 : given.value === false ? 2 : 0, rank(question.reasons, given.reason)];
      case 'ordering':
        return (question.items || []).map((item, index) => rank(question.items, Array.isArray(given) ? given[index] : ''));
      default:
        return menus(question).map((menu) => rank(menu.list, given[menu.id]));
    }
  }

  /** @param {Question} question @param {number[]} found @returns {Answer | null} */
  function answerOf(question, found) {
    if (found.every((number) => number === 0)) return null;
    switch (question.type) {
      case 'single-choice':
        return named(question.choices, found[0]) || null;
      case 'multiple-choice':
        return (question.choices || []).filter((choice, index) => found[index] === 1).map((choice) => choice.id);
      case 'true-false': {
        if (found[0] === 0) return null;
        const reason = named(question.reasons, found[1]);
        return Object.assign({ value: found[0] === 1 }, reason ? { reason } : {});
      }
      case 'ordering':
        return found.map((number) => named(question.items, number) || '');
      default: {
        /** @type {{[part: string]: string}} */
        const answer = {};
        menus(question).forEach((menu, index) => {
          const id = named(menu.list, found[index]);
          if (id) answer[menu.id] = id;
        });
        return answer;
      }
    }
  }

  /** @param {Question} question @param {Answer} answer @returns {string} text answers as one text */
  function textOf(question, answer) {
    if (question.type === 'short-text') return typeof answer === 'string' ? answer : '';
    /** @type {any} */
    const given = answer || {};
    const unit = rank(question.units, given.unit);
    return given.value || unit ? String.fromCharCode(48 + Math.min(unit, 70)) + (given.value || '') : '';
  }

  /** @param {Question} question @param {string} text @returns {Answer | null} */
  function answerOfText(question, text) {
    if (!text) return null;
    if (question.type === 'short-text') return text;
    const unit = named(question.units, text.charCodeAt(0) - 48);
    return Object.assign({ value: text.slice(1) }, unit ? { unit } : {});
  }

  /** @param {string} text @returns {number[]} UTF-8 */
  function bytes(text) {
    const encoded = unescape(encodeURIComponent(text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g, '$1\ufffd')));
    return Array.from(encoded).map((char) => char.charCodeAt(0));
  }

  SSE.numbers = { isText, widths, numbers, answerOf, textOf, answerOfText, bytes };
})();
