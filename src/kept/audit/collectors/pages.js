() => ({
  title: document.title,
  text: (document.body ? document.body.innerText : "").slice(0, 200000),
  dates: [...document.querySelectorAll("time[datetime]")].map((one) => one.dateTime).slice(0, 200),
})
