// Reports, once, that this page is no longer looked at. It sends back what the page's response
// brought in a header: no cookie, nothing stored, nothing about the browser.
(() => {
  const [page] = performance.getEntriesByType("navigation");
  const token = page?.serverTiming?.find((one) => one.name === "kept")?.description;
  if (!token) return;
  addEventListener("pagehide", () => {
    fetch("/.well-known/kept/read", {
      method: "POST", body: token, keepalive: true, credentials: "omit", referrerPolicy: "no-referrer",
    });
  }, { once: true });
})();
