// Narrows the list while one types, and counts what is ticked; without scripts the form does both
// by asking the server.
(function () {
  "use strict";
  var form = document.getElementById("picker");
  if (!form) { return; }
  var box = document.getElementById("q");
  var found = document.getElementById("found");
  var told = found.textContent;
  var offers = Array.prototype.slice.call(form.querySelectorAll(".offer"));
  var count = document.getElementById("count");

  function fold(text) {
    // As the server does: models/folding.py.
    var letters = { "ł": "l", "đ": "d", "ø": "o", "ı": "i", "ة": "ه", "ى": "ي", "ٱ": "ا" };
    var plain = text.toLowerCase().normalize("NFKD").replace(/[\p{M}\u0640]/gu, "");
    return plain.replace(/[łđøıةىٱ]/g, function (letter) { return letters[letter]; });
  }

  function narrow() {
    var words = fold(box.value).split(/\s+/).filter(Boolean);
    var left = 0;
    offers.forEach(function (offer) {
      var shown = words.every(function (word) { return offer.dataset.words.indexOf(word) >= 0; });
      offer.hidden = !shown && !offer.querySelector("input:checked");
      left += offer.hidden ? 0 : 1;
    });
    found.textContent = left > 0 ? (words.length ? "" : told) : found.dataset.none;
  }

  function tell() {
    var keys = {};
    var whole = 0;
    form.querySelectorAll("input[name=programme]:checked").forEach(function (input) {
      keys[input.value] = true;
      whole += Number(input.dataset.count);
    });
    form.querySelectorAll("input[name=unit]:checked").forEach(function (input) {
      var parts = input.value.split("/");
      // A unit of a programme that is taken whole is one of its links already.
      whole += parts.length === 2 && keys[parts[0]] ? 0 : 1;
    });
    var text = whole === 0 ? count.dataset.countNone : whole === 1 ? count.dataset.countOne : count.dataset.countMany.replace("NUMBER", whole);
    if (count.textContent !== text) { count.textContent = text; }
  }

  box.addEventListener("input", narrow);
  form.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
})();
