/* The run sheet: drag a part to another place; the order is sent with the form. Without this file
   two buttons beside each part do the same. */
(function () {
  'use strict';
  var form = document.querySelector('[data-runsheet]');
  var list = form && form.querySelector('[data-run-list]');
  if (!list || !list.querySelector('.run-move')) return;
  var dragged = null;

  function partOf(node) {
    return node && node.closest ? node.closest('[data-part]') : null;
  }

  Array.prototype.forEach.call(list.children, function (part) {
    part.draggable = true;
  });

  /* Selecting text in a field is no drag. */
  list.addEventListener('focusin', function (event) {
    var part = event.target.matches('input,textarea') && partOf(event.target);
    if (part) part.draggable = false;
  });
  list.addEventListener('focusout', function (event) {
    var part = partOf(event.target);
    if (part) part.draggable = true;
  });

  list.addEventListener('dragstart', function (event) {
    dragged = partOf(event.target);
    if (dragged) event.dataTransfer.effectAllowed = 'move';
  });
  list.addEventListener('dragover', function (event) {
    var part = partOf(event.target);
    if (!dragged || !part) return;
    event.preventDefault();
    Array.prototype.forEach.call(list.children, function (one) {
      one.classList.toggle('drop', one === part && one !== dragged);
    });
  });
  list.addEventListener('dragend', function () {
    Array.prototype.forEach.call(list.children, function (one) { one.classList.remove('drop'); });
    dragged = null;
  });
  list.addEventListener('drop', function (event) {
    var part = partOf(event.target);
    event.preventDefault();
    if (!dragged || !part || part === dragged) return;
    var parts = Array.prototype.slice.call(list.children);
    list.insertBefore(dragged, parts.indexOf(dragged) < parts.indexOf(part) ? part.nextSibling : part);
    form.requestSubmit();
  });
})();
