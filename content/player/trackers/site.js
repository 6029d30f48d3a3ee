/* A site without an LMS: progress is this device's, nobody is named, and its owner can take it along or erase it. */
(function () {
  'use strict';

  SSE.trackers.create = () => {
    const tracker = SSE.trackers.local();
    const { start } = tracker;
    tracker.start = () => start().then((started) => {
      if (SSE.device) SSE.device.start();
      else if (SSE.trackers.own) SSE.own.offer('device.progress', 'device.progress.close');
      return started;
    });
    return tracker;
  };
})();
