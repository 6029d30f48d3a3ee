/* Runs before the first paint: pages stay hidden until the player has chosen one. */
document.documentElement.className += ' js';
/** The one global name of the player. @type {SSENamespace} */
var SSE = /** @type {any} */ ({ trackers: {} });
