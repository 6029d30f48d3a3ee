// Lets dates be written by the reader's own clock.
(function () {
  "use strict";
  var field = document.getElementById("zone");
  var text = document.getElementById("zone-text");
  var zone = window.Intl && Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!field || !text || !zone) { return; }
  field.value = zone;
  text.textContent = text.dataset.text.replace("ZONE", zone.replace(/_/g, " "));
})();
