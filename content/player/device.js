/*
 * The `web` medium as an app: kept on the device as far as the learner wishes, told of updates, installable.
 * The service worker (worker/sw.js) gives out what is kept; large files are fetched here, one by one and piece by
 * piece, because a browser stops workers that work long.
 */
(function () {
  'use strict';

  const { course, t } = SSE.data;
  const { el, icon, button, empty } = SSE.dom;
  const WISH = 'sse:keep:' + course.course.id;
  const PAUSES = [1, 2, 5, 10, 30, 60];

  /** @typedef {{cacheName: string, scope: string, piece: number, files: {[name: string]: [string, number, 0 | 1]}}} Plan */

  /** @type {Plan | null} */
  let plan = null;
  let keptBytes = 0;
  let allBytes = 0;
  /** @type {'idle' | 'keeping' | 'waiting' | 'full' | 'done'} */
  let phase = 'idle';
  let stopped = false;
  /** @type {ServiceWorker | null} */
  let newer = null;
  /** @type {any} */
  let installPrompt = null;
  /** @type {(() => void) | null} */
  let wake = null;
  /** @type {() => void} */
  let redraw = () => {};

  // ---- what is kept ------------------------------------------------------------------------

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
      redraw();
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
      redraw();
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
          redraw();
          return;
        }
        phase = 'waiting';
        redraw();
        // The next one may come where this one does not.
        missing = missing.slice(1).concat(name);
        await pause(PAUSES[Math.min(failures, PAUSES.length - 1)]);
        failures += 1;
      }
    }
    phase = stopped ? 'idle' : 'done';
    if (phase === 'done') SSE.pages.announce(t('device.done'));
    redraw();
  }

  function stop() {
    stopped = true;
    phase = 'idle';
    wish(false);
    if (wake) wake();
    redraw();
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

  // ---- the worker and its updates ------------------------------------------------------------

  /** @param {ServiceWorker | null} worker waits to take over from the present one */
  function offerUpdate(worker) {
    if (!worker || newer === worker) return;
    newer = worker;
    const use = button(t('device.update.use'), 'button button-secondary', useNow);
    use.dataset.say = 'device.update.use';
    SSE.app.notice('device.update', 'info', use);
    redraw();
  }

  function useNow() {
    if (!newer) return;
    navigator.serviceWorker.addEventListener('controllerchange', () => window.location.reload(), { once: true });
    SSE.app.flush();
    newer.postMessage('use-now');
  }

  /** @param {ServiceWorkerRegistration} registration */
  function watch(registration) {
    if (registration.waiting && navigator.serviceWorker.controller) offerUpdate(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      if (!worker) return;
      worker.addEventListener('statechange', () => {
        if (worker.state === 'installed' && navigator.serviceWorker.controller) offerUpdate(worker);
      });
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') registration.update().catch(() => {});
    });
  }

  async function begin() {
    if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
    const registration = await navigator.serviceWorker.register('sw.js');
    watch(registration);
    const ready = await navigator.serviceWorker.ready;
    if (!ready.active) return;
    plan = await ask(ready.active);
    await count(await caches.open(plan.cacheName));
    redraw();
    if (wished() && phase !== 'done') await keep();
  }

  window.addEventListener('online', () => {
    if (wake) wake();
  });
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installPrompt = event;
    redraw();
  });

  // ---- what the learner sees -----------------------------------------------------------------

  /** @param {number} bytes @returns {string} megabytes, in figures */
  function megabytes(bytes) {
    const amount = bytes / 1e6;
    return SSE.data.number(amount < 10 ? Math.ceil(amount * 10) / 10 : Math.round(amount));
  }

  /** @param {HTMLElement} place */
  function keeping(place) {
    empty(place);
    place.append(el('h3', {}, [t('device.offline')]));
    if (!plan) {
      place.append(el('p', {}, [t('device.offline.none')]));
      return;
    }
    const known = { kept: megabytes(keptBytes), all: megabytes(allBytes) };
    const bar = el('progress', { max: allBytes || 1, value: keptBytes, 'aria-label': t('device.offline') });
    place.append(el('p', {}, [t('device.kept', known)]), bar);
    /** @type {{[phase: string]: string}} */
    const words = { idle: 'device.idle', keeping: 'device.keeping', waiting: 'device.waiting', full: 'device.full', done: 'device.done' };
    place.append(el('p', { role: 'status' }, [t(words[phase])]));
    const left = { left: megabytes(allBytes - keptBytes) };
    if (phase === 'idle' || phase === 'full') place.append(el('p', {}, [button(t('device.keep', left), 'button', () => { keep().catch(() => {}); })]));
    if (phase === 'keeping' || phase === 'waiting') place.append(el('p', {}, [button(t('device.stop'), 'button button-secondary', stop)]));
    if (installPrompt) {
      place.append(el('p', {}, [button(t('device.install'), 'button button-secondary', () => {
        installPrompt.prompt();
        installPrompt = null;
        redraw();
      })]));
    }
    if (newer) place.append(el('p', {}, [t('device.update') + ' ', button(t('device.update.use'), 'button button-secondary', useNow)]));
  }

  /** @param {HTMLElement} place */
  function progress(place) {
    empty(place);
    const own = SSE.trackers.own;
    const saved = own && own.read();
    place.append(el('h3', {}, [t('device.progress')]), el('p', {}, [t('device.progress.where')]));
    if (!own || !saved) return;
    const name = course.course.id + '.json';
    const file = () => {
      const link = el('a', { href: URL.createObjectURL(new Blob([saved], { type: 'application/json' })), download: name });
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    };
    const sure = el('p', { class: 'dialog-actions', hidden: true }, [
      button(t('device.erase.yes'), 'button', () => {
        own.erase();
        window.location.replace(window.location.pathname);
      }),
      button(t('device.erase.no'), 'button button-secondary', () => {
        sure.hidden = true;
      }),
    ]);
    place.append(el('p', { class: 'dialog-actions' }, [
      button(t('device.export'), 'button button-secondary', file),
      button(t('device.erase'), 'button button-secondary', () => {
        sure.hidden = false;
        /** @type {HTMLElement} */ (sure.firstElementChild).focus();
      }),
    ]), sure);
  }

  function open() {
    SSE.app.flush();
    const offline = el('section', {});
    const own = el('section', {});
    const close = el('button', { type: 'button', class: 'dialog-close', 'aria-label': t('device.close') }, [icon('close')]);
    const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'device-title' }, [el('h2', { id: 'device-title' }, [t('device')]), offline, own, close]);
    close.addEventListener('click', () => SSE.dom.closeDialog(dialog));
    SSE.dom.closeBeside(dialog);
    dialog.addEventListener('close', () => {
      redraw = () => {};
      dialog.remove();
    }, { once: true });
    document.body.append(dialog);
    redraw = () => keeping(offline);
    redraw();
    progress(own);
    SSE.dom.openDialog(dialog);
  }

  /** @type {DeviceModule['start']} */
  function start() {
    const more = /** @type {HTMLElement} */ (document.querySelector('.toc-more'));
    const opener = el('button', { type: 'button', class: 'toc-button', 'data-say': 'device', 'aria-haspopup': 'dialog' }, [t('device')]);
    opener.addEventListener('click', open);
    more.append(el('li', {}, [opener]));
    const own = SSE.trackers.own;
    if (own && own.erased()) {
      const undo = button(t('device.undo'), 'button button-secondary', () => {
        own.undo();
        window.location.reload();
      });
      undo.dataset.say = 'device.undo';
      SSE.app.notice('device.erased', 'info', undo);
    }
    begin().catch(() => {});
  }

  SSE.device = { start };
})();
