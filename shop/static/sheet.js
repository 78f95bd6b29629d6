/* The grid of price and stock: keys as in a spreadsheet. Without this file it is a form like any other. */
(function () {
  'use strict';
  var form = document.querySelector('[data-sheet]');
  if (!form) return;
  var status = form.querySelector('[data-sheet-status]');
  var rows = Array.prototype.map.call(form.querySelectorAll('tbody tr'), function (row) {
    return Array.prototype.slice.call(row.querySelectorAll('[data-cell]'));
  });
  var isSending = false;

  function place(cell) {
    for (var y = 0; y < rows.length; y++) {
      var x = rows[y].indexOf(cell);
      if (x >= 0) return { y: y, x: x };
    }
    return null;
  }

  function go(y, x) {
    var cell = rows[y] && rows[y][x];
    if (!cell) return false;
    cell.focus();
    cell.select();
    return true;
  }

  function changed() {
    return Array.prototype.filter.call(form.querySelectorAll('[data-was]'), function (e) {
      return e.value !== e.dataset.was;
    });
  }

  function mark() {
    var list = changed();
    Array.prototype.forEach.call(form.querySelectorAll('.cell-changed'), function (e) {
      if (list.indexOf(e) < 0) e.classList.remove('cell-changed');
    });
    list.forEach(function (e) { e.classList.add('cell-changed'); });
    var words = form.dataset;
    status.textContent = !list.length ? words.none
      : list.length === 1 ? words.one : words.many.replace('%(n)s', list.length);
  }

  /* Left and right leave a cell only from its edge, or while all of it is selected. */
  function isAtEdge(cell, step) {
    var from = cell.selectionStart, to = cell.selectionEnd;
    if (from === 0 && to === cell.value.length) return true;
    return from === to && from === (step < 0 ? 0 : cell.value.length);
  }

  form.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    var cell = event.target, at = cell.hasAttribute('data-cell') && place(cell);
    if (!at || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    var moved = true;
    if (event.key === 'ArrowUp') go(at.y - 1, at.x);
    else if (event.key === 'ArrowDown') go(at.y + 1, at.x);
    else if (event.key === 'Enter') go(at.y + (event.shiftKey ? -1 : 1), at.x);
    else if (event.key === 'Escape') {
      cell.value = cell.dataset.was;
      cell.select();
      mark();
    } else if (event.key === 'ArrowLeft' && !event.shiftKey && isAtEdge(cell, -1)) {
      moved = go(at.y, at.x - 1);
    } else if (event.key === 'ArrowRight' && !event.shiftKey && isAtEdge(cell, 1)) {
      moved = go(at.y, at.x + 1);
    } else moved = false;
    if (moved) event.preventDefault();
  });

  /* A block copied from a spreadsheet goes in from this cell to the right and down. */
  form.addEventListener('paste', function (event) {
    var at = event.target.hasAttribute('data-cell') && place(event.target);
    var text = event.clipboardData && event.clipboardData.getData('text/plain');
    if (!at || !text) return;
    var lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
    if (lines.length === 1 && lines[0].indexOf('\t') < 0) return;
    event.preventDefault();
    lines.forEach(function (line, dy) {
      line.split('\t').forEach(function (value, dx) {
        var cell = rows[at.y + dy] && rows[at.y + dy][at.x + dx];
        if (cell) cell.value = value.trim();
      });
    });
    mark();
  });

  /* Copying from a cell of which nothing is selected takes its whole column. */
  form.addEventListener('copy', function (event) {
    var cell = event.target, at = cell.hasAttribute && cell.hasAttribute('data-cell') && place(cell);
    if (!at || cell.selectionStart !== cell.selectionEnd) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', rows.map(function (row) {
      return row[at.x].value;
    }).join('\n'));
  });

  form.addEventListener('focusin', function (event) {
    if (event.target.hasAttribute('data-cell')) event.target.select();
  });
  form.addEventListener('input', mark);
  form.addEventListener('change', mark);
  form.addEventListener('submit', function () { isSending = true; });
  window.addEventListener('beforeunload', function (event) {
    if (!isSending && changed().length) event.preventDefault();
  });
  mark();
})();
