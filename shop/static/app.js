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
    var max = +out.dataset.max;
    out.textContent = Array.from(text).length + (max ? '/' + max : '');
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
  }, true);

  window.addEventListener('pageshow', function () {
    all('form[data-sent]').forEach(function (f) { delete f.dataset.sent; });
    all('.busy').forEach(function (b) { b.removeAttribute('aria-disabled'); b.classList.remove('busy'); });
  });

  function ready() {
    all('[data-copy],[data-step],[data-print],[data-js]').forEach(function (e) { e.hidden = false; });
    if (navigator.share) all('[data-share]').forEach(function (e) { e.hidden = false; });
    all('[data-no-js]').forEach(function (e) { e.hidden = true; });
    all('form').forEach(total);
    countdown();
  }
  ready();
  all('.tabs [aria-current], .week .today').forEach(function (e) {
    var box = e.closest('.tabs, .week');
    box.scrollLeft += e.getBoundingClientRect().left - (box.clientWidth - e.offsetWidth) / 2;
  });
  var first = doc.querySelector('[data-focus]');
  if (first) first.focus();
  setInterval(countdown, 1000);
  doc.addEventListener('htmx:after:swap', ready);

  var worker = doc.documentElement.dataset.sw;
  if (worker && navigator.serviceWorker) navigator.serviceWorker.register(worker);
})();
