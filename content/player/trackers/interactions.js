/* What was answered, and what would have been right, as LMSs write it; a dialect has the words of its standard. */
(function () {
  'use strict';

  /** @param {Question} question @param {Answer} answer @param {InteractionDialect} dialect @returns {string} */
  function response(question, answer, dialect) {
    /** @type {any} */
    const given = answer === null || answer === undefined ? {} : answer;
    /** @param {{id: string}[]} sources @param {(id: string) => {id: string}[]} targets */
    const pairs = (sources, targets) => dialect.pairs(sources.filter((source) => typeof given[source.id] === 'string').map((source) => ({
      sources, source: source.id, targets: targets(source.id), target: given[source.id],
    })));
    switch (question.type) {
      case 'single-choice':
        return typeof given === 'string' ? dialect.choices(question.choices, [given]) : '';
      case 'multiple-choice':
        return Array.isArray(given) ? dialect.choices(question.choices, given) : '';
      case 'ordering':
        return Array.isArray(given) ? dialect.choices(question.items, given) : '';
      case 'true-false':
        return typeof given.value === 'boolean' ? dialect.truth(given.value) : '';
      case 'matching':
        return pairs(question.pairs || [], () => question.options || []);
      case 'cloze':
        return pairs(question.gaps || [], (id) => (question.gaps || []).filter((gap) => gap.id === id)[0].choices);
      case 'scenario':
        return pairs(question.steps || [], (id) => (question.steps || []).filter((step) => step.id === id)[0].choices);
      case 'numeric': {
        const number = typeof given.value === 'string' ? SSE.reading.parseNumber(given.value) : null;
        return number ? decimal(Number(number.n) / Number(number.d)) : '';
      }
      default:
        return typeof given === 'string' ? dialect.text(given) : '';
    }
  }

  /** @param {number} value @returns {string} without an exponent, at most seven decimals */
  function decimal(value) {
    return String(Number(value.toFixed(7))).indexOf('e') < 0 ? String(Number(value.toFixed(7))) : value.toFixed(0);
  }

  /** @param {Question} question @param {InteractionDialect} dialect @returns {string} the right answer as a pattern, or nothing */
  function pattern(question, dialect) {
    const key = question.key || {};
    switch (question.type) {
      case 'single-choice':
        return response(question, key.correct, dialect);
      case 'multiple-choice':
        return response(question, key.correct, dialect);
      case 'ordering':
        return response(question, key.order, dialect);
      case 'true-false':
        return response(question, { value: key.answer }, dialect);
      case 'matching':
        return response(question, key.right, dialect);
      case 'cloze':
      case 'scenario': {
        const keys = key.gaps || key.steps || {};
        /** @type {{[part: string]: string}} */
        const right = {};
        Object.keys(keys).forEach((part) => {
          right[part] = keys[part].correct;
        });
        return response(question, right, dialect);
      }
      case 'numeric': {
        const value = Number(key.value);
        const off = Number(key.tolerance);
        return dialect.range(decimal(value - off), decimal(value + off));
      }
      default:
        return question.scored ? dialect.text((key.accepted || [])[0] || '') : '';
    }
  }

  SSE.interactions = { response, pattern };
})();
