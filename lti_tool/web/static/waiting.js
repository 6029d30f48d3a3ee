// Waits for a package: asks how far it is, and shows the page anew once that has changed.
(function () {
  "use strict";
  var line = document.querySelector("[data-state-url]");
  if (!line) { return; }
  var pause = 1500;

  function ask() {
    fetch(line.dataset.stateUrl, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : { state: "unknown" }; })
      .then(function (found) {
        if (found.state === "waiting") { again(); } else { window.location.reload(); }
      })
      .catch(again);
  }

  function again() {
    window.setTimeout(ask, pause);
    pause = Math.min(pause * 1.3, 15000);
  }

  again();
})();
