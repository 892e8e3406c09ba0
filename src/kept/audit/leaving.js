() => {
  // What a page hears when its visitor turns away, and then that they came back.
  const state = (word) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => word });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => word === "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };
  state("hidden");
  window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  state("visible");
  window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  delete document.visibilityState;
  delete document.hidden;
}
