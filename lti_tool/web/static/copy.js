// The buttons that copy a value (parts.html, "copyable"). Where the clipboard may not be written, as
// in many frames, the value is selected, to be copied by hand.
(function () {
  "use strict";

  function select(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    try {
      return document.execCommand("copy");
    } catch (error) {
      return false;
    }
  }

  function tell(button, done) {
    var status = document.getElementById(button.dataset.copy + "-copied");
    status.textContent = "";
    // In a moment of its own, so that a second copy is announced too.
    window.setTimeout(function () {
      status.textContent = done ? button.dataset.copied : button.dataset.selected;
    }, 50);
  }

  function copy(button) {
    var element = document.getElementById(button.dataset.copy);
    var written = navigator.clipboard
      ? navigator.clipboard.writeText(element.textContent)
      : Promise.reject(new Error("no clipboard"));
    written.then(
      function () { tell(button, true); },
      function () { tell(button, select(element)); }
    );
  }

  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { copy(button); });
  });
})();
