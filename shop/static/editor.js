/* The product editor: keeps what is typed, shows it as buyers will see it, sends photos one by one.
   Every page works without this file by its plain buttons. */
(function () {
  'use strict';
  var doc = document;
  var vi = doc.documentElement.lang !== 'en';
  var WAIT = 1200, RETRY = 8000, LONGEST = 2048, QUALITY = 0.86;
  var say = vi ? {
    keeping: 'Đang lưu…', local: 'Chưa gửi được, giữ trên máy', waiting: 'Chờ', sending: 'Đang gửi',
    shrinking: 'Đang thu nhỏ', done: 'Đã thêm', failed: 'Chưa gửi được. Kiểm tra mạng rồi thử lại.',
    again: 'Gửi lại', blocked: 'Chưa có mạng: chữ được giữ trên máy này, có mạng hãy bấm lại.',
    older: 'Trên máy này còn chữ chưa gửi, khác với bản đang hiện.', behind: 'Người khác vừa lưu phần này; khi bấm lưu sẽ được so hai bản.'
  } : {
    keeping: 'Saving…', local: 'Not sent yet, kept on this device', waiting: 'Waiting', sending: 'Sending',
    shrinking: 'Making it smaller', done: 'Added', failed: 'Not sent. Check the network and try again.',
    again: 'Send again', blocked: 'No network: your words are kept on this device; press again once online.',
    older: 'This device holds words not sent yet that differ from what is shown.', behind: 'Somebody else has just saved this part; saving will show both.'
  };
  var all = function (selector, from) {
    return Array.prototype.slice.call((from || doc).querySelectorAll(selector));
  };
  function parse(html) { return new DOMParser().parseFromString(html, 'text/html'); }
  function make(tag, text, kind) {
    var e = doc.createElement(tag);
    if (text) e.textContent = text;
    if (kind) e.className = kind;
    return e;
  }

  /* What stands in a form, as [name, text] pairs; neither files nor what the server adds. */
  var NOT_TYPED = { csrf_token: 1, seen: 1, version: 1 };
  function typed(form) {
    return Array.from(new FormData(form)).filter(function (pair) {
      return typeof pair[1] === 'string' && !NOT_TYPED[pair[0]];
    });
  }
  function fill(form, pairs) {
    var left = {};
    pairs.forEach(function (pair) { (left[pair[0]] = left[pair[0]] || []).push(pair[1]); });
    all('input,select,textarea', form).forEach(function (e) {
      if (!e.name || NOT_TYPED[e.name] || e.type === 'file' || e.type === 'hidden') return;
      var values = left[e.name] || [];
      if (e.type === 'checkbox' || e.type === 'radio') e.checked = values.indexOf(e.value) >= 0;
      else if (values.length) e.value = values.shift();
    });
  }
  function recall(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; }
  }
  function store(key, value) {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value)); else localStorage.removeItem(key);
    } catch (error) { /* a full or forbidden store: the server still keeps it */ }
  }

  /* form[data-keep]: kept on the server a moment after the last key, on this device until then. */
  function keep(form) {
    var url = form.dataset.keep;
    var key = 'phien:' + form.dataset.owner + ':' + url;
    var said = form.querySelector('[data-said]');
    var clash = form.querySelector('[data-clash]');
    var timer, sending = null, last = JSON.stringify(typed(form));

    function status(text) { if (said.textContent !== text) said.textContent = text; }
    function isDirty() { return JSON.stringify(typed(form)) !== last; }
    function note() {
      store(key, { fields: typed(form), version: form.elements.version.value });
    }
    function later(ms) { clearTimeout(timer); timer = setTimeout(send, ms); }

    function ask(text, mine, theirs) {
      clearTimeout(timer);
      clash.querySelector('[data-clash-text]').textContent = text;
      clash.hidden = false;
      clash.querySelector('[data-clash-mine]').onclick = function () { clash.hidden = true; mine(); };
      clash.querySelector('[data-clash-theirs]').onclick = function () { store(key, null); theirs(); };
    }

    function hints(found) {
      Object.keys(found).forEach(function (name) {
        var box = form.querySelector('[data-hint="' + name + '"]');
        if (box && box.innerHTML.trim() !== found[name].trim()) box.innerHTML = found[name];
      });
    }

    function answered(status_, data, sent) {
      if (status_ === 409) {
        form.elements.version.value = data.version;
        ask(data.conflict + ' (' + data.at + ')', function () { note(); send(); },
          function () { location.reload(); });
        return false;
      }
      form.elements.version.value = data.version;
      last = sent;
      if (isDirty()) note(); else store(key, null);
      status(data.said + (data.behind ? '. ' + say.behind : ''));
      hints(data.hints);
      var list = doc.querySelector('[data-others]');
      if (list) { list.textContent = ''; data.others.forEach(function (t) { list.appendChild(make('li', t)); }); }
      pane();
      return true;
    }

    function send() {
      clearTimeout(timer);
      if (sending) return sending;
      if (!clash.hidden) return Promise.resolve(false);
      var body = new URLSearchParams(typed(form));
      ['csrf_token', 'seen', 'version'].forEach(function (n) { body.append(n, form.elements[n].value); });
      var sent = JSON.stringify(typed(form));
      status(say.keeping);
      sending = fetch(url, { method: 'POST', body: body, headers: { Accept: 'application/json' }, keepalive: body.toString().length < 60000 })
        .then(function (answer) {
          var isJson = (answer.headers.get('Content-Type') || '').indexOf('application/json') === 0;
          if (!isJson || !(answer.ok || answer.status === 409)) { status(say.local); later(RETRY); return 'refused'; }
          return answer.json().then(function (data) { return answered(answer.status, data, sent); });
        })
        .catch(function () { status(say.local); later(RETRY); return false; })
        .then(function (went) {
          sending = null;
          if (went === true && isDirty()) later(WAIT);
          return went;
        });
      return sending;
    }

    function changed() { note(); later(WAIT); }
    form.addEventListener('input', changed);
    form.addEventListener('change', changed);
    window.addEventListener('online', function () { if (recall(key)) send(); });
    doc.addEventListener('visibilitychange', function () {
      if (doc.visibilityState === 'hidden' && isDirty()) send();
    });

    /* Saving goes out once everything typed is kept: without a network the page stays as it is. */
    form.addEventListener('submit', function (event) {
      clearTimeout(timer);
      if (!recall(key) && !sending) return;
      event.preventDefault();
      (sending || Promise.resolve()).then(send).then(function (went) {
        delete form.dataset.sent;
        all('.busy', form).forEach(function (b) { b.removeAttribute('aria-disabled'); b.classList.remove('busy'); });
        if (went === 'refused') form.submit();
        else if (went && !recall(key)) form.requestSubmit(event.submitter || undefined);
        else if (clash.hidden) status(say.blocked);
      });
    });

    var held = recall(key);
    if (held) {
      if (JSON.stringify(held.fields) === last) store(key, null);
      else if (held.version === form.elements.version.value) { fill(form, held.fields); send(); }
      else ask(say.older, function () { fill(form, held.fields); note(); send(); }, function () { clash.hidden = true; });
    }
  }

  /* [data-pane]: the page buyers will see, fetched from its own address. */
  function pane() {
    var box = doc.querySelector('[data-pane]');
    if (!box || !box.offsetParent) return;
    fetch(box.dataset.pane).then(function (answer) { return answer.ok ? answer.text() : ''; }).then(function (html) {
      var page = parse(html).querySelector('[data-preview-page]');
      if (!page) return;
      all('[id]', page).forEach(function (e) { e.removeAttribute('id'); });
      var into = box.querySelector('.pane');
      into.textContent = '';
      into.appendChild(page.querySelector('.as-card'));
      into.appendChild(page.querySelector('article'));
    }).catch(function () { /* the last picture of it stays */ });
  }

  /* Replace a part of the page by the same part of a fresh one; the focus stays where it was. */
  function swap(html, selector, focus) {
    var fresh = parse(html), part = fresh.querySelector(selector), old = doc.querySelector(selector);
    if (!part || !old) { location.reload(); return; }
    old.replaceWith(part);
    var told = fresh.querySelector('.flashes');
    if (told) announce(told.textContent.trim());
    var marks = fresh.querySelector('[data-marks]'), shown = doc.querySelector('[data-marks]');
    if (marks && shown) shown.replaceWith(marks);
    var target = focus && (doc.getElementById(focus) || doc.getElementById('anh-' + focus.split('-').pop()));
    if (target) { if (!target.matches('a,button,input')) target.tabIndex = -1; target.focus(); }
    order();
    pane();
  }
  function announce(text) {
    var box = doc.querySelector('[data-announce]');
    if (!box) {
      box = make('p', '', 'vh');
      box.setAttribute('role', 'status');
      box.dataset.announce = '';
      doc.querySelector('main').appendChild(box);
    }
    box.textContent = text;
  }
  function post(form, body, selector, focus) {
    fetch(form.action, { method: 'POST', body: body }).then(function (answer) {
      return answer.text().then(function (html) { swap(html, selector, focus); });
    }).catch(function () { delete form.dataset.sent; announce(say.failed); });
  }
  doc.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.dataset.forget) {
      var keeper = doc.querySelector('form[data-keep="' + form.dataset.forget + '"]');
      if (keeper) store('phien:' + keeper.dataset.owner + ':' + form.dataset.forget, null);
    }
    if (!form.dataset.swap || event.defaultPrevented) return;
    event.preventDefault();
    var body = new URLSearchParams(new FormData(form)), by = event.submitter;
    if (by && by.name) body.append(by.name, by.value);
    post(form, body, form.dataset.swap, by && by.id);
  });

  /* Dragging asks for the same thing as the buttons. */
  var dragged = null;
  function order() {
    all('.sort-list > li').forEach(function (item) {
      var form = item.querySelector('form[action$="/vi-tri"]');
      var picture = item.querySelector('img');
      if (!form || !picture) return;
      picture.draggable = true;
      picture.ondragstart = function (event) { dragged = item; event.dataTransfer.effectAllowed = 'move'; };
      item.ondragover = function (event) { if (dragged && dragged !== item) { event.preventDefault(); item.classList.add('drop'); } };
      item.ondragleave = function () { item.classList.remove('drop'); };
      item.ondrop = function (event) {
        item.classList.remove('drop');
        if (!dragged || dragged === item) return;
        event.preventDefault();
        var mover = dragged.querySelector('form[action$="/vi-tri"]');
        var body = new URLSearchParams(new FormData(mover));
        body.append('to', Array.prototype.indexOf.call(item.parentElement.children, item));
        post(mover, body, '#photos', dragged.id);
        dragged = null;
      };
    });
  }

  /* At most 2048 pixels before it is sent. The browser turns it upright as it decodes it. Gives the
     file itself where it cannot be opened here, is small already, or would come out no smaller. */
  function shrink(file) {
    if (!window.createImageBitmap || !/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (picture) {
      var scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < 1500000) return file;
      var canvas = doc.createElement('canvas');
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      var pen = canvas.getContext('2d');
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.imageSmoothingQuality = 'high';
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return new Promise(function (done) {
        canvas.toBlob(function (made) { done(made && made.size < file.size ? made : file); }, 'image/jpeg', QUALITY);
      });
    }).catch(function () { return file; });
  }

  /* input[data-shrink]: photos chosen for a form that is sent the plain way. */
  function shrinkChosen(input) {
    input.addEventListener('change', function () {
      if (!window.DataTransfer) return;
      Promise.all(Array.prototype.map.call(input.files, function (file) {
        return shrink(file).then(function (small) {
          return small === file ? file : new File([small], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' });
        });
      })).then(function (files) {
        var kept = new DataTransfer();
        files.forEach(function (file) { kept.items.add(file); });
        input.files = kept.files;
      });
    });
  }

  /* form[data-upload]: one photo after the other, each with its own bar, error and second try. */
  function upload(form) {
    var list = form.querySelector('[data-uploads]'), input = form.querySelector('input[type=file]');
    var waiting = [], busy = false;
    function row(file) {
      var item = make('li'), bar = doc.createElement('progress');
      var line = { file: file, item: item, bar: bar, text: make('span', say.waiting) };
      bar.max = 100;
      bar.value = 0;
      bar.setAttribute('aria-label', file.name);
      item.appendChild(make('b', file.name));
      item.appendChild(bar);
      item.appendChild(line.text);
      list.appendChild(item);
      return line;
    }
    function fail(line, text, isFinal) {
      line.text.textContent = text;
      line.item.className = 'bad';
      if (isFinal) return;
      var again = make('button', say.again, 'btn btn-s');
      again.type = 'button';
      again.onclick = function () { again.remove(); line.item.className = ''; waiting.push(line); next(); };
      line.item.appendChild(again);
    }
    function next() {
      if (busy) return;
      var line = waiting.shift();
      if (!line) { refresh(); return; }
      busy = true;
      line.text.textContent = say.shrinking;
      shrink(line.file).then(function (small) {
        line.text.textContent = say.sending;
        var body = new FormData(form), request = new XMLHttpRequest();
        body.delete('photo');
        body.append('photo', small, line.file.name);
        request.open('POST', form.action);
        request.setRequestHeader('Accept', 'application/json');
        request.upload.onprogress = function (event) {
          if (event.lengthComputable) line.bar.value = Math.round(100 * event.loaded / event.total);
        };
        request.onload = function () {
          var data = null;
          try { data = JSON.parse(request.responseText); } catch (error) { /* a page: an error */ }
          if (request.status === 200 && data) {
            line.bar.value = 100;
            line.text.textContent = say.done;
            line.item.className = 'ok';
          } else fail(line, data && data.error || say.failed, data && data.error && request.status === 422);
        };
        request.onerror = function () { fail(line, say.failed); };
        request.onloadend = function () { busy = false; next(); };
        request.send(body);
      });
    }
    function refresh() {
      fetch(location.href).then(function (answer) { return answer.text(); })
        .then(function (html) { swap(html, form.dataset.upload); }).catch(function () { announce(say.failed); });
    }
    form.addEventListener('submit', function (event) {
      if (!input.files.length || !window.FormData) return;
      event.preventDefault();
      delete form.dataset.sent;
      all('.busy', form).forEach(function (b) { b.removeAttribute('aria-disabled'); b.classList.remove('busy'); });
      Array.prototype.forEach.call(input.files, function (file) { waiting.push(row(file)); });
      input.value = '';
      next();
    });
  }

  all('input[data-shrink]').forEach(shrinkChosen);
  all('form[data-keep]').forEach(keep);
  all('form[data-upload]').forEach(upload);
  order();
  pane();
})();
