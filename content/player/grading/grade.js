/* The twin of content/grading.py: both run tests/golden/grading.json. */
(function () {
  'use strict';

  const { ZERO, ONE, fraction, ratio, plus, minus, times, order, write, read, decimals } = SSE.fractions;
  const { foldText, numberReadings } = SSE.reading;
  const MAX_TEXT_LENGTH = 10000;

  /** @returns {Result} */
  const nothing = () => ({ credit: '0', parts: {}, feedback: [] });

  /** @param {Answer} value @returns {{[name: string]: unknown} | null} */
  function mapping(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? /** @type {any} */ (value) : null;
  }

  /** @param {{[name: string]: unknown} | null} given @param {string} name @returns {unknown} */
  function get(given, name) {
    return given && Object.prototype.hasOwnProperty.call(given, name) ? given[name] : undefined;
  }

  /** @param {ChoiceView[] | undefined} choices @param {unknown} answer @returns {string | null} */
  function chosen(choices, answer) {
    return (choices || []).some((choice) => choice.id === answer) ? String(answer) : null;
  }

  /** @param {Answer} answer @param {ChoiceView[]} known @returns {string[] | null} distinct known ids */
  function distinct(answer, known) {
    if (!Array.isArray(answer) || answer.length > known.length) return null;
    const good = answer.every((id, index) => chosen(known, id) !== null && answer.indexOf(id) === index);
    return good ? answer : null;
  }

  /** @param {Key} key @param {string} part @returns {Html} */
  const told = (key, part) => (key.feedback && key.feedback[part]) || '';

  /**
   * @param {{id: string, choices: ChoiceView[]}[]} places
   * @param {{[place: string]: Keyed}} keys
   * @param {Answer} answer
   * @returns {Result}
   */
  function gradePlaces(places, keys, answer) {
    const given = mapping(answer);
    if (!given) return nothing();
    const result = nothing();
    let right = 0;
    places.forEach((place) => {
      const choice = chosen(place.choices, get(given, place.id));
      const good = choice !== null && choice === keys[place.id].correct;
      result.parts[place.id] = good;
      if (good) right += 1;
      if (choice !== null) result.feedback.push({ part: place.id, html: keys[place.id].feedback[choice] });
    });
    result.credit = write(ratio(right, places.length));
    return result;
  }

  /** @type {{[type: string]: (question: Question, key: Key, answer: Answer) => Result}} */
  const GRADERS = {
    'single-choice': (question, key, answer) => {
      const choice = chosen(question.choices, answer);
      if (choice === null) return nothing();
      const right = choice === key.correct;
      return { credit: right ? '1' : '0', parts: { [choice]: right }, feedback: [{ part: choice, html: told(key, choice) }] };
    },

    'multiple-choice': (question, key, answer) => {
      const choices = question.choices || [];
      const ticks = distinct(answer, choices);
      if (ticks === null) return nothing();
      const correct = /** @type {string[]} */ (key.correct);
      const result = nothing();
      let right = 0;
      choices.filter((choice) => ticks.indexOf(choice.id) >= 0).forEach((choice) => {
        const good = correct.indexOf(choice.id) >= 0;
        if (good) right += 1;
        result.parts[choice.id] = good;
        result.feedback.push({ part: choice.id, html: told(key, choice.id) });
      });
      const wrong = ticks.length - right;
      result.credit = write(ratio(Math.max(0, right - wrong), correct.length));
      return result;
    },

    'true-false': (question, key, answer) => {
      const given = mapping(answer);
      const value = get(given, 'value');
      if (typeof value !== 'boolean') return nothing();
      /** @type {Result} */
      const result = {
        credit: '0',
        parts: { value: value === key.answer },
        feedback: [{ part: 'value', html: (value ? key.if_true : key.if_false) || '' }],
      };
      if (question.reasons && question.reasons.length) {
        const reason = chosen(question.reasons, get(given, 'reason'));
        result.parts.reason = reason !== null && reason === key.correct;
        if (reason !== null) result.feedback.push({ part: 'reason', html: told(key, reason) });
      }
      if (Object.keys(result.parts).every((part) => result.parts[part])) result.credit = '1';
      return result;
    },

    matching: (question, key, answer) => {
      const given = mapping(answer);
      if (!given) return nothing();
      const pairs = question.pairs || [];
      const rights = key.right || {};
      const result = nothing();
      let right = 0;
      pairs.forEach((pair) => {
        const option = chosen(question.options, get(given, pair.id));
        const good = option !== null && option === rights[pair.id];
        result.parts[pair.id] = good;
        if (good) right += 1;
        if (option !== null) result.feedback.push({ part: pair.id, html: told(key, pair.id) });
      });
      result.credit = write(ratio(right, pairs.length));
      return result;
    },

    ordering: (question, key, answer) => {
      const right = key.order || [];
      const given = distinct(answer, question.items || []);
      if (given === null || given.length !== right.length) return nothing();
      const result = nothing();
      let good = 0;
      given.forEach((id, index) => {
        result.parts[id] = id === right[index];
        if (result.parts[id]) good += 1;
        result.feedback.push({ part: id, html: told(key, id) });
      });
      result.credit = write(ratio(good, right.length));
      return result;
    },

    numeric: (question, key, answer) => {
      const given = mapping(answer);
      const text = get(given, 'value');
      const numbers = typeof text === 'string' ? numberReadings(text) : [];
      if (!numbers.length) return nothing();
      /** @param {Fraction} number */
      const isRight = (number) => {
        const gap = minus(number, read(key.value || '0'));
        const off = gap.n < ZERO ? minus(fraction(ZERO, ONE), gap) : gap;
        return order(off, read(key.tolerance || '0')) <= 0;
      };
      /** @type {Result} */
      const result = { credit: '0', parts: { value: numbers.some(isRight) }, feedback: [] };
      if (question.units && question.units.length) result.parts.unit = get(given, 'unit') === key.unit;
      if (result.parts.value && result.parts.unit !== false) {
        result.credit = '1';
        result.feedback.push({ part: 'value', html: key.if_right || '' });
        return result;
      }
      const slip = (key.mistakes || []).filter((mistake) => numbers.some((number) => order(read(mistake.value), number) === 0))[0];
      result.feedback.push({ part: 'value', html: slip && !result.parts.value ? slip.html : key.if_wrong || '' });
      return result;
    },

    cloze: (question, key, answer) => gradePlaces(question.gaps || [], key.gaps || {}, answer),

    scenario: (question, key, answer) => gradePlaces(question.steps || [], key.steps || {}, answer),

    'short-text': (question, key, answer) => {
      if (typeof answer !== 'string' || Array.from(answer).length > MAX_TEXT_LENGTH) return nothing();
      const folded = foldText(answer);
      if (!folded) return nothing();
      if (!question.scored) return { credit: null, parts: {}, feedback: [], model_answer_html: key.model_answer_html || '' };
      const right = (key.accepted || []).some((accepted) => foldText(accepted) === folded);
      return {
        credit: right ? '1' : '0',
        parts: { text: right },
        feedback: [{ part: 'text', html: (right ? key.if_right : key.if_wrong) || '' }],
      };
    },
  };

  /** @param {Question[]} questions @returns {Fraction} */
  function points(questions) {
    return fraction(BigInt(questions.reduce((sum, question) => sum + (question.scored ? question.points : 0), 0)), ONE);
  }

  SSE.grading = {
    grade(question, answer) {
      const result = GRADERS[question.type](question, question.key || {}, answer);
      return question.scored ? result : Object.assign(result, { credit: null });
    },
    score(questions, results) {
      let earned = fraction(ZERO, ONE);
      questions.forEach((question) => {
        const result = results[question.id];
        if (!question.scored || !result || result.credit === null) return;
        earned = plus(earned, times(fraction(BigInt(question.points), ONE), read(result.credit)));
      });
      const possible = points(questions);
      return { earned: write(earned), possible: write(possible), value: decimals(earned, possible) };
    },
    total(pairs) {
      let earned = fraction(ZERO, ONE);
      let possible = fraction(ZERO, ONE);
      pairs.forEach((pair) => {
        earned = plus(earned, read(pair[0]));
        possible = plus(possible, read(pair[1]));
      });
      return { earned: write(earned), possible: write(possible) };
    },
    possible: (questions) => write(points(questions)),
    value: (earned, possible) => decimals(read(earned), read(possible)),
    reaches: (value, mastery) => order(read(value), read(mastery)) >= 0,
  };
})();
