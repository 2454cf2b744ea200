/* Keeps the offline page with style and script, and shows it when a page can't be had. Nobody's own pages are kept. */
addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(["/offline", ...KEPT])));
});

addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)));
  event.waitUntil(Promise.all([caches.keys().then(old), registration.navigationPreload?.enable()]));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    const online = async () => (await event.preloadResponse) || fetch(request);
    event.respondWith(online().catch(() => caches.match("/offline", { ignoreVary: true })));
  } else if (KEPT.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept || fetch(request)));
  }
});
