() => {
  const TALK = /cookie|consent|gdpr|ccpa|tracking|einwilligung|datenschutz|consentement|consentimiento/i;
  const NAMES = /cookie|consent|gdpr|ccpa|cmp|privacy|banner/i;
  const CLICKED = "button, a[href], [role=button], input[type=submit], input[type=button], "
    + "input[type=checkbox], [role=switch], summary";
  const all = [];
  const walk = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.matches(CLICKED)) all.push(one);
      if (one.shadowRoot) walk(one.shadowRoot);
    }
  };
  walk(document);
  const up = (one) => one.parentElement || (one.getRootNode().host ?? null);
  const named = (one) => NAMES.test([one.id, one.getAttribute("class"), one.getAttribute("aria-label"),
    one.getAttribute("action"), ...Object.keys(one.dataset || {})].join(" "));
  const boxed = (one) => /dialog|alert|region/.test(one.getAttribute("role") || "")
    || /^(dialog|form|fieldset)$/.test(one.localName)
    || /fixed|sticky/.test(getComputedStyle(one).position) || named(one);
  const TYPED = "input[type=text], input[type=email], input[type=tel], input[type=password], "
    + "input:not([type]), textarea, select";
  const heading = document.querySelector("h1")?.innerText || "";
  const page = TALK.test(document.title) || TALK.test(heading);
  const looked = new Map();
  const speaks = (at) => {
    if (!looked.has(at)) {
      const text = at.innerText || at.textContent || "";
      looked.set(at, text.length < 5000 && boxed(at)
        && (TALK.test(text) || (page && at.localName === "form") || TALK.test([at.id, at.getAttribute("class")].join(" "))));
    }
    return looked.get(at);
  };
  const banner = (one) => {
    if (one.form && one.form.querySelector(TYPED)) return false;  // that sends what people type
    for (let at = up(one), depth = 0; at && at !== document.body && depth < 12; at = up(at), depth += 1) {
      if (speaks(at)) return true;
    }
    return false;
  };
  const elements = all.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled);
  const label = (one) => (one.innerText || one.value || one.getAttribute("aria-label") || one.title || "")
    .trim().replace(/\s+/g, " ").slice(0, 200);
  const box = (one) => one.type === "checkbox" || one.getAttribute("role") === "switch";
  return { elements, described: elements.map((one) => ({
    label: label(one),
    banner: (box(one) || label(one).length <= 60) && banner(one),
    box: box(one),
    ticked: box(one) && (one.checked === true || one.getAttribute("aria-checked") === "true"),
    away: one.localName === "a" && one.origin !== undefined && one.origin !== location.origin,
  })) };
}
