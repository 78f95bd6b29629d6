/* The console on air: presses are kept on the phone until the server has them, and shown at once. Each press
   is a row of its own in localStorage, with the key and the time it was made; the server takes each key once
   (docs/algorithms/run-of-show.md). Without this file every button is a plain form. */
(function () {
  'use strict';
  var doc = document, box = doc.querySelector('[data-onair]');
  if (!box || !window.localStorage || !window.fetch) return;
  var vi = doc.documentElement.lang !== 'en', say = function (v, e) { return vi ? v : e; };
  var session = doc.querySelector('[data-session]').dataset.session, PREFIX = 'onair:' + session + ':', KEPT = 'onair-kept:' + session;
  var state = JSON.parse(box.querySelector('[data-state]').textContent), etag = '', offset = 0, trouble = '', busy = false, heard = false;
  var WORDS = { on: say('Đang nói', 'On now'), done: say('Xong', 'Done'), skipped: say('Bỏ qua', 'Skipped'), waiting: '' };

  /* what waits */
  function waiting() {
    var found = [];
    for (var i = 0; i < localStorage.length; i += 1) {
      var name = localStorage.key(i);
      if (name.indexOf(PREFIX) === 0) found.push(JSON.parse(localStorage.getItem(name)));
    }
    return found.filter(function (p) { return p.who === state.person; }).sort(function (a, b) { return a.at - b.at || (a.key < b.key ? -1 : 1); });
  }
  function drop(key) { localStorage.removeItem(PREFIX + key); }
  function fresh() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    return Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(16)), function (b) { return (b + 256).toString(16).slice(1); }).join('');
  }

  /* the same rules as rules/cues.py, for presses the server has not seen yet */
  function find(s, id) { return s.items.filter(function (i) { return i.id === id; })[0]; }
  function close(s, at) {
    var item = find(s, s.current);
    if (item) { item.state = 'done'; item.seconds += Math.max(0, Math.round((at - s.since) / 1000)); }
    s.current = s.since = null;
  }
  function fit(s, at) {
    var rest = s.items.filter(function (i) { return i.state === 'waiting'; }), on = find(s, s.current);
    var from = Math.max(at, on ? s.since + on.minutes * 60000 : at), free = Math.floor((s.ends - from) / 60000) - s.tail - rest.reduce(function (sum, i) { return sum + i.lead; }, 0);
    var total = rest.reduce(function (sum, i) { return sum + i.minutes; }, 0), spare = Math.max(free - rest.length, 0);
    if (!total) return;
    var parts = rest.map(function (i, n) { return { item: i, n: n, whole: Math.floor(spare * i.minutes / total), rest: spare * i.minutes % total }; });
    var left = spare - parts.reduce(function (sum, p) { return sum + p.whole; }, 0);
    parts.slice().sort(function (a, b) { return b.rest - a.rest || a.n - b.n; }).forEach(function (p, n) { p.item.minutes = 1 + p.whole + (n < left ? 1 : 0); });
  }
  function apply(s, p) {
    var at = p.at + offset, item = find(s, p.item);
    if (p.kind === 'fit') return fit(s, at);
    if (!item) return;
    if (p.kind === 'show' && s.current !== p.item) { close(s, at); s.current = s.pinned = p.item; s.since = at; item.state = 'on'; }
    if ((p.kind === 'done' || p.kind === 'skip') && s.current === p.item) close(s, at);
    if (p.kind === 'skip') item.state = 'skipped';
    if (p.kind === 'pin') s.pinned = p.item;
    if (p.kind === 'unpin' && s.pinned === p.item) s.pinned = null;
    if (p.kind === 'price_on' && item.live_price) { item.price_from = at; item.price_until = Math.min(at + p.minutes * 60000, s.ends); }
    if (p.kind === 'price_off') item.price_from = item.price_until = null;
  }
  function expect(s, now) {
    var at = Math.max(now, s.starts), slots = {}, on = find(s, s.current);
    if (on) { at = Math.max(at, s.since + on.minutes * 60000); slots[on.id] = [s.since, at]; }
    else if (s.items.length && !s.items.some(function (i) { return i.seconds; })) at = Math.max(at, s.starts + s.items[0].lead * 60000) - s.items[0].lead * 60000;
    s.items.forEach(function (i) {
      if (i.state !== 'waiting') return;
      var begin = at + i.lead * 60000;
      at = begin + i.minutes * 60000;
      slots[i.id] = [begin, at];
    });
    return { slots: slots, over: Math.round((at - s.ends) / 60000) + s.tail };
  }

  /* drawing */
  var clock = function (ms) { return new Date(ms).toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Ho_Chi_Minh' }); };
  var money = function (n) { return String(n).replace(/\B(?=(\d{3})+$)/g, '.') + '\u00a0₫'; };
  function field(from, name) { return from.querySelector('[data-f="' + name + '"]'); }
  function text(from, name, words) { var e = field(from, name); if (e && e.textContent !== words) e.textContent = words; return e; }
  function span(words, className) { var e = doc.createElement('span'); e.textContent = words; e.className = className || ''; return e; }
  function isOn(item, now) { return item.price_from !== null && item.price_from <= now && now < item.price_until; }
  function stock(left) {
    return left <= 0 ? span(say('Hết hàng', 'Sold out'), 'stock stock-out')
      : left <= 5 ? span(say('Chỉ còn ' + left, 'Only ' + left + ' left'), 'stock stock-low') : span(say('Còn ' + left, left + ' left'), 'stock');
  }
  var sold = function (n) { return say('đã bán ' + n, n + ' sold'); };
  function facts(e, item, now) {
    e.textContent = '';
    if (!item) return;
    e.append(span(money(isOn(item, now) ? item.live_price : item.price), isOn(item, now) ? 'price price-live' : 'price'), stock(item.left), span(sold(item.sold), 'mute'));
  }
  function aim(card, name, item, isShown) {
    var form = card.querySelector('[data-of="' + name + '"]');
    form.elements.item_id.value = item ? item.id : '';
    form.hidden = !isShown;
    return form;
  }
  function drawCards(s, plan, now) {
    var nowCard = box.querySelector('[data-card="now"]'), nextCard = box.querySelector('[data-card="next"]'), on = find(s, s.current);
    var next = s.items.filter(function (i) { return i.state === 'waiting'; })[0];
    text(nowCard, 'clock', clock(now));
    text(nowCard, 'code', on ? on.code : '–');
    text(nowCard, 'name', on ? on.name : say('Chưa bắt đầu sản phẩm nào', 'Nothing is on yet'));
    facts(field(nowCard, 'facts'), on, now);
    var spent = on ? Math.floor((now - s.since) / 60000) : 0;
    text(nowCard, 'time', on ? say(spent + '/' + on.minutes + ' phút · đến khoảng ', spent + '/' + on.minutes + ' min · until about ') + clock(plan.slots[on.id][1]) : '');
    text(aim(nowCard, 'next', next, true), 'label', next ? say('Tiếp: ', 'Next: ') + next.code : say('Hết danh sách', 'End of the list')).closest('button').disabled = !next;
    var isPriced = Boolean(on && on.live_price), holds = Boolean(on && isOn(on, now));
    aim(nowCard, 'price-on', on, isPriced && !holds);
    var off = text(aim(nowCard, 'price-off', on, holds), 'label', say('Tắt giá live', 'End live price') + (holds ? ' · ' + left(on.price_until - now) : ''));
    off.closest('form').hidden = !holds;
    aim(nowCard, 'done', on, Boolean(on));
    text(nextCard, 'code', next ? next.code : '–');
    text(nextCard, 'name', next ? next.name : say('Hết danh sách', 'End of the list'));
    facts(field(nextCard, 'facts'), next, now);
    text(nextCard, 'time', next ? say('khoảng ', 'about ') + clock(plan.slots[next.id][0]) : '');
    text(nextCard, 'over', plan.over > 0 ? say('Trễ ' + plan.over + ' phút so với giờ kết thúc', plan.over + ' min past the end') : plan.over < 0 ? say('Dư ' + -plan.over + ' phút', -plan.over + ' min to spare') : say('Đúng giờ', 'On time')).className = plan.over > 0 ? 'err' : '';
  }
  function left(ms) { var s = Math.max(0, Math.round(ms / 1000)); return Math.floor(s / 60) + ':' + ('0' + s % 60).slice(-2); }
  function drawRow(s, item, plan, now) {
    var row = box.querySelector('[data-item="' + item.id + '"]'), slot = plan.slots[item.id];
    if (!row) return;
    row.dataset.state = item.state;
    var mark = text(row, 'state', WORDS[item.state]);
    mark.hidden = item.state === 'waiting';
    mark.className = item.state === 'on' ? 'badge badge-live' : 'badge';
    field(row, 'pinned').hidden = s.pinned !== item.id;
    text(row, 'slot', slot ? clock(slot[0]) + '–' + clock(slot[1]) : item.seconds ? Math.round(item.seconds / 60) + say(' phút', ' min') : '');
    field(row, 'left').replaceChildren(stock(item.left));
    text(row, 'sold', sold(item.sold));
    var holds = isOn(item, now);
    field(row, 'price').replaceChildren(span(money(holds ? item.live_price : item.price), holds ? 'price price-live' : 'price'));
    text(row, 'until', holds ? say('giá live còn ', 'live price for ') + left(item.price_until - now) : '');
  }
  function drawOrders(s) {
    text(box, 'order-count', String(s.order_count));
    var list = field(box, 'orders');
    if (!s.orders.length) return;
    list.replaceChildren.apply(list, s.orders.map(function (o) {
      var row = doc.createElement('li'), at = doc.createElement('b');
      at.textContent = o.at;
      row.append(at, ' ' + o.what + ' ', span('…' + o.code, 'mute small'));
      return row;
    }));
  }
  function draw() {
    var queue = waiting(), s = JSON.parse(JSON.stringify(state)), now = Date.now() + offset;
    queue.forEach(function (p) { apply(s, p); });
    var plan = expect(s, now);
    drawCards(s, plan, now);
    s.items.forEach(function (item) { drawRow(s, item, plan, now); });
    drawOrders(s);
    var count = doc.querySelector('[data-f="drafts"]');
    if (count) { count.textContent = s.drafts; count.hidden = !s.drafts; }
    var net = box.querySelector('[data-net]'), words = trouble;
    if (queue.length) words = say(queue.length + ' lần bấm chờ gửi. ', queue.length + ' presses wait to be sent. ') + trouble;
    net.hidden = !words;
    if (net.textContent !== words) net.textContent = words;
    net.dataset.waiting = queue.length;
  }

  /* to and from the server */
  function take(fresh, now) {
    state = fresh;
    heard = true;
    if (now) offset = now - Date.now();
    try { localStorage.setItem(KEPT, JSON.stringify({ state: state, offset: offset })); } catch (full) { /* the page's own state stays */ }
    if (doc.querySelector('[data-status]').dataset.status !== state.state) location.reload();
  }
  function refuse(answer) {
    if (answer.status === 401 || answer.status === 403 || answer.redirected) throw new Error(say('Đăng nhập lại để gửi.', 'Sign in again to send.'));
    throw new Error(say('Máy chủ bận, sẽ gửi lại.', 'The server is busy; it is sent again.'));
  }
  function ask() {
    return fetch(box.dataset.news, { headers: etag ? { 'If-None-Match': etag } : {}, cache: 'no-store' }).then(function (answer) {
      if (answer.status === 304) return;
      if (!answer.ok || answer.redirected) refuse(answer);
      etag = answer.headers.get('ETag') || '';
      return answer.json().then(function (body) { take(body, +answer.headers.get('X-Now')); });
    });
  }
  function send(queue) {
    var body = { sent: Date.now(), presses: queue.slice(0, 100).map(function (p) { return { key: p.key, kind: p.kind, item: p.item, minutes: p.minutes, at: p.at }; }) };
    return fetch(box.dataset.send, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': state.csrf_token } }).then(function (answer) {
      if (answer.status === 409 || answer.status === 422) return answer.json().then(function (said) {
        queue.forEach(function (p) { drop(p.key); });
        trouble = said.said;
        note = Date.now() + 8000;
      });
      if (!answer.ok || answer.redirected) refuse(answer);
      return answer.json().then(function (done) {
        done.taken.forEach(drop);
        Object.keys(done.refused).forEach(function (key) { drop(key); trouble = done.refused[key]; note = Date.now() + 8000; });
        etag = '';
        take(done.state, done.now);
      });
    });
  }
  var note = 0;
  function round() {
    if (busy) return;
    busy = true;
    var queue = waiting(), work = function () { return queue.length ? send(queue) : ask(); };
    (navigator.locks ? navigator.locks.request('onair', work) : work()).then(function () {
      if (Date.now() > note) trouble = '';
    }, function (fault) {
      if (fault instanceof TypeError) recall();
      trouble = fault instanceof TypeError ? say('Chưa có mạng: cứ bấm tiếp, mọi lần bấm được giữ trên máy.', 'No network: carry on, every press is kept on this phone.') : fault.message;
    }).then(function () {
      busy = false;
      draw();
      if (!trouble && waiting().length) round();
    });
  }

  doc.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.dataset.press) return;
    event.preventDefault();
    var press = { key: fresh(), kind: form.dataset.press, item: +form.elements.item_id.value || null, minutes: +form.elements.minutes.value || null, at: Date.now(), who: state.person };
    if (press.kind !== 'fit' && !press.item) return;
    localStorage.setItem(PREFIX + press.key, JSON.stringify(press));
    if (navigator.vibrate) navigator.vibrate(15);
    draw();
    round();
  });

  /* the screen stays on while the console is in sight */
  var wake = doc.querySelector('[data-wake]'), lock = null;
  function hold() {
    navigator.wakeLock.request('screen').then(function (got) {
      lock = got;
      wake.setAttribute('aria-pressed', 'true');
      got.addEventListener('release', function () { lock = null; wake.setAttribute('aria-pressed', 'false'); });
    }).catch(function () {});
  }
  if (wake && navigator.wakeLock) {
    wake.hidden = false;
    wake.addEventListener('click', function () { if (lock) lock.release(); else hold(); });
    hold();
    doc.addEventListener('visibilitychange', function () { if (!doc.hidden && !lock) hold(); });
  }

  /* a page out of the phone's store may be older than what was learnt last */
  function recall() {
    var kept = JSON.parse(localStorage.getItem(KEPT) || 'null');
    if (kept && !heard && kept.state.person === state.person) { state = kept.state; offset = kept.offset; }
  }
  if (!navigator.onLine) recall();
  window.addEventListener('online', round);
  doc.addEventListener('visibilitychange', function () { if (!doc.hidden) round(); });
  setInterval(draw, 1000);
  setInterval(function () { if (!doc.hidden) round(); }, 4000);
  draw();
  round();
})();
