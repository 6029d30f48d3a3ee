// Inside an LMS's frame: tells the LMS how tall the page is ("lti.frameResize", as Canvas, Sakai,
// Brightspace and others take it: JSON as text, which all of them read), so that the LMS's page is
// the only one that scrolls. Where the LMS does not listen, the frame scrolls by itself.
(function () {
  "use strict";
  if (window.parent === window) { return; }
  var root = document.documentElement;
  root.classList.add("is-framed");

  // Room for a dialog, even on a short page.
  var LEAST = 480;
  var PAUSE = 150;
  var targets = addressed(document.currentScript.dataset.origins.split(" ").filter(Boolean));

  // The origins to speak to: the parent's own where the browser names it and it is one that the
  // launch named; else each that the launch named, of which the browser lets one through.
  function addressed(origins) {
    if (origins.indexOf("*") >= 0) { return ["*"]; }
    var above = window.location.ancestorOrigins;
    if (!above || !above.length) {
      return origins.filter(function (origin) { return origin.indexOf("*") < 0; });
    }
    return origins.some(function (origin) { return fits(above[0], origin); }) ? [above[0]] : [];
  }

  function fits(origin, pattern) {
    var parts = pattern.split("//*.");
    return parts.length === 1
      ? origin === pattern
      : origin.indexOf(parts[0] + "//") === 0 && origin.slice(-parts[1].length - 1) === "." + parts[1];
  }

  function post(message) {
    targets.forEach(function (origin) {
      window.parent.postMessage(JSON.stringify(message), origin);
    });
  }

  var told = 0;
  var waiting = 0;

  function tell() {
    waiting = 0;
    var height = Math.max(Math.ceil(root.getBoundingClientRect().height), LEAST);
    if (height === told) { return; }
    told = height;
    post({ subject: "lti.frameResize", height: height });
  }

  function later() {
    if (!waiting) { waiting = window.setTimeout(tell, PAUSE); }
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (window.ResizeObserver) { new ResizeObserver(later).observe(root); }
    later();
  });
  // Again, for an LMS that began to listen late; and where a page comes back from the cache.
  ["load", "pageshow"].forEach(function (name) {
    window.addEventListener(name, function () { told = 0; later(); });
  });
  // The player shows another page: its top is above what the LMS's window shows.
  document.addEventListener("sse-turned", function () { post({ subject: "lti.scrollToTop" }); });
})();
