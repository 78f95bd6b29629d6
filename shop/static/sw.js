/* The service worker: keeps the shell, the journal's entry forms and consoles on air, and queues entries
   that cannot be sent. VERSION, OFFLINE and SHELL stand in front (shop/web/offline.py). Pages of the queue: queue.js. */
const PAGES = 'entry-forms';
const ENTRY = /^\/(en\/)?ban-hang\/(ghi|lo\/[0-9A-Z]{10}\/ghi)(\/|$)/;
const CONSOLE = /^\/(en\/)?clb\/phien\/[^/]+\/len-song$/;
const START = '/ban-hang/ghi';
const PATIENCE_MS = 6000, SEND_MS = 90000;

self.addEventListener('install', event => event.waitUntil(
  caches.open(VERSION)
    .then(cache => Promise.all(SHELL.map(url => fetch(url, { credentials: 'omit' }).then(r => cache.put(url, r)))))
    .then(() => self.skipWaiting())));

self.addEventListener('activate', event => event.waitUntil(
  caches.keys()
    .then(names => Promise.all(names.filter(n => n !== VERSION && n !== PAGES).map(n => caches.delete(n))))
    .then(() => self.clients.claim())));

self.addEventListener('fetch', event => {
  const request = event.request, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === 'POST' && request.mode === 'navigate') {
    if (url.pathname.endsWith('/dang-xuat')) event.respondWith(signOut(request));
    else if (ENTRY.test(url.pathname)) event.respondWith(send(request));
  } else if (request.method === 'GET' && request.mode === 'navigate') {
    event.respondWith(ENTRY.test(url.pathname) || CONSOLE.test(url.pathname) ? form(request) : fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (request.method === 'GET' && url.pathname.startsWith('/static/')) {
    event.respondWith(caches.match(request).then(hit => hit || fetch(request)));
  }
});

self.addEventListener('message', event => {
  if (event.data.keep) event.waitUntil(Promise.all(event.data.keep.map(url =>
    fetch(url, { credentials: 'same-origin' }).then(r => keep(url, r)).catch(() => {}))));
});

self.addEventListener('push', event => {
  const said = event.data ? event.data.json() : { title: 'Chợ Phiên', url: '/' };
  event.waitUntil(self.registration.showNotification(said.title, {
    body: said.body, tag: said.tag, icon: '/static/icon-192.png', data: { url: said.url },
  }));
});

self.addEventListener('notificationclick', event => {
  event.notification.close();
  const url = new URL(event.notification.data.url, location.origin);
  if (url.origin === location.origin) event.waitUntil(self.clients.openWindow(url.href));
});

const within = (promise, ms) => Promise.race([promise, new Promise((_, no) => setTimeout(no, ms, new Error('late')))]);

async function keep(request, response) {
  if (!response.ok || response.redirected) return;
  await (await caches.open(PAGES)).put(request, response);
}

async function form(request) {
  try {
    const response = await within(fetch(request), PATIENCE_MS);
    await keep(request, response.clone());
    return response;
  } catch {
    const pages = await caches.open(PAGES), isStart = new URL(request.url).pathname.endsWith(START);
    return await pages.match(request, { ignoreSearch: isStart }) || await caches.match(OFFLINE);
  }
}

/* An entry that does not reach the server waits on the phone; its submit_key makes it arrive once. */
async function send(request) {
  const copy = request.clone();
  try {
    const response = await within(fetch(request), SEND_MS);
    if (response.status < 502) return response;
  } catch { /* no network, or the server hangs */ }
  await put(await copy.formData(), new URL(request.url).pathname);
  return Response.redirect(START, 303);
}

async function signOut(request) {
  const response = await fetch(request);
  if (response.type === 'opaqueredirect' || response.ok) await purge();
  return response;
}

async function purge() {
  for (const name of await caches.keys()) await caches.delete(name);
  await new Promise(done => { const gone = indexedDB.deleteDatabase('cho-phien'); gone.onsuccess = gone.onerror = gone.onblocked = done; });
  await self.registration.unregister();
}

function put(data, url) {
  const pairs = [...data.entries()].filter(([name, value]) => name !== 'csrf_token' && !(value instanceof File && !value.size));
  const item = {
    id: data.get('submit_key'), who: data.get('who'), url, pairs, saved: new Date().toISOString(),
    title: data.get('doing'), lot: data.get('lo') || url.split('/')[3],
  };
  return new Promise((yes, no) => {
    const opening = indexedDB.open('cho-phien', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('entries', { keyPath: 'id' });
    opening.onerror = () => no(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction('entries', 'readwrite');
      writing.objectStore('entries').put(item);
      writing.oncomplete = () => { opening.result.close(); yes(); };
      writing.onerror = () => no(writing.error);
    };
  });
}
