/* Small conveniences. Every page works without this file. */
(function () {
  'use strict';
  var doc = document;
  var vi = doc.documentElement.lang !== 'en';
  var all = function (selector, from) {
    return Array.prototype.slice.call((from || doc).querySelectorAll(selector));
  };
  var two = function (n) { return (n < 10 ? '0' : '') + n; };

  /* data-countdown="ISO time": the element's text becomes the time left. */
  function countdown() {
    var now = Date.now();
    all('[data-countdown]').forEach(function (e) {
      var s = Math.round((Date.parse(e.dataset.countdown) - now) / 1000);
      if (isNaN(s)) return;
      if (s <= 0) {
        e.textContent = e.dataset.done || (vi ? 'Đang bắt đầu' : 'Starting');
        e.removeAttribute('data-countdown');
        return;
      }
      var d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
      var left = d ? d + (vi ? ' ngày ' : ' d ') + h + (vi ? ' giờ' : ' h')
        : h ? h + (vi ? ' giờ ' : ' h ') + two(m) + (vi ? ' phút' : ' min')
        : m + ':' + two(s % 60);
      e.textContent = (e.dataset.prefix || (vi ? 'Còn ' : 'In ')) + left;
    });
  }

  /* data-stepper: minus and plus around a number. data-price on inputs of a form
     with an <output data-total> keeps the sum, in whole dong. */
  function total(form) {
    var out = form && form.querySelector('[data-total]');
    if (!out) return;
    var sum = 0;
    all('[data-price]', form).forEach(function (e) {
      if ((e.type === 'checkbox' || e.type === 'radio') && !e.checked) return;
      sum += (e.type === 'checkbox' || e.type === 'radio' ? 1 : +e.value || 0) * +e.dataset.price;
    });
    out.textContent = String(sum).replace(/\B(?=(\d{3})+$)/g, '.') + '\u00a0₫';
  }

  function preview(input) {
    var box = doc.getElementById(input.dataset.preview);
    if (!box) return;
    box.textContent = '';
    Array.prototype.slice.call(input.files, 0, 8).forEach(function (f) {
      if (f.type.indexOf('image/')) return;
      var img = doc.createElement('img');
      img.alt = f.name;
      img.onload = function () { URL.revokeObjectURL(img.src); };
      img.src = URL.createObjectURL(f);
      box.appendChild(img);
    });
  }

  function copy(button) {
    var from = button.dataset.copy;
    var source = from.charAt(0) === '#' && doc.querySelector(from);
    var text = source ? source.value || source.textContent.trim() : from;
    navigator.clipboard.writeText(text).then(function () {
      var old = button.innerHTML;
      button.textContent = vi ? 'Đã chép' : 'Copied';
      setTimeout(function () { button.innerHTML = old; }, 1600);
    });
  }

  doc.addEventListener('click', function (event) {
    var t = event.target.closest ? event.target : event.target.parentElement;
    var b = t.closest('[data-copy]');
    if (b) copy(b);
    b = t.closest('[data-step]');
    if (b) {
      var input = b.parentElement.querySelector('input');
      var next = (+input.value || 0) + +b.dataset.step;
      input.value = Math.max(+input.min || 0, Math.min(next, input.max === '' ? 1e9 : +input.max));
      input.dispatchEvent(new Event('change', { bubbles: true }));
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
    b = t.closest('[data-share]');
    if (b) navigator.share({ text: b.dataset.shareText, url: b.dataset.share }).catch(function () {});
    b = t.closest('[data-print]');
    if (b) window.print();
    all('details.menu[open]').forEach(function (d) { if (!d.contains(t)) d.open = false; });
  });

  doc.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') return;
    all('details.menu[open]').forEach(function (d) {
      d.open = false;
      d.querySelector('summary').focus();
    });
  });

  /* data-counter="id": the element says how many characters (NFC) the field holds. */
  function counter(input) {
    var out = doc.getElementById(input.dataset.counter);
    var text = input.value.trim().normalize('NFC') || input.placeholder;
    var count = text ? Array.from(text).length : out.dataset.built || 0;
    var max = +out.dataset.max;
    out.textContent = count + (max ? '/' + max : '');
    out.classList.toggle('over', max > 0 && count > max);
  }

  doc.addEventListener('input', function (event) {
    total(event.target.form);
    if (event.target.dataset.counter) counter(event.target);
  });

  doc.addEventListener('change', function (event) {
    var t = event.target;
    if (t.dataset.preview) preview(t);
    if (t.hasAttribute('data-auto-submit')) t.form.requestSubmit();
  });

  /* data-confirm on a form or its button asks first; then a form is sent once only. */
  doc.addEventListener('submit', function (event) {
    var form = event.target, by = event.submitter;
    var ask = (by && by.dataset.confirm) || form.dataset.confirm;
    if ((ask && !window.confirm(ask)) || form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method !== 'post' || form.target || form.matches('[data-hx-post],[data-repeat]')) return;
    form.dataset.sent = '1';
    if (by) { by.setAttribute('aria-disabled', 'true'); by.classList.add('busy'); }
    /* Loading was stopped by hand: nothing tells so. A key makes a second press harmless. */
    if (form.elements.submit_key) window.setTimeout(mayPressAgain, 10000);
  }, true);

  function mayPressAgain() {
    all('form[data-sent]').forEach(function (f) { delete f.dataset.sent; });
    all('.busy').forEach(function (b) { b.removeAttribute('aria-disabled'); b.classList.remove('busy'); });
  }
  window.addEventListener('pageshow', mayPressAgain);

  /* data-suggest="address" on a form: its search field becomes a combobox whose list the address
     gives. Arrows choose, Enter goes there, Escape closes; what is typed stays as it is. */
  function suggest(form) {
    var input = form.querySelector('input[type=search]'), list = doc.createElement('ul');
    var asked, timer, at = -1, kept = {};
    list.id = input.id + '-list';
    list.className = 'hints';
    list.hidden = true;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', vi ? 'Gợi ý tìm kiếm' : 'Search suggestions');
    form.appendChild(list);
    var attributes = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id };
    Object.keys(attributes).forEach(function (name) { input.setAttribute(name, attributes[name]); });

    var options = function () { return all('[role=option]', list); };
    function open(is) {
      list.hidden = !is;
      input.setAttribute('aria-expanded', is);
      if (!is) choose(-1);
    }
    function choose(n) {
      at = n;
      input.removeAttribute('aria-activedescendant');
      options().forEach(function (o, i) {
        o.setAttribute('aria-selected', i === n);
        if (i !== n) return;
        input.setAttribute('aria-activedescendant', o.id);
        o.scrollIntoView({ block: 'nearest' });
      });
    }
    function show(html) {
      list.innerHTML = html;
      options().forEach(function (o, i) { o.id = list.id + i; });
      open(options().length > 0 && doc.activeElement === input);
    }
    function ask() {
      var typed = input.value.trim();
      if (asked) asked.abort();
      if (typed.length < 2) return open(false);
      if (typed in kept) return show(kept[typed]);
      asked = new AbortController();
      fetch(form.dataset.suggest + '?q=' + encodeURIComponent(typed), { signal: asked.signal })
        .then(function (r) { return r.ok ? r.text() : ''; })
        .then(function (html) { show(kept[typed] = html); })
        .catch(function () {});
    }
    input.addEventListener('input', function () {
      clearTimeout(timer);
      timer = setTimeout(ask, 150);
    });
    input.addEventListener('focus', function () { if (options().length && list.dataset.of === input.value) open(true); });
    input.addEventListener('blur', function () { list.dataset.of = input.value; open(false); });
    input.addEventListener('keydown', function (event) {
      var many = options().length, down = event.key === 'ArrowDown';
      if (event.key === 'Escape' && !list.hidden) {
        event.preventDefault();
        open(false);
      } else if (many && (down || event.key === 'ArrowUp')) {
        event.preventDefault();
        if (list.hidden) open(true);
        choose(down ? (at + 2) % (many + 1) - 1 : (at + many + 1) % (many + 1) - 1);
      } else if (event.key === 'Enter' && at >= 0) {
        event.preventDefault();
        location.assign(options()[at].dataset.url);
      }
    });
    list.addEventListener('mousedown', function (event) { event.preventDefault(); });
    list.addEventListener('click', function (event) {
      var o = event.target.closest('[role=option]');
      if (o) location.assign(o.dataset.url);
    });
  }
  all('[data-suggest]').forEach(suggest);

  function ready() {
    all('[data-copy],[data-step],[data-print],[data-js]').forEach(function (e) { e.hidden = false; });
    if (navigator.share) all('[data-share]').forEach(function (e) { e.hidden = false; });
    all('[data-no-js]').forEach(function (e) { e.hidden = true; });
    all('form').forEach(total);
    countdown();
  }
  ready();
  all('.tabs [aria-current], .week .today').forEach(function (e) {
    var box = e.closest('.tabs, .week'), stuck = box.querySelector('tbody th');
    var free = box.clientWidth + (stuck ? stuck.offsetWidth : 0);
    box.scrollLeft += e.getBoundingClientRect().left - (free - e.offsetWidth) / 2;
  });
  var first = doc.querySelector('[data-focus]');
  if (first) first.focus();
  setInterval(countdown, 1000);
  doc.addEventListener('htmx:after:swap', ready);

  var worker = doc.documentElement.dataset.sw;
  if (worker && navigator.serviceWorker) navigator.serviceWorker.register(worker);
})();
