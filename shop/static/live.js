/* A session's page while it is on air: asks for what is pinned, its price and stock every few seconds. The
   browser sends the ETag it has, so an unchanged answer costs a 304. Without this file the page is as it was
   when it was opened. */
(function () {
  'use strict';
  var box = document.querySelector('[data-poll]');
  if (!box || !window.fetch) return;
  var piece = box.querySelector('[data-piece]'), shown = '', wait = 5000;
  function ask() {
    if (document.hidden) return next();
    fetch(box.dataset.poll, { cache: 'no-cache' }).then(function (answer) {
      if (!answer.ok) throw new Error('busy');
      return answer.text();
    }).then(function (html) {
      wait = 5000;
      if (html === shown) return;
      if (shown) piece.innerHTML = html;
      shown = html;
      if (html.indexOf('data-live-state="live"') < 0) { piece.innerHTML = html; box.removeAttribute('data-poll'); }
    }).catch(function () { wait = Math.min(wait * 2, 60000); }).then(next);
  }
  function next() { if (box.dataset.poll) setTimeout(ask, wait); }
  document.addEventListener('visibilitychange', function () { if (!document.hidden && box.dataset.poll) wait = 5000; });
  ask();
})();
