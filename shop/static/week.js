/* The week grid: drag a session to another cell, arrow keys between cells, M to move. Without this
   file each session has its "Chuyển" link, which turns every cell into a button. */
(function () {
  'use strict';
  var grid = document.querySelector('[data-grid]');
  var form = document.getElementById('drag');
  if (!grid) return;
  var held = null;

  function cell(element) { return element && element.closest ? element.closest('td') : null; }

  function target(event) {
    var found = cell(event.target);
    return held && found && found.dataset.to ? found : null;
  }

  function light(found) {
    Array.prototype.forEach.call(grid.querySelectorAll('.drop-here'), function (one) {
      if (one !== found) one.classList.remove('drop-here');
    });
    if (found) found.classList.add('drop-here');
  }

  if (form) {
    grid.addEventListener('dragstart', function (event) {
      held = event.target.closest ? event.target.closest('[data-move]') : null;
      if (!held) return;
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', held.dataset.move);
      held.classList.add('slot-moving');
    });
    grid.addEventListener('dragover', function (event) {
      var found = target(event);
      if (found) event.preventDefault();
      light(found);
    });
    grid.addEventListener('dragend', function () {
      if (held) held.classList.remove('slot-moving');
      held = null;
      light(null);
    });
    grid.addEventListener('drop', function (event) {
      var found = target(event);
      if (!found) return;
      event.preventDefault();
      if (found === cell(held)) return;
      form.action = form.dataset.action + held.dataset.move + '/chuyen';
      form.elements.version.value = held.dataset.version;
      form.elements.time.value = held.dataset.time;
      form.elements.to.value = found.dataset.to;
      form.submit();
    });
  }

  grid.addEventListener('keydown', function (event) {
    var here = cell(event.target);
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    var session = event.target.closest('[data-move]');
    if (session && (event.key === 'm' || event.key === 'M')) {
      var to = new URL(window.location.href);
      to.searchParams.set('chuyen', session.dataset.move);
      window.location.assign(to);
      return;
    }
    var steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!steps) return;
    var row = grid.tBodies[0].rows[here.parentNode.rowIndex - 1 + steps[0]];
    var next = row && row.cells[here.cellIndex + steps[1]];
    var stop = next && next.querySelector('a,button');
    if (stop) { event.preventDefault(); stop.focus(); }
  });
}());
