() => [...document.querySelectorAll("a[href], area[href]")]
  .filter((one) => /^https?:/.test(one.href) && !one.hasAttribute("download"))
  .map((one) => [
    one.href.split("#")[0],
    (one.innerText || one.getAttribute("aria-label") || one.title || "").trim().slice(0, 200),
  ])
