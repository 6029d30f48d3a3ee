/* The `web` medium as an app, as its learner sees it: kept for use without a connection, told of updates,
 * installable. */
(function () {
  'use strict';

  const { t } = SSE.data;
  const { el, button, empty } = SSE.dom;
  const keeping = /** @type {KeepingModule} */ (SSE.keeping);

  /** @type {ServiceWorker | null} */
  let newer = null;
  /** @type {any} */
  let installPrompt = null;
  /** @type {() => void} */
  let redraw = () => {};

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
    if (ready.active) await keeping.begin(ready.active);
  }

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
  function offline(place) {
    empty(place);
    place.append(el('h3', {}, [t('device.offline')]));
    const kept = keeping.kept();
    if (!kept) {
      place.append(el('p', {}, [t('device.offline.none')]));
      return;
    }
    const known = { kept: megabytes(kept.bytes), all: megabytes(kept.all) };
    const bar = el('progress', { max: kept.all || 1, value: kept.bytes, 'aria-label': t('device.offline') });
    place.append(el('p', {}, [t('device.kept', known)]), bar);
    /** @type {{[phase: string]: string}} */
    const words = { idle: 'device.idle', keeping: 'device.keeping', waiting: 'device.waiting', full: 'device.full', done: 'device.done' };
    place.append(el('p', { role: 'status' }, [t(words[kept.phase])]));
    const left = { left: megabytes(kept.all - kept.bytes) };
    const busy = kept.phase === 'keeping' || kept.phase === 'waiting';
    if (busy) place.append(el('p', {}, [button(t('device.stop'), 'button button-secondary', keeping.stop)]));
    else if (kept.phase !== 'done') place.append(el('p', {}, [button(t('device.keep', left), 'button', keeping.keep)]));
    if (installPrompt) {
      place.append(el('p', {}, [button(t('device.install'), 'button button-secondary', () => {
        installPrompt.prompt();
        installPrompt = null;
        redraw();
      })]));
    }
    if (newer) place.append(el('p', {}, [t('device.update') + ' ', button(t('device.update.use'), 'button button-secondary', useNow)]));
  }

  /** @type {DeviceModule['start']} */
  function start() {
    SSE.own.offer('device', 'device.close', (dialog) => {
      const place = el('section', {});
      dialog.append(place);
      redraw = () => offline(place);
      redraw();
      dialog.addEventListener('close', () => { redraw = () => {}; }, { once: true });
    });
    keeping.onChange(() => redraw());
    begin().catch(() => {});
  }

  SSE.device = { start };
})();
