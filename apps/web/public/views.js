const n = navigator;
if (!n.globalPrivacyControl && n.doNotTrack != '1') {
  const d = document, route = d.querySelector('[name=route]').content, kept = new Map(), rest = [];
  let lcp, inp, cls = -1, seen, sent = 0, sum = 0, from = -1e4, last = -1e4;
  const hear = (type, run) => {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(run));
    observer.observe({ type, buffered: true, durationThreshold: 16 });
    if (type == 'layout-shift') cls = 0;
    rest.push(() => observer.takeRecords().forEach(run));
  };
  const felt = (it) => {
    if (it.interactionId) kept.set(it.interactionId, Math.max(kept.get(it.interactionId) || 0, it.duration));
  };
  const quiet = d.hidden;
  hear('largest-contentful-paint', (it) => { if (!quiet) lcp = it.startTime; });
  hear('event', felt);
  hear('first-input', felt);
  hear('layout-shift', (it) => {
    if (it.hadRecentInput) return;
    const t = it.startTime;
    if (t - last > 1e3 || t - from > 5e3) { from = t; sum = 0; }
    last = t;
    cls = Math.max(cls, sum += it.value);
  });
  const tell = () => {
    if (sent++) return;
    rest.forEach((take) => take());
    inp = [...kept.values()].sort((a, b) => b - a)[kept.size / 50 | 0];
    const told = new URLSearchParams({ route });
    const add = (name, value, most = 6e4) => value >= 0 && value <= most && told.set(name, Math.round(value));
    if (!seen) {
      add('lcp', lcp);
      add('cls', cls * 1e3, 1e4);
      add('ttfb', performance.getEntriesByType('navigation')[0]?.responseStart);
      add('inp', inp);
    }
    n.sendBeacon('/views', told);
  };
  addEventListener('visibilitychange', () => d.hidden && tell());
  addEventListener('pagehide', tell);
  addEventListener('pageshow', (it) => { if (it.persisted) seen = 1, sent = 0; });
}
