(tell) => {
  const plain = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(document, "cookie", {
    configurable: true,
    get() { return plain.get.call(document); },
    set(text) { tell("cookie", { text: String(text), at: Date.now() }); plain.set.call(document, text); },
  });
  if (!window.cookieStore) return;
  const set = cookieStore.set;
  CookieStore.prototype.set = function (name, value) {
    const one = typeof name === "object" ? name : { name, value };
    const ends = one.expires ? "; expires=" + new Date(one.expires).toUTCString() : "";
    tell("cookie", { text: `${one.name}=${one.value}${ends}`, at: Date.now() });
    return set.apply(this, arguments);
  };
}
