// What makes the guide the slow page: it works out its brewing table before anything is painted, and
// again on every click, by trying far more steps than it needs.
(function () {
  'use strict';
  function brew(ms) {
    var until = performance.now() + ms;
    var grams = 0;
    while (performance.now() < until) grams = (grams + 0.1) % 60;
    return 60;
  }
  var perLitre = brew(2900);
  addEventListener('DOMContentLoaded', function () {
    var cups = document.querySelector('#cups');
    function show() {
      document.querySelector('#dose').textContent = Math.round(cups.value * 0.25 * perLitre) + ' g of coffee, ' + cups.value * 250 + ' ml of water.';
    }
    show();
    document.querySelector('#recount').addEventListener('click', function () { brew(320); show(); });
    // A banner that arrives late and pushes the text down.
    setTimeout(function () { document.querySelector('#offer').hidden = false; }, 400);
  });
})();
