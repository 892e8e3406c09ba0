() => {
  const PRESSED = ["submit", "button", "reset", "image"];
  const text = (one) => (one ? (one.innerText || one.textContent || "").trim().slice(0, 300) : "");
  const shown = (one) => {
    const box = one.getBoundingClientRect();
    return one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && box.width > 1 && box.height > 1
      && box.right + scrollX > 0 && box.bottom + scrollY > 0;
  };
  const field = (one) => {
    const label = [...(one.labels || [])].map(text).join(" ") || one.getAttribute("aria-label")
      || one.placeholder || one.title || "";
    const visible = one.type !== "hidden" && (shown(one) || [...(one.labels || [])].some(shown));
    const aside = !visible || one.closest("[aria-hidden=true]");
    return {
      name: one.name || one.id || label,
      kind: one.type || one.localName,
      label,
      value: one.type === "hidden" ? one.value.slice(0, 4096) : "",
      visible,
      reachable: !(aside && one.tabIndex < 0 && one.autocomplete === "off"),
      ticked: one.type === "checkbox" && one.defaultChecked && !one.disabled,
    };
  };
  const asks = (one) => !PRESSED.includes(one.type) && one.localName !== "button";
  const forms = [...document.forms].map((form) => ({
    action: form.getAttribute("action") ? new URL(form.getAttribute("action"), document.baseURI).href : location.href,
    method: (form.getAttribute("method") || "get").toLowerCase(),
    name: form.id || form.getAttribute("name") || form.getAttribute("aria-label") || "",
    search: !!(form.closest("[role=search], search") || form.querySelector("input[type=search]")),
    fields: [...form.elements].filter((one) => one.matches("input,select,textarea") && asks(one)).map(field),
  }));
  const loose = [...document.querySelectorAll("input,select,textarea")]
    .filter((one) => !one.form && asks(one)).map(field).filter((one) => one.name);
  if (loose.length) {
    forms.push({ action: location.href, method: "script", name: "", search: false, fields: loose });
  }
  return forms;
}
