/* The teaching pages work without this: it prints, and lets the frame of the LMS fit the page. */
(function () {
  'use strict';

  document.querySelectorAll('[data-needs-script]').forEach(function (node) {
    node.hidden = false;
  });
  document.querySelectorAll('[data-print]').forEach(function (node) {
    node.addEventListener('click', function () { window.print(); });
  });
})();
