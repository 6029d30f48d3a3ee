/* What people write, as it is compared: the twin of content/answers.py. */
(function () {
  'use strict';

  const { ZERO, ONE, fraction, minus, power } = SSE.fractions;
  const MAX_NUMBER_LENGTH = 64;

  const INVISIBLE = /[\u200b-\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\u0640]/g;

  /** The form in which short answers are compared. @param {string} text @returns {string} */
  function foldText(text) {
    return text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(INVISIBLE, '')
      .toLowerCase()
      .replace(/\u0649/g, '\u064a')
      .replace(/\u0629/g, '\u0647')
      .replace(/[\u2019\u2018\u02bc]/g, "'")
      .replace(/[ \t\n\v\f\r\u1680\u2028\u2029]+/g, ' ')
      .replace(/^ +| +$/g, '')
      .replace(/[ .!?\u061f]+$/, '');
  }

  const DIGITS = '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹\u2212\u060c\u00a0\u202f\u2009\u066b';
  const ASCII = '01234567890123456789-,   .';
  const PLAIN = /^([+-]?)(\d*)(?:[.,](\d*))?$/;
  const GROUPED = /^([+-]?)(\d{1,3}(?: \d{3})+|\d{1,3}(?:\u066c\d{3})+|\d{1,3}(?:,\d{3})+(?=\.|$)|\d{1,3}(?:\.\d{3})+(?=,|$))(?:[.,](\d*))?$/;
  const AMBIGUOUS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

  /** The exact value of a number as people write it, or null. @param {string} text @returns {Fraction | null} */
  function parseNumber(text) {
    if (Array.from(text).length > MAX_NUMBER_LENGTH) return null;
    const plain = plainNumber(text);
    const found = PLAIN.exec(plain) || GROUPED.exec(plain);
    if (!found) return null;
    const whole = found[2].replace(/\D/g, '');
    const decimals = found[3] || '';
    if (!whole && !decimals) return null;
    const value = fraction(BigInt(whole + decimals), power(decimals.length));
    return found[1] === '-' ? minus(fraction(ZERO, ONE), value) : value;
  }

  /**
   * Every value that a text may stand for: “5,000” is five to one reader, five thousand to another.
   * @param {string} text @returns {Fraction[]}
   */
  function numberReadings(text) {
    const value = parseNumber(text);
    if (value === null) return [];
    return AMBIGUOUS.test(plainNumber(text)) ? [value, fraction(value.n * BigInt(1000), value.d)] : [value];
  }

  /** @param {string} text */
  function plainNumber(text) {
    return Array.from(text.replace(INVISIBLE, ''))
      .map((char) => (DIGITS.indexOf(char) < 0 ? char : ASCII[DIGITS.indexOf(char)]))
      .join('')
      .replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '');
  }

  SSE.reading = { foldText, parseNumber, numberReadings };
})();
