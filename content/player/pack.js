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
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const LAYOUT = '1';
  /** Where attempts have papers of their own: their seeds stand beside them. */
  const WITH_SEEDS = '2';
  const SEED_BITS = 30;
  const EPOCH = Date.UTC(2020, 0, 1) / 1000;
  const LONG = 62;
  const TEXT = 63;
  const SUCCESS = /** @type {Success[]} */ (['unknown', 'passed', 'failed']);

  // ---- bits --------------------------------------------------------------------------------

  function writer() {
    let out = '';
    let held = 0;
    let count = 0;
    const self = {
      /** @param {number} value @param {number} bits up to 30 */
      put(value, bits) {
        for (let bit = bits - 1; bit >= 0; bit -= 1) {
          held = (held << 1) | ((value >> bit) & 1);
          count += 1;
          if (count === 6) {
            out += ALPHABET[held];
            held = 0;
            count = 0;
          }
        }
      },
      /** Any whole number from 0: four bits at a time, lowest first, each with "more follows". @param {number} value */
      count(value) {
        let rest = value;
        do {
          const low = rest % 16;
          rest = Math.floor(rest / 16);
          self.put(rest ? 1 : 0, 1);
          self.put(low, 4);
        } while (rest);
      },
      /** @param {string} hash */
      hash(hash) {
        for (let i = 0; i < 3; i += 1) self.put(ALPHABET.indexOf(hash[i]), 6);
      },
      /** @returns {string} */
      end() {
        while (count) self.put(0, 1);
        return out;
      },
    };
    return self;
  }

  /** @param {string} text */
  function reader(text) {
    let at = 0;
    const self = {
      /** @returns {number} bits that are left, padding included */
      left: () => text.length * 6 - at,
      /** @param {number} bits @returns {number} */
      take(bits) {
        let value = 0;
        for (let i = 0; i < bits; i += 1) {
          const held = ALPHABET.indexOf(text[Math.floor(at / 6)] || '!');
          if (held < 0) throw new Error('suspend data ends early');
          value = value * 2 + ((held >> (5 - (at % 6))) & 1);
          at += 1;
        }
        return value;
      },
      /** @returns {number} */
      count() {
        let value = 0;
        let unit = 1;
        for (let i = 0; i < 13; i += 1) {
          const more = self.take(1);
          value += self.take(4) * unit;
          unit *= 16;
          if (!more) return value;
        }
        throw new Error('suspend data has a number without end');
      },
      /** @returns {string} */
      hash() {
        return ALPHABET[self.take(6)] + ALPHABET[self.take(6)] + ALPHABET[self.take(6)];
      },
    };
    return self;
  }

  /** @param {string} text @returns {string} two characters */
  function checksum(text) {
    let sum = 7;
    for (let i = 0; i < text.length; i += 1) sum = (sum * 31 + text.charCodeAt(i)) % 4093;
    return ALPHABET[Math.floor(sum / 64)] + ALPHABET[sum % 64];
  }

  // ---- answers as numbers ------------------------------------------------------------------

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

  // ---- the whole ---------------------------------------------------------------------------

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
   * @param {ReturnType<typeof writer>} out
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

  /** @param {ReturnType<typeof writer>} out @param {Paper | undefined} paper */
  function writeSeed(out, paper) {
    out.put(paper ? 1 : 0, 1);
    if (paper) out.put(paper.seed, SEED_BITS);
  }

  /** @param {ReturnType<typeof reader>} input @returns {{paper?: Paper}} the engine draws its questions */
  function readSeed(input) {
    return input.take(1) ? { paper: { seed: input.take(SEED_BITS), questions: [] } } : {};
  }

  /**
   * @param {ReturnType<typeof writer>} out
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

  /** @param {ReturnType<typeof writer>} out @param {string} tag */
  function writeLanguage(out, tag) {
    out.count(tag.length);
    bytes(tag).forEach((byte) => out.put(byte, 7));
  }

  /** @param {ReturnType<typeof reader>} input @returns {string} */
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
   * @param {ReturnType<typeof reader>} input
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
   * @param {ReturnType<typeof reader>} input
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
