// Sends PostHog-shaped events to a collector: page views, rage and dead clicks, exceptions, web
// vitals, and whatever the shop names itself through analytics.capture(). No cookies, no third party.
// The script tag configures it: data-collector (a path, default /e/) and data-release.
(function () {
  'use strict';
  var tag = document.currentScript;
  var collector = tag.dataset.collector || '/e/';
  var release = tag.dataset.release || '';
  var queue = [];

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    var hex = Array.prototype.map.call(bytes, function (b) { return (b + 256).toString(16).slice(1); }).join('');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
  }

  // A private window may refuse storage; the page then counts as a visit of its own.
  function remembered(storage, key) {
    try {
      var value = window[storage].getItem(key) || uuid();
      window[storage].setItem(key, value);
      return value;
    } catch (refused) {
      return uuid();
    }
  }

  var agent = navigator.userAgent;
  var browser = /Edg\//.test(agent) ? 'Edge' : /Firefox|FxiOS/.test(agent) ? 'Firefox'
    : /Chrome|CriOS/.test(agent) ? 'Chrome' : /Safari/.test(agent) ? 'Safari' : 'Other';
  var device = /iPad|Tablet/.test(agent) ? 'Tablet' : /Mobi/.test(agent) ? 'Mobile' : 'Desktop';
  var person = remembered('localStorage', 'shop_person');
  var session = remembered('sessionStorage', 'shop_session');

  function flush() {
    if (!queue.length) return;
    var body = JSON.stringify({ batch: queue });
    queue = [];
    if (!(navigator.sendBeacon && navigator.sendBeacon(collector, body)))
      fetch(collector, { method: 'POST', body: body, keepalive: true }).catch(function () {});
  }

  function capture(event, more) {
    var properties = {
      $session_id: session, $pathname: location.pathname, $current_url: location.href,
      $browser: browser, $device_type: device, release: release
    };
    if (document.referrer) properties.$referring_domain = new URL(document.referrer).host;
    Object.assign(properties, more);
    queue.push({ event: event, uuid: uuid(), timestamp: new Date().toISOString(), distinct_id: person, properties: properties });
    setTimeout(flush, 500);
  }

  // Rage: three clicks within 30 px and a second. Dead: nothing at all happens for 2.5 s after a
  // click on something that looks clickable.
  var clicks = [];
  var lastChange = 0;
  function changed() { lastChange = performance.now(); }
  new MutationObserver(changed).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  ['scroll', 'hashchange', 'popstate'].forEach(function (name) { addEventListener(name, changed, true); });
  document.addEventListener('selectionchange', changed);

  function named(element) { return { $el_text: element.textContent.trim().slice(0, 60) }; }

  addEventListener('click', function (click) {
    var now = performance.now();
    clicks = clicks.filter(function (c) {
      return now - c.at <= 1000 && Math.hypot(c.x - click.clientX, c.y - click.clientY) <= 30;
    });
    clicks.push({ at: now, x: click.clientX, y: click.clientY });
    if (clicks.length >= 3) {
      clicks = [];
      capture('$rageclick', named(click.target));
    }
    var target = click.target.closest('a, button');
    if (target) setTimeout(function () {
      if (lastChange < now && !document.hidden) capture('$dead_click', named(target));
    }, 2500);
  }, true);

  function exception(error, message) {
    capture('$exception', { $exception_list: [{
      type: (error && error.name) || 'Error', value: (error && error.message) || String(message)
    }] });
  }
  addEventListener('error', function (e) { if (e.message) exception(e.error, e.message); });
  addEventListener('unhandledrejection', function (e) { exception(e.reason, e.reason); });

  var vitals = {};
  var shift = { sum: 0, first: 0, last: 0 };
  function observe(type, each, more) {
    try {
      new PerformanceObserver(function (list) { list.getEntries().forEach(each); })
        .observe(Object.assign({ type: type, buffered: true }, more));
    } catch (unsupported) { /* an older browser: that vital is simply not sent */ }
  }
  observe('paint', function (e) {
    if (e.name === 'first-contentful-paint') vitals.FCP = Math.round(e.startTime);
  });
  observe('largest-contentful-paint', function (e) { vitals.LCP = Math.round(e.startTime); vitals.CLS = vitals.CLS || 0; });
  observe('event', function (e) {
    if (e.interactionId) vitals.INP = Math.max(vitals.INP || 0, Math.round(e.duration));
  }, { durationThreshold: 16 });
  // CLS is the worst burst of shifts: gaps under 1 s, at most 5 s long.
  observe('layout-shift', function (e) {
    if (e.hadRecentInput) return;
    if (e.startTime - shift.last > 1000 || e.startTime - shift.first > 5000) shift = { sum: 0, first: e.startTime };
    shift.sum += e.value;
    shift.last = e.startTime;
    vitals.CLS = Math.max(vitals.CLS || 0, Math.round(shift.sum * 1e4) / 1e4);
  });

  function leave() {
    var values = {};
    Object.keys(vitals).forEach(function (name) { values['$web_vitals_' + name + '_value'] = vitals[name]; });
    if (Object.keys(vitals).length) capture('$web_vitals', values);
    vitals = {};
    flush();
  }
  addEventListener('visibilitychange', function () { if (document.hidden) leave(); }, true);
  addEventListener('pagehide', leave);

  window.analytics = { capture: capture };
  capture('$pageview');
  addEventListener('pageshow', function (e) { if (e.persisted) capture('$pageview'); });
})();
