/*
 * The state as suspend data: few ASCII characters, readable by later versions of a course.
 *
 *   "1" + two characters of checksum + bits as base64url
 *
 * Pages and questions stand as short hashes (18 bits) of what they are, so that another version of
 * the course finds its own again; the hash of a question covers its structure, so that an answer is
 * kept only where it still means the same. Answers are numbers of choices in as few bits as will do;
 * results are not stored but graded again. docs/architecture.md, "Suspend data".
 */
(function () {
  'use strict';

  const course = SSE.data.course;
  const grading = SSE.grading;
  const { writer, reader, checksum } = SSE.bits;
  const { isText, widths, numbers, answerOf, textOf, answerOfText, bytes } = SSE.numbers;
  const LAYOUT = '1';
  /** Where attempts have papers of their own: their seeds stand beside them. */
  const WITH_SEEDS = '2';
  const SEED_BITS = 30;
  const EPOCH = Date.UTC(2020, 0, 1) / 1000;
  const LONG = 62;
  const TEXT = 63;
  const SUCCESS = /** @type {Success[]} */ (['unknown', 'passed', 'failed']);

  /** How much to leave out: each step more than the one before. */
  const STEPS = [
    { unscored: true, texts: true, attempts: Infinity, open: true },
    { unscored: false, texts: true, attempts: Infinity, open: true },
    { unscored: false, texts: true, attempts: 1, open: true },
    { unscored: false, texts: false, attempts: 1, open: true },
    { unscored: false, texts: false, attempts: 0, open: true },
    { unscored: false, texts: false, attempts: 0, open: false },
  ];

  /**
   * @param {BitWriter} out
   * @param {UnitInfo} info
   * @param {Answers} answers
   * @param {typeof STEPS[0]} step
   */
  function writeSheet(out, info, answers, step) {
    info.quiz.forEach((question) => {
      const answer = answers[question.id];
      if (isText(question)) {
        const keep = step.texts && (step.unscored || question.scored);
        const text = keep && answer !== undefined && answer !== null ? bytes(textOf(question, answer)) : [];
        out.count(text.length);
        text.forEach((byte) => out.put(byte, 8));
        return;
      }
      const given = numbers(question, answer);
      widths(question).forEach((width, index) => out.put(given[index], width));
    });
  }

  /** @param {string} fraction @returns {number[]} numerator and denominator, near enough if they are huge */
  function pair(fraction) {
    const parts = fraction.split('/').map(Number);
    const whole = [parts[0], parts[1] || 1];
    if (whole.every(Number.isSafeInteger)) return whole;
    return [Math.round((10000 * whole[0]) / whole[1]), 10000];
  }

  /** @param {BitWriter} out @param {Paper | undefined} paper */
  function writeSeed(out, paper) {
    out.put(paper ? 1 : 0, 1);
    if (paper) out.put(paper.seed, SEED_BITS);
  }

  /** @param {BitReader} input @returns {{paper?: Paper}} the engine draws its questions */
  function readSeed(input) {
    return input.take(1) ? { paper: { seed: input.take(SEED_BITS), questions: [] } } : {};
  }

  /**
   * @param {BitWriter} out
   * @param {UnitInfo} info
   * @param {UnitState} own
   * @param {typeof STEPS[0]} step
   * @param {boolean} seeds
   */
  function writeUnit(out, info, own, step, seeds) {
    out.hash(info.h);
    out.put(own.completion === 'completed' ? 1 : 0, 1);
    out.put(SUCCESS.indexOf(own.success), 2);
    const index = info.pages.map((page) => page.id).indexOf(String(own.page));
    const kind = index >= 0 ? 1 : own.page === 'quiz' ? 2 : own.page === 'result' ? 3 : 0;
    out.put(kind, 2);
    if (kind === 1) out.count(index);
    out.count(info.pages.length);
    info.pages.forEach((page) => {
      out.hash(page.h);
      out.put(own.seen.indexOf(page.id) >= 0 ? 1 : 0, 1);
    });
    out.count(own.attempts.length);
    const withAnswers = own.attempts.filter((attempt, place) => attempt.answers && place >= own.attempts.length - step.attempts);
    own.attempts.forEach((attempt) => {
      pair(attempt.earned).concat(pair(attempt.possible)).forEach(out.count);
      out.count(Math.max(0, Math.floor(Date.parse(attempt.handed_in) / 1000) - EPOCH) || 0);
      out.put(withAnswers.indexOf(attempt) >= 0 ? 1 : 0, 1);
      if (seeds) writeSeed(out, attempt.paper);
    });
    out.put(own.open ? 1 : 0, 1);
    const open = own.open && step.open ? own.open.answers : null;
    out.put(open ? 1 : 0, 1);
    if (seeds) writeSeed(out, own.open ? own.open.paper : own.next);
    if (!open && !withAnswers.length) return;
    out.count(info.quiz.length);
    info.quiz.forEach((question) => {
      out.hash(question.h);
      const width = widths(question).reduce((sum, one) => sum + one, 0);
      if (isText(question)) out.put(TEXT, 6);
      else if (width < LONG) out.put(width, 6);
      else {
        out.put(LONG, 6);
        out.count(width);
      }
    });
    withAnswers.forEach((attempt) => writeSheet(out, info, attempt.answers || {}, step));
    if (open) writeSheet(out, info, open, step);
  }

  /** @param {BitWriter} out @param {string} tag */
  function writeLanguage(out, tag) {
    out.count(tag.length);
    bytes(tag).forEach((byte) => out.put(byte, 7));
  }

  /** @param {BitReader} input @returns {string} */
  function readLanguage(input) {
    let tag = '';
    for (let left = input.count(); left > 0; left -= 1) tag += String.fromCharCode(input.take(7));
    return tag;
  }

  /** @type {PackModule['encode']} */
  function encode(state, limit) {
    let text = '';
    let step = 0;
    const seeds = course.units.some((info) => info.rules.papers);
    for (; step < STEPS.length; step += 1) {
      const out = writer();
      out.count(course.units.length);
      out.count(course.units.map((info) => info.id).indexOf(String(state.at)) + 1);
      course.units.forEach((info) => writeUnit(out, info, state.units[info.id], STEPS[step], seeds));
      if (state.language) writeLanguage(out, state.language);
      const packed = out.end();
      text = (seeds ? WITH_SEEDS : LAYOUT) + checksum(packed) + packed;
      if (text.length <= limit) break;
    }
    return { text, dropped: step > 0 };
  }

  /** @param {Attempt} attempt @param {Question} question @returns {boolean} */
  const asks = (attempt, question) => !attempt.paper || attempt.paper.questions.indexOf(question.id) >= 0;

  /**
   * Finds what a hash stands for now; the second of the same hash is the second one of that hash.
   * @template {{h: string}} Thing
   * @param {Thing[]} things
   * @returns {(hash: string) => Thing | null}
   */
  function finder(things) {
    /** @type {{[hash: string]: number}} */
    const met = {};
    return (hash) => {
      met[hash] = (met[hash] || 0) + 1;
      return things.filter((thing) => thing.h === hash)[met[hash] - 1] || null;
    };
  }

  /**
   * @param {BitReader} input
   * @param {{question: Question | null, width: number, text: boolean}[]} table
   * @returns {Answers}
   */
  function readSheet(input, table) {
    /** @type {Answers} */
    const answers = {};
    table.forEach((column) => {
      /** @type {Answer | null} */
      let answer = null;
      if (column.text) {
        let encoded = '';
        for (let left = input.count(); left > 0; left -= 1) encoded += '%' + (256 + input.take(8)).toString(16).slice(1);
        if (column.question) answer = answerOfText(column.question, decodeURIComponent(encoded));
      } else if (column.question) {
        answer = answerOf(column.question, widths(column.question).map((width) => input.take(width)));
      } else {
        for (let left = column.width; left > 0; left -= 1) input.take(1);
      }
      if (column.question && answer !== null) answers[column.question.id] = answer;
    });
    return answers;
  }

  /**
   * @param {BitReader} input
   * @param {(hash: string) => UnitInfo | null} findUnit
   * @param {boolean} seeds
   * @returns {{info: UnitInfo | null, own: UnitState | null, changed: boolean}}
   */
  function readUnit(input, findUnit, seeds) {
    const info = findUnit(input.hash());
    // A unit that is gone is read all the same, to get past it.
    /** @type {UnitInfo} */
    const shape = info || {
      id: '', h: '', title: '', mastery_score: '0', attempts: 0, pages: [], quiz: [], checks: [], outcomes: [],
      rules: { papers: false, shuffle_questions: false, shuffle_choices: false, feedback: 'each-attempt', pools: [] },
    };
    const own = SSE.data.freshUnit(shape);
    let changed = !info;
    own.completion = input.take(1) ? 'completed' : 'incomplete';
    own.success = SUCCESS[input.take(2)] || 'unknown';
    const kind = input.take(2);
    const index = kind === 1 ? input.count() : -1;
    own.page = kind === 2 ? 'quiz' : kind === 3 ? 'result' : null;
    const findPage = finder(shape.pages);
    const pages = input.count();
    if (pages !== shape.pages.length) changed = true;
    for (let i = 0; i < pages; i += 1) {
      const page = findPage(input.hash());
      if (input.take(1) && page) own.seen.push(page.id);
      if (page && i === index) own.page = page.id;
      if (!page) changed = true;
    }
    /** @type {boolean[]} */
    const sheets = [];
    for (let left = input.count(), number = 1; left > 0; left -= 1, number += 1) {
      const parts = [input.count(), input.count(), input.count(), input.count()];
      if (!parts[1] || !parts[3]) throw new Error('suspend data has a fraction over nothing');
      const earned = grading.total([[parts[0] + '/' + parts[1], parts[2] + '/' + parts[3]]]);
      const time = new Date((EPOCH + input.count()) * 1000);
      own.attempts.push({
        number,
        earned: earned.earned,
        possible: earned.possible,
        value: grading.value(earned.earned, earned.possible),
        handed_in: time.toISOString().replace('.000Z', 'Z'),
        results: {},
      });
      sheets.push(input.take(1) === 1);
      if (seeds) Object.assign(own.attempts[number - 1], readSeed(input));
    }
    if (input.take(1)) own.open = { number: own.attempts.length + 1, answers: {} };
    const openSheet = input.take(1) === 1;
    const { paper } = seeds ? readSeed(input) : { paper: undefined };
    if (paper && own.open) own.open.paper = paper;
    else if (paper) own.next = paper;
    if (openSheet || sheets.some(Boolean)) {
      const findQuestion = finder(shape.quiz);
      /** @type {{question: Question | null, width: number, text: boolean}[]} */
      const table = [];
      for (let left = input.count(); left > 0; left -= 1) {
        const question = findQuestion(input.hash());
        const code = input.take(6);
        const width = code === LONG ? input.count() : code;
        if (!question) changed = true;
        table.push({ question, width, text: code === TEXT });
      }
      if (table.length !== shape.quiz.length) changed = true;
      own.attempts.forEach((attempt, place) => {
        if (!sheets[place]) return;
        const answers = readSheet(input, table);
        attempt.answers = answers;
        if (attempt.paper) attempt.paper = SSE.papers.draw(shape, attempt.paper.seed);
        table.forEach((column) => {
          const question = column.question;
          if (!question || !asks(attempt, question)) return;
          const answer = answers[question.id];
          attempt.results[question.id] = grading.grade(question, answer === undefined ? null : answer);
        });
      });
      if (openSheet && own.open) own.open.answers = readSheet(input, table);
    }
    if (own.open && own.attempts.length >= shape.attempts) own.open = null;
    return { info, own, changed };
  }

  /** @type {PackModule['decode']} */
  function decode(text) {
    try {
      if ((text[0] !== LAYOUT && text[0] !== WITH_SEEDS) || text.slice(1, 3) !== checksum(text.slice(3))) return null;
      const input = reader(text.slice(3));
      /** @type {State} */
      const state = { units: {}, at: null };
      const findUnit = finder(course.units);
      const units = input.count();
      const at = input.count();
      let changed = units !== course.units.length;
      for (let i = 0; i < units; i += 1) {
        const unit = readUnit(input, findUnit, text[0] === WITH_SEEDS);
        changed = changed || unit.changed;
        if (!unit.info || !unit.own) continue;
        state.units[unit.info.id] = unit.own;
        if (i === at - 1) state.at = unit.info.id;
      }
      // Less than a character is padding: nobody has chosen a language.
      if (input.left() >= 6) state.language = readLanguage(input);
      return { state, changed };
    } catch (error) {
      return null;
    }
  }

  SSE.pack = { encode, decode };
})();
