/*
 * Two tabs on one attempt: each tells the others what it has saved, so that none overwrites what it does not know.
 * Between tabs of one site on one device; where the browser has no channel, the last one to save counts.
 */
(function () {
  'use strict';

  /** @type {TabsModule['share']} */
  function share(name, engine, changed) {
    if (!name || typeof BroadcastChannel !== 'function') return { tell: () => {} };
    /** @type {BroadcastChannel} */
    let channel;
    try {
      channel = new BroadcastChannel('sse:' + name);
    } catch (error) {
      return { tell: () => {} };
    }
    const tell = () => channel.postMessage({ state: engine.state });
    channel.onmessage = (event) => {
      if (event.data === 'hello') {
        tell();
        return;
      }
      // What is being written here counts too.
      SSE.app.flush();
      const units = engine.merge(event.data.state, false);
      if (units.length) changed(units);
    };
    // A tab that is open already may know more than the LMS.
    channel.postMessage('hello');
    return { tell };
  }

  SSE.tabs = { share };
})();
