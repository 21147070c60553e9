// The shop: cart, search, checkout and forms. Everything lives in the browser; there is no server.
(function () {
  'use strict';
  var goods = {
    espresso: { name: 'Night Shift espresso', price: 980, words: 'espresso beans dark chocolate coffee roast' },
    filter: { name: 'Slow Sunday filter', price: 1120, words: 'filter beans light peach coffee roast pour over' },
    grinder: { name: 'Hand grinder No. 2', price: 6400, words: 'grinder mill steel burr hand coffee' }
  };
  // Apple Pay is announced, not set up: there is no payment.applePay yet.
  var payment = { card: { version: 3 } };

  function find(selector) { return document.querySelector(selector); }
  function euro(cents) { return (cents / 100).toFixed(2) + ' €'; }
  function on(selector, event, act) { var e = find(selector); if (e) e.addEventListener(event, act); }
  function say(selector, text, mood) {
    var e = find(selector);
    e.textContent = text;
    e.className = 'note ' + (mood || '');
    e.hidden = false;
  }
  function cart() { return JSON.parse(sessionStorage.getItem('cart') || '[]'); }
  function store(items) {
    sessionStorage.setItem('cart', JSON.stringify(items));
    find('.count').textContent = items.length;
  }
  function total() { return cart().reduce(function (sum, key) { return sum + goods[key].price; }, 0); }

  store(cart());

  on('[data-add]', 'click', function (e) {
    store(cart().concat(e.target.dataset.add));
    e.target.textContent = 'Added to your cart';
  });

  on('#grind', 'click', function () {
    var setting = Number(find('#brew').value);
    // Settings start at 1; the entry for Turkish coffee was never measured and says 0.
    if (setting < 1) throw new RangeError('grind setting ' + setting + ' is out of range');
    say('#setting', 'Turn the ring to click ' + setting + '.');
  });

  if (find('#results')) {
    var query = new URLSearchParams(location.search).get('q');
    if (query !== null) {
      var hits = Object.keys(goods).filter(function (key) {
        return (goods[key].name + ' ' + goods[key].words).toLowerCase().indexOf(query.trim().toLowerCase()) >= 0;
      });
      find('#q').value = query;
      hits.forEach(function (key) {
        var card = document.createElement('a');
        card.className = 'card';
        card.href = '/p/' + key;
        card.textContent = goods[key].name + ', ' + euro(goods[key].price);
        find('#results').append(card);
      });
      say('#found', hits.length ? hits.length + ' found for "' + query + '".' : 'Nothing found for "' + query + '".');
      analytics.capture('search', { results: hits.length });
    }
  }

  function expressPay() {
    if (window.ApplePaySession) find('#express').dataset.version = payment.applePay.version;
  }

  if (find('#items')) {
    cart().forEach(function (key) {
      var row = find('#items').insertRow();
      row.insertCell().textContent = goods[key].name;
      row.insertCell().textContent = euro(goods[key].price);
      row.lastChild.className = 'num';
    });
    find('#total').textContent = euro(total());
    if (!cart().length) say('#empty', 'Your cart is empty.');
    expressPay();
  }

  if (find('#pay')) {
    find('#total').textContent = euro(total());
    if (cart().length) analytics.capture('checkout started', { value: total() / 100 });
    on('#pay', 'submit', function (e) {
      e.preventDefault();
      // The bank's test card for "declined".
      if (find('#card').value.replace(/ /g, '') === '4000000000000002') {
        analytics.capture('payment failed', { value: total() / 100, reason: 'card declined' });
        say('#failed', 'Your bank declined this card. Nothing was charged.', 'bad');
        return;
      }
      sessionStorage.setItem('paid', total() / 100);
      store([]);
      location.href = '/checkout/done';
    });
    expressPay();
  }

  if (find('#thanks')) {
    var paid = sessionStorage.getItem('paid');
    if (paid) analytics.capture('order completed', { value: Number(paid) });
    sessionStorage.removeItem('paid');
  }

  var started = false;
  on('#contact', 'input', function () {
    if (!started) analytics.capture('form started', { form: 'contact' });
    started = true;
  });
  on('#contact', 'submit', function (e) {
    e.preventDefault();
    analytics.capture('form submitted', { form: 'contact' });
    find('#contact').hidden = true;
    say('#sent', 'Thank you. We answer within a working day.', 'good');
  });

  if (find('#lost')) analytics.capture('page not found');
})();
