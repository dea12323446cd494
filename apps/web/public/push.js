// The one thing that a page cannot do by itself: ask the browser to be woken, and tell us how. What follows is a plain form.

const form = document.querySelector('[data-push]');
const says = form.querySelector('[data-push-says]');
const button = form.querySelector('button');

const say = (words) => {
  says.textContent = words;
};

// Where nothing was chosen yet, the place that this browser is at.
const zone = document.querySelector('[name=time_zone]');
zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;

if (form.dataset.push === 'on') {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) {
    say('This browser cannot be woken. On an iPhone, put Balloon’d on the home screen first.');
  } else if (Notification.permission === 'denied') {
    say('Your browser was told not to show notifications of this site. You can change that in its settings.');
  } else {
    say('');
    button.disabled = false;
    form.addEventListener('submit', subscribe);
  }
} else {
  // Whatever the browser makes of it: we wake it no more.
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const subscription = await current().catch(() => null);
    await subscription?.unsubscribe().catch(() => {});
    form.submit();
  });
}

async function current() {
  const registration = await navigator.serviceWorker.getRegistration();
  return registration?.pushManager.getSubscription();
}

async function subscribe(event) {
  event.preventDefault();
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== 'granted') {
      return say('Then it stays quiet. Nothing was changed.');
    }
    const { pushManager } = await navigator.serviceWorker.ready;
    // One for another key, as of an earlier installation, is in the way.
    await (await pushManager.getSubscription())?.unsubscribe();
    const options = { userVisibleOnly: true, applicationServerKey: form.dataset.key };
    const { endpoint, keys } = (await pushManager.subscribe(options)).toJSON();
    Object.entries({ endpoint, ...keys }).forEach(([name, value]) => form.elements[name] && (form.elements[name].value = value));
    form.submit();
  } catch {
    say('Your browser could not reach its push service. Try again in a moment.');
  } finally {
    button.disabled = false;
  }
}
