// Buttons that copy the value in the element before them. They are hidden until this runs: without
// scripts the value is there to be selected. Where the clipboard may not be written, as in many
// frames, the value is selected, to be copied by hand.
(function () {
  "use strict";

  function select(element) {
    if (!element) { return false; }
    var selection = window.getSelection();
    var range = document.createRange();
    range.selectNodeContents(element);
    selection.removeAllRanges();
    selection.addRange(range);
    try {
      return document.execCommand("copy");
    } catch (error) {
      return false;
    }
  }

  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    var status = document.createElement("span");
    var timer = 0;
    status.className = "hint";
    status.setAttribute("role", "status");
    button.after(status);
    button.hidden = false;

    function tell(done) {
      status.textContent = " " + (done ? button.dataset.done : button.dataset.selected || "");
      window.clearTimeout(timer);
      timer = window.setTimeout(function () { status.textContent = ""; }, done ? 2500 : 10000);
    }

    button.addEventListener("click", function () {
      var written = navigator.clipboard
        ? navigator.clipboard.writeText(button.dataset.copy)
        : Promise.reject(new Error("no clipboard"));
      written.then(
        function () { tell(true); },
        function () { tell(select(button.previousElementSibling)); }
      );
    });
  });
})();
