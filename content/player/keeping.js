/*
 * What of a `web` course lies on the device. The service worker (worker/sw.js) gives it out; large files are fetched
 * here, one by one and piece by piece, because a browser stops workers that work long.
 */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const WISH = 'sse:keep:' + course.course.id;
  const PAUSES = [1, 2, 5, 10, 30, 60];

  /** @typedef {{cacheName: string, scope: string, piece: number, files: {[name: string]: [string, number, 0 | 1]}}} Plan */

  /** @type {Plan | null} */
  let plan = null;
  let keptBytes = 0;
  let allBytes = 0;
  /** @type {Kept['phase']} */
  let phase = 'idle';
  let stopped = false;
  /** @type {(() => void) | null} */
  let wake = null;
  /** @type {() => void} */
  let changed = () => {};

  /** @param {string} sha @param {number} [piece] */
  const address = (sha, piece) => new URL('.kept/' + sha + (piece === undefined ? '' : '/' + piece), /** @type {Plan} */ (plan).scope).href;

  /** @param {ServiceWorker} worker @returns {Promise<Plan>} */
  function ask(worker) {
    return new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = (event) => resolve(event.data);
      worker.postMessage('files', [channel.port2]);
    });
  }

  /** @param {number} seconds @returns {Promise<void>} sooner, when the connection is back */
  function pause(seconds) {
    return new Promise((resolve) => {
      const timer = window.setTimeout(() => {
        wake = null;
        resolve();
      }, seconds * 1000);
      wake = () => {
        window.clearTimeout(timer);
        wake = null;
        resolve();
      };
    });
  }

  /** Counts what is here already. @param {Cache} cache @returns {Promise<string[]>} the names that are still to come */
  async function count(cache) {
    const { files, piece } = /** @type {Plan} */ (plan);
    /** @type {string[]} */
    const missing = [];
    keptBytes = 0;
    allBytes = 0;
    const keys = new Set((await cache.keys()).map((request) => request.url));
    Object.keys(files).forEach((name) => {
      const [sha, bytes] = files[name];
      allBytes += bytes;
      if (keys.has(address(sha))) {
        keptBytes += bytes;
        return;
      }
      missing.push(name);
      for (let n = 0; keys.has(address(sha, n)); n += 1) keptBytes += Math.min(piece, bytes - n * piece);
    });
    if (!missing.length) phase = 'done';
    return missing;
  }

  /** @param {ArrayBuffer} buffer @returns {Promise<string>} */
  async function hashOf(buffer) {
    const digest = await crypto.subtle.digest('SHA-256', buffer);
    return Array.from(new Uint8Array(digest)).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** A file that is kept whole, and checked by its hash. @param {Cache} cache @param {string} name */
  async function takeWhole(cache, name) {
    const { files, scope } = /** @type {Plan} */ (plan);
    const [sha, bytes] = files[name];
    const response = await fetch(new URL(name, scope).href, { cache: 'no-cache' });
    const buffer = response.ok ? await response.arrayBuffer() : new ArrayBuffer(0);
    if (!response.ok || (await hashOf(buffer)) !== sha) throw new Error(name + ' did not come');
    const headers = { 'Content-Type': response.headers.get('Content-Type') || '', 'Content-Length': String(bytes) };
    await cache.put(address(sha), new Response(buffer, { headers }));
    keptBytes += bytes;
  }

  /** A large file, piece by piece: after a break it goes on with the next one. @param {Cache} cache @param {string} name */
  async function takePieces(cache, name) {
    const { files, scope, piece } = /** @type {Plan} */ (plan);
    const [sha, bytes] = files[name];
    const pieces = Math.ceil(bytes / piece);
    let type = 'application/octet-stream';
    for (let n = 0; n < pieces && !stopped; n += 1) {
      if (await cache.match(address(sha, n))) continue;
      const first = n * piece;
      const last = Math.min(first + piece, bytes) - 1;
      const response = await fetch(new URL(name, scope).href, { headers: { Range: 'bytes=' + first + '-' + last }, cache: 'no-store' });
      if (response.status !== 206 && response.status !== 200) throw new Error(name + ' did not come');
      type = response.headers.get('Content-Type') || type;
      // A server that knows no ranges sends all of it, every time: take the part that is wanted.
      const size = Number((response.headers.get('Content-Range') || '').split('/')[1] || response.headers.get('Content-Length') || bytes);
      if (size !== bytes) throw new Error(name + ' is another version');
      const buffer = response.status === 206 ? await response.arrayBuffer() : await part(response, first, last);
      if (buffer.byteLength !== last - first + 1) throw new Error(name + ' broke off');
      await cache.put(address(sha, n), new Response(buffer));
      keptBytes += buffer.byteLength;
      changed();
    }
    if (!stopped) await cache.put(address(sha), new Response('', { headers: { 'Content-Type': type, 'X-Pieces': String(pieces) } }));
  }

  /** @param {Response} response @param {number} first @param {number} last @returns {Promise<ArrayBuffer>} */
  async function part(response, first, last) {
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    const wanted = new Uint8Array(last - first + 1);
    let at = 0;
    for (let { done, value } = await reader.read(); !done && value; { done, value } = await reader.read()) {
      const from = Math.max(first - at, 0);
      const to = Math.min(last + 1 - at, value.length);
      if (to > from) wanted.set(value.subarray(from, to), at + from - first);
      at += value.length;
      if (at > last) break;
    }
    reader.cancel().catch(() => {});
    return at > last ? wanted.buffer : new ArrayBuffer(0);
  }

  async function keep() {
    if (!plan || phase === 'keeping' || phase === 'waiting') return;
    stopped = false;
    phase = 'keeping';
    wish(true);
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    const cache = await caches.open(plan.cacheName);
    let failures = 0;
    let missing = await count(cache);
    while (missing.length && !stopped) {
      changed();
      const name = missing[0];
      try {
        if (plan.files[name][1] > plan.piece) await takePieces(cache, name);
        else await takeWhole(cache, name);
        missing.shift();
        failures = 0;
        phase = 'keeping';
      } catch (error) {
        if (error instanceof DOMException && error.name === 'QuotaExceededError') {
          phase = 'full';
          changed();
          return;
        }
        phase = 'waiting';
        changed();
        // The next one may come where this one does not.
        missing = missing.slice(1).concat(name);
        await pause(PAUSES[Math.min(failures, PAUSES.length - 1)]);
        failures += 1;
      }
    }
    phase = stopped ? 'idle' : 'done';
    if (phase === 'done') SSE.pages.announce(t('device.done'));
    changed();
  }

  function stop() {
    stopped = true;
    phase = 'idle';
    wish(false);
    if (wake) wake();
    changed();
  }

  /** @param {boolean} on whether to go on at the next visit */
  function wish(on) {
    try {
      if (on) window.localStorage.setItem(WISH, '1');
      else window.localStorage.removeItem(WISH);
    } catch (error) {
      // It is asked for again, then.
    }
  }

  /** @returns {boolean} */
  function wished() {
    try {
      return window.localStorage.getItem(WISH) === '1';
    } catch (error) {
      return false;
    }
  }

  /** @type {KeepingModule['begin']} */
  async function begin(worker) {
    plan = await ask(worker);
    await count(await caches.open(plan.cacheName));
    changed();
    if (wished() && phase !== 'done') await keep();
  }

  window.addEventListener('online', () => {
    if (wake) wake();
  });

  SSE.keeping = {
    begin,
    keep: () => {
      keep().catch(() => {});
    },
    stop,
    kept: () => (plan ? { bytes: keptBytes, all: allBytes, phase } : null),
    onChange: (tell) => {
      changed = tell;
    },
  };
})();
