/*
 * Two tabs on one attempt: each tells the others what it has saved, so that none overwrites what it does not know.
 * Between tabs of one site on one device; where the browser has no channel, the last one to save counts.
 */
(function () {
  'use strict';

  /** @type {TabsModule['share']} */
  function share(name, engine, tracker) {
    const nobody = { tell: () => {}, stop: () => {} };
    if (!name || typeof BroadcastChannel !== 'function') return nobody;
    /** @type {BroadcastChannel} */
    let channel;
    try {
      channel = new BroadcastChannel('sse:' + name);
    } catch (error) {
      return nobody;
    }
    const tell = () => channel.postMessage({ state: engine.state });
    channel.onmessage = (event) => {
      if (event.data === 'hello') {
        tell();
        return;
      }
      // What is being written here counts too.
      SSE.app.flush();
      engine.merge(event.data.state, false).forEach((unit) => tracker().onState(unit, engine.unit(unit)));
    };
    // A tab that is open already may know more than the LMS.
    channel.postMessage('hello');
    return { tell, stop: () => channel.close() };
  }

  SSE.tabs = { share };
})();
