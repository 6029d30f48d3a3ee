/*
 * Progress as a file, to carry to another device. What comes back is trusted in nothing: of the file there count the
 * shapes that this player writes, explanations and scores are made anew, and what is not understood is refused whole.
 */
(function () {
  'use strict';

  const { course } = SSE.data;
  const VERSION = 1;
  const MOST_BYTES = 2e6;
  const MOST_ATTEMPTS = 100;
  const MOST_ENTRIES = 500;
  const LONGEST = 10000;

  class Refused extends Error {}

  /** @param {boolean} good @param {ProgressFault} [fault] */
  function need(good, fault) {
    if (!good) throw new Refused(fault || 'broken');
  }

  /** @param {unknown} value @returns {{[name: string]: unknown}} */
  function record(value) {
    need(value !== null && typeof value === 'object' && !Array.isArray(value));
    return /** @type {any} */ (value);
  }

  /** @param {unknown} value @param {string} name @returns {unknown} */
  const own = (value, name) => (Object.prototype.hasOwnProperty.call(record(value), name) ? record(value)[name] : undefined);

  /** @param {unknown} value @returns {unknown[]} */
  function list(value) {
    need(Array.isArray(value) && value.length <= MOST_ENTRIES);
    return /** @type {unknown[]} */ (value);
  }

  /** @param {unknown} value @param {RegExp} [form] @returns {string} */
  function text(value, form) {
    need(typeof value === 'string' && value.length <= LONGEST && (!form || form.test(value)));
    return String(value);
  }

  const ID = /^[^<>"'&\s]{1,200}$/;
  const POINTS = /^\d{1,12}(\/[1-9]\d{0,15})?$/;
  const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

  /** @param {unknown} value @returns {string} */
  function moment(value) {
    need(!Number.isNaN(Date.parse(text(value, TIME))));
    return String(value);
  }

  // ---- answers -----------------------------------------------------------------------------------

  /** @param {unknown} value @returns {Answer} */
  const ids = (value) => list(value).map((one) => text(one, /^[^<>"'&\s]{0,200}$/));

  /** @param {unknown} value @returns {Answer} parts, each with an id, some words, or yes and no */
  function parts(value) {
    const names = Object.keys(record(value));
    need(names.length <= MOST_ENTRIES);
    /** @type {[string, unknown][]} */
    const found = names.map((name) => {
      const one = own(value, name);
      return [text(name, ID), typeof one === 'boolean' ? one : text(one)];
    });
    return Object.fromEntries(found);
  }

  /** @type {{[type: string]: (value: unknown) => Answer}} */
  const ANSWERS = {
    'single-choice': (value) => text(value, ID),
    'multiple-choice': ids,
    ordering: ids,
    'true-false': parts,
    matching: parts,
    numeric: parts,
    cloze: parts,
    scenario: parts,
    'short-text': (value) => text(value),
  };

  /** @param {UnitInfo} info @param {unknown} given @returns {Answers} those to questions that there are */
  function answers(info, given) {
    /** @type {Answers} */
    const found = {};
    info.quiz.forEach((question) => {
      const value = own(given, question.id);
      if (value !== undefined) found[question.id] = ANSWERS[question.type](value);
    });
    return found;
  }

  // ---- attempts and units ------------------------------------------------------------------------

  /** Its questions are drawn anew from the seed. @param {unknown} value @returns {{paper?: Paper}} */
  function paper(value) {
    if (value === undefined) return {};
    const seed = own(value, 'seed');
    need(Number.isInteger(seed) && Number(seed) >= 0 && Number(seed) < 2 ** 30);
    return { paper: { seed: Number(seed), questions: [] } };
  }

  /** @param {UnitInfo} info @param {unknown} given @param {number} index @returns {Attempt} */
  function attempt(info, given, index) {
    const earned = text(own(given, 'earned'), POINTS);
    const possible = text(own(given, 'possible'), POINTS);
    const value = SSE.grading.value(earned, possible);
    need(Number(value) <= 100);
    const kept = own(given, 'answers');
    const said = kept === undefined ? null : answers(info, kept);
    /** @type {Results} */
    const results = {};
    info.quiz.forEach((question) => {
      if (!said || own(own(given, 'results'), question.id) === undefined) return;
      results[question.id] = SSE.grading.grade(question, said[question.id] === undefined ? null : said[question.id]);
    });
    return Object.assign(
      { number: index + 1, earned, possible, value, handed_in: moment(own(given, 'handed_in')), results },
      said ? { answers: said } : {},
      paper(own(given, 'paper')),
    );
  }

  /** @param {UnitInfo} info @param {unknown} given @returns {UnitState} */
  function unit(info, given) {
    const tried = list(own(given, 'attempts'));
    need(tried.length <= MOST_ATTEMPTS);
    const page = own(given, 'page');
    const open = own(given, 'open');
    const completion = /** @type {Completion} */ (text(own(given, 'completion'), /^(incomplete|completed)$/));
    const success = /** @type {Success} */ (text(own(given, 'success'), /^(unknown|passed|failed)$/));
    return Object.assign(SSE.data.freshUnit(info), {
      page: page === null ? null : text(page, ID),
      seen: Array.from(new Set(list(own(given, 'seen')).map((one) => text(one, ID)))),
      attempts: tried.map((one, index) => attempt(info, one, index)),
      open: open === null ? null : Object.assign(
        { number: tried.length + 1, answers: answers(info, own(open, 'answers')) }, paper(own(open, 'paper')),
      ),
      completion,
      success,
    });
  }

  /** @param {unknown} given @returns {{text: string, saved: string, state: State}} */
  function checked(given) {
    const version = own(given, 'progress');
    need(Number.isInteger(version) && Number(version) > 0);
    need(Number(version) <= VERSION, 'newer');
    need(text(own(given, 'course'), ID) === course.course.id, 'other');
    const there = record(own(given, 'units'));
    const infos = course.units.filter((info) => own(there, info.id) !== undefined);
    need(infos.length > 0, 'other');
    /** @type {State} */
    const state = { units: {} };
    infos.forEach((info) => {
      state.units[info.id] = unit(info, own(there, info.id));
    });
    const at = own(given, 'at');
    if (infos.some((info) => info.id === at)) state.at = String(at);
    const language = own(given, 'language');
    if (course.switch.some((one) => one.tag === language)) state.language = String(language);
    /** @type {{[question: string]: string}} */
    const hashes = {};
    infos.forEach((info) => info.quiz.forEach((question) => {
      const name = info.id + '/' + question.id;
      const hash = own(own(given, 'hashes'), name);
      if (hash !== undefined) hashes[name] = text(hash, ID);
    }));
    const digest = text(own(given, 'digest'), ID);
    const saved = moment(own(given, 'saved'));
    return { text: JSON.stringify(Object.assign({ digest, hashes }, state)), saved, state };
  }

  /** @type {ProgressFileModule['read']} */
  function read(file) {
    if (file.size > MOST_BYTES) return Promise.reject(new Refused('large'));
    return file.text().then((found) => {
      try {
        return checked(JSON.parse(found));
      } catch (error) {
        throw error instanceof Refused ? error : new Refused('broken');
      }
    }, () => {
      throw new Refused('broken');
    });
  }

  /** @type {ProgressFileModule['write']} */
  const write = (saved) => JSON.stringify(Object.assign(
    { progress: VERSION, course: course.course.id, saved: new Date().toISOString() }, JSON.parse(saved),
  ));

  SSE.progressFile = { read, write };
})();
