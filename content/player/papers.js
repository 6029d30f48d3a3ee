/* What one attempt asks: the twin of content/papers.py, held to it by tests/golden/papers.json. */
(function () {
  'use strict';

  const SEEDS = 0x40000000;

  /** @param {number} seed @param {string} name ASCII @returns {number} */
  function rank(seed, name) {
    const text = seed + '/' + name;
    let number = 0x811c9dc5;
    for (let i = 0; i < text.length; i += 1) number = Math.imul(number ^ text.charCodeAt(i), 0x01000193);
    number = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
    number = Math.imul(number ^ (number >>> 13), 0xc2b2ae35);
    return (number ^ (number >>> 16)) >>> 0;
  }

  /**
   * @template {{id: string}} Thing
   * @param {number} seed @param {string} scope @param {Thing[]} things
   * @returns {Thing[]} in the order that `seed` makes
   */
  function ranked(seed, scope, things) {
    /** @param {Thing} one @param {Thing} other */
    const compare = (one, other) => {
      const difference = rank(seed, scope + one.id) - rank(seed, scope + other.id);
      return difference || (one.id < other.id ? -1 : 1);
    };
    return things.slice().sort(compare);
  }

  /** @type {PapersModule['draw']} */
  function draw(info, seed) {
    /** @type {{[pool: string]: number}} */
    const left = {};
    info.rules.pools.forEach((pool) => {
      left[pool.id] = pool.draw;
    });
    const order = ranked(seed, '', info.quiz);
    const drawn = order.filter((question) => {
      if (!question.pool) return true;
      left[question.pool] = (left[question.pool] || 0) - 1;
      return left[question.pool] >= 0;
    });
    const asked = info.rules.shuffle_questions ? drawn : info.quiz.filter((question) => drawn.indexOf(question) >= 0);
    return { seed, questions: asked.map((question) => question.id) };
  }

  /** @param {UnitInfo} info @param {Paper} paper @param {Question} question @returns {Question} */
  function shuffled(info, paper, question) {
    if (!info.rules.shuffle_choices || !question.choices) return question;
    return Object.assign({}, question, { choices: ranked(paper.seed, question.id + '/', question.choices) });
  }

  /** @type {PapersModule['drawn']} */
  function drawn(info, paper) {
    if (!paper) return info.quiz;
    return paper.questions.reduce((/** @type {Question[]} */ found, id) => (
      found.concat(info.quiz.filter((one) => one.id === id))
    ), []);
  }

  /** @type {PapersModule['asked']} */
  function asked(info, paper) {
    return paper ? drawn(info, paper).map((question) => shuffled(info, paper, question)) : info.quiz;
  }

  /** @type {PapersModule['present']} */
  const present = (info, state) => asked(info, state.open ? state.open.paper : state.next);

  /** @type {PapersModule['number']} */
  const number = (info) => draw(info, 0).questions.length;

  /** @type {PapersModule['possible']} */
  const possible = (info) => SSE.grading.possible(drawn(info, draw(info, 0)));

  /** @type {PapersModule['byOutcome']} */
  function byOutcome(info, attempt) {
    const judged = asked(info, attempt.paper).filter((question) => question.scored && attempt.results[question.id]);
    return info.outcomes
      .map((outcome) => ({ outcome, questions: judged.filter((question) => question.outcome === outcome.id) }))
      .filter((one) => one.questions.length > 0);
  }

  /** @type {PapersModule['explains']} */
  function explains(info, state) {
    if (info.rules.feedback === 'each-attempt') return true;
    return info.rules.feedback === 'last-attempt'
      && (state.success === 'passed' || state.attempts.length >= state.attempts_allowed);
  }

  SSE.papers = { draw, fresh: (info) => draw(info, Math.floor(Math.random() * SEEDS)), drawn, asked, present, number, possible, byOutcome, explains };
})();
