// Shows a notice and opens its page. It fetches nothing and keeps nothing, so it holds no data of anybody.
"use strict";

self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(self.registration.showNotification(told.title || "Sanctuary Line", {
    body: told.body || "",
    tag: told.id,
    icon: "icon-192.png",
    data: { page: told.page || "/" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const page = new URL(event.notification.data.page, self.location.origin);
  if (page.origin === self.location.origin) event.waitUntil(self.clients.openWindow(page.href));
});
