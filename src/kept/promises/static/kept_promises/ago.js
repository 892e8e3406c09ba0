// Says of each `<time class="ago">` how long ago it was, as the page is read; on paper, which is read
// later, and without a script it stays the date and time. The page itself is the same for everyone.
(() => {
  const steps = [[86400, "day"], [3600, "hour"], [60, "minute"]];
  const times = [...document.querySelectorAll("time.ago")].map((one) => [one, one.textContent]);
  const ago = (moment) => {
    const seconds = Math.max(0, (Date.now() - Date.parse(moment)) / 1000);
    const [length, name] = steps.find(([least]) => seconds >= least) ?? [0, ""];
    if (!length) return "just now";
    const count = Math.floor(seconds / length);
    return `${count} ${name}${count === 1 ? "" : "s"} ago`;
  };
  const say = () => {
    for (const [one, written] of times) {
      one.title = written;
      one.textContent = ago(one.dateTime);
    }
  };
  const write = () => {
    for (const [one, written] of times) one.textContent = written;
  };
  say();
  setInterval(say, 30000);
  addEventListener("beforeprint", write);
  addEventListener("afterprint", say);
})();
