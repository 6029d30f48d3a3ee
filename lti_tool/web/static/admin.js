// What is wrong with a form is read out, and is where the keyboard goes on from.
(function () {
  "use strict";
  var errors = document.getElementById("errors");
  if (errors) { errors.focus(); }
})();
