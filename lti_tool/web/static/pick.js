// Narrows the list while one types; without scripts the form does it by asking the server.
(function () {
  "use strict";
  var box = document.getElementById("q");
  var found = document.getElementById("found");
  var offers = Array.prototype.slice.call(document.querySelectorAll(".offer"));
  if (!box || offers.length < 2) { return; }

  function fold(text) {
    return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  }

  box.addEventListener("input", function () {
    var words = fold(box.value).split(/\s+/).filter(Boolean);
    var left = 0;
    offers.forEach(function (offer) {
      var shown = words.every(function (word) { return offer.dataset.words.indexOf(word) >= 0; });
      offer.hidden = !shown && !offer.querySelector("input").checked;
      left += offer.hidden ? 0 : 1;
    });
    found.hidden = left > 0;
    found.textContent = left > 0 ? "" : found.dataset.none;
  });
})();
