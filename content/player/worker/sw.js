/*
 * The service worker of the `web` medium: gives out from the device what is kept there, by its hash. What it may
 * keep stands in `KEPT`, which the builder writes above this text; it asks no other site for anything.
 *
 * Files are stored under their SHA-256, so that an update fetches only what has changed, and never mixes two
 * versions. Large files lie in pieces (player/keeping.js fetches them) and are given out piece by piece.
 */
(() => {
  'use strict';

  /** @type {{course: string, digest: string, piece: number, files: {[name: string]: [string, number, 0 | 1]}}} hash, bytes, needed at once */
  const kept = KEPT;
  const scope = self.registration.scope;
  const cacheName = 'sse:' + kept.course + ':' + scope;
  const address = (sha, piece) => new URL('.kept/' + sha + (piece === undefined ? '' : '/' + piece), scope).href;

  async function hashOf(buffer) {
    const digest = await crypto.subtle.digest('SHA-256', buffer);
    return Array.from(new Uint8Array(digest)).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** A response that is what the list says, or null: a login page or another version is not kept. */
  async function checked(response, sha, bytes) {
    if (!response.ok || response.status === 206) return null;
    const buffer = await response.arrayBuffer();
    if (buffer.byteLength !== bytes || (await hashOf(buffer)) !== sha) return null;
    const type = response.headers.get('Content-Type') || 'application/octet-stream';
    return new Response(buffer, { headers: { 'Content-Type': type, 'Content-Length': String(bytes) } });
  }

  async function take(cache, name) {
    const [sha, bytes] = kept.files[name];
    if (await cache.match(address(sha))) return;
    const response = await checked(await fetch(new URL(name, scope).href, { cache: 'no-cache' }), sha, bytes);
    if (!response) throw new Error(name + ' is another version');
    await cache.put(address(sha), response);
  }

  /** The first four at a time; what has come stays, so that the next try on a weak link has less to do. */
  async function install() {
    const cache = await caches.open(cacheName);
    const names = Object.keys(kept.files).filter((name) => kept.files[name][2]);
    const worker = async () => {
      for (let name = names.shift(); name; name = names.shift()) await take(cache, name);
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  }

  /** What only an older version needed goes. */
  async function activate() {
    const cache = await caches.open(cacheName);
    const wanted = new Set(Object.values(kept.files).map(([sha]) => sha));
    const requests = await cache.keys();
    await Promise.all(requests.map((request) => {
      const sha = new URL(request.url).pathname.split('/.kept/')[1].split('/')[0];
      return wanted.has(sha) ? null : cache.delete(request);
    }));
    await self.clients.claim();
  }

  /** @returns the bytes from `first` on, as far as one piece reaches; null where it is not kept whole */
  async function fromPieces(cache, sha, bytes, range) {
    const marker = await cache.match(address(sha));
    if (!marker) return null;
    const type = marker.headers.get('Content-Type');
    if (!range) {
      const pieces = Math.ceil(bytes / kept.piece);
      let next = 0;
      const stream = new ReadableStream({
        async pull(controller) {
          const piece = next < pieces ? await cache.match(address(sha, next)) : null;
          if (!piece) controller.close();
          else controller.enqueue(new Uint8Array(await piece.arrayBuffer()));
          next += 1;
        },
      });
      return new Response(stream, { headers: { 'Content-Type': type, 'Content-Length': String(bytes), 'Accept-Ranges': 'bytes' } });
    }
    const number = Math.floor(range.first / kept.piece);
    const piece = await cache.match(address(sha, number));
    if (!piece) return null;
    const buffer = await piece.arrayBuffer();
    const start = range.first - number * kept.piece;
    const end = Math.min(range.last - number * kept.piece + 1, buffer.byteLength);
    return partial(buffer.slice(start, end), range.first, bytes, type);
  }

  function partial(buffer, first, bytes, type) {
    const headers = {
      'Content-Type': type,
      'Content-Length': String(buffer.byteLength),
      'Content-Range': 'bytes ' + first + '-' + (first + buffer.byteLength - 1) + '/' + bytes,
      'Accept-Ranges': 'bytes',
    };
    return new Response(buffer, { status: 206, headers });
  }

  /** RFC 9110 14.1.2, one range; null for none that is understood. */
  function rangeOf(request, bytes) {
    const found = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('Range') || '');
    if (!found || (!found[1] && !found[2])) return null;
    const first = found[1] ? Number(found[1]) : Math.max(0, bytes - Number(found[2]));
    const last = found[1] && found[2] ? Math.min(Number(found[2]), bytes - 1) : bytes - 1;
    return first <= last ? { first, last } : null;
  }

  async function answer(event, name) {
    const [sha, bytes] = kept.files[name];
    const cache = await caches.open(cacheName);
    const range = rangeOf(event.request, bytes);
    const stored = await cache.match(address(sha));
    if (stored && stored.headers.get('X-Pieces')) {
      const found = await fromPieces(cache, sha, bytes, range);
      if (found) return found;
    } else if (stored) {
      if (!range) return stored;
      const buffer = (await stored.arrayBuffer()).slice(range.first, range.last + 1);
      return partial(buffer, range.first, bytes, stored.headers.get('Content-Type'));
    }
    const response = await fetch(event.request);
    // What is small stays on the device once it has been seen.
    if (response.status === 200 && !range && bytes <= kept.piece) {
      const copy = response.clone();
      event.waitUntil(checked(copy, sha, bytes).then((good) => good && cache.put(address(sha), good), () => {}));
    }
    return response;
  }

  self.addEventListener('install', (event) => event.waitUntil(install()));
  self.addEventListener('activate', (event) => event.waitUntil(activate()));
  self.addEventListener('message', (event) => {
    if (event.data === 'use-now') self.skipWaiting();
    if (event.data === 'files') event.ports[0].postMessage({ cacheName, scope, piece: kept.piece, files: kept.files });
  });
  self.addEventListener('fetch', (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== 'GET' || !url.href.startsWith(scope)) return;
    const path = decodeURIComponent(url.href.slice(scope.length).split(/[?#]/)[0]);
    const name = path === '' || path.endsWith('/') ? path + 'index.html' : path;
    if (Object.prototype.hasOwnProperty.call(kept.files, name)) event.respondWith(answer(event, name));
  });
})();
