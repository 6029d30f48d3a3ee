/* Exact arithmetic: half a point lost to rounding is a learner's pass mark lost. */
(function () {
  'use strict';

  const ZERO = BigInt(0);
  const ONE = BigInt(1);
  const TEN = BigInt(10);

  /** @param {bigint} n @param {bigint} d @returns {Fraction} in lowest terms, d positive */
  function fraction(n, d) {
    let a = n < ZERO ? -n : n;
    let b = d < ZERO ? -d : d;
    while (b !== ZERO) [a, b] = [b, a % b];
    const sign = d < ZERO ? -ONE : ONE;
    return { n: (sign * n) / a, d: (sign * d) / a };
  }

  /** @param {number} n @param {number} d */
  const ratio = (n, d) => (d ? fraction(BigInt(n), BigInt(d)) : fraction(ZERO, ONE));
  /** @param {Fraction} a @param {Fraction} b */
  const plus = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
  /** @param {Fraction} a @param {Fraction} b */
  const minus = (a, b) => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
  /** @param {Fraction} a @param {Fraction} b */
  const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
  /** Negative, 0 or positive. @param {Fraction} a @param {Fraction} b */
  const order = (a, b) => Number(minus(a, b).n > ZERO) - Number(minus(a, b).n < ZERO);
  /** @param {Fraction} a */
  const write = (a) => (a.d === ONE ? String(a.n) : a.n + '/' + a.d);

  /** @param {string} text `"19/2"`, `"9"` or a plain decimal such as `"-0.5"` @returns {Fraction} */
  function read(text) {
    const parts = text.split('/');
    if (parts.length === 2) return fraction(BigInt(parts[0]), BigInt(parts[1]));
    const decimal = text.split('.');
    const places = (decimal[1] || '').length;
    return fraction(BigInt(decimal[0] + (decimal[1] || '')), power(places));
  }

  /** @param {number} places @returns {bigint} ten to that power */
  function power(places) {
    let result = ONE;
    for (let i = 0; i < places; i += 1) result *= TEN;
    return result;
  }

  /** @param {Fraction} earned @param {Fraction} possible @returns {string} two decimals, half up */
  function decimals(earned, possible) {
    if (possible.n === ZERO) return '100.00';
    const numerator = BigInt(10000) * earned.n * possible.d;
    const denominator = earned.d * possible.n;
    const hundredths = (BigInt(2) * numerator + denominator) / (BigInt(2) * denominator);
    const digits = String(hundredths).padStart(3, '0');
    return digits.slice(0, -2) + '.' + digits.slice(-2);
  }

  SSE.fractions = { ZERO, ONE, fraction, ratio, plus, minus, times, order, write, read, power, decimals };
})();
