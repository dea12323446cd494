// Shows what comes while nobody is there, and a page that says so when there is no network. It keeps that one page and nothing else:
// what people see of each other is never stored here.

const CACHE = 'offline-1';
const OFFLINE = '/offline.html';

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(new Request(OFFLINE, { cache: 'reload' }))));
  skipWaiting();
});

addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
      // The browser asks for the page while this script is still being started.
      await registration.navigationPreload?.enable();
      await clients.claim();
    })(),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode !== 'navigate' || request.method !== 'GET') return;
  event.respondWith(
    (async () => {
      try {
        return (await event.preloadResponse) ?? (await fetch(request));
      } catch {
        return (await caches.match(OFFLINE)) ?? Response.error();
      }
    })(),
  );
});

addEventListener('push', (event) => {
  let note = {};
  try {
    note = event.data?.json() ?? {};
  } catch {
    // A browser that was woken has to show something.
  }
  const { title = 'Balloon’d', body = 'Somebody wrote to you.', tag, path = '/chats' } = note;
  const look = { icon: '/icon-192.png', badge: '/badge-96.png' };
  event.waitUntil(registration.showNotification(title, { body, tag, data: { path }, ...look }));
});

addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.path ?? '/chats'));
});

/** Comes to the tab that has the chat open, else opens one. Only ever a page of ours. */
async function show(path) {
  const url = new URL(path, location.origin);
  if (url.origin !== location.origin) return;
  const tabs = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = tabs.find((tab) => new URL(tab.url).pathname === url.pathname);
  await (open ? open.focus() : clients.openWindow(url.href));
}
