/* The course data of the document, and words and numbers in its language. */
(function () {
  'use strict';

  const holder = document.getElementById('course-data');
  /** @type {CourseData} */
  const course = JSON.parse((holder && holder.textContent) || '{}');
  /** @type {(() => void)[]} */
  const listeners = [];

  /**
   * @template T
   * @param {(locale: string) => T} make
   * @returns {T}
   */
  function localised(make) {
    // Arabic with the digits 0–9, one set of digits a package.
    const locale = course.language.split('-')[0] === 'ar' ? course.language + '-u-nu-latn' : course.language;
    try {
      return make(locale);
    } catch (error) {
      return make('en');
    }
  }

  const formats = () => ({
    plurals: localised((tag) => new Intl.PluralRules(tag)),
    numbers: localised((tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 2 })),
    percents: localised((tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 2 })),
  });
  let { plurals, numbers, percents } = formats();

  /** The pass mark that the LMS has set; null where it is the author's. @type {string | null} */
  let mastery = null;

  function fix() {
    if (mastery === null) return;
    course.course.mastery_score = mastery;
    if (course.units.length === 1) course.units[0].mastery_score = mastery;
  }

  /** @type {DataModule['adopt']} */
  function adopt(data) {
    Object.assign(course, data);
    fix();
    ({ plurals, numbers, percents } = formats());
  }

  /**
   * The words for `key`; `{name}` in them is filled from `values`, and `n` chooses the plural.
   * @param {string} key
   * @param {{[name: string]: string | number}} [values]
   * @returns {string}
   */
  function t(key, values) {
    const given = values || {};
    const found = course.strings[key];
    if (found === undefined) return key;
    let text;
    if (typeof found === 'string') {
      text = found;
    } else {
      const n = Number(given.n);
      text = (n === 0 && found.zero) || found[/** @type {keyof Plural} */ (plurals.select(n))] || found.other;
    }
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = given[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  }

  /** @param {number} value @returns {string} */
  function number(value) {
    return numbers.format(value);
  }

  /**
   * `"66.67"` as the language writes sixty-six point six seven per cent.
   * @param {string | number} value
   * @returns {string}
   */
  function percent(value) {
    return percents.format(Number(value) / 100);
  }

  /** @param {string} text RFC 3339 @returns {string} day and time as the language writes them, where the reader is */
  function moment(text) {
    return localised((tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeStyle: 'short' })).format(new Date(text));
  }

  /** @param {string} fraction `"19/2"` or `"9"` @returns {number} */
  function amount(fraction) {
    const parts = fraction.split('/');
    return Number(parts[0]) / Number(parts[1] || 1);
  }

  /** @param {string} id @returns {UnitInfo} */
  function unit(id) {
    const found = course.units.filter((one) => one.id === id)[0];
    if (!found) throw new Error('no unit ' + id);
    return found;
  }

  /** Where a unit begins: on its first page, or in the quiz where that is all there is. @param {UnitInfo} info @returns {string} */
  function firstPlace(info) {
    return info.pages.length ? info.pages[0].id : 'quiz';
  }

  /** The state of a unit that nobody has opened yet. @param {UnitInfo} info @returns {UnitState} */
  function freshUnit(info) {
    return {
      page: null,
      seen: [],
      attempts: [],
      open: null,
      attempts_allowed: info.attempts,
      completion: 'incomplete',
      success: 'unknown',
      value: null,
    };
  }

  /** @type {DataModule['best']} */
  function best(state) {
    return state.attempts.reduce((/** @type {Attempt | null} */ found, attempt) => {
      if (!found) return attempt;
      return Number(attempt.value) > Number(found.value) ? attempt : found;
    }, null);
  }

  /** @type {Links} */
  const links = {
    me: typeof course.config.me === 'string' ? course.config.me : null,
    languages: Array.isArray(course.config.languages) ? course.config.languages : [],
  };

  SSE.data = {
    links, course, t, number, percent, moment, amount, unit, firstPlace, freshUnit, best, adopt,
    mastery: () => (course.units.length === 1 ? course.units[0] : course.course).mastery_score,
    setMastery: (value) => {
      mastery = value;
      fix();
    },
    onLanguage: (tell) => {
      listeners.push(tell);
    },
    tellLanguage: () => listeners.forEach((tell) => tell()),
  };
})();
