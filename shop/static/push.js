/* Turns on notifications on this device: asks the browser, then sends what it gave as a form. */
(function () {
  'use strict';
  var form = document.querySelector('form[data-push]');
  if (!form) return;
  var button = form.querySelector('button'), trouble = document.querySelector('[data-push-trouble]');
  var can = navigator.serviceWorker && window.PushManager && window.Notification;
  if (!can) { document.querySelector('[data-push-none]').hidden = false; return; }
  form.hidden = false;

  function bytes(text) {
    var raw = atob(text.replace(/-/g, '+').replace(/_/g, '/') + '==='.slice((text.length + 3) % 4));
    return Uint8Array.from(raw, function (c) { return c.charCodeAt(0); });
  }
  function name() {
    var agent = navigator.userAgent;
    var browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /CriOS|Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : '';
    var system = /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Windows/.test(agent) ? 'Windows' : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : '';
    return [browser, system].filter(Boolean).join(', ');
  }
  form.addEventListener('submit', function (event) {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    button.disabled = true;
    Notification.requestPermission().then(function (answer) {
      if (answer !== 'granted') throw new Error(answer);
      return navigator.serviceWorker.ready;
    }).then(function (worker) {
      return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
    }).then(function (subscription) {
      var given = subscription.toJSON();
      form.elements.endpoint.value = given.endpoint;
      form.elements.p256dh.value = given.keys.p256dh;
      form.elements.auth.value = given.keys.auth;
      form.elements.device.value = name();
      button.disabled = false;
      form.submit();
    }).catch(function () { button.disabled = false; trouble.hidden = false; });
  });
})();
