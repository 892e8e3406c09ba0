() => {
  const all = (what, read) => [...document.querySelectorAll(what)].map(read).filter(Boolean);
  const handled = [...document.querySelectorAll("*")]
    .filter((one) => one.getAttributeNames().some((name) => name.startsWith("on")));
  return {
    sources: all("script[src]", (one) => one.src),
    inline: all("script:not([src])", (one) => !/json/.test(one.type) && one.textContent.trim()).length,
    handlers: handled.length,
    hints: all("link[rel~=preconnect], link[rel~=dns-prefetch], link[rel~=prerender]", (one) => one.href),
    frames: all("iframe[src], embed[src], object[data]", (one) => one.src || one.data),
  };
}
