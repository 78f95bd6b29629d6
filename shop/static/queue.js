/* Journal entries that wait on this phone: shows them, sends them once there is a network, lets people
   retry or discard. Also readies entry forms: own time, own key, smaller photos. The service worker
   (sw.js) puts entries into the queue; without one every form is sent as usual. */
(function () {
  'use strict';
  var doc = document, vi = doc.documentElement.lang !== 'en';
  var say = function (v, e) { return vi ? v : e; };
  var box = doc.querySelector('[data-waiting]');

  function open() {
    return new Promise(function (yes, no) {
      var asked = indexedDB.open('cho-phien', 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore('entries', { keyPath: 'id' }); };
      asked.onsuccess = function () { yes(asked.result); };
      asked.onerror = function () { no(asked.error); };
    });
  }
  function run(mode, act) {
    return open().then(function (db) {
      return new Promise(function (yes, no) {
        var work = db.transaction('entries', mode), asked = act(work.objectStore('entries'));
        work.oncomplete = function () { db.close(); yes(asked && asked.result); };
        work.onerror = function () { db.close(); no(work.error); };
      });
    });
  }
  var all = function () { return run('readonly', function (s) { return s.getAll(); }); };
  var drop = function (id) { return run('readwrite', function (s) { return s.delete(id); }); };
  var keep = function (item) { return run('readwrite', function (s) { return s.put(item); }); };

  function element(tag, text, className) {
    var made = doc.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function button(text, act) {
    var made = element('button', text, 'btn btn-s');
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  }

  function draw(note) {
    return all().then(function (items) {
      doc.querySelectorAll('form[action$="/dang-xuat"]').forEach(function (f) {
        if (items.length) f.dataset.confirm = say('Còn ' + items.length + ' việc chưa gửi trên máy này. Đăng xuất sẽ xóa chúng. Vẫn đăng xuất?', items.length + ' entries on this phone are not sent. Signing out deletes them. Sign out anyway?');
        else delete f.dataset.confirm;
      });
      if (!box) return;
      box.hidden = !items.length && !note;
      box.dataset.waiting = items.length;
      box.textContent = '';
      if (items.length) box.appendChild(element('strong', say(items.length + ' việc chờ gửi', items.length + (items.length > 1 ? ' entries wait' : ' entry waits') + ' to be sent')));
      if (note) box.appendChild(element('p', note, 'small'));
      var list = element('ul');
      items.forEach(function (item) {
        var row = element('li', '', 'between'), words = element('span');
        words.appendChild(element('b', item.title));
        words.appendChild(element('span', ' · ' + item.lot + ' · ' + new Date(item.saved).toLocaleString(vi ? 'vi-VN' : 'en-GB'), 'small mute'));
        if (item.error) words.appendChild(element('p', item.error, 'err'));
        row.appendChild(words);
        row.appendChild(button(say('Bỏ', 'Discard'), function () {
          if (window.confirm(say('Bỏ việc này? Không lấy lại được.', 'Discard this entry? It cannot be brought back.'))) drop(item.id).then(function () { draw(); });
        }));
        list.appendChild(row);
      });
      box.appendChild(list);
      if (items.length) box.appendChild(button(say('Gửi ngay', 'Send now'), function () { send(true); }));
    });
  }

  /* A fresh token for each round; only the person who wrote an entry sends it. */
  function ticket() {
    return fetch('/ban-hang/ve-gui', { headers: { Accept: 'application/json' }, cache: 'no-store' }).then(function (r) {
      if (!r.ok || !/json/.test(r.headers.get('Content-Type'))) throw new Error('signed out');
      return r.json();
    });
  }
  function post(item, token) {
    var data = new FormData();
    item.pairs.forEach(function (pair) { data.append(pair[0], pair[1]); });
    data.append('csrf_token', token);
    return fetch(item.url, { method: 'POST', body: data, headers: { Accept: 'application/json' } });
  }
  function deliver(items, token, sent) {
    var item = items.shift();
    if (!item) return Promise.resolve(sent);
    return post(item, token).then(function (answer) {
      if (answer.ok) return drop(item.id).then(function () { return deliver(items, token, sent + 1); });
      if (answer.status >= 500 || answer.status === 429) throw new Error('later');
      return answer.json().catch(function () { return {}; }).then(function (body) {
        item.error = (body.errors || []).join(' ') || say('Máy chủ không nhận việc này (mã ' + answer.status + ').', 'The server did not take this entry (' + answer.status + ').');
        return keep(item);
      }).then(function () { return deliver(items, token, sent); });
    });
  }
  function round(isAsked) {
    return all().then(function (items) {
      var waiting = items.filter(function (i) { return isAsked || !i.error; });
      if (!waiting.length) return draw();
      return ticket().then(function (pass) {
        var own = waiting.filter(function (i) { return i.who === String(pass.person); });
        return deliver(own, pass.csrf_token, 0);
      }).then(function (sent) {
        return draw(sent ? say('Đã gửi ' + sent + ' việc.', sent + ' sent.') : '');
      }, function (fault) {
        return draw(fault.message === 'signed out' ? say('Đăng nhập lại để gửi.', 'Sign in again to send.') : say('Chưa có mạng; sẽ gửi khi có mạng.', 'No network yet; it is sent when there is one.'));
      });
    });
  }
  var turn = Promise.resolve();
  function send(isAsked) {
    turn = turn.then(function () {
      return navigator.locks ? navigator.locks.request('cho-phien-queue', function () { return round(isAsked); }) : round(isAsked);
    });
  }

  /* Forms: a key and a time of their own, also when the page came out of the phone's store. */
  function ready() {
    doc.querySelectorAll('form[data-queue]').forEach(function (form) {
      if (form.hasAttribute('data-refused')) return;
      if (window.crypto && crypto.randomUUID) form.elements.submit_key.value = crypto.randomUUID();
      if (Math.abs(Date.now() - Date.parse(form.dataset.made)) > 120000) {
        form.elements.happened_at.value = new Date(Date.now() + 7 * 3600000).toISOString().slice(0, 16);
      }
    });
  }

  /* Photos of several megabytes become some hundred kilobytes before they travel. */
  var shrinking = 0, MOST = 1600;
  function shrink(file) {
    if (!window.createImageBitmap || file.size < 400000) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (picture) {
      var scale = Math.min(1, MOST / Math.max(picture.width, picture.height)), canvas = element('canvas');
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (yes) { canvas.toBlob(yes, 'image/jpeg', 0.85); });
    }).then(function (small) {
      return small && small.size < file.size ? new File([small], 'anh.jpg', { type: 'image/jpeg' }) : file;
    }).catch(function () { return file; });
  }
  doc.addEventListener('change', function (event) {
    var input = event.target;
    if (!input.hasAttribute('data-shrink') || !window.DataTransfer) return;
    shrinking += 1;
    Promise.all(Array.prototype.map.call(input.files, shrink)).then(function (files) {
      var carrier = new DataTransfer();
      files.forEach(function (file) { carrier.items.add(file); });
      input.files = carrier.files;
    }).catch(function () {}).then(function () {
      shrinking -= 1;
      var form = input.form;
      if (!shrinking && form.dataset.later) { delete form.dataset.later; form.requestSubmit(); }
    });
  });
  window.addEventListener('submit', function (event) {
    if (!shrinking || !event.target.dataset.queue) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.dataset.later = '1';
  }, true);

  ready();
  window.addEventListener('pageshow', function (event) { if (event.persisted) { ready(); send(); } });
  if (!window.indexedDB) return;
  draw().then(function () { send(); });
  window.addEventListener('online', function () { send(); });
  var pages = doc.querySelector('[data-keep-pages]');
  if (pages && navigator.serviceWorker) navigator.serviceWorker.ready.then(function (registration) {
    var urls = Array.prototype.map.call(pages.querySelectorAll('.big-taps a'), function (a) { return a.href; });
    registration.active.postMessage({ keep: [location.href].concat(urls) });
  });
})();
