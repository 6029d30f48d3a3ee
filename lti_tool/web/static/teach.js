/* The teaching pages work without this: it prints, and proposes the reader's own time zone. */
(function () {
  'use strict';

  document.querySelectorAll('[data-needs-script]').forEach(function (node) {
    node.hidden = false;
  });
  document.querySelectorAll('[data-print]').forEach(function (node) {
    node.addEventListener('click', function () { window.print(); });
  });
  // Where no dates are set yet, they will be thought of in the reader's own zone.
  document.querySelectorAll('[data-own-zone="yes"]').forEach(function (node) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (node.querySelector('option[value="' + zone + '"]')) node.value = zone;
  });
})();
