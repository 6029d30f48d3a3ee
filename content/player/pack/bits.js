/* Bits as base64url: numbers of a known width, numbers of any size, and the short hashes of things. */
(function () {
  'use strict';

  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  /** @type {BitsModule['writer']} */
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

  /** @type {BitsModule['reader']} */
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

  SSE.bits = { writer, reader, checksum };
})();
